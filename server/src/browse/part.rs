//! One partition of a search: how far it is, what waits to be shown, how much to read next.
//!
//! Owns the bookkeeping of stretches; the order between partitions is the plan's.
//!
//! Read backwards, a stretch `[low, high)` is still read upwards, as logs are: it takes as many
//! fetches as it needs, and its matches are shown only when it is whole.

use std::{collections::VecDeque, ops::Range};

use super::{
    gather::{Counts, Gather, Hit, Room},
    plan::{Direction, Span},
};

/// Bytes asked for at first: what one round trip brings anyway.
const BYTES_FIRST: i64 = 256 * 1024;
/// Bytes asked for once a search has proved long: the cost of a request no longer counts, and
/// memory and the time between two progress lines stay small.
const BYTES_MAX: i64 = 4 * 1024 * 1024;
/// Bytes asked for beyond the estimate, so that a stretch seldom needs a second fetch.
const BYTES_SPARE: i64 = 64 * 1024;
/// Most offsets of one stretch, however small the records seem.
const OFFSETS_MAX: i64 = 1 << 20;
/// Bytes of a record while nothing is known of them; the usual JSON event has some hundred.
const RECORD_BYTES_GUESS: i64 = 512;

/// What to read next from a partition: from `next` up to `clip.end`.
#[derive(Debug)]
pub struct Stretch<T> {
    /// The partition's number.
    pub partition: i32,
    /// Fetch from here; after reading, where to go on.
    pub next: i64,
    /// Only records in here count, though a batch may hold others.
    pub clip: Range<i64>,
    /// Bytes worth asking for.
    pub bytes: i32,
    /// Bytes that were received for it.
    pub received: i64,
    /// Takes the matches.
    pub gather: Gather<T>,
    low: i64,
}

impl<T> Stretch<T> {
    /// A batch begins at `base`: what of it lies below the stretch came along, so it counts.
    pub fn reaches_down_to(&mut self, base: i64) {
        self.low = self.low.min(base).max(self.clip.start);
    }
}

/// See the module.
#[derive(Debug)]
pub struct Part<T> {
    direction: Direction,
    /// The range of the search and how far it has been read.
    pub span: Span,
    /// The time at `edge`; what is not read yet lies beyond. `None` until a record was seen.
    pub time: Option<i64>,
    /// Matches in the order in which they are shown.
    pub ready: VecDeque<Hit<T>>,
    /// What has been counted.
    pub counts: Counts,
    /// Why it is not read any further.
    pub failed: Option<String>,
    /// Whether records below a stretch that is read backwards, which came along in its first batch,
    /// count as read. Where every record matches they do not: they would be made readable only to
    /// be given up.
    takes_along: bool,
    /// Where this search began to count: what an earlier part of it has read but not shown, it
    /// reads again.
    began: i64,
    busy: bool,
    begun: Option<Begun<T>>,
    target_bytes: i64,
    bytes_per_offset: Option<i64>,
}

/// A stretch read backwards that is not whole yet: `[low, next)` of `[low, high)` has been read.
#[derive(Debug)]
struct Begun<T> {
    low: i64,
    next: i64,
    high: i64,
    received: i64,
    gather: Gather<T>,
}

impl<T> Part<T> {
    /// A partition of which `span` says what has been read.
    pub fn new(direction: Direction, span: Span) -> Part<T> {
        Part {
            direction,
            span,
            time: None,
            ready: VecDeque::new(),
            counts: Counts::default(),
            failed: None,
            takes_along: true,
            began: further(direction, span.edge, span.counted),
            busy: false,
            begun: None,
            target_bytes: BYTES_FIRST,
            bytes_per_offset: None,
        }
    }

    /// The same for a search in which every record matches.
    pub fn of_all(direction: Direction, span: Span) -> Part<T> {
        Part { takes_along: false, ..Part::new(direction, span) }
    }

