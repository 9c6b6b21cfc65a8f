//! The matches of one stretch of one partition, within a bound.
//!
//! Owns what is kept while records are looked at in log order and what is given up when that would
//! be too much. Which stretch it is, and where it goes on, is the plan's business.

use std::{collections::VecDeque, ops::Range};

use super::plan::Direction;

/// A record that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<T> {
    /// Its offset.
    pub offset: i64,
    /// Its time, by which partitions are merged.
    pub timestamp_ms: i64,
    /// Bytes it takes while it waits for its turn.
    pub weight: usize,
    /// The record itself.
    pub record: T,
}

/// Counts over a stretch of records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records looked at.
    pub read: u64,
    /// Records looked at that were counted before; they count for nothing else here.
    pub again: u64,
    /// Control records that were passed.
    pub control: u64,
    /// Records of aborted transactions that were left out.
    pub aborted: u64,
    /// Records that a filter could not judge.
    pub filter_errors: u64,
    /// Offset and reason of the first of them.
    pub first_filter_error: Option<(i64, String)>,
    /// Matches that the chosen decoder could not read.
    pub undecodable: u64,
    /// Offset and reason of the first of them.
    pub first_undecodable: Option<(i64, String)>,
}

impl Counts {
    /// Adds what came after.
    pub fn add(&mut self, later: Counts) {
        self.read += later.read;
        self.again += later.again;
        self.control += later.control;
        self.aborted += later.aborted;
        self.filter_errors += later.filter_errors;
        self.undecodable += later.undecodable;
        self.first_filter_error = self.first_filter_error.take().or(later.first_filter_error);
        self.first_undecodable = self.first_undecodable.take().or(later.first_undecodable);
    }

    /// Takes away what does not count as read after all.
    fn without(mut self, mark: &Mark) -> Counts {
        self.read -= mark.read;
        self.again -= mark.again;
        self.control -= mark.control;
        self.aborted -= mark.aborted;
        self.filter_errors -= mark.filter_errors;
        self.undecodable -= mark.undecodable;
        self
    }

    fn mark(&self) -> Mark {
        let Counts { read, again, control, aborted, filter_errors, undecodable, .. } = *self;
        Mark { read, again, control, aborted, filter_errors, undecodable }
    }
}

/// How much may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Matches.
    pub hits: usize,
    /// Bytes of matches; one match is kept however large it is.
    pub bytes: usize,
}

/// Matches and counts of records offered in log order.
///
/// Reading upwards it is full at the bound and wants no more. Reading backwards it keeps the
/// newest and gives up the oldest: all up to the last one given up counts as not read at all.
#[derive(Debug)]
pub struct Gather<T> {
    direction: Direction,
    room: Room,
    fresh: Range<i64>,
    hits: VecDeque<(Hit<T>, Mark)>,
    bytes: usize,
    counts: Counts,
    dropped: Option<Dropped>,
    first_time: Option<i64>,
    last_time: Option<i64>,
}

/// The counts up to and including a match.
#[derive(Debug, Clone, Copy)]
struct Mark {
    read: u64,
    again: u64,
    control: u64,
    aborted: u64,
    filter_errors: u64,
    undecodable: u64,
}

/// The newest match that was given up.
#[derive(Debug, Clone, Copy)]
struct Dropped {
    offset: i64,
    timestamp_ms: i64,
    mark: Mark,
}

/// What a stretch gave, as far as it counts as read.
#[derive(Debug)]
pub struct Gathered<T> {
    /// The matches, in log order.
    pub hits: VecDeque<Hit<T>>,
    /// The counts.
    pub counts: Counts,
    /// All up to this offset has to be read again.
    pub dropped: Option<i64>,
    /// Time of the record at the far edge in reading direction, if there was any record.
    pub edge_time: Option<i64>,
}

impl<T> Gather<T> {
    /// An empty one. Offsets outside of `fresh` were counted before.
    pub fn new(direction: Direction, room: Room, fresh: Range<i64>) -> Gather<T> {
        Gather {
            direction,
            room,
            fresh,
            hits: VecDeque::new(),
            bytes: 0,
            counts: Counts::default(),
            dropped: None,
            first_time: None,
            last_time: None,
        }
    }

    /// Whether it wants no more records. Never when reading backwards.
    pub fn is_full(&self) -> bool {
        let over = self.hits.len() >= self.room.hits || self.bytes >= self.room.bytes;
        self.direction == Direction::Forward && over
    }

    /// The offsets that were not counted before.
    pub fn fresh(&self) -> &Range<i64> {
        &self.fresh
    }

