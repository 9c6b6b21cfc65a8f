//! Which stretch of which partition a search reads next, and which match it shows next.
//!
//! Owns the order of a search; does no I/O and knows no bytes. [`Plan::hungry`] names partitions
//! that must be read before anything more can be shown, [`Plan::take`] hands out a stretch,
//! [`Plan::put`] takes back what it gave, and [`Plan::show`] releases matches in order.
//!
//! The order is by time across partitions and by offset within each. A match is shown once no
//! partition can still hold one that comes before it, taking the times within a partition as
//! rising; where they are not, offsets decide within the partition and the merge stays as close
//! to time as that allows. Every search therefore first advances whatever lies furthest behind.

use super::{
    gather::{Counts, Hit, Room},
    part::{Part, Stretch},
};

/// Which way a search reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From older to newer.
    Forward,
    /// From newer to older.
    Backward,
}

/// A partition's part in a search: `[start, end)`, read so far up or down to `edge`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The partition's number.
    pub partition: i32,
    /// First offset of the search here.
    pub start: i64,
    /// Offset after the last one of the search here.
    pub end: i64,
    /// Forward: what lies below is done. Backward: what lies from here on is done.
    pub edge: i64,
}

impl Span {
    /// A span of which nothing has been read.
    pub fn unread(direction: Direction, partition: i32, start: i64, end: i64) -> Span {
        let end = end.max(start);
        let edge = match direction {
            Direction::Forward => start,
            Direction::Backward => end,
        };
        Span { partition, start, end, edge }
    }

    /// Whether nothing is left to read.
    pub fn is_done(&self, direction: Direction) -> bool {
        match direction {
            Direction::Forward => self.edge >= self.end,
            Direction::Backward => self.edge <= self.start,
        }
    }
}

/// Bytes of matches that wait for their turn, over all partitions of one search.
pub const WAITING_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Each partition may keep at least this, so that a topic of thousands still moves on; one
/// preview of key and value fits in.
pub const WAITING_BYTES_MIN: usize = 256 * 1024;

/// A search in progress.
#[derive(Debug)]
pub struct Plan<T> {
    direction: Direction,
    filtered: bool,
    wanted: usize,
    shown: u64,
    counts: Counts,
    first_not_json: Option<String>,
    parts: Vec<Part<T>>,
}

impl<T> Plan<T> {
    /// Plans a search for `wanted` matches over `spans`. `filtered` says that most records are
    /// expected not to match, so that larger stretches are worth their while.
    pub fn new(direction: Direction, spans: &[Span], wanted: usize, filtered: bool) -> Plan<T> {
        let parts = spans.iter().map(|span| Part::new(direction, *span)).collect();
        let mut plan = Plan {
            direction,
            filtered,
            wanted,
            shown: 0,
            counts: Counts::default(),
            first_not_json: None,
            parts,
        };
        plan.parts.sort_by_key(|part| part.span.partition);
        plan
    }

    /// The partitions that could be read now, the most urgent first.
    pub fn hungry(&self) -> Vec<i32> {
        let mut hungry: Vec<&Part<T>> = self.parts.iter().filter(|part| part.is_hungry()).collect();
        // Of a partition of which nothing is known yet, anything can come.
        hungry.sort_by_key(|part| part.time.map_or(i128::MIN, |time| self.rank(time)));
        hungry.iter().map(|part| part.span.partition).collect()
    }

    /// The next stretch of a hungry partition. It has to come back by [`Plan::put`].
    pub fn take(&mut self, partition: i32) -> Stretch<T> {
        let room = Room { hits: self.wanted_now(), bytes: self.room_bytes() };
        let first = self.first_stretch();
        self.part(partition).take(room, first)
    }

    /// Takes back a stretch that was read up to `stretch.next`, which may be nothing at all.
    pub fn put(&mut self, stretch: Stretch<T>) {
        let partition = stretch.partition;
        let counts = self.part(partition).put(stretch);
        self.count(partition, counts);
    }

