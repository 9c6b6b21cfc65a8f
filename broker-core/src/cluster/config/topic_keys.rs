//! Every key of a topic.
//!
//! Names, types, defaults and legal values are Kafka's (4.4), so that tools that copy a topic's
//! settings from one cluster to another work; `write.caching` is Redpanda's. The meaning says
//! plainly where a setting is kept but has no effect here. What a partition's log does with a
//! value is for the node.

use std::sync::LazyLock;

use super::Settings;
use super::key::Kind::{Boolean, Double, Int, List, Long, Text};
use super::key::Legal::{Any, AtLeast, Between, OneOf, Replicas, Within, WithinOr};
use super::key::{Keys, Setting};

/// Of these pairs of keys the first may not have the larger value.
pub const TOPIC_ORDER: &[(&str, &str)] = &[("min.compaction.lag.ms", "max.compaction.lag.ms")];

/// The keys of topics.
pub fn topic_keys() -> &'static Keys {
    static KEYS: LazyLock<Keys> =
        LazyLock::new(|| Keys::new("topic", TOPIC_SETTINGS.iter().map(|s| (s.name, s))));
    &KEYS
}

/// The value that holds for a topic: its own, else what brokers are told, else the default.
/// `defaults` has the topic's names for them.
pub fn value_of<'a>(settings: &'a Settings, defaults: &'a Settings, setting: &Setting) -> &'a str {
    let set = settings.get(setting.name).or_else(|| defaults.get(setting.name));
    set.map_or(setting.default, String::as_str)
}

