//! What is known of one cluster over time, and what each new reading adds to it. Pure.

use std::{collections::HashMap, time::Duration};

use ouzel_api::{
    Lag,
    progress::{PartitionProgress, Progress, Status, TimeLag},
};

use super::{
    kept::Kept,
    seen::Seen,
    topics::Topics,
    track::{Now, Sampled, Track, Window},
};
use crate::{
    db::lag::{Sample, Whose},
    kafka::{
        Offsets, TopicPartition,
        groups::{Commits, GroupState, snapshot::GroupsSnapshot},
    },
};

/// Most groups of a cluster that are followed; the pages say how many are left out.
pub const GROUPS_MAX: usize = 3_000;
/// Most partitions with a curve, and most places of all groups together: a few ten megabytes.
pub const PLACES_MAX: usize = 20_000;
/// Most partitions whose past is asked for at once.
const PRIMED_MAX: usize = 2_000;

/// See the module.
#[derive(Debug, Default)]
pub struct Followed {
    /// Time between two readings.
    every_ms: i64,
    /// Where partitions ended, and when.
    pub curves: HashMap<TopicPartition, Kept>,
    groups: HashMap<String, Followee>,
    whole: Window,
    /// All topics.
    pub topics: Topics,
    /// When it was last read; 0 before.
    pub read_ms: i64,
    /// Why the last reading failed, if it did.
    pub error: Option<String>,
    /// Groups that are not followed because there are too many.
    pub left_out: usize,
    /// Whole hours since the epoch of the latest hourly sample.
    hour: i64,
    five_minutes: i64,
}

/// A group that is followed.
#[derive(Debug)]
struct Followee {
    tracks: HashMap<TopicPartition, Track>,
    window: Window,
    progress: Progress,
    members: u32,
    lag: Lag,
    peak: Option<i64>,
    /// What was stored last.
    stored: Option<Sample>,
}

/// Where a group stands on a partition, and where that ends.
#[derive(Debug, Clone)]
pub struct Position {
    /// The partition.
    pub place: TopicPartition,
    /// The commit, and the end; none: one of them could not be read.
    pub found: Option<(i64, i64)>,
}

impl Position {
    /// What is known of the partition, with a look at it now; with the end.
    fn look(&self, mut track: Track, moment: Moment) -> Option<(Track, i64)> {
        let (committed, end) = self.found?;
        track.look(moment.at_ms, committed, end);
        Some((track, end))
    }
}

/// When a page looks at a group, and whether it has members then.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The time.
    pub at_ms: i64,
    /// Whether somebody is in the group.
    pub held: bool,
}

/// What a reading adds to the history.
#[derive(Debug, Default)]
pub struct Gain {
    /// 2 for an hourly sample, 1 for one of five minutes, else 0.
    pub tier: i64,
    /// Samples to be stored.
    pub samples: Vec<(Whose, Sample)>,
    /// Partitions whose past should be asked for.
    pub unprimed: Vec<TopicPartition>,
}

impl Followed {
    /// Nothing is known yet; readings will be `every` so long.
    pub fn new(every: Duration) -> Followed {
        let every_ms = i64::try_from(every.as_millis()).unwrap_or(i64::MAX);
        Followed { every_ms, ..Followed::default() }
    }

    /// Takes in a reading of all groups. `starts` are the first offsets that were there a moment
    /// before, as far as they were read this time.
    pub fn take(&mut self, read: &GroupsSnapshot, starts: &Offsets, at_ms: i64) -> Gain {
        let written = self.take_ends(&read.ends, at_ms);
        self.take_starts(starts);
        let tier = self.tier(at_ms);
        self.left_out = read.groups.len().saturating_sub(GROUPS_MAX);
        let mut before = std::mem::take(&mut self.groups);
        let (mut samples, mut places) = (Vec::new(), 0);
        for group in read.groups.iter().take(GROUPS_MAX) {
            places += group.commits.as_ref().map_or(0, Commits::len);
            if places > PLACES_MAX {
                self.left_out += 1;
                continue;
            }
            let followee = before.remove(&group.id).unwrap_or_else(|| Followee::new(at_ms));
            let followee = self.follow(followee, group, (&read.ends, &written), at_ms);
            self.groups.insert(group.id.clone(), followee);
        }
        for (id, followee) in &mut self.groups {
            samples.extend(followee.sample(tier, at_ms).map(|it| (Whose::Group(id.clone()), it)));
        }
        samples.push((Whose::Cluster, self.take_whole(at_ms)));
        let unprimed = self.unprimed(read);
        (self.read_ms, self.error) = (at_ms, None);
        Gain { tier, samples, unprimed }
    }

