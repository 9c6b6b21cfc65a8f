//! Keys of Kafka's share groups (KIP-932).

use crate::cluster::Kind::{Boolean, Int, List, Short, Text};
use crate::cluster::Legal::{Any, AtLeast, Within};
use crate::cluster::Setting;

use super::unserved;

pub const IDLE: &[&[Setting]] = &[unserved! {
    "Without effect here: there are no share groups yet.",
    "group.share.assignors": List = "simple", Any;
        "How partitions are dealt out."
    "group.share.delivery.count.limit": Int = "5", Within(2, 10);
        "How often a record is handed out before it is given up."
    "group.share.heartbeat.interval.ms": Int = "5000", AtLeast(1);
        "How often members report."
    "group.share.max.assignment.interval.ms": Int = "15000", AtLeast(0);
        "The largest time between two assignments that a group may set."
    "group.share.max.delivery.count.limit": Int = "10", Within(5, 25);
        "The largest count of deliveries that a group may set."
    "group.share.max.heartbeat.interval.ms": Int = "15000", AtLeast(1);
        "The largest interval of reports that a group may set."
    "group.share.max.partition.max.record.locks": Int = "4000", Within(2000, 10_000);
        "The largest number of locked records that a group may set."
    "group.share.max.record.lock.duration.ms": Int = "60000", Within(30_000, 3_600_000);
        "The longest lock that a group may set."
    "group.share.max.session.timeout.ms": Int = "60000", AtLeast(1);
        "The longest session timeout that a group may set."
    "group.share.max.share.sessions": Int = "2000", AtLeast(1);
        "Most sessions of members that read."
    "group.share.max.size": Int = "200", Within(1, 1000);
        "Most members of a group."
    "group.share.min.assignment.interval.ms": Int = "0", AtLeast(0);
        "The smallest time between two assignments that a group may set."
    "group.share.min.delivery.count.limit": Int = "2", Within(2, 5);
        "The smallest count of deliveries that a group may set."
    "group.share.min.heartbeat.interval.ms": Int = "5000", AtLeast(1);
        "The smallest interval of reports that a group may set."
    "group.share.min.partition.max.record.locks": Int = "100", Within(100, 2000);
        "The smallest number of locked records that a group may set."
    "group.share.min.record.lock.duration.ms": Int = "15000", Within(1000, 30_000);
        "The shortest lock that a group may set."
    "group.share.min.session.timeout.ms": Int = "45000", AtLeast(1);
        "The shortest session timeout that a group may set."
    "group.share.partition.max.record.locks": Int = "2000", Within(100, 10_000);
        "Most records of a partition that are handed out at a time."
    "group.share.record.lock.duration.ms": Int = "30000", Within(1000, 3_600_000);
        "How long a member has for a record."
    "group.share.session.timeout.ms": Int = "45000", AtLeast(1);
        "After how much silence a member counts as gone."
    "share.coordinator.append.linger.ms": Int = "-1", AtLeast(-1);
        "How long writes of the state are gathered; -1 lets the load decide."
    "share.coordinator.load.buffer.size": Int = "5242880", AtLeast(1);
        "How much of the state is read at a time."
    "share.coordinator.snapshot.update.records.per.snapshot": Int = "500", Within(0, 500);
        "After how many changes the state is written as a whole."
    "share.coordinator.state.topic.compression.codec": Int = "0", Any;
        "How the topic with the state is packed."
    "share.coordinator.state.topic.min.isr": Short = "2", AtLeast(1);
        "Replicas that must have what is written of the state."
    "share.coordinator.state.topic.num.partitions": Int = "50", AtLeast(1);
        "Partitions of the topic with the state."
    "share.coordinator.state.topic.replication.factor": Short = "3", AtLeast(1);
        "Replicas of the topic with the state."
    "share.coordinator.state.topic.segment.bytes": Int = "104857600", AtLeast(1);
        "The size of a segment of the topic with the state."
    "share.coordinator.threads": Int = "1", AtLeast(1);
        "Threads that keep the state."
    "share.coordinator.write.timeout.ms": Int = "5000", AtLeast(1);
        "How long a write of the state waits for all replicas."
    "share.fetch.purgatory.purge.interval.requests": Int = "1000", Any;
        "After how many answered requests those that waited are cleared away."
}];

pub const KEPT: &[&[Setting]] = &[unserved! {
    "Kept and reported without effect: there are no share groups yet.",
    "errors.deadletterqueue.auto.create.topics.enable": Boolean = "false", Any;
        "Whether topics for records that nobody could handle are made when they are needed."
    "errors.deadletterqueue.topic.name.prefix": Text = "dlq.", Any;
        "How the names of topics begin for records that nobody could handle."
    "group.share.assignment.interval.ms": Int = "1000", AtLeast(0);
        "The shortest time between two assignments of a group."
    "share.coordinator.cached.buffer.max.bytes": Int = "1048588", AtLeast(524_288);
        "The largest buffer that is kept for the next write of the state."
}];
