//! Keys of Kafka's controllers and of the log that they agree on (KRaft).

use crate::cluster::Kind::{Boolean, Int, List, Long, Text};
use crate::cluster::Legal::{Any, AtLeast};
use crate::cluster::Setting;

use super::unserved;

pub const IDLE: &[&[Setting]] = &[
    unserved! {
        "Without effect here: broker and controller are one process, and there is one node.",
        "controller.listener.names": List = "", Any;
            "The listeners of controllers."
        "controller.quorum.append.linger.ms": Int = "25", AtLeast(0);
            "How long a controller gathers changes before it writes them."
        "controller.quorum.auto.join.enable": Boolean = "false", Any;
            "Whether a controller joins the others by itself."
        "controller.quorum.bootstrap.servers": List = "", Any;
            "Where controllers are looked for first."
        "controller.quorum.election.backoff.max.ms": Int = "1000", AtLeast(0);
            "The longest pause before another election."
        "controller.quorum.election.timeout.ms": Int = "1000", AtLeast(0);
            "How long an election waits for votes."
        "controller.quorum.fetch.max.bytes": Int = "1048576", AtLeast(1);
            "How much of the log is fetched at once."
        "controller.quorum.fetch.snapshot.max.bytes": Int = "1048576", AtLeast(1);
            "How much of a snapshot is fetched at once."
        "controller.quorum.fetch.timeout.ms": Int = "2000", AtLeast(0);
            "After how much silence of the leader there is an election."
        "controller.quorum.request.timeout.ms": Int = "2000", AtLeast(0);
            "How long a controller waits for another."
        "controller.quorum.retry.backoff.ms": Int = "20", AtLeast(0);
            "The pause before a controller asks another again."
        "controller.quorum.voters": List = "", Any;
            "The controllers that vote, with their addresses."
        "controller.quota.window.num": Int = "11", AtLeast(1);
            "Windows over which changes of the cluster are counted for quotas."
        "controller.quota.window.size.seconds": Int = "1", AtLeast(1);
            "How long a window is over which changes of the cluster are counted."
        "controller.socket.timeout.ms": Int = "30000", Any;
            "How long the controller waits for a broker."
        "initial.broker.registration.timeout.ms": Int = "60000", Any;
            "How long a broker that starts waits for the controller."
    },
    unserved! {
        "Without effect here: the cluster's state is a journal of a few kilobytes with a snapshot \
         of its own, written when something changes.",
        "metadata.log.dir": Text = "", Any;
            "The folder of the log that controllers agree on."
        "metadata.log.max.record.bytes.between.snapshots": Long = "20971520", AtLeast(1);
            "After how many bytes of changes the cluster's state is written as a whole."
        "metadata.log.max.snapshot.interval.ms": Long = "3600000", AtLeast(0);
            "After how long the cluster's state is written as a whole."
        "metadata.log.segment.bytes": Int = "1073741824", AtLeast(8_388_608);
            "The size of a segment of the log that controllers agree on."
        "metadata.log.segment.ms": Long = "604800000", Any;
            "The age at which a segment of the log that controllers agree on is closed."
        "metadata.max.idle.interval.ms": Int = "500", AtLeast(0);
            "How often the controller writes when nothing changes."
        "metadata.max.retention.bytes": Long = "104857600", Any;
            "How many bytes of the log that controllers agree on, and of its snapshots, are kept."
        "metadata.max.retention.ms": Long = "604800000", Any;
            "How long the log that controllers agree on, and its snapshots, are kept."
    },
];