    /// Adds a point to each curve; answers how many records were written where.
    fn take_ends(&mut self, ends: &Offsets, at_ms: i64) -> HashMap<TopicPartition, i64> {
        // A partition whose last group has gone is followed no longer.
        self.curves.retain(|place, _| ends.contains_key(place));
        let mut written = HashMap::with_capacity(ends.len());
        for (place, found) in ends {
            let Ok(Some(found)) = found else { continue };
            let is_new = !self.curves.contains_key(place);
            if is_new && self.curves.len() >= PLACES_MAX {
                continue;
            }
            let kept = self.curves.entry(place.clone()).or_default();
            let by = if is_new { 0 } else { found.offset.saturating_sub(kept.end).max(0) };
            kept.changed |= is_new || by > 0;
            kept.end = found.offset;
            kept.curve.push(at_ms, found.offset);
            written.insert(place.clone(), by);
        }
        written
    }

    fn take_starts(&mut self, starts: &Offsets) {
        for (place, kept) in &mut self.curves {
            if let Some(Ok(Some(start))) = starts.get(place) {
                kept.start = Some(start.offset);
            }
        }
    }

    fn tier(&mut self, at_ms: i64) -> i64 {
        let (hour, five) = (at_ms / 3_600_000, at_ms / 300_000);
        let tier = if hour != self.hour { 2 } else { i64::from(five != self.five_minutes) };
        (self.hour, self.five_minutes) = (hour, five);
        tier
    }

    fn follow(
        &self,
        mut followee: Followee,
        group: &GroupState,
        (ends, written): (&Offsets, &HashMap<TopicPartition, i64>),
        at_ms: i64,
    ) -> Followee {
        let members = group.described.as_ref().map(|described| described.members.len());
        let held = members.map_or_else(|_| group.state_name() != "Empty", |number| number > 0);
        let mut seen = Seen::default();
        let mut tracks = HashMap::with_capacity(followee.tracks.len());
        for (place, commit) in group.commits.iter().flatten() {
            let found = commit.as_ref().ok().zip(offset(ends, place));
            let Some((end, at)) = found.and_then(|(it, end)| Some((end, it.position(end)?))) else {
                seen.add_unread();
                continue;
            };
            let first = || Track::new(at_ms, at, end);
            let mut track = followee.tracks.remove(place).unwrap_or_else(first);
            seen.read += track.look(at_ms, at, end);
            seen.written += written.get(place).copied().unwrap_or_default();
            let now = Now { at_ms, every_ms: self.every_ms, end, held };
            seen.add(&track, self.curves.get(place), now);
            tracks.insert(place.clone(), track);
        }
        if group.commits.is_err() {
            seen.add_unread();
        }
        followee.tracks = tracks;
        followee.members = members.map_or(0, |number| u32::try_from(number).unwrap_or(u32::MAX));
        followee.take(&seen, at_ms);
        followee
    }

    /// All groups together.
    fn take_whole(&mut self, at_ms: i64) -> Sample {
        let known = |lag| match lag {
            Lag::Known { records } => Some(records),
            Lag::NoCommit | Lag::Unknown => None,
        };
        let lag: i64 = self.groups.values().filter_map(|group| known(group.lag)).sum();
        let read = self.groups.values().map(|group| group.progress.read_per_s);
        let read = read.fold(0.0_f64, |sum, it| sum + it);
        let worst = self.groups.values().map(|group| group.progress.time_lag);
        let worst = worst.fold(TimeLag::Unknown, TimeLag::worse);
        self.whole.push(Sampled { at_ms, lag: Some(lag), read: 0, written: 0 });
        let written = self.topics.written_per_s();
        sample(at_ms, Some(lag), worst, (read, written))
    }

    fn unprimed(&mut self, read: &GroupsSnapshot) -> Vec<TopicPartition> {
        let commits = read.groups.iter().flat_map(|group| group.commits.iter().flatten());
        let mut unprimed = Vec::new();
        for (place, commit) in commits {
            let Some(kept) = self.curves.get_mut(place).filter(|kept| !kept.primed) else {
                continue;
            };
            let is_older = commit.as_ref().is_ok_and(|it| kept.curve.begins_after(it.offset));
            if is_older && unprimed.len() < PRIMED_MAX {
                kept.primed = true;
                unprimed.push(place.clone());
            }
        }
        unprimed
    }

    /// How a group fares.
    pub fn progress(&self, group: &str) -> Option<Progress> {
        self.groups.get(group).map(|followee| followee.progress.clone())
    }

