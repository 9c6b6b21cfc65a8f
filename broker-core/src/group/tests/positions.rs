//! Positions count once they are on disk, and lapse when nobody has come back for them.

use super::*;

fn offset(story: &Story) -> Option<i64> {
    story.group.offsets.get("orders", 0).map(|c| c.offset)
}

fn expire(story: &mut Story) {
    story.tell(|group, env, out| group.expire(env, out));
}

#[test]
fn a_position_is_seen_when_it_is_on_disk_and_not_before() {
    let (mut story, generation) = Story::stable(&["a"]);
    let ticket = story.commit("a", generation, 7).unwrap();
    assert_eq!((offset(&story), story.waits(ticket)), (None, true));
    story.written(Ok(()));
    assert_eq!(offset(&story), Some(7));
    let failed = story.commit("a", generation, 8).unwrap();
    story.written(Err(GroupError::Stopped));
    assert_eq!(story.refused(failed), GroupError::Stopped);
    assert_eq!(offset(&story), Some(7));
}

#[test]
fn members_may_save_their_work_while_others_are_called_but_not_between_generations() {
    let (mut story, generation) = Story::stable(&["a", "b"]);
    let a = story.join(rejoin("a"));
    story.commit("b", generation, 1).unwrap();
    let b = story.join(rejoin("b"));
    story.joined(a);
    story.joined(b);
    let refused = story.commit("b", generation + 1, 2).unwrap_err();
    assert_eq!(refused, GroupError::RebalanceInProgress);
    let old = story.commit("b", generation, 2).unwrap_err();
    assert_eq!(old, GroupError::IllegalGeneration { got: generation, current: generation + 1 });
}

#[test]
fn positions_lapse_counted_from_when_the_group_became_empty() {
    let (mut story, generation) = Story::stable(&["a"]);
    let retention_ms = story.config.offsets_retention_ms as u64;
    story.commit("a", generation, 7).unwrap();
    story.written(Ok(()));
    for _ in 0..3 {
        story.pass(1_000);
        story.beat("a", generation).unwrap();
    }
    story.leave("a").unwrap();
    story.pass(0);
    story.all_written();
    assert_eq!(story.group.state_name(), "Empty");
    story.pass(retention_ms - 1);
    expire(&mut story);
    assert!(story.writes.is_empty());
    story.pass(1);
    expire(&mut story);
    story.all_written();
    assert!(story.group.is_forgettable());
}

#[test]
fn a_position_that_is_being_committed_anew_does_not_lapse() {
    let mut story = Story::new();
    let retention_ms = story.config.offsets_retention_ms as u64;
    story.commit("", -1, 7).unwrap();
    story.written(Ok(()));
    story.pass(retention_ms);
    story.commit("", -1, 8).unwrap();
    expire(&mut story);
    assert_eq!(story.writes.len(), 1, "the tombstone would follow the commit");
    story.all_written();
    assert_eq!(offset(&story), Some(8));
}

#[test]
fn a_client_may_choose_when_its_position_lapses() {
    let mut story = Story::new();
    story.commit("", -1, 7).unwrap();
    let Then::Commit { offsets, .. } = &mut story.writes[0].then else { panic!() };
    offsets[0].1.lapses_at_ms = Some(1_000);
    story.written(Ok(()));
    story.pass(999);
    expire(&mut story);
    assert!(story.writes.is_empty());
    story.pass(1);
    expire(&mut story);
    story.all_written();
    assert_eq!(offset(&story), None);
}

#[test]
fn a_group_with_members_is_not_deleted_and_one_without_goes_with_all_it_has() {
    let (mut story, generation) = Story::stable(&["a"]);
    story.commit("a", generation, 7).unwrap();
    let ticket = story.ticket();
    let refused = story.tell(|group, _, _| group.delete(ticket)).unwrap_err();
    assert_eq!(refused, GroupError::NotEmpty);
    story.leave("a").unwrap();
    story.pass(0);
    // The commit is still on its way; the tombstone behind it must cover it.
    let write = story.tell(|group, _, _| group.delete(ticket)).unwrap();
    story.writes.push(write);
    story.all_written();
    assert!(story.group.is_forgettable());
}

#[test]
fn groups_lie_where_kafka_looks_for_them() {
    // "polygenelubricants" hashes to the least number there is, whose `abs` is taken for 0.
    assert_eq!(partition_of("polygenelubricants", 50), 0);
    assert_eq!(partition_of("a", 50), 97 % 50);
    assert_eq!(partition_of("ab", 50), (97 * 31 + 98) % 50);
    // Java hashes code units of UTF-16, of which this letter has two: 0xd83d and 0xde00.
    assert_eq!(partition_of("\u{1f600}", 50), (0xd83d * 31 + 0xde00) % 50);
    // And one that is negative.
    assert_eq!(java_like("console-consumer") % 50, partition_of("console-consumer", 50) as i64);
}

/// Java's hash in wider numbers, cut at the end.
fn java_like(text: &str) -> i64 {
    let mut hash: i64 = 0;
    for byte in text.bytes() {
        hash = (hash * 31 + i64::from(byte)) & 0xffff_ffff;
    }
    i64::from(hash as i32).abs()
}
