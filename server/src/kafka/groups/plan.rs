//! What moving a group's commits would do, partition by partition: read here, decided purely.
//!
//! Invariant: an offset that a plan commits lies between the first readable record and the end.

use std::collections::{BTreeMap, BTreeSet};

use ouzel_api::{
    Lag,
    resets::{PlanNote, PlanRow, PlannedAct, ResetPlan, ResetScope},
};

use super::{Commit, Commits, GroupState, snapshot::places};
use crate::{
    clock::now_ms,
    kafka::{At, Cluster, Found, KafkaError, Offsets, TopicPartition, overview::count},
};

/// Where commits are to be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To the first readable record.
    Start,
    /// To the end.
    End,
    /// So many records on, or back.
    Shift(i64),
    /// To this offset.
    Offset(i64),
    /// To the first record of this time in milliseconds or later.
    Time(i64),
    /// To these places, and nowhere else; `None` deletes a commit.
    Exactly(BTreeMap<TopicPartition, Option<i64>>),
    /// Nowhere: commits are deleted.
    Forget,
}

impl Cluster {
    /// What moving the commits of group `id` within `scope` would do. A group that does not exist
    /// can be planned for where the scope or the target names partitions.
    pub async fn plan_reset(
        &self,
        id: &str,
        scope: &[ResetScope],
        target: &Target,
    ) -> Result<ResetPlan, KafkaError> {
        let group = self.group_state(id).await?;
        if group.as_ref().is_some_and(GroupState::is_share) {
            return Err(KafkaError::NoCommits { group: id.to_owned() });
        }
        let commits = match &group {
            Some(group) => group.commits.clone()?,
            None => Commits::new(),
        };
        let chosen = self.chosen(id, group.as_ref(), scope, target).await?;
        let at = |at| self.offsets(chosen.clone(), at);
        let times = async {
            match target {
                Target::Time(at_ms) => at(At::Time(*at_ms)).await,
                _ => Ok(Offsets::new()),
            }
        };
        let (starts, ends, times) = tokio::try_join!(at(At::Start), at(At::End), times)?;
        let read = Read { commits: &commits, starts: &starts, ends: &ends, times: &times };
        let rows: Vec<PlanRow> = chosen.iter().map(|place| read.row(place, target)).collect();
        let described = group.as_ref().and_then(|group| group.described.as_ref().ok());
        Ok(ResetPlan {
            state: group.as_ref().map(GroupState::state_name).unwrap_or_default(),
            members: described.map_or(0, |described| count(described.members.len())),
            lag_before: Lag::sum(rows.iter().map(|row| row.lag_before)),
            lag_after: Lag::sum(rows.iter().map(|row| row.lag_after)),
            rows,
            read_at_ms: now_ms(),
        })
    }

    /// The partitions that a plan is about.
    async fn chosen(
        &self,
        id: &str,
        group: Option<&GroupState>,
        scope: &[ResetScope],
        target: &Target,
    ) -> Result<BTreeSet<TopicPartition>, KafkaError> {
        let mut chosen = BTreeSet::new();
        for ResetScope { topic, partitions } in scope {
            let numbers = match partitions {
                Some(numbers) => numbers.clone(),
                None => {
                    self.fresh_topic(topic).await?.partitions.iter().map(|p| p.number).collect()
                }
            };
            chosen.extend(numbers.into_iter().map(|number| TopicPartition::new(topic, number)));
        }
        Ok(match (target, group, scope.is_empty()) {
            (Target::Exactly(places), _, true) => places.keys().cloned().collect(),
            (Target::Exactly(places), _, false) => {
                chosen.into_iter().filter(|place| places.contains_key(place)).collect()
            }
            (_, _, false) => chosen,
            (_, Some(group), true) => places(std::slice::from_ref(group)),
            (_, None, true) => return Err(KafkaError::NoGroup { group: id.to_owned() }),
        })
    }
}

/// What was read of the partitions.
struct Read<'a> {
    commits: &'a Commits,
    starts: &'a Offsets,
    ends: &'a Offsets,
    times: &'a Offsets,
}

