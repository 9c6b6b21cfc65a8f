//! Groups over several readings.

use ouzel_api::progress::{Status, TimeLag, Trend};

use super::*;
use crate::kafka::{
    OffsetAndTime,
    groups::{Commit, Described, MemberState},
};

const EVERY_MS: i64 = 15_000;

fn place(partition: i32) -> TopicPartition {
    TopicPartition::new("orders", partition)
}

fn group(id: &str, commits: &[i64], members: usize) -> GroupState {
    let commit = |(offset, at): (&i64, i32)| {
        (place(at), Ok(Commit { offset: *offset, metadata: None, unsettled: None }))
    };
    let members = vec![MemberState::default(); members];
    GroupState {
        id: id.to_owned(),
        group_type: String::new(),
        protocol_type: "consumer".to_owned(),
        state: if members.is_empty() { "Empty" } else { "Stable" }.to_owned(),
        coordinator: 1,
        described: Ok(Described { members, ..Described::default() }),
        commits: Ok(commits.iter().zip(0..).map(commit).collect()),
    }
}

fn offsets(all: &[i64]) -> Offsets {
    let one = |(offset, at): (&i64, i32)| {
        (place(at), Ok(Some(OffsetAndTime { offset: *offset, timestamp_ms: -1 })))
    };
    all.iter().zip(0..).map(one).collect()
}

fn followed() -> Followed {
    Followed { every_ms: EVERY_MS, ..Followed::default() }
}

/// How group `g` fares on a partition with this commit and end.
fn at(followed: &Followed, at: i64, partition: i32, found: (i64, i64)) -> PartitionProgress {
    let position = Position { place: place(partition), found: Some(found) };
    let moment = Moment { at_ms: at * EVERY_MS, held: true };
    followed.at("g", &position, moment).expect("it is followed")
}

fn take(followed: &mut Followed, at: i64, group: GroupState, ends: &[i64]) -> Gain {
    trimmed(followed, at, group, ends, &vec![0; ends.len()])
}

/// The same of partitions that begin at `starts`.
fn trimmed(
    followed: &mut Followed,
    at: i64,
    group: GroupState,
    ends: &[i64],
    starts: &[i64],
) -> Gain {
    let read = GroupsSnapshot::of(vec![group], offsets(ends));
    followed.take(&read, &offsets(starts), &HashSet::new(), at * EVERY_MS)
}

#[test]
fn a_group_that_falls_behind_is_told_with_its_rates_its_trend_and_its_time() {
    let mut followed = followed();
    for at in 0..20 {
        take(&mut followed, at, group("g", &[at * 10, 500], 1), &[at * 40, 500]);
    }
    let progress = followed.progress("g").expect("it is followed");
    assert_eq!((progress.status, progress.trend), (Status::Moving, Trend::Rising));
    assert_eq!((progress.stuck, progress.catches_up_ms), (0, None));
    assert!((progress.written_per_s - 40.0 / 15.0).abs() < 1e-9, "{progress:?}");
    assert!((progress.read_per_s - 10.0 / 15.0).abs() < 1e-9, "{progress:?}");
    // Record 190 was written between the readings 4 and 5, 14 and a quarter before the last one.
    let TimeLag::Known { ms } = progress.time_lag else { panic!("{progress:?}") };
    assert!((ms - 14 * EVERY_MS).abs() < EVERY_MS, "{ms}");
    let even = at(&followed, 19, 1, (500, 500));
    assert_eq!((even.status, even.time_lag), (Status::CaughtUp, TimeLag::Known { ms: 0 }));
}

/// What is told of group `g`.
fn told(followed: &Followed) -> (Status, u32, u32) {
    let progress = followed.progress("g").expect("it is followed");
    assert!(progress.stuck == 0 || progress.needs_a_look());
    (progress.status, progress.stuck, progress.partitions)
}

#[test]
fn a_group_that_reads_its_partitions_in_turn_is_not_stalled_until_a_turn_is_too_long() {
    let mut followed = followed();
    for at in 0..10 {
        take(&mut followed, at, group("g", &[5, at * 10], 1), &[10 + at, at * 10 + 5]);
    }
    assert_eq!(told(&followed), (Status::Moving, 0, 2));
    assert_eq!(at(&followed, 9, 0, (5, 19)).status, Status::Pending);
    assert_eq!(at(&followed, 9, 1, (90, 95)).status, Status::Moving);
    for at in 10..130 {
        take(&mut followed, at, group("g", &[5, at * 10], 1), &[10 + at, at * 10 + 5]);
    }
    assert_eq!(told(&followed), (Status::Moving, 1, 2));
    assert_eq!(at(&followed, 129, 0, (5, 139)).status, Status::Stalled);
    // From then on nothing moves: seven readings later it still has moved within the window.
    for at in 130..137 {
        take(&mut followed, at, group("g", &[5, 1_290], 1), &[10 + at, 1_400]);
    }
    assert_eq!(told(&followed), (Status::Moving, 1, 2));
    for at in 137..140 {
        take(&mut followed, at, group("g", &[5, 1_290], 1), &[10 + at, 1_400]);
    }
    assert_eq!(told(&followed), (Status::Stalled, 2, 2));
    take(&mut followed, 140, group("g", &[5, 1_290], 0), &[150, 1_400]);
    assert_eq!(told(&followed), (Status::Stopped, 2, 2));
}

