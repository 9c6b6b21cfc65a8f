//! What bombs cost. A process of its own, because memory is counted for a whole process.
#![allow(clippy::unwrap_used)]

#[allow(dead_code, unused_imports)]
#[path = "../it/support/mod.rs"]
mod support;

use std::fs;

use futures::future::join_all;
use ouzel_wire::batch::{BatchBuilder, Codec};

use support::*;

/// Just below what one batch may unpack to.
const UNPACKED_BYTES: usize = 120 << 20;
/// `max.message.bytes`: a bomb must not be longer.
const PACKED_BYTES_MAX: usize = 1 << 20;

/// More than are unpacked at a time.
const BOMBERS: usize = 8;
const BOMBS_EACH: usize = 2;
/// What a good producer sends meanwhile.
const RECORDS: usize = 50;

/// Four batches are unpacked at a time, to 128 MiB at most; and some more for all else.
const GROWTH_BYTES_MAX: usize = (4 * 128 + 128) << 20;

/// A batch that unpacks to as much as a batch of its codec and length can.
fn bomb(codec: Codec) -> bytes::Bytes {
    let mut unpacked = UNPACKED_BYTES;
    loop {
        let mut builder = BatchBuilder::new().codec(codec);
        builder.push_value(now_ms(), None, &vec![0; unpacked]);
        let batch = builder.build().unwrap();
        if batch.len() <= PACKED_BYTES_MAX {
            return batch;
        }
        unpacked /= 2;
    }
}

fn status(field: &str) -> usize {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() << 10
}

/// From now on the peak is counted anew.
fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_of_every_codec_cost_no_more_than_may_be_unpacked_at_a_time() {
    let test = TestBroker::start().await;
    let mut good = test.client().await;
    create(&mut good, "orders", 1).await;
    for codec in [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        let batch = bomb(codec);
        let before = status("VmRSS:");
        forget_peak();
        let bombers = join_all((0..BOMBERS).map(|_| throw(&test, &batch)));
        let producing = async {
            for _ in 0..RECORDS {
                produce(&mut good, "orders", &["good"]).await;
            }
        };
        tokio::join!(bombers, producing);
        let grown = status("VmHWM:").saturating_sub(before);
        assert!(grown < GROWTH_BYTES_MAX, "{codec:?} bombs cost {grown} bytes");
    }
    let records = (BOMBERS * BOMBS_EACH + RECORDS) * 4;
    assert_eq!(list_offset(&mut good, "orders", -1).await, records as i64);
}

async fn throw(test: &TestBroker, batch: &bytes::Bytes) {
    let mut client = test.client().await;
    for _ in 0..BOMBS_EACH {
        let request = produce_request("orders", 0, batch.clone());
        assert_eq!(produced(client.call_at(12, request).await).error_code, NONE);
    }
}
