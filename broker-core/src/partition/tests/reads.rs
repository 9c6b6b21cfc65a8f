//! What a start reads: after a clean end nearly nothing, after a kill each byte once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use ouzel_wire::batch::BatchBuilder;

use super::super::*;
use super::support::*;
use crate::world::OpenMode;

/// A megabyte is read at a time: segments of more than that, batches that lie across its ends.
const SEGMENT_BYTES: u32 = 1_500_000;
const VALUE_BYTES: usize = 7_001;
const BATCHES: i32 = 600;
const ACKNOWLEDGED: i32 = 100;

fn config() -> LogConfig {
    LogConfig { segment_bytes: SEGMENT_BYTES, ..LogConfig::default() }
}

/// Of four producers in turn, and now and then of none.
fn sent(n: i32) -> Bytes {
    let mut builder = BatchBuilder::new();
    if n % 5 > 0 {
        builder = builder.producer(i64::from(n % 5), 2, n / 5);
    }
    let value = vec![b'a' + (n % 26) as u8; VALUE_BYTES + n as usize];
    builder.push_value(NOW_MS + i64::from(n), None, &value);
    builder.build().unwrap()
}

/// A killed broker's disk: four segments, of which the checkpoint knows a part of the first.
async fn killed() -> Node {
    let node = Node::new();
    let partition = node.open(config());
    for n in 0..ACKNOWLEDGED {
        partition.append(sent(n), Origin::Client).await.unwrap();
    }
    node.disk.hold_syncs();
    for n in ACKNOWLEDGED..BATCHES {
        drop(partition.submit(sent(n), Origin::Client).unwrap());
    }
    node.after_kill()
}

/// The bytes of each file that were read more than once.
fn twice(reads: &[(PathBuf, Range<u64>)]) -> BTreeMap<&Path, u64> {
    let mut twice = BTreeMap::new();
    for (at, (file, read)) in reads.iter().enumerate() {
        for (other, before) in &reads[..at] {
            let from = read.start.max(before.start);
            let overlap = read.end.min(before.end).saturating_sub(from);
            if other == file && overlap > 0 {
                *twice.entry(file.as_path()).or_default() += overlap;
            }
        }
    }
    twice
}

fn bytes_of(reads: &[(PathBuf, Range<u64>)], extension: &str) -> u64 {
    let of = |(file, _): &&(PathBuf, Range<u64>)| file.extension().is_some_and(|e| e == extension);
    reads.iter().filter(of).map(|(_, read)| read.end - read.start).sum()
}

#[tokio::test]
async fn a_start_after_a_kill_reads_every_byte_once() {
    let node = killed().await;
    node.disk.watch_reads();
    let (partition, report) = node.try_open("orders", config()).unwrap();
    let reads = node.disk.reads_watched();
    let logs = node.files().iter().filter(|name| name.ends_with(".log")).count();
    assert!(logs > 2 && report.cut.is_none(), "{logs} {report:?}");
    assert_eq!(twice(&reads), BTreeMap::new());
    assert_eq!(bytes_of(&reads, "log"), partition.size_bytes(), "all of it, and nothing twice");
    assert_eq!(report.bytes_scanned, partition.size_bytes());
    assert_eq!(report.rebuilt, [] as [PathBuf; 0], "a kill takes nothing");
    assert_eq!(partition.offsets().log_end, i64::from(BATCHES));
}

#[tokio::test]
async fn what_one_reading_finds_is_all_that_there_is_to_know() {
    let node = killed().await;
    for name in node.files() {
        // A power cut could have taken all of these.
        if ["index", "timeindex", "raft", "producers"].iter().any(|e| name.ends_with(e)) {
            node.env.world.disk.remove_file(&node.file(&name)).unwrap();
        }
    }
    node.disk.watch_reads();
    let (partition, report) = node.try_open("orders", config()).unwrap();
    assert_eq!(twice(&node.disk.reads_watched()), BTreeMap::new());
    assert!(report.rebuilt.len() > 6, "{report:?}");
    let batches = values(&partition);
    assert_eq!(batches.len(), BATCHES as usize);
    let whole = |(n, value): (usize, &String)| value.len() == VALUE_BYTES + n;
    assert!(batches.iter().enumerate().all(whole));
    let at = partition.offset_for_time(NOW_MS + 321).unwrap();
    assert_eq!(at, Some((321, NOW_MS + 321)), "by the time index");
    for n in (BATCHES - 20..BATCHES).filter(|n| n % 5 > 0) {
        let repeat = partition.append(sent(n), Origin::Client).await.unwrap();
        assert_eq!(repeat.base_offset, i64::from(n), "the producers are known");
    }
    assert_eq!(partition.offsets().log_end, i64::from(BATCHES));
}

#[tokio::test]
async fn what_a_failed_sync_left_unsure_is_on_disk_once_it_was_read() {
    let node = killed().await;
    for name in node.files().iter().filter(|name| name.ends_with(".log")) {
        let file = node.env.world.disk.open(&node.file(name), OpenMode::Existing).unwrap();
        node.disk.fail_sync(name);
        file.sync().unwrap_err();
    }
    drop(node.open(config()));
    for seed in 0..5 {
        let after = node.after_power_cut(seed);
        let partition = after.open(config());
        assert_eq!(partition.offsets().log_end, i64::from(BATCHES), "seed {seed}");
    }
}

#[tokio::test]
async fn a_start_after_a_clean_end_reads_no_record() {
    let node = killed().await;
    node.open(config()).close().unwrap();
    node.disk.watch_reads();
    let (_, report) = node.try_open("orders", config()).unwrap();
    assert!(report.clean);
    assert_eq!(bytes_of(&node.disk.reads_watched(), "log"), 0);
}
