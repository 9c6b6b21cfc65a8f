//! Who is in, who is out, and who waits how long.

use super::*;

#[test]
fn an_empty_group_waits_for_company_and_longer_while_company_comes() {
    let mut story = Story::new();
    story.config.initial_rebalance_delay_ms = 3_000;
    let first = story.join(join("a"));
    story.pass(2_000);
    let second = story.join(join("b"));
    story.pass(2_000);
    assert!(story.waits(first), "somebody came, so the wait went on");
    story.pass(3_000);
    assert_eq!(story.joined(first).members.len(), 2);
    assert_eq!(story.joined(second).members.len(), 0);
}

#[test]
fn waiting_for_company_ends_at_the_rebalance_timeout_however_many_come() {
    let mut story = Story::new();
    story.config.initial_rebalance_delay_ms = 3_000;
    let first = story.join(Join { rebalance_timeout_ms: 10_000, ..join("a") });
    for number in 0..4 {
        story.pass(2_000);
        story.join(Join { rebalance_timeout_ms: 10_000, ..join(&format!("b{number}")) });
    }
    story.pass(2_000);
    assert_eq!(story.joined(first).members.len(), 5);
}

#[test]
fn an_id_that_nobody_joins_with_lapses_and_holds_nobody_up_for_ever() {
    let mut story = Story::new();
    let reserved = story.join(Join { learns_id_first: true, ..join("ghost") });
    let member_id = "ghost".to_owned();
    assert_eq!(story.refused(reserved), GroupError::MemberIdRequired { member_id });
    let waiting = story.join(join("a"));
    assert!(story.waits(waiting), "the ghost may come yet");
    story.pass(SESSION_MS as u64);
    assert_eq!(story.joined(waiting).members.len(), 1);
}

#[test]
fn a_join_that_is_repeated_is_answered_once_and_its_first_asker_let_go() {
    let (mut story, _) = Story::stable(&["a", "b"]);
    let first = story.join(rejoin("a"));
    let second = story.join(rejoin("a"));
    assert_eq!(story.refused(first), GroupError::RebalanceInProgress);
    assert!(story.waits(second));
    let other = story.join(rejoin("b"));
    assert_eq!(story.joined(second).generation, story.joined(other).generation);
}

#[test]
fn an_answer_that_was_lost_is_given_again_without_another_generation() {
    let (mut story, generation) = Story::stable(&["a"]);
    let again = story.join(rejoin("a"));
    let next = story.joined(again);
    assert_eq!(next.generation, generation + 1, "a leader that joins wants a new assignment");
    let again = story.join(rejoin("a"));
    assert_eq!(story.joined(again).generation, generation + 1, "its answer was lost");
}

#[test]
fn only_news_makes_a_stable_group_rebalance() {
    let (mut story, generation) = Story::stable(&["a", "b"]);
    let same = story.join(rejoin("b"));
    assert_eq!(story.joined(same).generation, generation);
    assert_eq!(story.group.state_name(), "Stable");
    let news = story.join(Join { protocols: speaks(&["range", "sticky"]), ..rejoin("b") });
    assert!(story.waits(news));
    assert_eq!(story.beat("a", generation), Err(GroupError::RebalanceInProgress));
}

#[test]
fn the_protocol_that_all_speak_and_most_prefer_is_chosen() {
    let mut story = Story::new();
    story.config.initial_rebalance_delay_ms = 1;
    let first = story.join(Join { protocols: speaks(&["own", "range", "sticky"]), ..join("a") });
    story.join(Join { protocols: speaks(&["sticky", "range"]), ..join("b") });
    story.join(Join { protocols: speaks(&["sticky", "range"]), ..join("c") });
    story.pass(5);
    assert_eq!(story.joined(first).protocol.as_deref(), Some("sticky"));
    let alien = story.join(Join { protocols: speaks(&["own"]), ..join("d") });
    assert_eq!(story.refused(alien), GroupError::InconsistentProtocol);
}

#[test]
fn silence_ends_a_membership_and_a_beat_prolongs_it() {
    let (mut story, generation) = Story::stable(&["a", "b"]);
    story.pass(SESSION_MS as u64 - 1);
    assert_eq!(story.beat("a", generation), Ok(()));
    story.pass(2);
    assert_eq!(story.beat("a", generation), Err(GroupError::RebalanceInProgress));
    let member_id = "b".to_owned();
    assert_eq!(story.beat("b", generation), Err(GroupError::UnknownMember { member_id }));
}

#[test]
fn who_waits_is_not_silent_but_a_stranger_is_forgotten_after_five_minutes() {
    let (mut story, _) = Story::stable(&["a", "b"]);
    let patient = Join { rebalance_timeout_ms: i32::MAX, ..rejoin("a") };
    let waiting = story.join(patient);
    story.beat("b", 1).unwrap_err();
    let stranger = story.join(join("c"));
    for _ in 0..40 {
        story.pass(SESSION_MS as u64 - 1);
        let _ = story.beat("b", 1);
    }
    assert!(story.waits(waiting));
    let member_id = "c".to_owned();
    assert_eq!(story.refused(stranger), GroupError::UnknownMember { member_id });
}

#[test]
fn who_does_not_sync_in_time_is_removed_and_the_others_begin_again() {
    let (mut story, generation) = Story::stable(&["a", "b"]);
    let (a, b) = (story.join(rejoin("a")), story.join(rejoin("b")));
    let generation = generation + 1;
    assert_eq!((story.joined(a).generation, story.joined(b).generation), (generation, generation));
    let follower = story.sync("b", generation, &[]);
    let step = SESSION_MS as u64 / 2;
    for _ in 0..=REBALANCE_MS as u64 / step {
        let _ = story.beat("a", generation);
        story.pass(step);
    }
    assert_eq!(story.refused(follower), GroupError::RebalanceInProgress);
    let member_id = "a".to_owned();
    assert_eq!(story.beat("a", generation), Err(GroupError::UnknownMember { member_id }));
}

