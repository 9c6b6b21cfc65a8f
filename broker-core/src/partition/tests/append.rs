//! Records that were appended are there, in order, also after a restart.

use super::super::*;
use super::support::*;

#[tokio::test]
async fn what_was_appended_is_read_in_order_and_again_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let env = env(dir.path());
    let partition = open(&env, LogConfig::default());
    let first = partition.append(batch(&["a", "b"]), Origin::Client).await.unwrap();
    assert_eq!((first.base_offset, first.last_offset), (0, 1));
    let second = partition.append(batch(&["c"]), Origin::Client).await.unwrap();
    assert_eq!((second.base_offset, second.last_offset), (2, 2));
    let expected: Vec<_> = [(0, "a"), (1, "b"), (2, "c")].map(|(o, v)| (o, v.to_owned())).into();
    assert_eq!(values(&partition, 0), expected);
    assert_eq!(values(&partition, 1), expected[1..], "from the middle of a batch");
    partition.close().unwrap();
    let (partition, report) = try_open(&env, LogConfig::default()).unwrap();
    assert!(report.clean && report.rebuilt.is_empty(), "{report:?}");
    assert_eq!(values(&partition, 0), expected);
    let third = partition.append(batch(&["d"]), Origin::Client).await.unwrap();
    assert_eq!(third.base_offset, 3);
    drop(partition);
    let (partition, report) = try_open(&env, LogConfig::default()).unwrap();
    assert!(!report.clean && report.cut.is_none() && report.rebuilt.is_empty(), "{report:?}");
    assert_eq!(values(&partition, 3), [(3, "d".to_owned())]);
    assert_eq!(partition.offsets().leader_epoch, 2);
}
