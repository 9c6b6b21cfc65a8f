//! Fetch sessions (KIP-227): a reader names its partitions once, and then only what is new.
//!
//! Owns which reader follows which partitions from where, and what it was told last. Pure: a turn
//! of a session begins with what the reader asks and gives the partitions to read; it ends with
//! what was read and says what of it is news. Who reads, and how long that may wait, is decided
//! above. Start at [`Sessions::begin`].

mod ask;
mod room;
mod slot;

use std::collections::HashMap;

use thiserror::Error;

pub use ask::{Ask, Asked, Fetched, TopicRef};
pub use room::SessionLimits;

use slot::Slot;

/// Stands for no session.
pub const NO_SESSION: i32 = 0;
/// The epoch of a request that opens a session.
const OPENING: i32 = 0;
/// The epoch of a request without a session, or of the last one in it.
const FINAL: i32 = -1;

/// Why a session does not go on. The client opens another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SessionError {
    /// It is not here: it never was, or it gave way to others.
    #[error("there is no such fetch session")]
    NotFound,
    /// A request of the session was lost, or came twice.
    #[error("the fetch session is in another epoch")]
    WrongEpoch,
    /// A session names topics by id or by name, never both.
    #[error("the fetch session names topics in another way")]
    OtherTopicRefs,
}

/// One turn: what to read, in this order, and what it belongs to.
#[derive(Debug)]
pub struct Turn {
    /// The partitions to read.
    pub asks: Vec<Ask>,
    part: Part,
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// Of no session.
    Alone,
    /// Of a session that is to be opened.
    Opening,
    /// Of an open session, which the next request finds in this epoch.
    Of { id: i32, epoch: i32 },
}

/// What a turn came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    /// The session, or [`NO_SESSION`].
    pub session_id: i32,
    /// Which of the turn's partitions the answer names; all, if none.
    pub news: Option<Vec<bool>>,
}

/// Every open session.
pub struct Sessions {
    limits: SessionLimits,
    slots: HashMap<i32, Slot>,
    /// Of all sessions.
    partitions: usize,
    /// Draws a number for a new session.
    draw: Box<dyn FnMut() -> i32 + Send>,
}

impl Sessions {
    /// None yet. `draw` gives numbers that nobody guesses; what is taken is drawn again.
    pub fn new(limits: SessionLimits, draw: impl FnMut() -> i32 + Send + 'static) -> Sessions {
        Sessions { limits, slots: HashMap::new(), partitions: 0, draw: Box::new(draw) }
    }

    /// A request came: what it is to read. The session's epoch moves on with it, so that the same
    /// request once more is an error and not a second turn.
    pub fn begin(&mut self, asked: Asked, now_ms: i64) -> Result<Turn, SessionError> {
        match asked.epoch {
            OPENING | FINAL => {
                self.remove(asked.session_id);
                let opens = asked.epoch == OPENING && !asked.asks.is_empty();
                let part = if opens { Part::Opening } else { Part::Alone };
                Ok(Turn { asks: asked.asks, part })
            }
            _ => self.go_on(asked, now_ms),
        }
    }

    fn go_on(&mut self, asked: Asked, now_ms: i64) -> Result<Turn, SessionError> {
        let id = asked.session_id;
        let slot = self.slots.get_mut(&id).ok_or(SessionError::NotFound)?;
        if slot.epoch != asked.epoch {
            return Err(SessionError::WrongEpoch);
        }
        if slot.by_id != asked.by_id {
            return Err(SessionError::OtherTopicRefs);
        }
        let is_short = asked.asks.iter().all(|ask| ask.topic.is_short());
        let before = slot.len();
        slot.update(asked.asks, asked.forgotten);
        slot.used_ms = now_ms;
        let epoch = slot.next_epoch();
        let (after, asks) = (slot.len(), slot.asks());
        self.partitions = self.partitions - before + after;
        if after == 0 {
            self.remove(id);
            return Ok(Turn { asks, part: Part::Alone });
        }
        if !is_short || !self.limits.hold(after) || !self.make_room_beside(id, now_ms) {
            // Told that it is gone, the client opens another, and gets none of this size.
            self.remove(id);
            return Err(SessionError::NotFound);
        }
        Ok(Turn { asks, part: Part::Of { id, epoch } })
    }

    /// What the turn has read, in its order: what of it the reader does not know yet.
    pub fn end(
        &mut self,
        turn: Turn,
        fetched: &[Fetched],
        now_ms: i64,
    ) -> Result<Ended, SessionError> {
        assert_eq!(turn.asks.len(), fetched.len(), "one result for each partition");
        match turn.part {
            Part::Alone => Ok(Ended { session_id: NO_SESSION, news: None }),
            Part::Opening => {
                let session_id = self.open(turn.asks, fetched, now_ms);
                Ok(Ended { session_id, news: None })
            }
            Part::Of { id, epoch } => {
                let slot = self.slots.get_mut(&id).ok_or(SessionError::NotFound)?;
                if slot.epoch != epoch {
                    return Err(SessionError::WrongEpoch);
                }
                slot.used_ms = now_ms;
                Ok(Ended { session_id: id, news: Some(slot.tell(fetched)) })
            }
        }
    }

    /// The new session's number; [`NO_SESSION`] when there is no room for it, with which a client
    /// names all its partitions each time.
    fn open(&mut self, asks: Vec<Ask>, fetched: &[Fetched], now_ms: i64) -> i32 {
        let fits = self.limits.hold(asks.len()) && asks.iter().all(|ask| ask.topic.is_short());
        if !fits || !self.make_room_for(asks.len(), now_ms) {
            return NO_SESSION;
        }
        let id = loop {
            let drawn = (self.draw)();
            if drawn > NO_SESSION && !self.slots.contains_key(&drawn) {
                break drawn;
            }
        };
        self.partitions += asks.len();
        self.slots.insert(id, Slot::open(asks, fetched, now_ms));
        id
    }

    fn remove(&mut self, id: i32) {
        if let Some(slot) = self.slots.remove(&id) {
            self.partitions -= slot.len();
        }
    }
}

#[cfg(test)]
mod tests;