impl Read<'_> {
    fn row(&self, place: &TopicPartition, target: &Target) -> PlanRow {
        let before = self.before(place);
        let (start, end) = (known(self.starts, place), known(self.ends, place));
        let seen = match (&before, &start, &end) {
            (Ok(before), Ok(start), Ok(end)) => {
                Ok(Seen { before: *before, start: *start, end: *end })
            }
            (Err(reason), ..) | (_, Err(reason), _) | (.., Err(reason)) => Err(reason.clone()),
        };
        let (act, note) = match seen {
            Ok(seen) => seen.act(self.wanted(place, target, seen)),
            // A commit on what is not there any more can be deleted all the same.
            Err(_) if *target == Target::Forget && matches!(before, Ok(Some(_))) => {
                (PlannedAct::Forget, None)
            }
            Err(reason) => (PlannedAct::Keep, Some(PlanNote::Unreadable { reason })),
        };
        let (before_text, end) = (before.as_ref().ok().copied().flatten(), end.ok());
        let after = match act {
            PlannedAct::Commit { offset } => Some(offset),
            PlannedAct::Forget => None,
            PlannedAct::Keep => before_text,
        };
        PlanRow {
            topic: place.topic.clone(),
            partition: place.partition,
            before: before_text,
            act,
            start_offset: start.ok(),
            end_offset: end,
            lag_before: if before.is_ok() { lag(before_text, end) } else { Lag::Unknown },
            lag_after: if before.is_ok() { lag(after, end) } else { Lag::Unknown },
            note,
        }
    }

    /// What the group has committed, if it has.
    fn before(&self, place: &TopicPartition) -> Result<Option<i64>, String> {
        match self.commits.get(place) {
            None => Ok(None),
            Some(Ok(Commit { offset, .. })) => Ok(Some(*offset)),
            Some(Err(error)) => Err(error.reason()),
        }
    }

    fn wanted(&self, place: &TopicPartition, target: &Target, seen: Seen) -> Wanted {
        match target {
            Target::Start => Wanted::At(seen.start),
            Target::End => Wanted::At(seen.end),
            Target::Offset(offset) => Wanted::At(*offset),
            Target::Shift(by) => match seen.before {
                Some(before) => Wanted::At(before.saturating_add(*by)),
                None => Wanted::Keep(PlanNote::NoCommit),
            },
            Target::Time(_) => match self.times.get(place) {
                Some(Ok(found)) => time(*found),
                Some(Err(error)) => Wanted::Keep(PlanNote::Unreadable { reason: error.reason() }),
                None => Wanted::NoRecord,
            },
            Target::Exactly(places) => match places.get(place).copied().flatten() {
                Some(offset) => Wanted::At(offset),
                None => Wanted::Forget,
            },
            Target::Forget => Wanted::Forget,
        }
    }
}

fn known(offsets: &Offsets, place: &TopicPartition) -> Result<i64, String> {
    match offsets.get(place) {
        Some(Ok(Some(found))) => Ok(found.offset),
        Some(Err(error)) => Err(error.reason()),
        Some(Ok(None)) | None => Err("the broker told no offset".to_owned()),
    }
}

fn time(found: Found) -> Wanted {
    found.map_or(Wanted::NoRecord, |found| Wanted::At(found.offset))
}

fn lag(committed: Option<i64>, end: Option<i64>) -> Lag {
    match (committed, end) {
        (None, _) => Lag::NoCommit,
        (Some(_), None) => Lag::Unknown,
        (Some(committed), Some(end)) => {
            Lag::Known { records: end.saturating_sub(committed).max(0) }
        }
    }
}

/// A partition that could be read.
#[derive(Debug, Clone, Copy)]
struct Seen {
    before: Option<i64>,
    start: i64,
    end: i64,
}

/// What a target means for it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    At(i64),
    /// No record is as late as that.
    NoRecord,
    Forget,
    Keep(PlanNote),
}

