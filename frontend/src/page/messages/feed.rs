//! Rows on screen, filled by a search or a tail. What that has cost is `figures`.
//!
//! Records are shown in lots, a few times a second, so that a fast scan does not redraw the table
//! for each of them.
//!
//! Invariant: rows are only added below the others, so nothing on screen moves under the pointer.
//! That is why a tail shows the newest record last although a search begins with it: a row added
//! above would push down all that somebody reads, or stay out of sight. A tail follows its end
//! while the reader is there and the pointer is elsewhere; else a button tells what is below.

use std::{sync::Arc, time::Duration};

use leptos::{leptos_dom::helpers::set_timeout_with_handle, prelude::*};
use ouzel_api::{messages::Message, search::DoneReason};

use super::{figures::Figures, repeats::Repeats};
use crate::{client::ClientError, ui::TableHandle};

/// How long a record waits for others before it is shown.
const LOT_MS: u64 = 60;

/// Rows kept of a live topic; the oldest go first.
const LIVE_ROWS_MAX: usize = 2_000;

/// Rows by which a tail may exceed that before the oldest go, all at once: each time the rest is
/// drawn anew.
const LIVE_ROWS_SLACK: usize = 500;

/// Rows up to which continued searches add to those on screen: beyond, scrolling back gets tedious
/// and memory large, so the table starts afresh.
pub const ROWS_MAX: usize = 50_000;

/// Bytes of keys and values kept with the rows. While there are more, records that arrive keep only
/// as much as a row shows; the drawer fetches the rest.
const KEPT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes of a value that a row can show at all.
const ROW_BYTES: usize = 1024;

/// What is shown, and what it has cost so far. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Feed {
    /// The records, in the order they arrived.
    pub rows: RwSignal<Vec<Arc<Message>>>,
    /// What goes on.
    pub phase: RwSignal<Phase>,
    /// The figures of the status line.
    pub figures: RwSignal<Figures>,
    /// Whether this is a tail: then old rows make room for new ones.
    pub live: RwSignal<bool>,
    /// Whether the person asked a tail to hold still.
    pub paused: RwSignal<bool>,
    /// Whether new rows of a tail are added below the screen, out of sight.
    pub out_of_sight: RwSignal<bool>,
    /// Whether the pointer is over the rows, which then must not move.
    pub pointed: RwSignal<bool>,
    /// Where the table stands.
    pub table: TableHandle,
    waiting: StoredValue<Vec<Arc<Message>>>,
    /// What a search that goes on after a break may send once more.
    repeats: StoredValue<Repeats>,
    kept_bytes: StoredValue<usize>,
    due: StoredValue<bool>,
}

/// What goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// A search runs.
    Searching,
    /// The person stopped it.
    Stopped,
    /// A search came to its end.
    Done {
        /// Why there.
        reason: DoneReason,
        /// The token to go on from, if not everything was read.
        resume: Option<String>,
    },
    /// A tail is connecting.
    Connecting,
    /// A tail sees what is produced.
    Following,
    /// The connection of a tail is lost; it will be tried again.
    Lost {
        /// When it will be tried.
        retry_at_ms: i64,
        /// Why it did not even begin, where that is known.
        why: Option<String>,
    },
    /// It broke off.
    Failed(ClientError),
}

impl Phase {
    /// Whether there is something to stop.
    pub fn runs(&self) -> bool {
        matches!(self, Phase::Searching | Phase::Connecting | Phase::Following | Phase::Lost { .. })
    }
}

impl Feed {
    /// Nothing yet.
    pub fn new(table: TableHandle) -> Feed {
        Feed {
            rows: RwSignal::new(Vec::new()),
            phase: RwSignal::new(Phase::Searching),
            figures: RwSignal::new(Figures::default()),
            live: RwSignal::new(false),
            paused: RwSignal::new(false),
            out_of_sight: RwSignal::new(false),
            pointed: RwSignal::new(false),
            table,
            waiting: StoredValue::new(Vec::new()),
            repeats: StoredValue::new(Repeats::default()),
            kept_bytes: StoredValue::new(0),
            due: StoredValue::new(false),
        }
    }

    /// Forgets all rows and figures and begins a search or, if `live`, a tail.
    pub fn clear(self, live: bool) {
        self.live.try_set(live);
        self.rows.try_set(Vec::new());
        self.figures.try_set(Figures::default());
        self.paused.try_set(false);
        self.table.active.try_set(None);
        self.waiting.try_set_value(Vec::new());
        self.repeats.try_set_value(Repeats::default());
        self.kept_bytes.try_set_value(0);
    }

    /// Takes a record; it is shown with the next lot.
    pub fn push(self, mut message: Message) {
        if self.is_repeated(&message) {
            return;
        }
        let full = self.kept_bytes.try_get_value().is_some_and(|kept| kept > KEPT_BYTES_MAX);
        if full {
            cut(&mut message);
        }
        self.kept_bytes.try_update_value(|kept| *kept += weight(&message));
        self.waiting.try_update_value(|waiting| waiting.push(Arc::new(message)));
        let due = self.due.try_update_value(|due| std::mem::replace(due, true)).unwrap_or(true);
        if !due {
            let show = move || self.show();
            // Without a timer the records are shown at the end of the search.
            set_timeout_with_handle(show, Duration::from_millis(LOT_MS)).ok();
        }
    }