    /// How a group fares at these positions, which were read after the latest reading: lag and
    /// lag in time on a page are of the same moment. Rates and trends are of the latest reading.
    pub fn progress_at(&self, group: &str, all: &[Position], moment: Moment) -> Option<Progress> {
        let followee = self.groups.get(group)?;
        let mut seen = Seen::default();
        for position in all {
            match followee.tracks.get(&position.place).and_then(|it| position.look(*it, moment)) {
                Some((track, end)) => {
                    let kept = self.curves.get(&position.place);
                    seen.add(&track, kept, self.now(end, moment));
                }
                None => seen.add_unread(),
            }
        }
        Some(seen.put_into(followee.progress.clone()))
    }

    /// How a group fares on a partition, likewise.
    pub fn at(&self, group: &str, it: &Position, moment: Moment) -> Option<PartitionProgress> {
        let track = *self.groups.get(group)?.tracks.get(&it.place)?;
        let (track, end) = it.look(track, moment)?;
        let kept = self.curves.get(&it.place)?;
        Some(PartitionProgress {
            status: track.status(self.now(end, moment)),
            time_lag: kept.time_lag(track.committed, end, moment.at_ms),
            moved_ms: track.moved_ms,
            since_ms: track.since_ms,
        })
    }

    fn now(&self, end: i64, Moment { at_ms, held }: Moment) -> Now {
        Now { at_ms, every_ms: self.every_ms, end, held }
    }

    /// Every group with what it had at the last reading: lag, how it fares, members.
    pub fn groups(&self) -> impl Iterator<Item = (&str, Lag, &Progress, u32)> {
        self.groups.iter().map(|(id, it)| (id.as_str(), it.lag, &it.progress, it.members))
    }

    /// The lag of all groups together in the latest readings.
    pub fn lags(&self) -> Vec<i64> {
        self.whole.lags()
    }
}

impl Followee {
    fn new(at_ms: i64) -> Followee {
        Followee {
            tracks: HashMap::new(),
            window: Window::default(),
            progress: Progress {
                status: Status::CaughtUp,
                partitions: 0,
                stuck: 0,
                moved_ms: None,
                time_lag: TimeLag::Unknown,
                trend: ouzel_api::progress::Trend::Steady,
                catches_up_ms: None,
                read_per_s: 0.0,
                written_per_s: 0.0,
                lost: 0,
                recent: Vec::new(),
                since_ms: at_ms,
                read_ms: at_ms,
            },
            members: 0,
            lag: Lag::NoCommit,
            peak: None,
            stored: None,
        }
    }

    fn take(&mut self, seen: &Seen, at_ms: i64) {
        self.lag = seen.lag;
        let lag = match seen.lag {
            Lag::Known { records } => Some(records),
            Lag::NoCommit | Lag::Unknown => None,
        };
        self.peak = self.peak.max(lag);
        self.window.push(Sampled { at_ms, lag, read: seen.read, written: seen.written });
        let (read_per_s, written_per_s) = self.window.rates();
        self.progress = Progress {
            trend: self.window.trend(),
            catches_up_ms: self.window.catches_up_ms(),
            read_per_s,
            written_per_s,
            recent: self.window.lags(),
            read_ms: at_ms,
            ..seen.put_into(self.progress.clone())
        };
    }

    /// What is to be stored of this reading: fine samples only while something happens.
    fn sample(&mut self, tier: i64, at_ms: i64) -> Option<Sample> {
        let lag = match self.lag {
            Lag::Known { records } => Some(records),
            Lag::NoCommit | Lag::Unknown => None,
        };
        let rates = (self.progress.read_per_s, self.progress.written_per_s);
        let mut sample = sample(at_ms, lag, self.progress.time_lag, rates);
        if tier == 2 {
            sample.peak = self.peak;
            self.peak = lag;
        }
        let is_as_before = self.stored.is_some_and(|stored| {
            (stored.lag, stored.read_rate, stored.written_rate) == (sample.lag, 0, 0)
                && (sample.read_rate, sample.written_rate) == (0, 0)
        });
        if tier == 0 && is_as_before {
            return None;
        }
        self.stored = Some(sample);
        Some(sample)
    }
}

/// An offset that could be read.
pub fn offset(offsets: &Offsets, place: &TopicPartition) -> Option<i64> {
    Some(offsets.get(place)?.as_ref().ok()?.as_ref()?.offset)
}

fn sample(at_ms: i64, lag: Option<i64>, time: TimeLag, (read, written): (f64, f64)) -> Sample {
    let (time_lag_ms, at_least) = match time {
        TimeLag::Unknown => (None, false),
        TimeLag::AtLeast { ms } => (Some(ms), true),
        TimeLag::Known { ms } => (Some(ms), false),
    };
    let rate = |per_s: f64| (per_s * 1000.0) as i64;
    let (read_rate, written_rate) = (rate(read), rate(written));
    Sample { at_ms, lag, peak: None, time_lag_ms, at_least, read_rate, written_rate }
}

#[cfg(test)]
mod tests;
