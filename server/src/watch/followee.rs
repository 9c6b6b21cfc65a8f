//! One group that is followed: its commits, its latest samples, and what is concluded from them.
//! Pure.

use std::collections::{HashMap, HashSet};

use ouzel_api::{
    Lag,
    progress::{Progress, Status, TimeLag, Trend},
};

use super::{
    seen::Seen,
    track::{Look, Track},
    window::{Sampled, Window},
};
use crate::{
    db::lag::Sample,
    kafka::{
        Offsets, TopicPartition,
        groups::{GroupState, MemberState},
        offset_of,
    },
};

/// Members of a group that are remembered until the next reading: one of them is enough to know
/// that it was never empty, and all of so many seldom go at once.
const REMEMBERED_MAX: usize = 64;

/// A group that is followed.
#[derive(Debug)]
pub struct Followee {
    /// Its commits.
    pub tracks: HashMap<TopicPartition, Track>,
    /// Its latest samples.
    pub window: Window,
    /// How it fares.
    pub progress: Progress,
    /// How many are in it.
    pub members: u32,
    /// Records behind.
    pub lag: Lag,
    /// Some of them by name; none: they could not be read.
    known: Option<HashSet<String>>,
    peak: Option<i64>,
    /// What was stored last.
    stored: Option<Sample>,
}

/// A reading of all groups, as far as one of them needs it.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// When.
    pub at_ms: i64,
    /// Where partitions end.
    pub ends: &'a Offsets,
    /// Records written since the reading before.
    pub written: &'a HashMap<TopicPartition, i64>,
    /// Whether this console may have moved commits of the group since then.
    pub moved: bool,
}

impl Followee {
    /// One that is seen for the first time.
    pub fn new(at_ms: i64) -> Followee {
        Followee {
            tracks: HashMap::new(),
            window: Window::default(),
            progress: Progress {
                status: Status::CaughtUp,
                partitions: 0,
                stuck: 0,
                moved_ms: None,
                time_lag: TimeLag::Unknown,
                trend: Trend::Steady,
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
            known: None,
            peak: None,
            stored: None,
        }
    }

    /// Looks at each commit; answers which could be read, and where their partitions end.
    pub fn look<'a>(
        &mut self,
        group: &'a GroupState,
        reading: Reading<'_>,
        seen: &mut Seen,
    ) -> Vec<(&'a TopicPartition, i64)> {
        let members = group.described.as_ref().map(|described| described.members.len());
        self.members = members.map_or(0, |number| u32::try_from(number).unwrap_or(u32::MAX));
        let stayed = self.meet(group);
        let Ok(commits) = &group.commits else {
            seen.add_unread();
            return Vec::new();
        };
        let mut before = std::mem::take(&mut self.tracks);
        let is_known = !before.is_empty();
        let mut ends = Vec::with_capacity(commits.len());
        for (place, commit) in commits {
            let track = before.remove(place);
            let found = commit.as_ref().ok().zip(offset_of(reading.ends, place));
            let Some((end, at)) = found.and_then(|(it, end)| Some((end, it.position(end)?))) else {
                seen.add_unread();
                // What was known of it still holds when it can be read again.
                self.tracks.extend(track.map(|track| (place.clone(), track)));
                continue;
            };
            let look = Look {
                at_ms: reading.at_ms,
                committed: at,
                end,
                held: group.is_held(),
                stayed,
                moved: reading.moved,
            };
            seen.begins |= track.is_none() && is_known;
            seen.written += reading.written.get(place).copied().unwrap_or_default();
            let mut track = track.unwrap_or_else(|| Track::new(look));
            seen.step(track.look(look));
            self.tracks.insert(place.clone(), track);
            ends.push((place, end));
        }
        seen.begins |= !before.is_empty();
        self.note_readers(group);
        ends
    }

    /// Remembers who is in the group; answers whether one of them was in it before, as far as that
    /// is known.
    fn meet(&mut self, group: &GroupState) -> bool {
        let members = group.described.as_ref().ok().map(|described| &described.members);
        let stayed = match (&self.known, members) {
            (Some(known), Some(members)) => members.iter().any(|it| known.contains(name(it))),
            _ => group.is_held(),
        };
        self.known = members.map(|members| {
            members.iter().take(REMEMBERED_MAX).map(|it| name(it).to_owned()).collect()
        });
        stayed
    }

    /// Notes on each partition when whoever reads it has moved any commit: the member that holds
    /// it, or anybody where none is known to.
    fn note_readers(&mut self, group: &GroupState) {
        let anybody = self.tracks.values().filter_map(|track| track.moved_ms).max();
        self.tracks.values_mut().for_each(|track| track.reader_moved_ms = anybody);
        let members = || group.described.iter().flat_map(|described| &described.members);
        for place in members().flat_map(|member| &member.assigned) {
            if let Some(track) = self.tracks.get_mut(place) {
                track.reader_moved_ms = None;
            }
        }
        for member in members() {
            let of = |place| self.tracks.get(place).and_then(|track| track.moved_ms);
            let moved_ms = member.assigned.iter().filter_map(of).max();
            for place in &member.assigned {
                if let Some(track) = self.tracks.get_mut(place) {
                    track.reader_moved_ms = track.reader_moved_ms.max(moved_ms);
                }
            }
        }
    }

    /// Concludes how it fares.
    pub fn take(&mut self, seen: &Seen, at_ms: i64) {
        self.lag = seen.lag;
        let lag = match seen.lag {
            Lag::Known { records } => Some(records),
            Lag::NoCommit | Lag::Unknown => None,
        };
        self.peak = self.peak.max(lag);
        let Seen { read, written, begins, .. } = *seen;
        self.window.push(Sampled { at_ms, lag, read, written, begins });
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
    pub fn sample(&mut self, tier: i64, at_ms: i64) -> Option<Sample> {
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

/// By what a member is known again: a static one keeps its place when it comes back, and the group
/// is not empty until then.
fn name(member: &MemberState) -> &str {
    member.instance_id.as_deref().unwrap_or(&member.member_id)
}

/// What is stored of a moment.
pub fn sample(at_ms: i64, lag: Option<i64>, time: TimeLag, (read, written): (f64, f64)) -> Sample {
    let (time_lag_ms, at_least) = match time {
        TimeLag::Unknown => (None, false),
        TimeLag::AtLeast { ms } => (Some(ms), true),
        TimeLag::Known { ms } => (Some(ms), false),
    };
    let rate = |per_s: f64| (per_s * 1000.0) as i64;
    let (read_rate, written_rate) = (rate(read), rate(written));
    Sample { at_ms, lag, peak: None, time_lag_ms, at_least, read_rate, written_rate }
}
