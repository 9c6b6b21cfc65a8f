//! Keys of the rest of a Kafka broker: replication, quotas, transactions, plug-ins.

use crate::cluster::Kind::{Boolean, Class, Int, List, Long, Text};
use crate::cluster::Legal::{Any, AtLeast};
use crate::cluster::Setting;

use super::unserved;

pub const IDLE: &[&[Setting]] = &[
    unserved! {
        "Without effect here: there is one node, and nothing is replicated yet.",
        "alter.log.dirs.replication.quota.window.num": Int = "11", AtLeast(1);
            "Windows over which the rate of moves between folders is measured."
        "alter.log.dirs.replication.quota.window.size.seconds": Int = "1", AtLeast(1);
            "How long a window of the rate of moves between folders is."
        "replica.fetch.backoff.ms": Int = "1000", AtLeast(0);
            "The pause of a follower after a failure."
        "replica.selector.class": Text = "", Any;
            "The class that chooses the replica that a consumer reads."
        "replica.socket.receive.buffer.bytes": Int = "65536", Any;
            "Bytes that the system holds for a follower to read."
        "replication.quota.window.num": Int = "11", AtLeast(1);
            "Windows over which the rate of replication is measured."
        "replication.quota.window.size.seconds": Int = "1", AtLeast(1);
            "How long a window of the rate of replication is."
        "socket.connection.setup.timeout.max.ms": Long = "30000", Any;
            "The longest that a broker waits for a connection to another."
        "socket.connection.setup.timeout.ms": Long = "10000", Any;
            "How long a broker first waits for a connection to another."
    },
    unserved! {
        "Without effect here: there are no quotas yet.",
        "client.quota.callback.class": Class = "", Any;
            "The class that says which quota is whose."
        "quota.window.num": Int = "11", AtLeast(1);
            "Windows over which clients are measured."
        "quota.window.size.seconds": Int = "1", AtLeast(1);
            "How long a window over which clients are measured is."
    },
    unserved! {
        "Without effect here: there are no transactions yet.",
        "add.partitions.to.txn.retry.backoff.max.ms": Int = "100", AtLeast(0);
            "The longest pause before a partition is added to a transaction again."
        "add.partitions.to.txn.retry.backoff.ms": Int = "20", AtLeast(1);
            "The first pause before a partition is added to a transaction again."
        "transaction.state.log.load.buffer.size": Int = "5242880", AtLeast(1);
            "How much of the topic in which transactions are kept is read at a time."
        "transaction.two.phase.commit.enable": Boolean = "false", Any;
            "Whether a transaction may wait for another system's word."
    },
    unserved! {
        "Without effect here: a request that waits goes by itself when it is answered.",
        "delete.records.purgatory.purge.interval.requests": Int = "1", Any;
            "After how many answered requests those of DeleteRecords that waited are cleared away."
        "fetch.purgatory.purge.interval.requests": Int = "1000", Any;
            "After how many answered requests those of Fetch that waited are cleared away."
        "producer.purgatory.purge.interval.requests": Int = "1000", Any;
            "After how many answered requests those of Produce that waited are cleared away."
    },
    unserved! {
        "Without effect here: nothing is plugged in.",
        "alter.config.policy.class.name": Class = "", Any;
            "The class that judges changes of settings."
        "config.providers": List = "", Any;
            "Classes that fetch values of settings from elsewhere."
        "create.topic.policy.class.name": Class = "", Any;
            "The class that judges new topics."
        "kafka.metrics.polling.interval.secs": Int = "10", AtLeast(1);
            "How often the older classes that hand figures on do so."
        "kafka.metrics.reporters": List = "", Any;
            "Older classes that hand figures on."
        "security.providers": Text = "", Any;
            "Classes that make providers of the platform's cryptography."
    },
    unserved! {
        "Without effect here: clients' own figures are not taken.",
        "telemetry.max.bytes": Int = "1048576", AtLeast(1);
            "Most bytes of figures that a client may send."
    },
    unserved! {
        "Without effect here: there is one folder.",
        "cordoned.log.dirs": List = "", Any;
            "Folders that get no new partitions."
    },
    unserved! {
        "Without effect here: there is one listener, which opens when all partitions are there.",
        "early.start.listeners": List = "", Any;
            "Listeners that open before it is known who may do what."
    },
];