#[test]
fn an_assignment_that_cannot_be_written_is_not_given_out() {
    let (mut story, generation) = Story::stable(&["a"]);
    let again = story.join(rejoin("a"));
    story.joined(again);
    let sync = story.sync("a", generation + 1, &[("a", "new")]);
    assert!(story.waits(sync) && installs(&story.writes[0]));
    story.written(Err(GroupError::Stopped));
    assert_eq!(story.refused(sync), GroupError::Stopped);
    assert_eq!(story.group.state_name(), "PreparingRebalance");
}

#[test]
fn a_write_that_ends_in_a_later_generation_installs_nothing() {
    let (mut story, generation) = Story::stable(&["a", "b"]);
    let (a, b) = (story.join(rejoin("a")), story.join(rejoin("b")));
    story.joined(a);
    story.joined(b);
    let leader = story.sync("a", generation + 1, &[("a", "late"), ("b", "late")]);
    story.leave("b").unwrap();
    assert_eq!(story.refused(leader), GroupError::RebalanceInProgress);
    let again = story.join(rejoin("a"));
    assert_eq!(story.joined(again).generation, generation + 2);
    story.written(Ok(()));
    assert_eq!(story.group.state_name(), "CompletingRebalance");
    let sync = story.sync("a", generation + 2, &[("a", "timely")]);
    story.all_written();
    assert_eq!(&story.synced(sync).assignment[..], b"timely");
}

#[test]
fn the_places_of_static_members_are_kept_until_their_session_ends() {
    let named = |id: &str, instance: &str| Join {
        instance_id: Some(instance.to_owned()),
        session_timeout_ms: 20 * REBALANCE_MS,
        ..join(id)
    };
    let mut story = Story::new();
    let first = story.join(named("s1", "i1"));
    story.joined(first);
    let second = story.join(named("s2", "i2"));
    // The first does not come again; when time is up the second goes on beside it.
    story.pass(REBALANCE_MS as u64 + 1);
    let joined = story.joined(second);
    assert_eq!((joined.leader.as_str(), joined.members.len()), ("s2", 2));
    let taken = story.join(named("s1-again", "i1"));
    assert!(story.waits(taken));
    story.join(Join { member_id: "s2".to_owned(), ..named("nobody", "i2") });
    assert_eq!(story.joined(taken).member_id, "s1-again");
}

#[test]
fn a_group_that_is_full_lets_nobody_else_in() {
    let (mut story, _) = Story::stable(&["a", "b"]);
    story.config.members_max = 2;
    let third = story.join(join("c"));
    assert_eq!(story.refused(third), GroupError::Full);
    story.config.members_max = 3;
    story.config.metadata_bytes_max = 12;
    let third = story.join(join("c"));
    assert_eq!(story.refused(third), GroupError::Full);
}

#[test]
fn timeouts_of_zero_and_less_do_not_hold_the_clock() {
    let mut story = Story::new();
    for (id, timeout) in [("a", 0), ("b", -1), ("c", i32::MIN)] {
        let hasty = Join { rebalance_timeout_ms: timeout, session_timeout_ms: timeout, ..join(id) };
        story.join(Join { instance_id: Some(id.to_owned()), ..hasty });
        story.pass(10);
    }
    story.pass(10_000);
}

#[test]
fn a_restored_group_is_the_one_that_was_written() {
    let (story, generation) = Story::stable(&["a", "b"]);
    let record = story.group.record(None);
    let config = GroupConfig::default();
    let env = Env { tick_ms: 500, wall_ms: 0, config: &config };
    let mut restored = Group::restore("g", record.clone(), env);
    assert_eq!(restored.record(None), record);
    assert_eq!(restored.heartbeat(env, "a", None, generation), Ok(()));
    assert_eq!(restored.deadline_ms(), Some(500 + SESSION_MS as u64));
}

#[test]
fn who_comes_back_may_say_no_more_than_the_group_has_room_for() {
    let says = |words: &str| {
        let metadata = Bytes::copy_from_slice(words.as_bytes());
        vec![Protocol { name: "range".to_owned(), metadata }]
    };
    let (mut story, _) = Story::stable(&["a", "b"]);
    story.config.metadata_bytes_max = 30;
    let more = story.join(Join { protocols: says(&"x".repeat(21)), ..rejoin("a") });
    assert_eq!(story.refused(more), GroupError::Full);
    assert_eq!(story.group.state_name(), "Stable", "a refusal disturbs nobody");
    let fitting = story.join(Join { protocols: says(&"x".repeat(20)), ..rejoin("a") });
    assert!(story.waits(fitting));
    let reserving = story.join(Join { learns_id_first: true, ..join("c") });
    assert_eq!(story.refused(reserving), GroupError::Full);

    let mut story = Story::new();
    story.config.members_max = 1;
    story.config.metadata_bytes_max = 30;
    story.join(Join { learns_id_first: true, ..join("c") });
    let more = story.join(Join { protocols: says(&"x".repeat(26)), ..rejoin("c") });
    assert_eq!(story.refused(more), GroupError::Full);
    let fitting = story.join(Join { protocols: says(&"x".repeat(25)), ..rejoin("c") });
    assert_eq!(story.joined(fitting).member_id, "c");

    let named = |id: &str| Join { instance_id: Some("i".to_owned()), ..join(id) };
    let mut story = Story::new();
    story.config.metadata_bytes_max = 30;
    story.join(named("d"));
    let more = story.join(Join { protocols: says(&"x".repeat(25)), ..named("e") });
    assert_eq!(story.refused(more), GroupError::Full);
}
