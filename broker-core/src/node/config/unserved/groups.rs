//! Keys of the newer kinds of groups: of consumers (KIP-848) and of Kafka Streams (KIP-1071).

use crate::cluster::Kind::{Class, Int, List};
use crate::cluster::Legal::{Any, AtLeast};
use crate::cluster::Setting;

use super::unserved;

pub const IDLE: &[&[Setting]] = &[
    unserved! {
        "Without effect here: groups are `classic`, and their members deal partitions out.",
        "group.consumer.max.assignment.interval.ms": Int = "15000", AtLeast(0);
            "The largest time between two assignments that a group may set."
        "group.consumer.min.assignment.interval.ms": Int = "0", AtLeast(0);
            "The smallest time between two assignments that a group may set."
        "group.coordinator.background.threads": Int = "2", AtLeast(1);
            "Threads that make assignments."
    },
    unserved! {
        "Without effect here: there are no groups of Kafka Streams yet.",
        "group.streams.assignors": List = "sticky", Any;
            "How tasks are dealt out."
        "group.streams.heartbeat.interval.ms": Int = "5000", AtLeast(1);
            "How often members report."
        "group.streams.initial.rebalance.delay.ms": Int = "3000", AtLeast(0);
            "How long an empty group waits for company."
        "group.streams.max.assignment.interval.ms": Int = "15000", AtLeast(0);
            "The largest time between two assignments that a group may set."
        "group.streams.max.heartbeat.interval.ms": Int = "15000", AtLeast(1);
            "The largest interval of reports that a group may set."
        "group.streams.max.session.timeout.ms": Int = "60000", AtLeast(1);
            "The longest session timeout that a group may set."
        "group.streams.max.size": Int = "2147483647", AtLeast(1);
            "Most members of a group."
        "group.streams.max.standby.replicas": Int = "2", AtLeast(0);
            "The largest number of standbys that a group may set."
        "group.streams.min.assignment.interval.ms": Int = "0", AtLeast(0);
            "The smallest time between two assignments that a group may set."
        "group.streams.min.heartbeat.interval.ms": Int = "5000", AtLeast(1);
            "The smallest interval of reports that a group may set."
        "group.streams.min.session.timeout.ms": Int = "45000", AtLeast(1);
            "The shortest session timeout that a group may set."
        "group.streams.num.standby.replicas": Int = "0", AtLeast(0);
            "Standbys of each task."
        "group.streams.rack.aware.assignment.tags": List = "", Any;
            "Tags by which standbys are kept apart."
        "group.streams.session.timeout.ms": Int = "45000", AtLeast(1);
            "After how much silence a member counts as gone."
        "group.streams.topology.description.plugin.class": Class = "", Any;
            "The class that keeps descriptions of topologies."
    },
];

pub const KEPT: &[&[Setting]] = &[
    unserved! {
        "Kept and reported without effect: groups are `classic`, and their members deal \
         partitions out.",
        "group.consumer.assignment.interval.ms": Int = "1000", AtLeast(0);
            "The shortest time between two assignments of a group of the newer protocol."
    },
    unserved! {
        "Kept and reported without effect: a write takes the memory that it needs, and gives it \
         back.",
        "group.coordinator.cached.buffer.max.bytes": Int = "1048588", AtLeast(524_288);
            "The largest buffer that a coordinator keeps for its next write."
    },
    unserved! {
        "Kept and reported without effect: there are no groups of Kafka Streams yet.",
        "group.streams.assignment.interval.ms": Int = "1000", AtLeast(0);
            "The shortest time between two assignments of a group."
    },
];
