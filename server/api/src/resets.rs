//! Moving what a group has committed: planned first, then done, and undone.
//!
//! A plan changes nothing. Doing it sends back exactly the offsets that were shown, so that nothing
//! else can happen than what somebody has seen.

use serde::{Deserialize, Serialize};

use crate::Lag;

/// Most partitions of one reset: the request with them stays below a few megabytes.
pub const PARTITIONS_MAX: usize = 20_000;
/// Most groups of one request that deletes them.
pub const DELETED_MAX: usize = 100;
/// Longest time in minutes that a reset may wait until its group is empty: a day.
pub const WAIT_MINUTES_MAX: u32 = 24 * 60;

/// Body of `POST …/groups/{group}/reset-plan`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetAsk {
    /// Where it is done; empty for everything that the group has committed or holds.
    #[serde(default)]
    pub scope: Vec<ResetScope>,
    /// Where to.
    pub to: ResetTo,
}

/// A topic, or some of its partitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetScope {
    /// The topic's name.
    pub topic: String,
    /// Its partitions; `None` for all of them, also those without a commit.
    #[serde(default)]
    pub partitions: Option<Vec<i32>>,
}

/// Where the commits are moved to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ResetTo {
    /// The first record that can be read.
    Earliest,
    /// The end: only what is written from now on is read.
    Latest,
    /// So many records on from the commit, or back if negative.
    Shift {
        /// Records.
        by: i64,
    },
    /// This offset, in every partition.
    Offset {
        /// The offset.
        offset: i64,
    },
    /// The first record of this time or later.
    Time {
        /// The time.
        at_ms: i64,
    },
    /// Where another group is.
    Group {
        /// Its id.
        group: String,
    },
    /// One record, which is read next in its partition; other partitions stay.
    Record {
        /// Its topic.
        topic: String,
        /// Its partition.
        partition: i32,
        /// Its offset.
        offset: i64,
    },
    /// No commit any more: the group begins there as a new one would.
    Forget,
    /// What was committed before an earlier reset.
    Undo {
        /// Its id.
        reset: i64,
    },
}

/// Answer of `POST …/groups/{group}/reset-plan`: what would happen. Nothing has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetPlan {
    /// The group's state as Kafka names it; empty for a group that does not exist yet.
    pub state: String,
    /// Its members now: while there are any, only commits can be deleted.
    pub members: u32,
    /// One row per partition, sorted by topic and partition.
    pub rows: Vec<PlanRow>,
    /// Records behind now, over all rows.
    pub lag_before: Lag,
    /// Records behind afterwards, over all rows.
    pub lag_after: Lag,
    /// When this was read from the cluster.
    pub read_at_ms: i64,
}

/// What would happen to one partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanRow {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// The committed offset now. `None`: no commit.
    pub before: Option<i64>,
    /// What would be done.
    pub act: PlannedAct,
    /// First offset that can be read.
    pub start_offset: Option<i64>,
    /// Offset after the last readable record.
    pub end_offset: Option<i64>,
    /// Records behind now.
    pub lag_before: Lag,
    /// Records behind afterwards.
    pub lag_after: Lag,
    /// What else one should know.
    pub note: Option<PlanNote>,
}

/// What would be done to one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PlannedAct {
    /// This offset is committed.
    Commit {
        /// The offset.
        offset: i64,
    },
    /// The commit is deleted.
    Forget,
    /// Nothing.
    Keep,
}

/// Why a row is not what one might have expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PlanNote {
    /// What was asked for lies before the first readable record, which is taken instead.
    BelowStart {
        /// What was asked for.
        wanted: i64,
    },
    /// What was asked for lies behind the end, which is taken instead.
    BeyondEnd {
        /// What was asked for.
        wanted: i64,
    },
    /// No record is of that time or later: the end is taken.
    NoRecord,
    /// There is no commit from which to go on or back.
    NoCommit,
    /// The partition could not be read, so it stays as it is.
    Unreadable {
        /// Why.
        reason: String,
    },
}