    /// The log now begins at `start`: what lay below is gone and counts as done. Only for a
    /// partition that is not handed out.
    pub fn start_moved(&mut self, partition: i32, start: i64) {
        let counts = self.part(partition).start_moved(start);
        self.count(partition, counts);
    }

    /// The log now ends at `end`: there is nothing to read from there on. Only for a partition
    /// that is not handed out.
    pub fn end_moved(&mut self, partition: i32, end: i64) {
        let counts = self.part(partition).end_moved(end);
        self.count(partition, counts);
    }

    /// The next match in order, if it is certain.
    pub fn show(&mut self) -> Option<Hit<T>> {
        if self.is_satisfied() {
            return None;
        }
        let waiting = |part: &Part<T>| {
            let hit = part.ready.front()?;
            Some((self.rank(hit.timestamp_ms), part.span.partition))
        };
        let ranked = self.parts.iter().enumerate();
        let (best, at) = ranked.filter_map(|(at, part)| Some((waiting(part)?, at))).min()?;
        let unsure = self.parts.iter().any(|part| {
            let may_come_first = part.time.is_none_or(|time| self.rank(time) < best.0);
            part.ready.is_empty() && !part.is_done() && may_come_first
        });
        if unsure {
            return None;
        }
        self.shown += 1;
        self.parts[at].ready.pop_front()
    }

    /// Whether as many matches as wanted have been shown.
    pub fn is_satisfied(&self) -> bool {
        self.shown >= self.wanted as u64
    }

    /// Whether everything has been read and shown.
    pub fn is_exhausted(&self) -> bool {
        self.parts.iter().all(|part| part.is_done() && part.ready.is_empty())
    }

    /// Matches shown so far.
    pub fn shown(&self) -> u64 {
        self.shown
    }

    /// Counts over all that has been read.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Partition, offset and reason of the first record that could not be judged.
    pub fn first_not_json(&self) -> Option<&str> {
        self.first_not_json.as_deref()
    }

    /// How far each partition has been read.
    pub fn covered(&self) -> Vec<Span> {
        self.parts.iter().map(|part| part.span).collect()
    }

    /// Where to go on so that nothing shown comes again and nothing else is missed.
    pub fn unshown(&self) -> Vec<Span> {
        self.parts.iter().map(Part::unshown).collect()
    }

    /// Smaller is shown earlier. Wider than a timestamp, so that none overflows.
    fn rank(&self, timestamp_ms: i64) -> i128 {
        match self.direction {
            Direction::Forward => i128::from(timestamp_ms),
            Direction::Backward => -i128::from(timestamp_ms),
        }
    }

    fn part(&mut self, partition: i32) -> &mut Part<T> {
        let at = self.parts.binary_search_by_key(&partition, |part| part.span.partition);
        let at = at.unwrap_or_else(|_| panic!("partition {partition} is not part of the search"));
        &mut self.parts[at]
    }

    fn count(&mut self, partition: i32, counts: Counts) {
        self.counts.read += counts.read;
        self.counts.not_json += counts.not_json;
        if let (None, Some((offset, reason))) = (&self.first_not_json, counts.first_not_json) {
            self.first_not_json = Some(format!("partition {partition}, offset {offset}: {reason}"));
        }
    }

    fn wanted_now(&self) -> usize {
        let shown = usize::try_from(self.shown).unwrap_or(usize::MAX);
        self.wanted.saturating_sub(shown).max(1)
    }

    fn room_bytes(&self) -> usize {
        (WAITING_BYTES_MAX / self.parts.len().max(1)).max(WAITING_BYTES_MIN)
    }

    /// Records to begin with, while nothing is known about their sizes.
    fn first_stretch(&self) -> i64 {
        /// Enough to see whether a filter bites, and read in a moment.
        const FILTERED: i64 = 4_000;
        /// Few partitions are empty of news; a handful from each is wanted at least.
        const AT_LEAST: i64 = 16;
        let fair = 2 * self.wanted_now() / self.parts.len().max(1);
        let fair = i64::try_from(fair).unwrap_or(i64::MAX).max(AT_LEAST);
        if self.filtered { fair.max(FILTERED) } else { fair }
    }
}

#[cfg(test)]
mod tests;
