//! A partition in a world that tests can break.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ouzel_wire::batch::BatchBuilder;

use super::super::*;
use crate::world::{FakeDisk, ManualClock};

/// The time at which tests begin.
pub const NOW_MS: i64 = 1_700_000_000_000;

const DATA: &str = "/data";

/// A broker's disk and clock, without the broker.
pub struct Node {
    pub disk: FakeDisk,
    pub clock: Arc<ManualClock>,
    pub env: PartitionEnv,
    rounds: Rounds,
}

/// When rounds of flushes happen.
#[derive(Clone, Copy)]
enum Rounds {
    /// As in a broker, in threads.
    AtOnce,
    /// When they are called for, so that a run can be repeated.
    ByHand,
}

impl Node {
    pub fn new() -> Node {
        Node::on(FakeDisk::with_folder(Path::new(DATA)), Rounds::AtOnce)
    }

    /// A node on which rounds of flushes happen only when they are called for.
    pub fn by_hand() -> Node {
        Node::on(FakeDisk::with_folder(Path::new(DATA)), Rounds::ByHand)
    }

    /// The broker started again on what a power cut left.
    pub fn after_power_cut(&self, seed: u64) -> Node {
        Node::on(self.disk.crash(seed), self.rounds)
    }

    /// The broker started again after its process was killed: all that was written is there, and
    /// nothing of the old process writes any more.
    pub fn after_kill(&self) -> Node {
        Node::on(self.disk.copy(), self.rounds)
    }

    fn on(disk: FakeDisk, rounds: Rounds) -> Node {
        let clock = Arc::new(ManualClock::at(NOW_MS));
        let world = World { disk: Arc::new(disk.clone()), clock: clock.clone() };
        let flusher = match rounds {
            Rounds::AtOnce => Flusher::start().unwrap(),
            Rounds::ByHand => Flusher::by_hand(),
        };
        // The disk's own limit is what tests are about.
        let room = Arc::new(DiskRoom::new(world.disk.clone(), DATA.into(), 0));
        let producers = Arc::new(ProducerRoom::of(1_000));
        let env = PartitionEnv { world, flusher, data: DATA.into(), room, producers };
        Node { disk, clock, env, rounds }
    }

    pub fn open(&self, config: LogConfig) -> PartitionHandle {
        self.try_open("orders", config).unwrap().0
    }

    pub fn try_open(
        &self,
        topic: &str,
        config: LogConfig,
    ) -> Result<(PartitionHandle, RecoveryReport), OpenError> {
        PartitionHandle::open(&self.env, &TopicName::parse(topic).unwrap(), 0, config)
    }

    /// The files of `orders-0`.
    pub fn files(&self) -> Vec<String> {
        self.env.world.disk.list(&Path::new(DATA).join("orders-0")).unwrap()
    }

    /// The file of `orders-0` with this name.
    pub fn file(&self, name: &str) -> PathBuf {
        Path::new(DATA).join("orders-0").join(name)
    }
}

/// The first segment's log.
pub const FIRST_LOG: &str = "00000000000000000000.log";

/// Settings with segments of a few batches.
pub fn small_segments() -> LogConfig {
    LogConfig { segment_bytes: 300, index_interval_bytes: 100, ..LogConfig::default() }
}

/// A batch of one record per value.
pub fn batch(values: &[&str]) -> Bytes {
    timed_batch(&values.iter().map(|value| (NOW_MS, *value)).collect::<Vec<_>>())
}

/// A batch of one record per time and value.
pub fn timed_batch(records: &[(i64, &str)]) -> Bytes {
    let mut builder = BatchBuilder::new();
    for (timestamp, value) in records {
        builder.push_value(*timestamp, None, value.as_bytes());
    }
    builder.build().unwrap()
}

/// Appends one batch per value, each acknowledged before the next.
pub async fn append_each(partition: &PartitionHandle, values: &[&str]) {
    for value in values {
        partition.append(batch(&[value]), Origin::Client).await.unwrap();
    }
}

/// All values from an offset on with their offsets, as a consumer gets them.
pub fn read_from(partition: &PartitionHandle, from: i64) -> Vec<(i64, String)> {
    let (mut next, mut values) = (from, Vec::new());
    loop {
        let limits = ReadLimits { bytes_max: 200, at_least_one: true };
        let read = partition.read(next, limits).unwrap();
        if read.records.is_empty() {
            return values;
        }
        for batch in ouzel_wire::batch::batches(read.records) {
            let batch = batch.unwrap();
            let unpacked = batch.unpack(1 << 20).unwrap();
            for record in batch.records(&unpacked).map(Result::unwrap) {
                if record.offset >= next {
                    let text = String::from_utf8_lossy(record.value.unwrap_or_default());
                    values.push((record.offset, text.into_owned()));
                    next = record.offset + 1;
                }
            }
        }
    }
}

/// All values, without their offsets.
pub fn values(partition: &PartitionHandle) -> Vec<String> {
    let start = partition.offsets().log_start;
    read_from(partition, start).into_iter().map(|(_, value)| value).collect()
}

/// Fails instead of hanging when a promise is never kept.
pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("took too long")
}

/// Asks again and again until it is so.
pub fn eventually(mut is_so: impl FnMut() -> bool) {
    let give_up = std::time::Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(std::time::Instant::now() < give_up, "it never came true");
        std::thread::sleep(Duration::from_millis(1));
    }
}