    fn is_repeated(self, message: &Message) -> bool {
        // A tail sends nothing twice, and tells no place to go on from.
        if self.live.try_get_untracked().unwrap_or(true) {
            return false;
        }
        let id = (message.partition, message.offset);
        self.repeats.try_update_value(|repeats| !repeats.is_new(id)).unwrap_or(false)
    }

    /// Takes the figures of a search, and with them the place from which it could go on.
    pub fn reached(self, figures: Figures) {
        self.figures.try_set(figures);
        self.repeats.try_update_value(Repeats::reached);
    }

    /// Goes on from the last such place: what arrived after it comes once more, and is not shown
    /// twice.
    pub fn goes_on(self) {
        self.repeats.try_update_value(Repeats::goes_on);
    }

    /// Shows what waits, unless the tail is paused.
    pub fn show(self) {
        self.due.try_set_value(false);
        if self.paused.try_get_untracked().unwrap_or(true) {
            return;
        }
        let lot = self.waiting.try_update_value(std::mem::take).unwrap_or_default();
        if lot.is_empty() {
            return;
        }
        if self.live.try_get_untracked().unwrap_or_default() {
            self.add_live(lot);
        } else {
            self.rows.try_update(|rows| rows.extend(lot));
        }
    }

    /// Records that arrived while the tail was paused.
    pub fn held(self) -> usize {
        self.waiting.try_with_value(Vec::len).unwrap_or_default()
    }

    /// Adds rows, removes the oldest, and stays at the end if that is where the reader is.
    fn add_live(self, lot: Vec<Arc<Message>>) {
        self.figures.try_update(|figures| figures.arrived += lot.len() as u64);
        let pointed = self.pointed.try_get_untracked().unwrap_or(true);
        let follow = !pointed && self.table.is_at_end();
        self.out_of_sight.try_set(!follow);
        let gone = self.rows.try_update(|rows| {
            rows.extend(lot);
            self.kept_bytes.try_update_value(|kept| make_room(rows, kept)).unwrap_or_default()
        });
        let gone = gone.unwrap_or_default();
        if gone > 0 {
            self.table.active.try_update(|active| {
                *active = active.and_then(|active| active.checked_sub(gone));
            });
        }
        request_animation_frame(move || match (follow, gone) {
            (true, _) => self.table.to_end(),
            (false, 0) => {}
            (false, gone) => self.table.rows_left_above(gone),
        });
    }
}

/// Removes the oldest rows of a tail that has too many, and their weight from `kept_bytes`; answers
/// how many went.
fn make_room(rows: &mut Vec<Arc<Message>>, kept_bytes: &mut usize) -> usize {
    if rows.len() <= LIVE_ROWS_MAX + LIVE_ROWS_SLACK {
        return 0;
    }
    let gone = rows.len() - LIVE_ROWS_MAX;
    let freed: usize = rows.drain(..gone).map(|row| weight(&row)).sum();
    *kept_bytes = kept_bytes.saturating_sub(freed);
    gone
}

/// Bytes by which a row counts against [`KEPT_BYTES_MAX`].
fn weight(message: &Message) -> usize {
    message.value.text.len() + message.key.text.len()
}

/// Keeps of a value only what a row can show.
pub fn cut(message: &mut Message) {
    let value = &mut message.value;
    if value.text.len() > ROW_BYTES {
        value.text.truncate(value.text.floor_char_boundary(ROW_BYTES));
        value.text.shrink_to_fit();
        value.truncated = true;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ouzel_api::messages::{Encoding, Message, Payload};

    use super::{LIVE_ROWS_MAX, LIVE_ROWS_SLACK, make_room, weight};

    /// A record of so many bytes, with a key of one.
    fn record(bytes: usize) -> Arc<Message> {
        let payload = |text: String| Payload {
            encoding: Encoding::Text,
            size_bytes: u32::try_from(text.len()).unwrap_or(u32::MAX),
            text,
            ..Payload::default()
        };
        Arc::new(Message {
            key: payload("k".to_owned()),
            value: payload("v".repeat(bytes)),
            ..Message::default()
        })
    }

    #[test]
    fn rows_that_a_tail_lets_go_give_their_bytes_back() {
        let mut rows: Vec<_> = (0..LIVE_ROWS_MAX + LIVE_ROWS_SLACK).map(record).collect();
        let sum = |rows: &[Arc<Message>]| rows.iter().map(|row| weight(row)).sum::<usize>();
        let mut kept = sum(&rows);
        assert_eq!(make_room(&mut rows, &mut kept), 0, "there is room for as many");
        assert_eq!(kept, sum(&rows));
        rows.push(record(7));
        kept += weight(&record(7));
        assert_eq!(make_room(&mut rows, &mut kept), LIVE_ROWS_SLACK + 1);
        assert_eq!((rows.len(), kept), (LIVE_ROWS_MAX, sum(&rows)));
    }
}