    /// Whether nothing is left to read, or nothing more can be.
    pub fn is_done(&self) -> bool {
        self.failed.is_some() || self.span.is_done(self.direction)
    }

    /// Offsets that this search has passed as the first, and those that are left.
    pub fn passed_and_left(&self) -> (u64, u64) {
        let (passed, left) = match self.direction {
            Direction::Forward => (self.span.edge - self.began, self.span.end - self.span.edge),
            Direction::Backward => (self.began - self.span.edge, self.span.edge - self.span.start),
        };
        let offsets = |distance| u64::try_from(distance).unwrap_or(0);
        (offsets(passed), offsets(left))
    }

    /// Gives it up for this reason. What was read of an unfinished stretch does not count, so that
    /// a resumed search reads it again.
    pub fn fail(&mut self, reason: String) {
        assert!(!self.busy, "partition {} is being read", self.span.partition);
        self.begun = None;
        self.failed = Some(reason);
    }

    /// Whether it should be read: it has nothing to show and is not being read.
    pub fn is_hungry(&self) -> bool {
        !self.busy && self.ready.is_empty() && !self.is_done()
    }

    /// Where the next stretch begins, or one that was begun goes on.
    pub fn next(&self, first_offsets: i64) -> i64 {
        match (&self.begun, self.direction) {
            (_, Direction::Forward) => self.span.edge,
            (Some(begun), Direction::Backward) => begun.next,
            (None, Direction::Backward) => self.low(first_offsets),
        }
    }

    /// Where the next stretch that is read backwards begins.
    fn low(&self, first_offsets: i64) -> i64 {
        let offsets = match self.bytes_per_offset {
            None => first_offsets,
            Some(each) => self.target_bytes / each,
        };
        (self.span.edge - offsets.clamp(1, OFFSETS_MAX)).max(self.span.start)
    }

    /// Hands out the next stretch, of about `first_offsets` while sizes are unknown.
    pub fn take(&mut self, room: Room, first_offsets: i64) -> Stretch<T> {
        assert!(self.is_hungry(), "partition {} is not to be read now", self.span.partition);
        self.busy = true;
        let edge = self.span.edge;
        match (self.direction, self.begun.take()) {
            (Direction::Forward, _) => {
                let bytes = match self.bytes_per_offset {
                    None => first_offsets.saturating_mul(RECORD_BYTES_GUESS).min(BYTES_FIRST),
                    Some(_) => self.target_bytes,
                };
                let clip = edge..self.span.end;
                let gather = self.gather(&clip, room);
                self.stretch(edge, clip, bytes, gather)
            }
            (Direction::Backward, Some(begun)) => {
                let bytes = self.estimate(begun.high - begun.next);
                let clip = begun.low..begun.high;
                let received = begun.received;
                Stretch {
                    low: begun.low,
                    received,
                    ..self.stretch(begun.next, clip, bytes, begun.gather)
                }
            }
            (Direction::Backward, None) => {
                let low = self.low(first_offsets);
                let clip = if self.takes_along { self.span.start } else { low }..edge;
                let gather = self.gather(&clip, room);
                self.stretch(low, clip, self.estimate(edge - low), gather)
            }
        }
    }

    /// Takes what is read within `clip`, and counts what was not counted before.
    fn gather(&self, clip: &Range<i64>, room: Room) -> Gather<T> {
        let fresh = match self.direction {
            Direction::Forward => clip.start.max(self.began)..clip.end,
            Direction::Backward => clip.start..clip.end.min(self.began),
        };
        Gather::new(self.direction, room, fresh)
    }

    fn stretch(&self, next: i64, clip: Range<i64>, bytes: i64, gather: Gather<T>) -> Stretch<T> {
        Stretch {
            partition: self.span.partition,
            next,
            clip,
            bytes: i32::try_from(bytes.clamp(BYTES_SPARE, BYTES_MAX)).unwrap_or(i32::MAX),
            received: 0,
            gather,
            low: next,
        }
    }

