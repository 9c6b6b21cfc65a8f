//! How far a commit is behind the end of its partition.

use std::collections::BTreeSet;

use ouzel_api::Lag;

use super::{Commit, Commits, GroupState};
use crate::kafka::{Found, KafkaError, Offsets, TopicPartition, overview::count};

/// The lag of one commit. What could not be read is unknown; what is not there is no commit. A
/// commit beyond the end, as after a topic was made anew, is not behind.
pub fn of(
    commit: Option<&Result<Commit, KafkaError>>,
    end: Option<&Result<Found, KafkaError>>,
) -> Lag {
    match (commit, end) {
        (None, _) => Lag::NoCommit,
        (Some(Ok(commit)), Some(Ok(Some(end)))) => match commit.position(end.offset) {
            Some(at) => Lag::Known { records: end.offset.saturating_sub(at).max(0) },
            None => Lag::Unknown,
        },
        (Some(_), _) => Lag::Unknown,
    }
}

/// The lag over the commits that `chosen` picks.
pub fn over(commits: &Commits, ends: &Offsets, chosen: impl Fn(&TopicPartition) -> bool) -> Lag {
    let chosen = commits.iter().filter(|(place, _)| chosen(place));
    Lag::sum(chosen.map(|(place, commit)| of(Some(commit), ends.get(place))))
}

/// Partitions among the `chosen` that a member holds and on which the group has committed nothing.
/// None while the commits could not be read: the lag is unknown then and says so.
pub fn uncommitted(group: &GroupState, chosen: impl Fn(&TopicPartition) -> bool) -> u32 {
    let Ok(commits) = &group.commits else { return 0 };
    let members = group.described.iter().flat_map(|described| &described.members);
    let held: BTreeSet<_> = members.flat_map(|member| &member.assigned).collect();
    let uncommitted =
        held.into_iter().filter(|place| chosen(place) && !commits.contains_key(place));
    count(uncommitted.count())
}

#[cfg(test)]
mod tests {
    use ouzel_api::Lag;

    use super::of;
    use crate::kafka::{KafkaError, OffsetAndTime, groups::Commit};

    #[test]
    fn no_commit_caught_up_behind_and_unreadable_are_four_answers() {
        let commit = |offset| Ok(Commit { offset, metadata: None, unsettled: None });
        let end = |offset| Ok(Some(OffsetAndTime { offset, timestamp_ms: -1 }));
        let failed = || KafkaError::refused("reading", 29, None);
        let known = |records| Lag::Known { records };
        assert_eq!(of(None, Some(&end(9))), Lag::NoCommit);
        assert_eq!(of(Some(&commit(9)), Some(&end(9))), known(0));
        assert_eq!(of(Some(&commit(4)), Some(&end(9))), known(5));
        assert_eq!(of(Some(&commit(12)), Some(&end(9))), known(0));
        // A share group's start may be an old one: how many are left, its coordinator says.
        let share = |left| Ok(Commit { offset: 4, metadata: None, unsettled: Some(left) });
        assert_eq!(of(Some(&share(0)), Some(&end(9))), known(0));
        assert_eq!(of(Some(&share(3)), Some(&end(9))), known(3));
        assert_eq!(of(Some(&share(-1)), Some(&end(9))), Lag::Unknown);
        assert_eq!(of(Some(&commit(4)), Some(&Err(failed()))), Lag::Unknown);
        assert_eq!(of(Some(&commit(4)), None), Lag::Unknown);
        assert_eq!(of(Some(&Err(failed())), Some(&end(9))), Lag::Unknown);
    }
}
