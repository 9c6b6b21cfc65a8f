//! After a crash: an end that was never acknowledged is cut, lost records are never hidden.

use super::super::*;
use super::support::*;

const LIMITS: ReadLimits = ReadLimits { bytes_max: 1 << 20, at_least_one: true };

/// A killed broker's partition: two batches acknowledged, a third written but not flushed.
async fn killed() -> Node {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    append_each(&partition, &["a", "b"]).await;
    node.disk.hold_syncs();
    drop(partition.submit(batch(&["c"]), Origin::Client).unwrap());
    node
}

#[tokio::test]
async fn a_torn_end_is_cut_at_the_last_whole_batch_wherever_it_is_torn() {
    let one = batch(&["a"]).len();
    for torn in 1..one {
        let node = killed().await.after_kill();
        node.disk.tamper(&node.file(FIRST_LOG), |bytes| bytes.truncate(2 * one + torn));
        let (partition, report) = node.try_open("orders", LogConfig::default()).unwrap();
        let cut = report.cut.unwrap();
        assert_eq!((cut.position, cut.bytes), (2 * one as u64, torn as u64));
        assert_eq!(values(&partition), ["a", "b"]);
        append_each(&partition, &["d"]).await;
        assert_eq!(read_from(&partition, 2), [(2, "d".to_owned())]);
    }
}

#[tokio::test]
async fn a_flipped_byte_behind_the_checkpoint_cuts_there() {
    let one = batch(&["a"]).len();
    for at in 0..one {
        let node = killed().await.after_kill();
        node.disk.tamper(&node.file(FIRST_LOG), |bytes| bytes[2 * one + at] ^= 0x40);
        let (partition, report) = node.try_open("orders", LogConfig::default()).unwrap();
        // The leader epoch alone is outside the checksum.
        assert_eq!(report.cut.is_none(), (12..16).contains(&at), "byte {at}");
        assert_eq!(values(&partition)[..2], ["a", "b"]);
    }
}

#[tokio::test]
async fn damage_before_the_checkpoint_keeps_the_log_shut_and_leaves_its_bytes() {
    let one = batch(&["a"]).len();
    for at in (0..one).filter(|at| !(12..16).contains(at)) {
        let node = killed().await.after_kill();
        let mut before = Vec::new();
        node.disk.tamper(&node.file(FIRST_LOG), |bytes| {
            bytes[one + at] ^= 0x40;
            before = bytes.clone();
        });
        let error = node.try_open("orders", LogConfig::default()).err().unwrap();
        let OpenError::Damaged { file, position, flushed, .. } = &error else { panic!("{error}") };
        assert_eq!((file, *position, *flushed), (&node.file(FIRST_LOG), one as u64, 2));
        node.disk.tamper(&node.file(FIRST_LOG), |bytes| assert_eq!(*bytes, before));
        assert!(node.try_open("payments", LogConfig::default()).is_ok(), "others go on");
    }
}

#[tokio::test]
async fn a_log_that_lost_its_end_or_is_missing_stays_shut() {
    let one = batch(&["a"]).len();
    let node = killed().await.after_kill();
    node.disk.tamper(&node.file(FIRST_LOG), |bytes| bytes.truncate(one));
    let error = node.try_open("orders", LogConfig::default()).err().unwrap();
    assert!(matches!(error, OpenError::Damaged { flushed: 2, .. }), "{error}");
    node.env.world.disk.remove_file(&node.file(FIRST_LOG)).unwrap();
    let error = node.try_open("orders", LogConfig::default()).err().unwrap();
    assert!(error.to_string().contains(FIRST_LOG), "{error}");
}

#[tokio::test]
async fn bytes_that_rot_after_a_clean_close_are_an_error_and_never_an_answer() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    append_each(&partition, &["a", "b", "c"]).await;
    partition.close().unwrap();
    let one = batch(&["a"]).len();
    node.disk.tamper(&node.file(FIRST_LOG), |bytes| bytes[2 * one - 1] ^= 1);
    let partition = node.open(LogConfig::default());
    assert_eq!(partition.read(0, LIMITS).unwrap().records.len(), one, "up to the bad one");
    let error = partition.read(1, LIMITS).unwrap_err();
    let ReadError::Corrupt { position, .. } = error else { panic!("{error}") };
    assert_eq!(position, one as u64);
    assert_eq!(read_from(&partition, 2), [(2, "c".to_owned())], "behind it");
}