/// Every key of a topic, by name.
const TOPIC_SETTINGS: &[Setting] = &[
    Setting::topic(
        "cleanup.policy",
        "log.cleanup.policy",
        (List, "delete", OneOf(&["compact", "delete"])),
        "What becomes of old records: `delete` removes whole segments by age and size; \
         `compact` keeps the last record of each key; nothing keeps everything. Compaction does \
         not run yet: a topic that only compacts keeps everything.",
    ),
    Setting::topic(
        "compression.gzip.level",
        "compression.gzip.level",
        (Int, "-1", WithinOr(1, 9, -1)),
        "How hard the broker tries when it packs with gzip, see `compression.type`; -1 is \
         gzip's own choice.",
    ),
    Setting::topic(
        "compression.lz4.level",
        "compression.lz4.level",
        (Int, "9", Within(1, 17)),
        "Kept and reported without effect: the broker packs with lz4's quick method, which has \
         no levels.",
    ),
    Setting::topic(
        "compression.type",
        "compression.type",
        (Text, "producer", OneOf(&["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"])),
        "How batches are stored: `producer` keeps them as their producer packed them; \
         otherwise the broker packs anew what came in another codec.",
    ),
    Setting::topic(
        "compression.zstd.level",
        "compression.zstd.level",
        (Int, "3", Within(-131_072, 22)),
        "How hard the broker tries when it packs with zstd, see `compression.type`.",
    ),
    Setting::topic(
        "delete.retention.ms",
        "log.cleaner.delete.retention.ms",
        (Long, "86400000", AtLeast(0)),
        "How long compaction keeps a deletion visible. Without effect until compaction runs.",
    ),
    Setting::alone(
        "errors.deadletterqueue.group.enable",
        (Boolean, "false", Any),
        "Kept and reported without effect: there are no share groups here yet.",
    ),
    Setting::topic(
        "file.delete.delay.ms",
        "log.segment.delete.delay.ms",
        (Long, "60000", AtLeast(0)),
        "Kept and reported without effect: files are removed at once; readers finish undisturbed.",
    ),
    Setting::topic(
        "flush.messages",
        "log.flush.interval.messages",
        (Long, "9223372036854775807", AtLeast(1)),
        "Kept and reported without effect: every acknowledged record is on disk, see \
         `write.caching`.",
    ),
    Setting::topic(
        "flush.ms",
        "log.flush.interval.ms",
        (Long, "9223372036854775807", AtLeast(0)),
        "Kept and reported without effect: every acknowledged record is on disk, see \
         `write.caching`.",
    ),
    Setting::alone(
        "follower.replication.throttled.replicas",
        (List, "", Replicas),
        "Kept and reported without effect: there is one node, and nothing is replicated yet.",
    ),
    Setting::topic(
        "index.interval.bytes",
        "log.index.interval.bytes",
        (Int, "4096", AtLeast(0)),
        "How many bytes of log lie between two entries of the offset index.",
    ),
    Setting::alone(
        "leader.replication.throttled.replicas",
        (List, "", Replicas),
        "Kept and reported without effect: there is one node, and nothing is replicated yet.",
    ),
    Setting::topic(
        "local.retention.bytes",
        "log.local.retention.bytes",
        (Long, "-2", AtLeast(-2)),
        "Kept and reported without effect: there is no tiered storage here.",
    ),
    Setting::topic(
        "local.retention.ms",
        "log.local.retention.ms",
        (Long, "-2", AtLeast(-2)),
        "Kept and reported without effect: there is no tiered storage here.",
    ),
    Setting::topic(
        "max.compaction.lag.ms",
        "log.cleaner.max.compaction.lag.ms",
        (Long, "9223372036854775807", AtLeast(1)),
        "The longest a record stays out of compaction. Without effect until compaction runs.",
    ),
    Setting::topic(
        "max.decompressed.message.bytes",
        "max.decompressed.message.bytes",
        (Int, "2147483639", Within(1, 2_147_483_639)),
        "The most that a batch of records may unpack to. Whatever is set here, 128 MiB are the \
         limit.",
    ),
    Setting::topic(
        "max.message.bytes",
        "message.max.bytes",
        (Int, "1048588", AtLeast(0)),
        "The largest batch of records that is accepted, as it is sent, compressed or not.",
    ),
    Setting::topic(
        "message.timestamp.after.max.ms",
        "log.message.timestamp.after.max.ms",
        (Long, "3600000", AtLeast(0)),
        "How far in the future a producer's timestamp may lie.",
    ),
    Setting::topic(
        "message.timestamp.before.max.ms",
        "log.message.timestamp.before.max.ms",
        (Long, "9223372036854775807", AtLeast(0)),
        "How far in the past a producer's timestamp may lie.",
    ),
    Setting::topic(
        "message.timestamp.type",
        "log.message.timestamp.type",
        (Text, "CreateTime", OneOf(&["CreateTime", "LogAppendTime"])),
        "Whose clock stamps a record: the producer's or the broker's.",
    ),
    Setting::topic(
        "min.cleanable.dirty.ratio",
        "log.cleaner.min.cleanable.ratio",
        (Double, "0.5", Between(0.0, 1.0)),
        "How much of a log must be uncompacted before compaction starts. Without effect until \
         compaction runs.",
    ),
    Setting::topic(
        "min.compaction.lag.ms",
        "log.cleaner.min.compaction.lag.ms",
        (Long, "0", AtLeast(0)),
        "The shortest a record stays out of compaction. Without effect until compaction runs.",
    ),
    Setting::topic(
        "min.insync.replicas",
        "min.insync.replicas",
        (Int, "1", AtLeast(1)),
        "Kept and reported without effect: there is one replica, and as in Kafka 4 never more are \
         asked for than there are. A write counts once a majority of replicas has it.",
    ),
    Setting::topic(
        "preallocate",
        "log.preallocate",
        (Boolean, "false", Any),
        "Kept and reported without effect: segment files grow as they are written.",
    ),
    Setting::topic(
        "remote.copy.lag.bytes",
        "log.remote.copy.lag.bytes",
        (Long, "-1", AtLeast(-1)),
        "Kept and reported without effect: there is no tiered storage here.",
    ),
    Setting::topic(
        "remote.copy.lag.ms",
        "log.remote.copy.lag.ms",
        (Long, "0", AtLeast(-1)),
        "Kept and reported without effect: there is no tiered storage here.",
    ),
    Setting::alone(
        "remote.log.copy.disable",
        (Boolean, "false", Any),
        "Kept and reported without effect: there is no tiered storage here.",
    ),
    Setting::alone(
        "remote.log.delete.on.disable",
        (Boolean, "false", Any),
        "Kept and reported without effect: there is no tiered storage here.",
    ),
    Setting::alone(
        "remote.storage.enable",
        (Boolean, "false", OneOf(&["false"])),
        "Always false: there is no tiered storage here.",
    ),
    Setting::topic(
        "retention.bytes",
        "log.retention.bytes",
        (Long, "-1", AtLeast(-1)),
        "How many bytes of a partition are kept at least before the oldest segments are removed; \
         -1 keeps all.",
    ),
    Setting::topic(
        "retention.ms",
        "log.retention.ms",
        (Long, "604800000", AtLeast(-1)),
        "How long records are kept before their segment is removed; -1 keeps all.",
    ),
    Setting::topic(
        "segment.bytes",
        "log.segment.bytes",
        (Int, "1073741824", AtLeast(1_048_576)),
        "The size at which a segment is closed and the next one begun.",
    ),
    Setting::topic(
        "segment.index.bytes",
        "log.index.size.max.bytes",
        (Int, "10485760", AtLeast(4)),
        "The size of an index at which its segment is closed and the next one begun.",
    ),
    Setting::topic(
        "segment.jitter.ms",
        "log.roll.jitter.ms",
        (Long, "0", AtLeast(0)),
        "Kept and reported without effect: segments are closed when they are due.",
    ),
    Setting::topic(
        "segment.ms",
        "log.roll.ms",
        (Long, "604800000", AtLeast(1)),
        "The age at which a segment is closed and the next one begun, so that retention can have \
         the old one.",
    ),
    Setting::topic(
        "unclean.leader.election.enable",
        "unclean.leader.election.enable",
        (Boolean, "false", Any),
        "Kept and reported without effect: a replica that lacks acknowledged records never \
         leads.",
    ),
    Setting::topic(
        "write.caching",
        "write.caching.default",
        (Boolean, "false", Any),
        "`true` answers producers before their records are on disk, where they are brought within \
         a second or 64 MiB of a partition: a power cut may lose that much of what was \
         acknowledged; a killed process loses nothing.",
    ),
];