#[test]
fn a_partition_whose_own_member_stands_still_is_stalled_though_others_get_on() {
    let mut followed = followed();
    for at in 0..11 {
        let mut group = group("g", &[5, at * 10], 2);
        for (member, partition) in
            group.described.as_mut().expect("members").members.iter_mut().zip(0..)
        {
            member.assigned = [place(partition)].into();
        }
        take(&mut followed, at, group, &[10 + at, at * 10 + 5]);
    }
    assert_eq!(told(&followed), (Status::Moving, 1, 2));
}

#[test]
fn a_group_whose_commits_were_moved_neither_reads_nor_catches_up_by_it() {
    let mut followed = followed();
    for at in 0..4 {
        take(&mut followed, at, group("g", &[at * 50], 1), &[1_000]);
    }
    let before = followed.progress("g").expect("it is followed");
    assert!(before.catches_up_ms.is_some() && before.read_per_s > 0.0, "{before:?}");
    // Between two readings a page sees it at once; then the next reading does.
    let moved = Position { place: place(0), found: Some((900, 1_000)) };
    let moment = Moment { at_ms: 4 * EVERY_MS - 1, held: false };
    take(&mut followed, 4, group("g", &[150], 0), &[1_000]);
    let told = followed.progress_at("g", &[moved], moment).expect("it is followed");
    assert_eq!((told.trend, told.catches_up_ms), (Trend::Steady, None));
    take(&mut followed, 5, group("g", &[900], 0), &[1_000]);
    let told = followed.progress("g").expect("it is followed");
    assert_eq!((told.trend, told.catches_up_ms, told.read_per_s), (Trend::Steady, None, 0.0));
    // With members again, and moved by this console: once forwards, once back.
    for (at, commit) in [(6, 950), (7, 100)] {
        let read = GroupsSnapshot::of(vec![group("g", &[commit], 1)], offsets(&[1_000]));
        let moved = HashSet::from(["g".to_owned()]);
        followed.take(&read, &Offsets::new(), &moved, at * EVERY_MS);
        let told = followed.progress("g").expect("it is followed");
        assert_eq!((told.catches_up_ms, told.read_per_s), (None, 0.0), "{at}");
    }
    take(&mut followed, 8, group("g", &[250], 1), &[1_000]);
    let told = followed.progress("g").expect("it is followed");
    assert_eq!((told.catches_up_ms, told.read_per_s), (Some(75_000), 10.0));
}

#[test]
fn a_group_that_a_tool_resets_while_all_its_members_are_replaced_is_not_taken_for_one_that_reads() {
    let of = |commit: i64, members: &[&str]| {
        let mut group = group("g", &[commit], members.len());
        let described = group.described.as_mut().expect("members");
        for (member, name) in described.members.iter_mut().zip(members) {
            (*name).clone_into(&mut member.member_id);
        }
        group
    };
    let (reads, nobody): (&[&str], &[&str]) = (&["a", "b"], &[]);
    for (before, after, pace, stays) in
        [(reads, ["c"], 20, false), (nobody, ["c"], 0, false), (reads, ["b"], 20, true)]
    {
        let mut followed = followed();
        for at in 0..4 {
            take(&mut followed, at, of(at * pace, before), &[1_000]);
        }
        // Almost to the end, by whomever: only a member who stayed rules out that it was a tool.
        take(&mut followed, 4, of(900, &after), &[1_000]);
        let told = followed.progress("g").expect("it is followed");
        assert_eq!(told.moved_ms == Some(4 * EVERY_MS), stays, "{before:?} {told:?}");
        let rate = if stays { 15.0 } else { 0.0 };
        assert_eq!((told.read_per_s, told.catches_up_ms.is_some()), (rate, stays), "{before:?}");
        take(&mut followed, 5, of(915, &after), &[1_000]);
        let told = followed.progress("g").expect("it is followed");
        assert_eq!(told.status, Status::Moving);
        assert!(stays || (told.read_per_s - 1.0).abs() < 1e-9, "{before:?} {told:?}");
    }
}

#[test]
fn what_happened_before_rates_began_anew_is_in_none_of_them() {
    let mut followed = followed();
    take(&mut followed, 0, group("g", &[0], 1), &[90_000]);
    take(&mut followed, 1, group("g", &[80_000], 1), &[90_000]);
    followed.begin_rates_anew();
    take(&mut followed, 2, group("g", &[90_000], 1), &[90_000]);
    let told = followed.progress("g").expect("it is followed");
    assert_eq!((told.trend, told.read_per_s), (Trend::Steady, 0.0));
}

