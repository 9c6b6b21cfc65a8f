//! The list of what is measured, and what each figure is wanted to be against Apache Kafka's.

use super::{broker::Side, stand::Stand};
use crate::problem::Result;

mod disk;
mod life;
mod load;
mod many;
mod siege;

pub use disk::append_and_sync;

/// The other side's figure times this is the bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wanted {
    AtMost(f64),
    AtLeast(f64),
    /// The figure itself is at least this, whatever the other side does.
    Itself(f64),
    /// Shown for the picture.
    Anything,
}

/// One figure of a measure.
#[derive(Debug)]
pub struct Figure {
    pub what: &'static str,
    pub unit: &'static str,
    pub wanted: Wanted,
}

const fn figure(what: &'static str, unit: &'static str, wanted: Wanted) -> Figure {
    Figure { what, unit, wanted }
}

/// What is done once per side and round, and the figures that it yields, in order.
pub struct Measure {
    /// For `--only`.
    pub name: &'static str,
    /// For a reader.
    pub what: &'static str,
    pub figures: &'static [Figure],
    pub take: fn(&mut Stand, Side) -> Result<Vec<f64>>,
}

use Wanted::{Anything, AtLeast, AtMost, Itself};

const fn latency(p50: Wanted, p99: Wanted) -> [Figure; 4] {
    [
        figure("p50", "ms", p50),
        figure("p99", "ms", p99),
        figure("p99.9", "ms", Anything),
        figure("max", "ms", Anything),
    ]
}

const fn rate(cpu: Wanted) -> [Figure; 2] {
    [figure("rate", "MB/s", AtLeast(1.0)), figure("broker CPU per million records", "s", cpu)]
}

const PACED_1000: [Figure; 4] = latency(Anything, AtMost(1.0 / 3.0));
const PACED_5000: [Figure; 4] = latency(Anything, AtMost(1.0 / 4.0));
const END_TO_END: [Figure; 4] = latency(AtMost(1.0 / 2.0), AtMost(1.0 / 2.0));
const FLOOD: [Figure; 2] = rate(AtMost(1.0 / 2.0));
const DRAIN: [Figure; 2] = rate(AtMost(1.0));
const START: [Figure; 2] = [
    figure("start to first ack", "s", AtMost(1.0 / 20.0)),
    figure("idle memory", "MB", AtMost(1.0 / 10.0)),
];
const TOPICS: [Figure; 4] = [
    figure("create until all are led", "s", AtMost(1.0 / 5.0)),
    figure("full Metadata", "ms", AtMost(1.0 / 3.0)),
    figure("memory", "MB", AtMost(1.0 / 4.0)),
    figure("clean restart to first ack", "s", AtMost(1.0 / 20.0)),
];
const RESTART: [Figure; 1] = [figure("to first ack", "s", AtMost(1.0 / 10.0))];
const IDLE: [Figure; 2] =
    [figure("CPU, of one core", "%", AtMost(1.0 / 10.0)), figure("memory", "MB", Anything)];
/// Of what a good client does alone, this much is left to it under siege.
const KEPT_PERCENT: f64 = 90.0;
const SIEGE: [Figure; 6] = [
    figure("written, alone", "MB/s", Anything),
    figure("written, under siege", "MB/s", Anything),
    figure("written: kept", "%", Itself(KEPT_PERCENT)),
    figure("read, alone", "MB/s", Anything),
    figure("read, under siege", "MB/s", Anything),
    figure("read: kept", "%", Itself(KEPT_PERCENT)),
];
const CROWD: [Figure; 5] = [
    figure("at 1,000/s: p50", "ms", Anything),
    figure("at 1,000/s: p99", "ms", Anything),
    figure("at 1,000/s: p99.9", "ms", Anything),
    figure("most", "records/s", Anything),
    figure("most: broker CPU per million records", "s", Anything),
];

pub const MEASURES: &[Measure] = &[
    Measure {
        name: "fsync-1000",
        what: "produce, fsync before each ack, 1,000/s",
        figures: &PACED_1000,
        take: load::fsync_1000,
    },
    Measure {
        name: "fsync-5000",
        what: "produce, fsync before each ack, 5,000/s",
        figures: &PACED_5000,
        take: load::fsync_5000,
    },
    Measure {
        name: "fsync-max",
        what: "produce, fsync, 1 MiB batches, 6 partitions",
        figures: &FLOOD,
        take: load::fsync_max,
    },
    Measure {
        name: "cache-plain",
        what: "produce into the page cache, 1 MiB batches, 6 partitions",
        figures: &FLOOD,
        take: load::cache_plain,
    },
    Measure { name: "cache-lz4", what: "the same, lz4", figures: &FLOOD, take: load::cache_lz4 },
    Measure {
        name: "cache-16k",
        what: "the same, plain, 16 KiB batches",
        figures: &FLOOD,
        take: load::cache_16k,
    },
    Measure {
        name: "consume",
        what: "consume 3 GB from the page cache",
        figures: &DRAIN,
        take: load::consume,
    },
    Measure {
        name: "end-to-end",
        what: "produce to consume in the page cache, 1,000/s",
        figures: &END_TO_END,
        take: load::end_to_end,
    },
    Measure {
        name: "crowd",
        what: "200 producers, 1,000 partitions, fsync",
        figures: &CROWD,
        take: load::crowd,
    },
    Measure {
        name: "siege",
        what: "a good client beside attackers that rest, half send, never read or send garbage",
        figures: &SIEGE,
        take: siege::siege,
    },
    Measure { name: "start", what: "an empty broker starts", figures: &START, take: life::start },
    Measure {
        name: "kill-3gb",
        what: "restart after kill -9 with 3 GB",
        figures: &RESTART,
        take: life::kill_and_restart,
    },
    Measure {
        name: "idle-1000",
        what: "idle with 1,000 partitions",
        figures: &IDLE,
        take: many::idle,
    },
    Measure { name: "topics-10000", what: "10,000 topics", figures: &TOPICS, take: many::topics },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_measures_share_a_name() {
        let mut names: Vec<_> = MEASURES.iter().map(|measure| measure.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), MEASURES.len());
    }
}