#[tokio::test]
async fn indexes_and_sidecars_are_made_anew_when_they_are_missing_or_wrong() {
    let node = Node::new();
    let partition = node.open(small_segments());
    let all: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    append_each(&partition, &all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    partition.close().unwrap();
    let beside = |name: &String| ["index", "raft"].iter().any(|e| name.ends_with(e));
    let removed: Vec<_> = node.files().into_iter().filter(beside).collect();
    for name in &removed {
        node.env.world.disk.remove_file(&node.file(name)).unwrap();
    }
    let (partition, report) = node.try_open("orders", small_segments()).unwrap();
    assert!(report.rebuilt.len() >= removed.len() / 3 * 2, "{report:?}");
    assert_eq!(values(&partition), all);
    append_each(&partition, &["x"]).await;
    drop(partition);
    for name in node.files().iter().filter(|name| beside(name)) {
        node.disk.tamper(&node.file(name), |bytes| bytes.fill(0xff));
    }
    let partition = node.open(small_segments());
    for (offset, value) in all.iter().enumerate() {
        assert_eq!(&read_from(&partition, offset as i64)[0].1, value, "indexes only help");
    }
}

/// Records in three leaderships, over many closed segments each, closed in order.
async fn three_leaderships() -> Node {
    let node = Node::new();
    for leadership in 0..3 {
        let partition = node.open(small_segments());
        assert_eq!(partition.offsets().leader_epoch, leadership);
        for n in i64::from(leadership) * 10..i64::from(leadership) * 10 + 10 {
            let one = timed_batch(&[(NOW_MS + n, &n.to_string())]);
            partition.append(one, Origin::Client).await.unwrap();
        }
        partition.close().unwrap();
    }
    node
}

/// Everything that a client can ask of [`three_leaderships`].
fn tells_all(partition: &PartitionHandle, what: &str) {
    for n in 0..30 {
        assert_eq!(read_from(partition, n)[0], (n, n.to_string()), "{what}");
        let at = partition.offset_for_time(NOW_MS + n).unwrap();
        assert_eq!(at, Some((n, NOW_MS + n)), "{what}");
        assert_eq!(partition.epoch_of(n), Some((n / 10) as i32), "{what}");
    }
    for (epoch, end) in [(0, 10), (1, 20), (2, 30)] {
        assert_eq!(partition.end_offset_for_epoch(epoch), Some((epoch, end)), "{what}");
    }
    assert_eq!(partition.max_timestamp().unwrap(), Some((29, NOW_MS + 29)), "{what}");
    assert_eq!(partition.offsets().leader_epoch, 3, "{what}");
}

#[tokio::test]
async fn closed_segments_tell_the_same_when_what_lies_beside_them_is_gone() {
    let whole = three_leaderships().await;
    let files = whole.files();
    let newest = files.iter().rfind(|name| name.ends_with(".log")).unwrap();
    let newest = newest.trim_end_matches(".log").to_owned();
    let beside = [".index", ".timeindex", ".raft", "leader-epoch-checkpoint"];
    let each = beside.iter().map(std::slice::from_ref).chain([&beside[..]]);
    for endings in each {
        // Closed in order: nothing but what is missing is looked at.
        let node = whole.after_kill();
        let is_gone = |name: &&String| {
            !name.starts_with(&newest) && endings.iter().any(|ending| name.ends_with(ending))
        };
        let gone: Vec<&String> = files.iter().filter(is_gone).collect();
        assert!(gone.len() > 5 || gone == ["leader-epoch-checkpoint"], "{gone:?}");
        let mut before = Vec::new();
        for name in &gone {
            node.disk.tamper(&node.file(name), |bytes| before.push(bytes.clone()));
            node.env.world.disk.remove_file(&node.file(name)).unwrap();
        }
        let (partition, report) = node.try_open("orders", small_segments()).unwrap();
        assert!(report.clean && report.cut.is_none(), "{report:?}");
        tells_all(&partition, &format!("without {endings:?}"));
        drop(partition);
        for (name, before) in gone.iter().zip(before).filter(|(name, _)| name.starts_with('0')) {
            node.disk.tamper(&node.file(name), |bytes| assert_eq!(*bytes, before, "{name}"));
        }
    }
}

#[tokio::test]
async fn what_lies_beside_closed_segments_may_be_gone_after_a_kill_too() {
    let whole = three_leaderships().await;
    let partition = whole.open(small_segments());
    append_each(&partition, &["x"]).await;
    let node = whole.after_kill();
    for name in whole.files().iter().filter(|name| !name.ends_with(".log")) {
        // Without the checkpoint nothing would be known to be closed.
        if name != "checkpoint" {
            node.env.world.disk.remove_file(&node.file(name)).unwrap();
        }
    }
    let (partition, report) = node.try_open("orders", small_segments()).unwrap();
    assert!(!report.clean && report.cut.is_none(), "{report:?}");
    assert_eq!(values(&partition).last().map(String::as_str), Some("x"));
    for n in 0..30 {
        assert_eq!(read_from(&partition, n)[0], (n, n.to_string()));
        assert_eq!(partition.offset_for_time(NOW_MS + n).unwrap(), Some((n, NOW_MS + n)));
    }
    for (epoch, end) in [(0, 10), (1, 20), (2, 30), (3, 31)] {
        assert_eq!(partition.end_offset_for_epoch(epoch), Some((epoch, end)));
    }
    assert_eq!(partition.offsets().leader_epoch, 4);
}
