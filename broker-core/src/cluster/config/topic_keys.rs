//! Every key of a topic.
//!
//! Names, types and defaults are Kafka's, so that tools that copy a topic's settings from one
//! cluster to another work. The meaning says plainly where a setting is kept but has no effect
//! here. What a partition's log does with a value is `node/log_config.rs`.

use super::key::{Kind, Legal, Setting, of};
use crate::cluster::command::TopicSettings;

/// The setting of this name.
pub fn setting(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|s| s.name == name)
}

/// The value that holds for a topic: its own or the default.
pub fn value_of<'a>(settings: &'a TopicSettings, setting: &Setting) -> &'a str {
    settings.get(setting.name).map_or(setting.default, String::as_str)
}

use Kind::{Boolean, Double, Int, List, Long, Text};
use Legal::{Any, AtLeast, Between, OneOf};

/// Every setting of a topic, by name.
pub const SETTINGS: &[Setting] = &[
    of(
        "cleanup.policy",
        "log.cleanup.policy",
        (List, "delete", OneOf(&["compact", "delete"])),
        "What becomes of old records: `delete` removes whole segments by age and size; `compact` \
         keeps the last record of each key. Compaction does not run yet: a compacted topic keeps \
         everything.",
    ),
    of(
        "compression.type",
        "compression.type",
        (Text, "producer", OneOf(&["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"])),
        "Kept and reported without effect: batches stay as their producer compressed them.",
    ),
    of(
        "delete.retention.ms",
        "log.cleaner.delete.retention.ms",
        (Long, "86400000", AtLeast(0)),
        "How long compaction keeps a deletion visible. Without effect until compaction runs.",
    ),
    of(
        "file.delete.delay.ms",
        "log.segment.delete.delay.ms",
        (Long, "60000", AtLeast(0)),
        "Kept and reported without effect: files are removed at once; readers finish undisturbed.",
    ),
    of(
        "flush.messages",
        "log.flush.interval.messages",
        (Long, "9223372036854775807", AtLeast(1)),
        "Kept and reported without effect: every acknowledged record is on disk, see \
         `write.caching`.",
    ),
    of(
        "flush.ms",
        "log.flush.interval.ms",
        (Long, "9223372036854775807", AtLeast(0)),
        "Kept and reported without effect: every acknowledged record is on disk, see \
         `write.caching`.",
    ),
    of(
        "index.interval.bytes",
        "log.index.interval.bytes",
        (Int, "4096", AtLeast(0)),
        "How many bytes of log lie between two entries of the offset index.",
    ),
    of(
        "max.compaction.lag.ms",
        "log.cleaner.max.compaction.lag.ms",
        (Long, "9223372036854775807", AtLeast(1)),
        "The longest a record stays out of compaction. Without effect until compaction runs.",
    ),
    of(
        "max.message.bytes",
        "message.max.bytes",
        (Int, "1048588", AtLeast(0)),
        "The largest batch of records that is accepted, as it is sent, compressed or not.",
    ),
    of(
        "message.timestamp.after.max.ms",
        "log.message.timestamp.after.max.ms",
        (Long, "3600000", AtLeast(0)),
        "How far in the future a producer's timestamp may lie.",
    ),
    of(
        "message.timestamp.before.max.ms",
        "log.message.timestamp.before.max.ms",
        (Long, "9223372036854775807", AtLeast(0)),
        "How far in the past a producer's timestamp may lie.",
    ),
    of(
        "message.timestamp.type",
        "log.message.timestamp.type",
        (Text, "CreateTime", OneOf(&["CreateTime", "LogAppendTime"])),
        "Whose clock stamps a record: the producer's or the broker's.",
    ),
    of(
        "min.cleanable.dirty.ratio",
        "log.cleaner.min.cleanable.ratio",
        (Double, "0.5", Between(0.0, 1.0)),
        "How much of a log must be uncompacted before compaction starts. Without effect until \
         compaction runs.",
    ),
    of(
        "min.compaction.lag.ms",
        "log.cleaner.min.compaction.lag.ms",
        (Long, "0", AtLeast(0)),
        "The shortest a record stays out of compaction. Without effect until compaction runs.",
    ),
    of(
        "min.insync.replicas",
        "min.insync.replicas",
        (Int, "1", AtLeast(1)),
        "Kept and reported without effect: a write counts once a majority of replicas has it.",
    ),
    of(
        "preallocate",
        "log.preallocate",
        (Boolean, "false", Any),
        "Kept and reported without effect: segment files grow as they are written.",
    ),
    of(
        "retention.bytes",
        "log.retention.bytes",
        (Long, "-1", AtLeast(-1)),
        "How many bytes of a partition are kept at least before the oldest segments are removed; \
         -1 keeps all.",
    ),
    of(
        "retention.ms",
        "log.retention.ms",
        (Long, "604800000", AtLeast(-1)),
        "How long records are kept before their segment is removed; -1 keeps all.",
    ),
    of(
        "segment.bytes",
        "log.segment.bytes",
        (Int, "1073741824", AtLeast(1_048_576)),
        "The size at which a segment is closed and the next one begun.",
    ),
    of(
        "segment.index.bytes",
        "log.index.size.max.bytes",
        (Int, "10485760", AtLeast(4)),
        "The size of an index at which its segment is closed and the next one begun.",
    ),
    of(
        "segment.jitter.ms",
        "log.roll.jitter.ms",
        (Long, "0", AtLeast(0)),
        "Kept and reported without effect: segments are closed when they are due.",
    ),
    of(
        "segment.ms",
        "log.roll.ms",
        (Long, "604800000", AtLeast(1)),
        "The age at which a segment is closed and the next one begun, so that retention can have \
         the old one.",
    ),
    of(
        "unclean.leader.election.enable",
        "unclean.leader.election.enable",
        (Boolean, "false", OneOf(&["false"])),
        "Always false: a replica that lacks acknowledged records never leads.",
    ),
    of(
        "write.caching",
        "write.caching.default",
        (Boolean, "false", Any),
        "`true` answers producers before their records are on disk: faster, and a power cut may \
         lose what was acknowledged.",
    ),
];