    fn estimate(&self, offsets: i64) -> i64 {
        let each = self.bytes_per_offset.unwrap_or(RECORD_BYTES_GUESS);
        let likely = offsets.saturating_mul(each);
        likely.saturating_add(likely / 4).saturating_add(BYTES_SPARE)
    }

    /// Takes back a stretch, read up to `next`.
    pub fn put(&mut self, stretch: Stretch<T>) {
        assert!(self.busy, "partition {} was not handed out", self.span.partition);
        self.busy = false;
        let Stretch { next, clip, received, gather, low, .. } = stretch;
        match self.direction {
            Direction::Forward => self.move_up(next.clamp(clip.start, clip.end), received, gather),
            Direction::Backward => {
                self.move_down(Begun { low, next, high: clip.end, received, gather })
            }
        }
    }

    fn move_up(&mut self, next: i64, received: i64, gather: Gather<T>) {
        self.learn(received, next - self.span.edge);
        self.span.edge = next;
        let gathered = gather.finish();
        self.time = gathered.edge_time.or(self.time);
        self.ready.extend(gathered.hits);
        self.counts.add(gathered.counts);
    }

    fn move_down(&mut self, begun: Begun<T>) {
        if begun.next < begun.high {
            self.begun = Some(begun);
            return;
        }
        self.learn(begun.received, begun.high - begun.low);
        let gathered = begun.gather.finish();
        self.span.edge = gathered.dropped.map_or(begun.low, |dropped| dropped + 1);
        self.time = gathered.edge_time.or(self.time);
        self.ready.extend(gathered.hits.into_iter().rev());
        self.counts.add(gathered.counts);
    }

    fn learn(&mut self, received: i64, offsets: i64) {
        if offsets > 0 && received > 0 {
            self.bytes_per_offset = Some((received / offsets).max(1));
            self.target_bytes = (self.target_bytes * 2).min(BYTES_MAX);
        }
    }

    /// See [`super::plan::Plan::start_moved`].
    pub fn start_moved(&mut self, start: i64) {
        assert!(!self.busy, "partition {} is being read", self.span.partition);
        let start = start.min(self.span.end);
        if self.direction == Direction::Forward {
            self.span.edge = self.span.edge.max(start);
            return;
        }
        self.span.start = self.span.start.max(start);
        self.span.edge = self.span.edge.max(self.span.start);
        let Some(begun) = self.begun.take() else { return };
        let (low, next) = (begun.low.max(self.span.start), begun.next.max(start));
        self.move_down(Begun { low, next, ..begun });
    }

    /// See [`super::plan::Plan::end_moved`].
    pub fn end_moved(&mut self, end: i64) {
        assert!(!self.busy, "partition {} is being read", self.span.partition);
        if self.direction == Direction::Forward {
            self.span.end = self.span.end.min(end.max(self.span.edge));
            return;
        }
        if let Some(begun) = self.begun.take() {
            self.move_down(Begun { next: begun.high, ..begun });
        }
        self.span.edge = self.span.edge.min(end).max(self.span.start);
    }

    /// Where to go on so that what waits is found again, and not counted again.
    pub fn unshown(&self) -> Span {
        let edge = match (self.ready.front(), self.direction) {
            (None, _) => self.span.edge,
            (Some(hit), Direction::Forward) => hit.offset,
            (Some(hit), Direction::Backward) => hit.offset + 1,
        };
        let counted = further(self.direction, self.span.edge, self.began);
        // Where the log was cut meanwhile, that lies outside of what is left.
        let counted = counted.clamp(self.span.start, self.span.end);
        Span { edge, counted, ..self.span }
    }
}

/// Which of two offsets a search reaches later.
fn further(direction: Direction, one: i64, other: i64) -> i64 {
    match direction {
        Direction::Forward => one.max(other),
        Direction::Backward => one.min(other),
    }
}
