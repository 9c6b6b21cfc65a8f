//! What one look at all partitions of a group says of it. Pure.

use ouzel_api::{
    Lag,
    progress::{Progress, Status, TimeLag, Trend},
};

use super::{
    kept::Kept,
    track::{Now, Step, Track},
};

/// See the module.
#[derive(Debug)]
pub struct Seen {
    /// Records behind.
    pub lag: Lag,
    /// Records read since the look before.
    pub read: i64,
    /// Records written since then.
    pub written: i64,
    /// Whether this look cannot be compared with the one before: commits were moved, or have come
    /// or gone.
    pub begins: bool,
    partitions: u32,
    stuck: u32,
    /// The worst of all partitions, and of those that get on.
    worst: Status,
    best_of_rest: Status,
    has_moved: bool,
    moved_ms: Option<i64>,
    time: TimeLag,
    /// Whether it is behind somewhere, and nobody can say how long.
    is_time_unknown: bool,
    lost: i64,
}

impl Default for Seen {
    fn default() -> Seen {
        Seen {
            lag: Lag::NoCommit,
            read: 0,
            written: 0,
            begins: false,
            partitions: 0,
            stuck: 0,
            worst: Status::CaughtUp,
            best_of_rest: Status::CaughtUp,
            has_moved: false,
            moved_ms: None,
            time: TimeLag::Unknown,
            is_time_unknown: false,
            lost: 0,
        }
    }
}

impl Seen {
    /// Adds a partition.
    pub fn add(&mut self, track: &Track, kept: Option<&Kept>, now: Now) {
        let status = track.status(now);
        let of = |kept: &Kept| kept.time_lag(track.committed, now.end, now.at_ms);
        let time = kept.map_or(TimeLag::Unknown, of);
        self.partitions += 1;
        self.worst = self.worst.max(status);
        match status.is_trouble() {
            true => self.stuck += 1,
            false => self.best_of_rest = self.best_of_rest.max(status),
        }
        self.has_moved |= track.has_moved(now);
        self.moved_ms = self.moved_ms.max(track.moved_ms);
        self.time = self.time.worse(time);
        self.is_time_unknown |= time == TimeLag::Unknown;
        self.lost += kept.map_or(0, |kept| kept.lost(track.committed));
        let records = now.end.saturating_sub(track.committed).max(0);
        self.lag = Lag::sum([self.lag, Lag::Known { records }]);
    }

    /// Adds what a commit did since the look before.
    pub fn step(&mut self, step: Step) {
        match step {
            Step::Read(records) => self.read += records,
            Step::Jumped => self.begins = true,
        }
    }

    /// Adds a partition of which something could not be read.
    pub fn add_unread(&mut self) {
        (self.lag, self.is_time_unknown) = (Lag::Unknown, true);
    }

    /// Puts what is seen into how the group fares, and leaves the rest as it is; but what was
    /// concluded before commits were moved does not hold after it.
    pub fn put_into(&self, progress: Progress) -> Progress {
        let (trend, catches_up_ms) = match self.begins {
            true => (Trend::Steady, None),
            false => (progress.trend, progress.catches_up_ms),
        };
        Progress {
            trend,
            catches_up_ms,
            status: self.status(),
            partitions: self.partitions,
            stuck: self.stuck,
            moved_ms: self.moved_ms,
            time_lag: self.time_lag(),
            lost: self.lost,
            ..progress
        }
    }

    /// Whether the group gets on. One of which any commit has moved is neither stalled nor
    /// stopped, however many of its partitions stand still.
    fn status(&self) -> Status {
        match self.has_moved && self.worst.is_trouble() {
            true => self.best_of_rest.max(Status::Moving),
            false => self.worst,
        }
    }

    /// How far the group is behind in time. Where that is not known of one partition, the others
    /// tell the least it can be.
    fn time_lag(&self) -> TimeLag {
        match self.time {
            TimeLag::Known { ms: 0 } if self.is_time_unknown => TimeLag::Unknown,
            TimeLag::Known { ms } if self.is_time_unknown => TimeLag::AtLeast { ms },
            told => told,
        }
    }
}