#[test]
fn a_page_between_two_readings_tells_lag_and_time_of_one_moment() {
    let mut followed = followed();
    for at in 0..4 {
        take(&mut followed, at, group("g", &[at * 10], 1), &[at * 10]);
    }
    let even = at(&followed, 3, 0, (30, 30));
    assert_eq!((even.status, even.time_lag), (Status::CaughtUp, TimeLag::Known { ms: 0 }));
    let held = true;
    let moment = Moment { at_ms: 3 * EVERY_MS + 4_000, held };
    let one_behind = Position { place: place(0), found: Some((30, 31)) };
    let progress = followed.progress_at("g", &[one_behind], moment).expect("it is followed");
    assert_eq!(progress.status, Status::Moving);
    assert!(matches!(progress.time_lag, TimeLag::Known { ms: 0..4_000 }), "{progress:?}");
    assert_eq!(progress.read_ms, 3 * EVERY_MS, "rates and trend are of the reading");
    let unread = Position { place: place(0), found: None };
    let progress = followed.progress_at("g", &[unread], moment).expect("it is followed");
    assert_eq!(progress.time_lag, TimeLag::Unknown);
}

#[test]
fn records_that_retention_took_before_they_were_read_are_counted() {
    let mut followed = followed();
    trimmed(&mut followed, 0, group("g", &[5, 50], 1), &[100, 100], &[30, 40]);
    assert_eq!(followed.progress("g").expect("known").lost, 25, "from the first reading on");
    let ends = offsets(&[100, 100]);
    let read = GroupsSnapshot::of(vec![group("g", &[5, 50], 1)], ends);
    followed.take(&read, &Offsets::new(), &HashSet::new(), EVERY_MS);
    assert_eq!(followed.progress("g").expect("known").lost, 25, "until it is looked at again");
}

#[test]
fn how_long_ago_a_record_was_written_that_was_deleted_unread_is_not_known() {
    let mut followed = followed();
    // The first partition is trimmed to 60, the second is read to its end.
    let ends = [70, 50];
    let gain = trimmed(&mut followed, 0, group("g", &[0, 50], 0), &ends, &[60, 0]);
    assert_eq!(gain.unprimed, [place(0)]);
    // As ListOffsets answers before the first record that is left.
    let week_ago = OffsetAndTime { offset: 60, timestamp_ms: -604_800_000 };
    followed.curves.get_mut(&place(0)).expect("a curve").prime(&[(-604_800_000, Some(week_ago))]);
    trimmed(&mut followed, 4, group("g", &[0, 50], 0), &[70, 50], &[60, 0]);
    assert_eq!(at(&followed, 4, 0, (0, 70)).time_lag, TimeLag::Unknown);
    assert_eq!(at(&followed, 4, 1, (50, 50)).time_lag, TimeLag::Known { ms: 0 });
    let progress = followed.progress("g").expect("known");
    assert_eq!((progress.time_lag, progress.lost), (TimeLag::Unknown, 60), "not caught up");
    // Of what the other partition has, at least so much is known.
    trimmed(&mut followed, 6, group("g", &[0, 50], 0), &[70, 60], &[60, 0]);
    trimmed(&mut followed, 8, group("g", &[0, 50], 0), &[70, 60], &[60, 0]);
    let told = followed.progress("g").expect("known").time_lag;
    assert!(matches!(told, TimeLag::AtLeast { ms: 1.. }), "{told:?}");
}

#[test]
fn what_rests_is_stored_every_five_minutes_and_what_moves_each_time() {
    let mut followed = followed();
    let of_group = |gain: Gain| {
        gain.samples.iter().filter(|(whose, _)| *whose == Whose::Group("g".to_owned())).count()
    };
    let resting = (0..41).map(|at| of_group(take(&mut followed, at, group("g", &[5], 0), &[5])));
    assert_eq!(resting.sum::<usize>(), 3);
    let moving =
        (41..45).map(|at| of_group(take(&mut followed, at, group("g", &[at], 1), &[at * 2])));
    assert_eq!(moving.sum::<usize>(), 4);
}

#[test]
fn the_past_of_a_partition_is_asked_for_once_and_only_if_it_is_needed() {
    let mut followed = followed();
    let gain = take(&mut followed, 0, group("g", &[5, 100], 1), &[100, 100]);
    assert_eq!(gain.unprimed, [place(0)]);
    let gain = take(&mut followed, 1, group("g", &[5, 100], 1), &[100, 100]);
    assert!(gain.unprimed.is_empty());
}

#[test]
fn a_group_that_has_gone_is_forgotten_with_its_curves() {
    let mut followed = followed();
    take(&mut followed, 0, group("g", &[5], 1), &[100]);
    let none = GroupsSnapshot::of(Vec::new(), Offsets::new());
    followed.take(&none, &Offsets::new(), &HashSet::new(), EVERY_MS);
    assert_eq!(followed.progress("g"), None);
    assert!(followed.curves.is_empty());
}
