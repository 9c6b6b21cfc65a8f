//! How one group gets on at one partition, and how its lag goes: judged from samples. Pure.

use std::collections::VecDeque;

use ouzel_api::progress::{Status, Trend};

/// Samples in the window from which rates and the trend are read: five minutes of the usual ones.
pub const WINDOW: usize = 20;
/// A commit that has not moved for so many samples stands still.
pub const STILL_SAMPLES: i64 = 8;
/// How long a group is called rewound.
pub const REWOUND_FOR_MS: i64 = 10 * 60_000;
/// A lag that changes by less than this part is steady.
const STEADY_PARTS: i64 = 20;
/// So few records are never a trend.
const STEADY_RECORDS: i64 = 10;

/// One group on one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Track {
    /// The commit, when it was last looked at.
    pub committed: i64,
    /// Since when it is followed.
    pub since_ms: i64,
    /// When the commit was last seen to move.
    pub moved_ms: Option<i64>,
    /// When it had last read everything.
    even_ms: Option<i64>,
    /// Where the partition ended at the later of both.
    end_then: i64,
    /// When a record was first seen that came after that.
    came_ms: Option<i64>,
    /// When the commit last went back.
    rewound_ms: Option<i64>,
}

impl Track {
    /// The first look.
    pub fn new(at_ms: i64, committed: i64, end: i64) -> Track {
        Track {
            committed,
            since_ms: at_ms,
            moved_ms: None,
            even_ms: (committed >= end).then_some(at_ms),
            end_then: end,
            came_ms: None,
            rewound_ms: None,
        }
    }

    /// A later look; answers how many records were read since the one before.
    pub fn look(&mut self, at_ms: i64, committed: i64, end: i64) -> i64 {
        let by = committed.saturating_sub(self.committed);
        if by != 0 {
            (self.committed, self.moved_ms) = (committed, Some(at_ms));
        }
        if by < 0 {
            self.rewound_ms = Some(at_ms);
        }
        if committed >= end {
            self.even_ms = Some(at_ms);
        }
        // An end that fell is that of another partition of the same name.
        if by != 0 || committed >= end || end < self.end_then {
            (self.end_then, self.came_ms) = (end, None);
        } else if end > self.end_then {
            self.came_ms = self.came_ms.or(Some(at_ms));
        }
        by.max(0)
    }

    /// Whether its commit has moved a short while ago.
    pub fn has_moved(&self, now: Now) -> bool {
        self.moved_ms.is_some_and(|at_ms| !now.is_long_since(at_ms))
    }

    /// Whether it gets on. A record that has just come says nothing of whoever is to read it:
    /// only when it has been there for as long as a commit may stand still.
    pub fn status(&self, now: Now) -> Status {
        let is_left = self.came_ms.is_some_and(|at_ms| now.is_long_since(at_ms));
        let was_rewound = self.rewound_ms.is_some_and(|at| now.at_ms - at < REWOUND_FOR_MS);
        let behind_ms = self.since_ms.max(self.even_ms.unwrap_or(i64::MIN));
        match () {
            () if self.committed >= now.end => Status::CaughtUp,
            () if is_left && now.held => Status::Stalled,
            () if is_left => Status::Stopped,
            () if was_rewound => Status::Rewound,
            () if self.has_moved(now) => Status::Moving,
            () if now.is_long_since(behind_ms) && self.came_ms.is_none() => Status::Resting,
            () => Status::Pending,
        }
    }
}

/// What a partition is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// The time.
    pub at_ms: i64,
    /// Time between two samples.
    pub every_ms: i64,
    /// Where the partition ends.
    pub end: i64,
    /// Whether the group has members.
    pub held: bool,
}

impl Now {
    /// Whether that is as long ago as a commit may stand still.
    fn is_long_since(self, at_ms: i64) -> bool {
        self.at_ms - at_ms >= STILL_SAMPLES * self.every_ms
    }
}

/// The latest samples of a group.
#[derive(Debug, Clone, Default)]
pub struct Window(VecDeque<Sampled>);

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct Sampled {
    /// When.
    pub at_ms: i64,
    /// Records behind; none: unknown.
    pub lag: Option<i64>,
    /// Records read since the moment before.
    pub read: i64,
    /// Records written since the moment before.
    pub written: i64,
}

impl Window {
    /// Adds one, and lets go of the oldest.
    pub fn push(&mut self, moment: Sampled) {
        if self.0.len() == WINDOW {
            self.0.pop_front();
        }
        self.0.push_back(moment);
    }

    /// The lags that are known, the oldest first.
    pub fn lags(&self) -> Vec<i64> {
        self.0.iter().filter_map(|moment| moment.lag).collect()
    }

    /// Records read and written a second.
    pub fn rates(&self) -> (f64, f64) {
        let (Some(first), Some(last)) = (self.0.front(), self.0.back()) else { return (0.0, 0.0) };
        let seconds = (last.at_ms - first.at_ms) as f64 / 1000.0;
        if seconds <= 0.0 {
            return (0.0, 0.0);
        }
        let sum = |of: fn(&Sampled) -> i64| self.0.iter().skip(1).map(of).sum::<i64>() as f64;
        (sum(|moment| moment.read) / seconds, sum(|moment| moment.written) / seconds)
    }

    /// Which way the lag goes.
    pub fn trend(&self) -> Trend {
        let Some((first, last)) = self.ends() else { return Trend::Steady };
        let (by, most) = (last.1 - first.1, first.1.max(last.1));
        match by.abs() < STEADY_RECORDS.max(most / STEADY_PARTS) {
            true => Trend::Steady,
            false if by > 0 => Trend::Rising,
            false => Trend::Falling,
        }
    }