    /// Counts a record that was looked at; call before what is said of it.
    pub fn saw(&mut self, offset: i64, timestamp_ms: i64) {
        match self.fresh.contains(&offset) {
            true => self.counts.read += 1,
            false => self.counts.again += 1,
        }
        self.passed_time(timestamp_ms, timestamp_ms);
    }

    /// Counts `records` none of which can match, or was counted before.
    pub fn saw_many(&mut self, records: u64, first_ms: i64, last_ms: i64) {
        if records > 0 {
            self.counts.read += records;
            self.passed_time(first_ms, last_ms);
        }
    }

    fn passed_time(&mut self, first_ms: i64, last_ms: i64) {
        self.first_time.get_or_insert(first_ms);
        self.last_time = Some(last_ms);
    }

    /// Counts control records, which are passed.
    pub fn passed_control(&mut self, records: u64) {
        self.counts.control += records;
    }

    /// Counts records of an aborted transaction, which are left out.
    pub fn passed_aborted(&mut self, records: u64) {
        self.counts.aborted += records;
    }

    /// The record just seen could not be judged.
    pub fn unjudged(&mut self, offset: i64, reason: impl FnOnce() -> String) {
        if !self.fresh.contains(&offset) {
            return;
        }
        self.counts.filter_errors += 1;
        self.counts.first_filter_error.get_or_insert_with(|| (offset, reason()));
    }

    /// The record just seen matches, but cannot be read as was asked.
    pub fn undecodable(&mut self, offset: i64, reason: impl FnOnce() -> String) {
        if !self.fresh.contains(&offset) {
            return;
        }
        self.counts.undecodable += 1;
        self.counts.first_undecodable.get_or_insert_with(|| (offset, reason()));
    }

    /// The record just seen matches.
    pub fn hit(&mut self, hit: Hit<T>) {
        debug_assert!(self.hits.back().is_none_or(|(last, _)| last.offset < hit.offset));
        self.bytes += hit.weight;
        let mark = self.counts.mark();
        self.hits.push_back((hit, mark));
        if self.direction == Direction::Backward {
            self.give_up_oldest();
        }
    }

    fn give_up_oldest(&mut self) {
        while self.hits.len() > 1
            && (self.hits.len() > self.room.hits || self.bytes > self.room.bytes)
        {
            let Some((Hit { offset, timestamp_ms, weight, .. }, mark)) = self.hits.pop_front()
            else {
                return;
            };
            self.bytes -= weight;
            self.dropped = Some(Dropped { offset, timestamp_ms, mark });
        }
    }

    /// Ends the stretch.
    pub fn finish(self) -> Gathered<T> {
        let edge_time = match (self.direction, &self.dropped) {
            (Direction::Forward, _) => self.last_time,
            (Direction::Backward, Some(dropped)) => Some(dropped.timestamp_ms),
            (Direction::Backward, None) => self.first_time,
        };
        let counts = match &self.dropped {
            Some(dropped) => self.counts.without(&dropped.mark),
            None => self.counts,
        };
        Gathered {
            hits: self.hits.into_iter().map(|(hit, _)| hit).collect(),
            counts,
            dropped: self.dropped.map(|dropped| dropped.offset),
            edge_time,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, Gather, Hit, Room};

    fn fill(direction: Direction, room: Room) -> Gather<()> {
        let mut gather = Gather::new(direction, room, 0..8);
        for offset in 0..10 {
            if gather.is_full() {
                break;
            }
            gather.saw(offset, 100 + offset);
            if offset % 2 == 1 {
                gather.hit(Hit { offset, timestamp_ms: 100 + offset, weight: 10, record: () });
            }
        }
        gather
    }

    #[test]
    fn backwards_the_newest_are_kept_and_the_rest_counts_as_unread() {
        let room = Room { hits: 2, bytes: 1000 };
        let gathered = fill(Direction::Backward, room).finish();
        assert_eq!(gathered.hits.iter().map(|hit| hit.offset).collect::<Vec<_>>(), [7, 9]);
        let counts = gathered.counts;
        assert_eq!((gathered.dropped, counts.read, counts.again), (Some(5), 2, 2));
        assert_eq!(gathered.edge_time, Some(105));
    }

    #[test]
    fn upwards_it_is_full_at_the_bound() {
        let gathered = fill(Direction::Forward, Room { hits: 9, bytes: 15 }).finish();
        assert_eq!(gathered.hits.iter().map(|hit| hit.offset).collect::<Vec<_>>(), [1, 3]);
        assert_eq!((gathered.counts.read, gathered.edge_time), (4, Some(103)));
    }

    #[test]
    fn one_match_is_kept_however_large() {
        let gathered = fill(Direction::Backward, Room { hits: 5, bytes: 1 }).finish();
        assert_eq!(gathered.hits.len(), 1);
        assert_eq!(gathered.dropped, Some(7));
    }
}
