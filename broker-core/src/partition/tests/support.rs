//! A partition in a world that tests can break.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use ouzel_wire::batch::BatchBuilder;

use super::super::*;
use crate::world::{ManualClock, RealDisk};

/// The time at which tests begin.
pub const NOW_MS: i64 = 1_700_000_000_000;

pub fn env(data: &Path) -> PartitionEnv {
    let clock = Arc::new(ManualClock::at(NOW_MS));
    PartitionEnv {
        world: World { disk: Arc::new(RealDisk), clock },
        flusher: Flusher::start().unwrap(),
        data: data.to_owned(),
    }
}

pub fn open(env: &PartitionEnv, config: LogConfig) -> PartitionHandle {
    try_open(env, config).unwrap().0
}

pub fn try_open(
    env: &PartitionEnv,
    config: LogConfig,
) -> Result<(PartitionHandle, RecoveryReport), OpenError> {
    PartitionHandle::open(env, &TopicName::parse("orders").unwrap(), 0, config)
}

/// A batch of one record per value.
pub fn batch(values: &[&str]) -> Bytes {
    let mut builder = BatchBuilder::new();
    for value in values {
        builder.push_value(NOW_MS, None, value.as_bytes());
    }
    builder.build().unwrap()
}

/// All values from an offset on, as a consumer gets them.
pub fn values(partition: &PartitionHandle, from: i64) -> Vec<(i64, String)> {
    let (mut next, mut values) = (from, Vec::new());
    loop {
        let limits = ReadLimits { bytes_max: 1 << 20, at_least_one: true };
        let read = partition.read(next, limits).unwrap();
        if read.records.is_empty() {
            return values;
        }
        for batch in ouzel_wire::batch::batches(read.records) {
            let batch = batch.unwrap();
            batch.verify_crc().unwrap();
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