    /// Milliseconds until the lag is gone, if it goes on as it does.
    pub fn catches_up_ms(&self) -> Option<i64> {
        let (first, last) = self.ends()?;
        let (gone, took_ms) = (first.1 - last.1, last.0 - first.0);
        let is_falling = self.trend() == Trend::Falling && took_ms > 0;
        is_falling.then(|| (last.1 as f64 / gone as f64 * took_ms as f64) as i64)
    }

    /// The first and the last lag that is known, with their times.
    fn ends(&self) -> Option<((i64, i64), (i64, i64))> {
        let known = |moment: &Sampled| Some((moment.at_ms, moment.lag?));
        Some((self.0.iter().find_map(known)?, self.0.iter().rev().find_map(known)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY_MS: i64 = 15_000;

    fn now(at: i64, end: i64, held: bool) -> Now {
        Now { at_ms: at * EVERY_MS, every_ms: EVERY_MS, end, held }
    }

    /// Looked at once a sample, at these commits and ends.
    fn track(looks: &[(i64, i64)]) -> Track {
        let mut looks = looks.iter().zip(0..);
        let ((committed, end), _) = looks.next().expect("a first look");
        let mut track = Track::new(0, *committed, *end);
        for ((committed, end), at) in looks {
            track.look(at * EVERY_MS, *committed, *end);
        }
        track
    }

    /// The same, and then nothing but the end changes: looked at until `at`.
    fn until(mut track: Track, at: i64, end: i64, held: bool) -> Status {
        let first = track.moved_ms.unwrap_or_default() / EVERY_MS + 1;
        let committed = track.committed;
        (first..=at).for_each(|at| {
            track.look(at * EVERY_MS, committed, end);
        });
        track.status(now(at, end, held))
    }

    #[test]
    fn members_whose_commits_stand_still_while_records_arrive_are_stalled() {
        let track = track(&[(10, 100), (20, 100)]);
        assert_eq!(until(track, 5, 150, true), Status::Moving);
        assert_eq!(until(track, 9, 150, true), Status::Pending, "no look too early");
        assert_eq!(until(track, 10, 150, true), Status::Stalled);
        assert_eq!(until(track, 10, 150, false), Status::Stopped);
        assert_eq!(until(track, 10, 100, true), Status::Resting, "nothing arrives");
        assert_eq!(until(track, 10, 20, true), Status::CaughtUp);
    }

    #[test]
    fn a_record_that_has_just_come_makes_nobody_stalled_however_long_it_was_quiet() {
        for committed in [100, 40] {
            let mut quiet = track(&[(10, 100), (committed, 100)]);
            (2..500).for_each(|at| {
                quiet.look(at * EVERY_MS, committed, 100);
            });
            let before = quiet.status(now(499, 100, true));
            assert!(matches!(before, Status::CaughtUp | Status::Resting), "{before:?}");
            for (after, status) in
                [(0, Status::Pending), (7, Status::Pending), (8, Status::Stalled)]
            {
                let mut track = quiet;
                (500..=500 + after).for_each(|at| {
                    track.look(at * EVERY_MS, committed, 101);
                });
                assert_eq!(track.status(now(500 + after, 101, true)), status, "{after}");
            }
        }
    }

    #[test]
    fn a_commit_that_was_never_seen_to_move_is_not_called_moving() {
        let track = track(&[(10, 100)]);
        assert_eq!(until(track, 1, 100, false), Status::Pending);
        assert_eq!(until(track, 7, 100, false), Status::Pending);
        assert_eq!(until(track, 8, 100, false), Status::Resting);
    }

    #[test]
    fn a_commit_that_went_back_is_rewound_for_a_while() {
        let rewound = track(&[(50, 100), (10, 100)]);
        assert_eq!(until(rewound, 2, 100, true), Status::Rewound);
        assert_eq!(until(rewound, 30, 100, true), Status::Rewound);
        assert_eq!(until(rewound, 60, 100, true), Status::Resting);
        assert_eq!(until(rewound, 20, 130, true), Status::Stalled, "that is worse");
        assert_eq!(track(&[(50, 100), (60, 100)]).moved_ms, Some(EVERY_MS));
        assert_eq!(track(&[(50, 100), (50, 200)]).moved_ms, None);
    }

    fn window(lags: &[i64]) -> Window {
        let mut window = Window::default();
        for (lag, at) in lags.iter().zip(0..) {
            let lag = Some(*lag).filter(|lag| *lag >= 0);
            window.push(Sampled { at_ms: at * 10_000, lag, read: 30, written: 10 });
        }
        window
    }

    #[test]
    fn a_falling_lag_says_when_it_will_be_gone() {
        assert_eq!(window(&[1_000, 800, 600]).catches_up_ms(), Some(30_000));
        assert_eq!(window(&[1_000, 800, 600]).trend(), Trend::Falling);
        assert_eq!(window(&[1_000, -1, 1_200]).trend(), Trend::Rising);
        assert_eq!(window(&[1_000, 1_200]).catches_up_ms(), None);
        assert_eq!(window(&[1_000, 990]).trend(), Trend::Steady);
        assert_eq!(window(&[5, 0]).trend(), Trend::Steady, "so few are no trend");
        assert_eq!(window(&[]).trend(), Trend::Steady);
    }

    #[test]
    fn rates_are_read_over_the_whole_window() {
        assert_eq!(window(&[0, 0, 0]).rates(), (3.0, 1.0));
        assert_eq!(window(&[0]).rates(), (0.0, 0.0));
        let long: Vec<i64> = (0..100).collect();
        assert_eq!(window(&long).lags().len(), WINDOW);
    }
}