/// Body of `POST …/groups/{group}/resets`: does what a plan has shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetRequest {
    /// The strategy that the plan had; only told in the audit log and the list of resets.
    pub to: ResetTo,
    /// The partitions that change.
    pub changes: Vec<ResetChange>,
    /// Waits until the group is empty, at most so many minutes; without it, a group with members
    /// is refused.
    #[serde(default)]
    pub wait_minutes: Option<u32>,
}

/// One partition that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetChange {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// The commit that the plan has shown; if it is another one by now, nothing is done.
    pub before: Option<i64>,
    /// The offset to commit; `None` deletes the commit.
    pub after: Option<i64>,
}

/// Answer of `POST …/groups/{group}/resets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetDone {
    /// The reset's id, by which it is undone.
    pub id: i64,
    /// Whether it waits until the group is empty.
    pub waits: bool,
    /// Partitions that were changed.
    pub changed: u32,
    /// Those that were not, and why.
    pub failed: Vec<ResetFailure>,
}

/// A partition that was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetFailure {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// Why, in Kafka's words.
    pub error: String,
}

/// Answer of `GET …/groups/{group}/resets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetList {
    /// The latest first, at most twenty.
    pub resets: Vec<Reset>,
}

/// A reset that was asked for through this console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reset {
    /// Its id.
    pub id: i64,
    /// Who asked for it.
    pub user: String,
    /// The number of the act in the audit log by which it was asked for.
    pub act: i64,
    /// Where to.
    pub to: ResetTo,
    /// What became of it.
    pub state: ResetState,
    /// When it was asked for.
    pub asked_ms: i64,
    /// When it was done, refused, cancelled or too late.
    pub ended_ms: Option<i64>,
    /// Until when it waits, if it waits.
    pub expires_ms: Option<i64>,
    /// Partitions in it.
    pub partitions: u32,
    /// Why it was not done, or not everywhere.
    pub problem: Option<String>,
}

/// What became of a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ResetState {
    /// It waits until the group is empty.
    Waiting,
    /// It was done, and can be undone.
    Done,
    /// It was done in no partition.
    Failed,
    /// Somebody took it back before it was done.
    Cancelled,
    /// The group was not empty in time.
    Expired,
}

/// Body of `POST …/group-deletions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeleteGroups {
    /// Their ids, at most a hundred.
    pub groups: Vec<String>,
}

/// Answer of `POST …/group-deletions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeletedGroups {
    /// What became of each, in the order of the request.
    pub groups: Vec<DeletedGroup>,
}

/// What became of a group that was to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeletedGroup {
    /// Its id.
    pub group: String,
    /// Why it is still there; `None`: it is gone.
    pub error: Option<String>,
}

impl ResetTo {
    /// In a few words, for lists and the audit log.
    pub fn text(&self) -> String {
        match self {
            ResetTo::Earliest => "to the earliest record".to_owned(),
            ResetTo::Latest => "to the end".to_owned(),
            ResetTo::Shift { by } if *by < 0 => format!("back by {}", by.unsigned_abs()),
            ResetTo::Shift { by } => format!("on by {by}"),
            ResetTo::Offset { offset } => format!("to offset {offset}"),
            ResetTo::Time { at_ms } => format!("to the time {at_ms}"),
            ResetTo::Group { group } => format!("to where {group} is"),
            ResetTo::Record { topic, partition, offset } => {
                format!("to record {offset} of {topic}-{partition}")
            }
            ResetTo::Forget => "commits deleted".to_owned(),
            ResetTo::Undo { reset } => format!("reset {reset} undone"),
        }
    }
}

impl PlanRow {
    /// The change that does what this row shows; `None` if it stays as it is.
    pub fn change(&self) -> Option<ResetChange> {
        let after = match self.act {
            PlannedAct::Commit { offset } => Some(offset),
            PlannedAct::Forget => None,
            PlannedAct::Keep => return None,
        };
        let (topic, partition, before) = (self.topic.clone(), self.partition, self.before);
        Some(ResetChange { topic, partition, before, after })
    }
}
