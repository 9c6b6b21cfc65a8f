//! What is known of one cluster over time, and what each new reading adds to it. Pure.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use ouzel_api::{
    Lag,
    progress::{PartitionProgress, Progress, TimeLag},
};

use super::{
    followee::{Followee, Reading, sample},
    kept::Kept,
    seen::Seen,
    topics::Topics,
    track::{Look, Now, Step, Track},
    window::{Sampled, Window},
};
use crate::{
    db::lag::{Sample, Whose},
    kafka::{
        Offsets, TopicPartition,
        groups::{Commits, GroupState, snapshot::GroupsSnapshot},
        offset_of,
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
    fn look(&self, mut track: Track, moment: Moment) -> Option<(Track, Step, i64)> {
        let (committed, end) = self.found?;
        let Moment { at_ms, held } = moment;
        // Who is in it does not matter for a moment: the next reading looks at that.
        let step = track.look(Look { at_ms, committed, end, held, stayed: held, moved: false });
        Some((track, step, end))
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
    /// before, as far as they were read this time; `moved` the groups whose commits this console
    /// may have moved since the reading before.
    pub fn take(
        &mut self,
        read: &GroupsSnapshot,
        starts: &Offsets,
        moved: &HashSet<String>,
        at_ms: i64,
    ) -> Gain {
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
            let moved = moved.contains(&group.id);
            let reading = Reading { at_ms, ends: &read.ends, written: &written, moved };
            let followee = self.follow(followee, group, reading);
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

    fn follow(&self, mut followee: Followee, group: &GroupState, reading: Reading<'_>) -> Followee {
        let mut seen = Seen::default();
        for (place, end) in followee.look(group, reading, &mut seen) {
            let at_ms = reading.at_ms;
            let now = Now { at_ms, every_ms: self.every_ms, end, held: group.is_held() };
            seen.add(&followee.tracks[place], self.curves.get(place), now);
        }
        followee.take(&seen, reading.at_ms);
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
        let (lag_now, begins) = (Some(lag), false);
        self.whole.push(Sampled { at_ms, lag: lag_now, read: 0, written: 0, begins });
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

    /// What to ask of the past: partitions, each once, with a time.
    pub fn ask(&mut self, read: &GroupsSnapshot) -> Vec<(TopicPartition, i64)> {
        let mut asked: HashMap<&TopicPartition, i64> = HashMap::new();
        let commits = read.groups.iter().flat_map(|group| group.commits.iter().flatten());
        for (place, commit) in commits {
            if asked.len() == PRIMED_MAX {
                break;
            }
            let found = commit.as_ref().ok().zip(offset_of(&read.ends, place));
            let found = found.and_then(|(it, end)| Some((it.position(end)?, end)));
            let Some((committed, end)) = found.filter(|_| !asked.contains_key(place)) else {
                continue;
            };
            let kept = self.curves.get_mut(place);
            if let Some(at_ms) = kept.and_then(|it| it.ask(committed, end, read.read_at_ms)) {
                asked.insert(place, at_ms);
            }
        }
        asked.into_iter().map(|(place, at_ms)| (place.clone(), at_ms)).collect()
    }

    /// Tells the lag in time of the latest reading anew: more of the past was learnt.
    pub fn tell_time_anew(&mut self, read: &GroupsSnapshot) {
        for group in &read.groups {
            let moment = Moment { at_ms: read.read_at_ms, held: group.is_held() };
            let positions = super::positions(group, &read.ends);
            let told = self.progress_at(&group.id, &positions, moment);
            if let (Some(told), Some(followee)) = (told, self.groups.get_mut(&group.id)) {
                followee.progress.time_lag = told.time_lag;
            }
        }
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
                Some((track, step, end)) => {
                    let kept = self.curves.get(&position.place);
                    seen.step(step);
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
        let (track, _, end) = it.look(track, moment)?;
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

    /// What happened up to now was no traffic.
    pub fn begin_rates_anew(&mut self) {
        self.topics.begin_rates_anew();
        self.groups.values_mut().for_each(|followee| followee.window = Window::default());
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

#[cfg(test)]
mod tests;
