//! Groups in the states that pages have to tell apart.

use ouzel_api::{Lag, clusters::GroupsSummary};

use super::{Reading, page};
use crate::kafka::{
    KafkaError, OffsetAndTime, Offsets, TopicPartition,
    groups::{Commit, Described, GroupState, MemberState, snapshot::GroupsSnapshot},
};

fn place(topic: &str, partition: i32) -> TopicPartition {
    TopicPartition::new(topic, partition)
}

fn group(id: &str, commits: &[(&str, i32, i64)]) -> GroupState {
    let commit = |&(topic, partition, offset): &(&str, i32, i64)| {
        (place(topic, partition), Ok(Commit { offset, metadata: None, unsettled: None }))
    };
    GroupState {
        id: id.to_owned(),
        group_type: String::new(),
        protocol_type: "consumer".to_owned(),
        state: "Stable".to_owned(),
        coordinator: 1,
        described: Ok(Described::default()),
        commits: Ok(commits.iter().map(commit).collect()),
    }
}

/// Caught up on one partition, and without a commit on the other one that it holds.
fn half_committed() -> GroupState {
    let mut half = group("half", &[("orders", 0, 100)]);
    let assigned = [place("orders", 0), place("orders", 1)].into();
    let member = MemberState { assigned, ..MemberState::default() };
    half.described = Ok(Described { members: vec![member], ..Described::default() });
    half
}

fn refused() -> KafkaError {
    KafkaError::refused("reading", 30, None)
}

fn ends() -> Offsets {
    let end = |offset| Ok(Some(OffsetAndTime { offset, timestamp_ms: -1 }));
    [
        (place("orders", 0), end(100)),
        (place("orders", 1), end(50)),
        (place("payments", 0), end(10)),
        (place("gone", 0), Err(refused())),
    ]
    .into()
}

fn known(records: i64) -> Lag {
    Lag::Known { records }
}

fn snapshot() -> GroupsSnapshot {
    let mut holder = group("d-holds", &[]);
    let member = MemberState { assigned: [place("orders", 1)].into(), ..MemberState::default() };
    holder.described = Ok(Described { members: vec![member], ..Described::default() });
    GroupsSnapshot::of(
        vec![
            group("a-behind", &[("orders", 0, 90), ("orders", 1, 20), ("payments", 0, 10)]),
            group("b-even", &[("orders", 0, 100)]),
            group("c-unreadable", &[("gone", 0, 5)]),
            holder,
        ],
        ends(),
    )
}

#[test]
fn the_list_tells_no_commit_zero_and_unknown_apart() {
    let lags: Vec<Lag> = snapshot().rows().into_iter().map(|row| row.lag).collect();
    assert_eq!(lags, [known(40), known(0), Lag::Unknown, Lag::NoCommit]);
    assert_eq!(snapshot().rows()[0].topics, Some(2));
}

#[test]
fn the_overview_names_only_groups_that_are_behind_worst_first() {
    let behind: Vec<String> = snapshot().behind().into_iter().map(|row| row.group).collect();
    assert_eq!(behind, ["c-unreadable", "a-behind"]);
}

#[test]
fn the_overview_counts_groups_of_whom_nobody_can_say_that_they_have_read_everything() {
    let counts = |snapshot: GroupsSnapshot| match snapshot.summary() {
        GroupsSummary::Known { total, without_commit, unknown, .. } => {
            (total, without_commit, unknown)
        }
        failed @ GroupsSummary::Failed { .. } => panic!("{failed:?}"),
    };
    assert_eq!(counts(snapshot()), (4, 1, 1));
    let half = GroupsSnapshot::of(vec![half_committed()], ends());
    assert_eq!(counts(half), (1, 1, 0));
}

#[test]
fn a_partition_that_is_held_and_not_committed_shows_beside_a_lag_of_zero() {
    let snapshot = GroupsSnapshot::of(vec![half_committed()], ends());
    let row = &snapshot.rows()[0];
    assert_eq!((row.lag, row.without_commit), (known(0), 1));
    let consumer = &snapshot.consumers("orders")[0];
    assert_eq!((consumer.lag, consumer.without_commit), (known(0), 1));
    let group = page(&snapshot.groups[0], &Offsets::new(), &ends());
    assert_eq!((group.lag, group.without_commit), (known(0), 1));
}

#[test]
fn a_topic_lists_who_committed_or_holds_it_with_the_lag_there() {
    let consumers = snapshot().consumers("orders");
    let rows: Vec<_> =
        consumers.iter().map(|c| (c.group.as_str(), c.committed_partitions, c.lag)).collect();
    let wanted =
        [("a-behind", 2, known(40)), ("b-even", 1, known(0)), ("d-holds", 0, Lag::NoCommit)];
    assert_eq!(rows, wanted);
    assert_eq!(snapshot().consumers("payments").len(), 1);
}

#[test]
fn figures_count_only_groups_with_commits_and_admit_what_is_not_known() {
    let reading =
        |groups, worst_lag, without_commit| Some(Reading { groups, worst_lag, without_commit });
    assert_eq!(snapshot().reading("orders"), reading(2, known(40), 1));
    assert_eq!(snapshot().reading("nobody-reads-this"), reading(0, Lag::NoCommit, 0));
    let half = GroupsSnapshot::of(vec![half_committed()], ends());
    assert_eq!(half.reading("orders"), reading(1, known(0), 1));
    let mut broken = snapshot();
    broken.groups[1].commits = Err(refused());
    assert_eq!(broken.reading("orders"), None);
}

#[test]
fn a_broker_that_did_not_answer_is_named_and_makes_counts_unknown() {
    let mut partial = snapshot();
    partial.missing.push((7, refused()));
    let GroupsSummary::Known { total: 4, warnings, .. } = partial.summary() else { panic!() };
    assert!(warnings.len() == 1 && warnings[0].contains("broker 7"), "{warnings:?}");
    assert_eq!(partial.rows().len(), 4);
    assert_eq!(partial.reading("orders"), None);
}

#[test]
fn a_group_lists_what_is_committed_or_held() {
    let mut holder = group("g", &[("orders", 0, 95)]);
    let member = MemberState {
        member_id: "m-1".to_owned(),
        assigned: [place("orders", 1)].into(),
        ..MemberState::default()
    };
    holder.described = Ok(Described { members: vec![member], ..Described::default() });
    let page = page(&holder, &Offsets::new(), &ends());
    let rows: Vec<_> =
        page.partitions.iter().map(|p| (p.partition, p.committed, p.lag, &p.member_id)).collect();
    let member = Some("m-1".to_owned());
    assert_eq!(rows, [(0, Some(95), known(5), &None), (1, None, Lag::NoCommit, &member)]);
    assert_eq!(page.lag, known(5));
}
