//! Keys of Kafka's brokers that can be changed while they run and change nothing here.
//!
//! They are kept and reported, so that tools which set them, or copy them from one cluster to
//! another, go on. Each says why it does nothing.

use crate::cluster::Kind::{Boolean, Double, Int, List, Long, Text};
use crate::cluster::Legal::{Any, AtLeast};
use crate::cluster::Setting;

pub const KEPT: &[Setting] = &[
    Setting::alone(
        "background.threads",
        (Int, "10", AtLeast(1)),
        "Threads for chores. Kept and reported without effect: chores borrow a thread while they \
         run.",
    ),
    Setting::alone(
        "follower.replication.throttled.rate",
        (Long, "9223372036854775807", AtLeast(0)),
        "Bytes per second that a follower may copy of throttled partitions. Kept and reported \
         without effect: there is one node, and nothing is replicated yet.",
    ),
    Setting::alone(
        "leader.replication.throttled.rate",
        (Long, "9223372036854775807", AtLeast(0)),
        "Bytes per second that a leader may send of throttled partitions. Kept and reported \
         without effect: there is one node, and nothing is replicated yet.",
    ),
    Setting::alone(
        "log.cleaner.backoff.ms",
        (Long, "15000", AtLeast(0)),
        "The pause of compaction when it finds nothing to do. Kept and reported without effect: \
         compaction does not run yet.",
    ),
    Setting::alone(
        "log.cleaner.dedupe.buffer.size",
        (Long, "134217728", Any),
        "Memory for the keys that compaction compares. Kept and reported without effect: \
         compaction does not run yet.",
    ),
    Setting::alone(
        "log.cleaner.io.buffer.load.factor",
        (Double, "0.9", Any),
        "How full compaction fills its table of keys. Kept and reported without effect: \
         compaction does not run yet.",
    ),
    Setting::alone(
        "log.cleaner.io.buffer.size",
        (Int, "524288", AtLeast(0)),
        "Memory through which compaction reads and writes. Kept and reported without effect: \
         compaction does not run yet.",
    ),
    Setting::alone(
        "log.cleaner.io.max.bytes.per.second",
        (Double, "1.7976931348623157E308", Any),
        "How fast compaction may read and write. Kept and reported without effect: compaction \
         does not run yet.",
    ),
    Setting::alone(
        "log.cleaner.threads",
        (Int, "1", AtLeast(0)),
        "Threads that compact. Kept and reported without effect: compaction does not run yet.",
    ),
    Setting::alone(
        "max.connection.creation.rate",
        (Int, "2147483647", AtLeast(0)),
        "New connections per second. Kept and reported without effect: connections are limited \
         by their number, see `max.connections`.",
    ),
    Setting::alone(
        "max.connections.per.ip.overrides",
        (Text, "", Any),
        "Addresses to which another limit than `max.connections.per.ip` applies. Kept and \
         reported without effect: one limit holds for all.",
    ),
    Setting::alone(
        "metric.reporters",
        (List, "", Any),
        "Classes that hand figures on. Kept and reported without effect: figures are read at the \
         console's `/metrics`.",
    ),
    Setting::alone(
        "num.io.threads",
        (Int, "8", AtLeast(1)),
        "Threads that do what requests ask for. Kept and reported without effect: there is a \
         thread for each core, and what may wait for the disk leaves it.",
    ),
    Setting::alone(
        "num.network.threads",
        (Int, "3", AtLeast(1)),
        "Threads that read requests and write answers. Kept and reported without effect: the \
         threads are the same that do what is asked for, one for each core.",
    ),
    Setting::alone(
        "num.recovery.threads.per.data.dir",
        (Int, "2", AtLeast(1)),
        "Threads that open logs at a start. Kept and reported without effect: four do.",
    ),
    Setting::alone(
        "num.replica.fetchers",
        (Int, "1", AtLeast(1)),
        "Threads that copy from one other broker. Kept and reported without effect: there is one \
         node, and nothing is replicated yet.",
    ),
    Setting::alone(
        "replica.alter.log.dirs.io.max.bytes.per.second",
        (Long, "9223372036854775807", AtLeast(0)),
        "Bytes per second that may move from folder to folder. Kept and reported without effect: \
         there is one folder.",
    ),
    Setting::alone(
        "transaction.partition.verification.enable",
        (Boolean, "true", Any),
        "Whether a partition asks if a transaction knows of it. Kept and reported without effect: \
         there are no transactions here yet.",
    ),
];
