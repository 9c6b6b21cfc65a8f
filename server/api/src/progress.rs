//! How groups fare over time: lag in time, trend, and what is wrong, from samples that the console
//! takes.

use serde::{Deserialize, Serialize};

/// How long ago the first unread record was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TimeLag {
    /// Nobody knows: there is no commit, or it could not be read.
    Unknown,
    /// The record is older than all samples: at least so long.
    AtLeast {
        /// Milliseconds.
        ms: i64,
    },
    /// Known, between two samples; zero means caught up.
    Known {
        /// Milliseconds.
        ms: i64,
    },
}

impl TimeLag {
    /// For sorting worst first; unknown below everything that is known.
    pub fn rank(self) -> i64 {
        match self {
            TimeLag::Unknown => -1,
            TimeLag::AtLeast { ms } | TimeLag::Known { ms } => ms,
        }
    }

    /// The worse of two.
    #[must_use]
    pub fn worse(self, other: TimeLag) -> TimeLag {
        if other.rank() > self.rank() { other } else { self }
    }
}

/// Whether a reader gets on. Ordered: the worst comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It has read everything.
    CaughtUp,
    /// It is behind since a moment ago only, or is watched only since then, or its reader commits
    /// on other partitions and may come back to it: nobody can say yet.
    Pending,
    /// It is behind, and nothing has happened for a while.
    Resting,
    /// It is behind and commits.
    Moving,
    /// Its commit went back a short while ago.
    Rewound,
    /// Nobody is in the group, and records arrive.
    Stopped,
    /// Members hold it, records have been waiting in it for eight samples (two minutes, unless set
    /// otherwise), and no commit has moved since. Where its reader commits on other partitions
    /// meanwhile, for 120 samples.
    Stalled,
}

impl Status {
    /// Whether somebody should look.
    pub fn is_trouble(self) -> bool {
        matches!(self, Status::Stopped | Status::Stalled)
    }

    /// The name on screen.
    pub fn name(self) -> &'static str {
        match self {
            Status::CaughtUp => "caught up",
            Status::Pending => "not known yet",
            Status::Resting => "resting",
            Status::Moving => "moving",
            Status::Rewound => "rewound",
            Status::Stopped => "stopped",
            Status::Stalled => "stalled",
        }
    }
}

/// Which way the lag goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// It shrinks.
    Falling,
    /// It stays about the same.
    Steady,
    /// It grows.
    Rising,
}

/// How a group fares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progress {
    /// The worst of its partitions; but a group of which any commit has moved a short while ago is
    /// neither stalled nor stopped: `stuck` says how many of its partitions are.
    pub status: Status,
    /// Partitions with a commit.
    #[serde(default)]
    pub partitions: u32,
    /// Those of them that are stalled or stopped.
    pub stuck: u32,
    /// When the last commit was seen to move by reading; `None` while none was.
    pub moved_ms: Option<i64>,
    /// The worst of its partitions.
    pub time_lag: TimeLag,
    /// Which way its lag goes.
    pub trend: Trend,
    /// Until it has read everything, if it goes on as it does; `None` unless its lag falls. Lags
    /// before and after commits were moved from outside are not compared.
    pub catches_up_ms: Option<i64>,
    /// Records that it reads a second.
    pub read_per_s: f64,
    /// Records that arrive a second.
    pub written_per_s: f64,
    /// Records that retention deleted before they were read: its commits lie below them.
    pub lost: i64,
    /// Its lag in the latest samples, the oldest first.
    pub recent: Vec<i64>,
    /// Since when it is followed.
    pub since_ms: i64,
    /// When rates, trend and `recent` were last sampled; the rest is as old as the answer.
    #[serde(default)]
    pub read_ms: i64,
}

impl Progress {
    /// Whether somebody should look: it does not get on, or not everywhere; it has lost records;
    /// or it went back.
    pub fn needs_a_look(&self) -> bool {
        let is_odd = self.status.is_trouble() || self.status == Status::Rewound;
        is_odd || self.stuck > 0 || self.lost > 0
    }
}

/// How a group fares on one partition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartitionProgress {
    /// Whether it gets on.
    pub status: Status,
    /// How far behind it is in time.
    pub time_lag: TimeLag,
    /// When its commit was last seen to move; `None`: not since `since_ms`.
    pub moved_ms: Option<i64>,
    /// Since when it is followed.
    pub since_ms: i64,
}

/// Query of `GET …/groups/{group}/history` and of `GET …/history`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
pub struct HistoryQuery {
    /// How far back; 6 if it is left out, at most 720.
    #[serde(default)]
    pub hours: Option<u32>,
}

/// The lag of a group, or of all groups of a cluster together, over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct History {
    /// Where the stretch begins that was asked for.
    pub from_ms: i64,
    /// Where it ends: now.
    pub to_ms: i64,
    /// The samples, the oldest first. Older ones are fewer; of more than a day, each is the most of
    /// its hour.
    pub points: Vec<HistoryPoint>,
    /// There will be none: the console keeps the history of as many groups as it can already.
    #[serde(default)]
    pub left_out: bool,
}

/// One sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryPoint {
    /// When.
    pub at_ms: i64,
    /// Records behind; `None`: unknown, or no commit.
    pub lag: Option<i64>,
    /// How long ago the first unread record was written.
    pub time_lag: TimeLag,
    /// Records read a second.
    pub read_per_s: f64,
    /// Records written a second.
    pub written_per_s: f64,
}