impl Seen {
    fn act(self, wanted: Wanted) -> (PlannedAct, Option<PlanNote>) {
        let (offset, note) = match wanted {
            Wanted::At(wanted) if wanted < self.start => {
                (self.start, Some(PlanNote::BelowStart { wanted }))
            }
            Wanted::At(wanted) if wanted > self.end => {
                (self.end, Some(PlanNote::BeyondEnd { wanted }))
            }
            Wanted::At(wanted) => (wanted, None),
            Wanted::NoRecord => (self.end, Some(PlanNote::NoRecord)),
            Wanted::Forget if self.before.is_some() => return (PlannedAct::Forget, None),
            Wanted::Forget => return (PlannedAct::Keep, None),
            Wanted::Keep(note) => return (PlannedAct::Keep, Some(note)),
        };
        match self.before == Some(offset) {
            true => (PlannedAct::Keep, note),
            false => (PlannedAct::Commit { offset }, note),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::OffsetAndTime;

    fn place() -> TopicPartition {
        TopicPartition::new("orders", 0)
    }

    fn found(offset: i64) -> Offsets {
        [(place(), Ok(Some(OffsetAndTime { offset, timestamp_ms: -1 })))].into()
    }

    /// A partition from 100 to 200 on which `committed` is committed.
    fn row(committed: Option<i64>, target: &Target) -> PlanRow {
        let commit = |offset| (place(), Ok(Commit { offset, metadata: None, unsettled: None }));
        let commits: Commits = committed.map(commit).into_iter().collect();
        let times = match target {
            Target::Time(at_ms) if *at_ms < 1_000 => found(*at_ms),
            Target::Time(_) => [(place(), Ok(None))].into(),
            _ => Offsets::new(),
        };
        let (starts, ends) = (found(100), found(200));
        let read = Read { commits: &commits, starts: &starts, ends: &ends, times: &times };
        read.row(&place(), target)
    }

    fn act(committed: Option<i64>, target: Target) -> (PlannedAct, Option<PlanNote>) {
        let row = row(committed, &target);
        (row.act, row.note)
    }

    #[test]
    fn each_strategy_leads_where_it_says() {
        let to = |offset| (PlannedAct::Commit { offset }, None);
        assert_eq!(act(Some(150), Target::Start), to(100));
        assert_eq!(act(Some(150), Target::End), to(200));
        assert_eq!(act(Some(150), Target::Shift(-20)), to(130));
        assert_eq!(act(Some(150), Target::Offset(160)), to(160));
        assert_eq!(act(None, Target::Time(170)), to(170));
        assert_eq!(act(Some(150), Target::Forget), (PlannedAct::Forget, None));
        let exactly = |to| Target::Exactly([(place(), to)].into());
        assert_eq!(act(Some(150), exactly(Some(120))), to(120));
        assert_eq!(act(Some(150), exactly(None)), (PlannedAct::Forget, None));
    }

    #[test]
    fn what_lies_outside_is_clamped_and_says_so() {
        let to = |offset, note| (PlannedAct::Commit { offset }, Some(note));
        let below = PlanNote::BelowStart { wanted: 3 };
        assert_eq!(act(Some(150), Target::Offset(3)), to(100, below));
        let beyond = PlanNote::BeyondEnd { wanted: 1_150 };
        assert_eq!(act(Some(150), Target::Shift(1_000)), to(200, beyond));
        let below = PlanNote::BelowStart { wanted: i64::MIN };
        assert_eq!(act(Some(-1), Target::Shift(i64::MIN)), to(100, below));
        assert_eq!(act(Some(150), Target::Time(9_000)), to(200, PlanNote::NoRecord));
    }

    #[test]
    fn what_would_not_change_is_kept() {
        assert_eq!(act(Some(100), Target::Start), (PlannedAct::Keep, None));
        assert_eq!(act(None, Target::Forget), (PlannedAct::Keep, None));
        let kept = (PlannedAct::Keep, Some(PlanNote::NoCommit));
        assert_eq!(act(None, Target::Shift(5)), kept);
    }

    #[test]
    fn the_lag_is_told_before_and_after() {
        let known = |records| Lag::Known { records };
        let row = row(Some(150), &Target::Start);
        assert_eq!((row.lag_before, row.lag_after), (known(50), known(100)));
    }

    #[test]
    fn a_partition_that_cannot_be_read_stays_but_its_commit_can_be_deleted() {
        let commits: Commits =
            [(place(), Ok(Commit { offset: 7, metadata: None, unsettled: None }))].into();
        let failed: Offsets = [(place(), Err(KafkaError::refused("x", 3, None)))].into();
        let none = Offsets::new();
        let read = Read { commits: &commits, starts: &failed, ends: &failed, times: &none };
        let row = read.row(&place(), &Target::End);
        assert_eq!((row.act, row.lag_after), (PlannedAct::Keep, Lag::Unknown));
        assert!(matches!(row.note, Some(PlanNote::Unreadable { .. })));
        assert_eq!(read.row(&place(), &Target::Forget).act, PlannedAct::Forget);
    }
}
