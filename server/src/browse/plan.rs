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

use ouzel_api::search::{PartitionProgress, Skipped};

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

/// A partition's part in a search: `[start, end)`, shown so far up or down to `edge`.
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
    /// The same of what has been counted: at `edge`, or further on where matches were read that
    /// have not been shown. They are read again, and not counted again.
    pub counted: i64,
}

impl Span {
    /// A span of which nothing has been read.
    pub fn unread(direction: Direction, partition: i32, start: i64, end: i64) -> Span {
        let end = end.max(start);
        let edge = match direction {
            Direction::Forward => start,
            Direction::Backward => end,
        };
        Span { partition, start, end, edge, counted: edge }
    }

    /// A span of which nobody could be asked where it begins and ends.
    pub fn unknown(direction: Direction, partition: i32) -> Span {
        Span::unread(direction, partition, 0, i64::MAX)
    }

    /// Whether it was said to be [`Span::unknown`].
    pub fn is_unknown(&self) -> bool {
        self.end == i64::MAX
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
    parts: Vec<Part<T>>,
}

/// Counts over all that a search has read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Records looked at that no earlier part of the search has counted.
    pub read: u64,
    /// Records looked at that one had.
    pub again: u64,
    /// Offsets without a record to look at.
    pub skipped: Skipped,
    /// Records that a filter could not judge.
    pub filter_errors: u64,
    /// Partition, offset and reason of the first of them in the lowest partition.
    pub first_filter_error: Option<String>,
    /// Matches that the chosen decoder could not read.
    pub undecodable: u64,
    /// Partition, offset and reason of the first of them in the lowest partition.
    pub first_undecodable: Option<String>,
    /// Offsets that were passed, but for those that an earlier part had passed.
    pub passed: u64,
    /// Offsets that are left.
    pub left: u64,
}

impl<T> Plan<T> {
    /// Plans a search for `wanted` matches over `spans`. `filtered` says that most records are
    /// expected not to match, so that larger stretches are worth their while.
    pub fn new(direction: Direction, spans: &[Span], wanted: usize, filtered: bool) -> Plan<T> {
        let part = |span: &Span| match filtered {
            true => Part::new(direction, *span),
            false => Part::of_all(direction, *span),
        };
        let parts = spans.iter().map(part).collect();
        let mut plan = Plan { direction, filtered, wanted, shown: 0, parts };
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

    /// The offset at which a hungry partition is read on.
    pub fn next(&self, partition: i32) -> i64 {
        self.parts[self.place(partition)].next(self.first_stretch())
    }

    /// The next stretch of a hungry partition. It has to come back by [`Plan::put`].
    pub fn take(&mut self, partition: i32) -> Stretch<T> {
        let room = Room { hits: self.wanted_now(), bytes: self.room_bytes() };
        let first = self.first_stretch();
        self.part(partition).take(room, first)
    }

    /// Takes back a stretch that was read up to `stretch.next`, which may be nothing at all.
    pub fn put(&mut self, stretch: Stretch<T>) {
        self.part(stretch.partition).put(stretch);
    }

    /// The log now begins at `start`: what lay below is gone and counts as done. Only for a
    /// partition that is not handed out.
    pub fn start_moved(&mut self, partition: i32, start: i64) {
        self.part(partition).start_moved(start);
    }

    /// The log now ends at `end`: there is nothing to read from there on. Only for a partition
    /// that is not handed out.
    pub fn end_moved(&mut self, partition: i32, end: i64) {
        self.part(partition).end_moved(end);
    }

    /// Gives a partition up; the others go on, and a resumed search tries it again. Only for a
    /// partition that is not handed out.
    pub fn fail(&mut self, partition: i32, reason: String) {
        self.part(partition).fail(reason);
    }

    /// Whether every partition was given up.
    pub fn is_all_failed(&self) -> bool {
        self.parts.iter().all(|part| part.failed.is_some())
    }

    /// Whether some partition was given up.
    pub fn has_failed(&self) -> bool {
        self.parts.iter().any(|part| part.failed.is_some())
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
    pub fn totals(&self) -> Totals {
        let mut all = Totals::default();
        for part in &self.parts {
            let Counts { read, again, control, aborted, .. } = part.counts;
            let (passed, left) = part.passed_and_left();
            let told = |first: &Option<(i64, String)>| {
                let (offset, reason) = first.as_ref()?;
                Some(format!("partition {}, offset {offset}: {reason}", part.span.partition))
            };
            all.read += read;
            all.again += again;
            all.skipped.control += control;
            all.skipped.aborted += aborted;
            // Every offset holds a record of one of these kinds, or none.
            all.skipped.missing += passed.saturating_sub(read + control + aborted);
            all.filter_errors += part.counts.filter_errors;
            all.undecodable += part.counts.undecodable;
            let first = || told(&part.counts.first_filter_error);
            all.first_filter_error = all.first_filter_error.take().or_else(first);
            let first = || told(&part.counts.first_undecodable);
            all.first_undecodable = all.first_undecodable.take().or_else(first);
            all.passed += passed;
            all.left += if part.is_done() { 0 } else { left };
        }
        all
    }

    /// How far each partition has been read.
    pub fn covered(&self) -> Vec<PartitionProgress> {
        let covered = |part: &Part<T>| {
            let Span { partition, start, end, edge, .. } = match part.span {
                span if span.is_unknown() => Span { start: 0, end: 0, edge: 0, ..span },
                span => span,
            };
            let (covered_from, covered_to) = match self.direction {
                Direction::Forward => (start, edge),
                Direction::Backward => (edge, end),
            };
            let (read, failed) = (part.counts.read, part.failed.clone());
            PartitionProgress { partition, start, end, covered_from, covered_to, read, failed }
        };
        self.parts.iter().map(covered).collect()
    }

    /// Where to go on so that nothing shown comes again, nothing else is missed, and nothing is
    /// counted twice.
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
        let at = self.place(partition);
        &mut self.parts[at]
    }

    fn place(&self, partition: i32) -> usize {
        let at = self.parts.binary_search_by_key(&partition, |part| part.span.partition);
        at.unwrap_or_else(|_| panic!("partition {partition} is not part of the search"))
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
