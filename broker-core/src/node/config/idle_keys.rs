//! Keys of Kafka's brokers that are fixed at their start, there as here, and change nothing here.
//!
//! Clients, tools and consoles read them and expect them to be there. Values are Kafka's defaults
//! unless the key says otherwise; each says why it does nothing.

use crate::cluster::Kind::{Boolean, Int, List, Long, Short, Text};
use crate::cluster::Legal::{Any, AtLeast, OneOf};
use crate::cluster::Setting;

pub const IDLE: &[Setting] = &[
    Setting::alone(
        "authorizer.class.name",
        (Text, "", Any),
        "The class that judges who may do what. Without effect here: clients are not told apart \
         yet.",
    ),
    Setting::alone(
        "auto.leader.rebalance.enable",
        (Boolean, "true", Any),
        "Whether leaders move back to where they belong. Without effect here: there is one node.",
    ),
    Setting::alone(
        "broker.heartbeat.interval.ms",
        (Int, "2000", Any),
        "How often a broker reports to the controller. Without effect here: both are one process.",
    ),
    Setting::alone(
        "broker.rack",
        (Text, "", Any),
        "Where the broker stands. Without effect here: there is one node, which names no rack.",
    ),
    Setting::alone(
        "broker.session.timeout.ms",
        (Int, "9000", Any),
        "After how much silence a broker counts as gone. Without effect here: the controller is \
         the same process.",
    ),
    Setting::alone(
        "connections.max.reauth.ms",
        (Long, "0", Any),
        "How long a client stays signed in. Without effect here: clients do not sign in yet.",
    ),
    Setting::alone(
        "controlled.shutdown.enable",
        (Boolean, "true", Any),
        "Whether a broker hands its partitions over before it stops. Without effect here: there \
         is nobody to take them; a stop always closes all in order.",
    ),
    Setting::alone(
        "group.consumer.assignors",
        (List, "uniform,range", Any),
        "How the broker deals partitions out to groups of the newer protocol. Without effect \
         here: groups are `classic`, and their members do that.",
    ),
    Setting::alone(
        "group.consumer.heartbeat.interval.ms",
        (Int, "5000", AtLeast(1)),
        "How often members of groups of the newer protocol report. Without effect here: groups \
         are `classic`, and members say it themselves.",
    ),
    Setting::alone(
        "group.consumer.max.heartbeat.interval.ms",
        (Int, "15000", AtLeast(1)),
        "The largest `heartbeat.interval` of a group of the newer protocol. Without effect here: \
         groups are `classic`.",
    ),
    Setting::alone(
        "group.consumer.max.session.timeout.ms",
        (Int, "60000", AtLeast(1)),
        "The longest session timeout of a group of the newer protocol. Without effect here: see \
         `group.max.session.timeout.ms` for `classic` ones.",
    ),
    Setting::alone(
        "group.consumer.max.size",
        (Int, "2147483647", AtLeast(1)),
        "Most members of a group of the newer protocol. Without effect here: see \
         `group.max.size` for `classic` ones.",
    ),
    Setting::alone(
        "group.consumer.migration.policy",
        (Text, "bidirectional", OneOf(&["disabled", "downgrade", "upgrade", "bidirectional"])),
        "Whether groups go from one protocol to the other while they run. Without effect here: \
         there is one protocol, `classic`.",
    ),
    Setting::alone(
        "group.consumer.min.heartbeat.interval.ms",
        (Int, "5000", AtLeast(1)),
        "The smallest `heartbeat.interval` of a group of the newer protocol. Without effect here: \
         groups are `classic`.",
    ),
    Setting::alone(
        "group.consumer.min.session.timeout.ms",
        (Int, "45000", AtLeast(1)),
        "The shortest session timeout of a group of the newer protocol. Without effect here: see \
         `group.min.session.timeout.ms` for `classic` ones.",
    ),
    Setting::alone(
        "group.consumer.session.timeout.ms",
        (Int, "45000", AtLeast(1)),
        "The session timeout of groups of the newer protocol. Without effect here: members of \
         `classic` groups bring their own.",
    ),
    Setting::alone(
        "group.coordinator.append.linger.ms",
        (Int, "-1", AtLeast(-1)),
        "How long a coordinator collects before it writes. Without effect here: what waits for \
         the disk at the same time shares one sync.",
    ),
    Setting::alone(
        "group.coordinator.threads",
        (Int, "4", AtLeast(1)),
        "Threads that keep groups. Without effect here: there is a thread for each core, for all \
         that is to be done.",
    ),
    Setting::alone(
        "inter.broker.listener.name",
        (Text, "PLAINTEXT", Any),
        "The listener through which brokers reach each other. Without effect here: there is one \
         node.",
    ),
    Setting::alone(
        "leader.imbalance.check.interval.seconds",
        (Long, "300", AtLeast(1)),
        "How often it is looked whether leaders are where they belong. Without effect here: there \
         is one node.",
    ),
    Setting::alone(
        "listener.security.protocol.map",
        (Text, "PLAINTEXT:PLAINTEXT", Any),
        "Which listener speaks how. Without effect here: there is one, and it speaks plain Kafka.",
    ),
    Setting::alone(
        "log.cleaner.enable",
        (Boolean, "true", Any),
        "Whether compaction runs. Without effect here: it does not run yet.",
    ),
    Setting::alone(
        "log.dir.failure.timeout.ms",
        (Long, "30000", AtLeast(1)),
        "How long a broker with a failed folder waits for the controller. Without effect here: a \
         failed partition stops alone.",
    ),
    Setting::alone(
        "log.flush.offset.checkpoint.interval.ms",
        (Int, "60000", AtLeast(0)),
        "How often it is written down how far logs are on disk. Without effect here: that is \
         written at each sync.",
    ),
    Setting::alone(
        "log.flush.scheduler.interval.ms",
        (Long, "9223372036854775807", Any),
        "How often it is looked which logs must be synced. Without effect here: every acknowledged \
         record is on disk, see `write.caching.default`.",
    ),
    Setting::alone(
        "log.flush.start.offset.checkpoint.interval.ms",
        (Int, "60000", AtLeast(0)),
        "How often the first offsets of logs are written down. Without effect here: that is done \
         when they move.",
    ),
    Setting::alone(
        "metrics.num.samples",
        (Int, "2", AtLeast(1)),
        "Windows from which a figure is made. Without effect here: figures are counted from the \
         start, and who reads them makes the difference.",
    ),
    Setting::alone(
        "metrics.recording.level",
        (Text, "INFO", OneOf(&["INFO", "DEBUG", "TRACE"])),
        "Which figures are taken. Without effect here: all are.",
    ),
    Setting::alone(
        "metrics.sample.window.ms",
        (Long, "30000", AtLeast(1)),
        "How long one window of a figure is. Without effect here: figures are counted from the \
         start.",
    ),
    Setting::alone(
        "num.replica.alter.log.dirs.threads",
        (Int, "", Any),
        "Threads that move partitions between folders. Without effect here: there is one folder.",
    ),
    Setting::alone(
        "offsets.commit.timeout.ms",
        (Int, "5000", AtLeast(1)),
        "How long a commit waits for all replicas. Without effect here: a commit is answered once \
         it is on disk.",
    ),
    Setting::alone(
        "offsets.load.buffer.size",
        (Int, "5242880", AtLeast(1)),
        "How much of the groups' topic is read at a time. Without effect here: it is read like \
         any other.",
    ),
    Setting::alone(
        "offsets.topic.compression.codec",
        (Int, "0", Any),
        "How the groups' topic is packed. Without effect here: it is not packed.",
    ),
    Setting::alone(
        "process.roles",
        (List, "broker,controller", Any),
        "What this process is. Without effect here: it is always both.",
    ),
    Setting::alone(
        "queued.max.requests",
        (Int, "500", AtLeast(1)),
        "Requests that wait for a thread. Without effect here: requests are limited by their \
         bytes, see `queued.max.request.bytes`, and to 128 of one connection.",
    ),
    Setting::alone(
        "remote.log.storage.system.enable",
        (Boolean, "false", OneOf(&["false"])),
        "Always false, and so without effect: there is no tiered storage here.",
    ),
    Setting::alone(
        "replica.fetch.max.bytes",
        (Int, "1048576", AtLeast(0)),
        "How much a follower reads of a partition at once. Without effect here: there is one \
         node, and nothing is replicated yet.",
    ),
    Setting::alone(
        "replica.fetch.min.bytes",
        (Int, "1", Any),
        "For how much a follower waits. Without effect here: there is one node, and nothing is \
         replicated yet.",
    ),
    Setting::alone(
        "replica.fetch.response.max.bytes",
        (Int, "10485760", AtLeast(0)),
        "How much a follower reads at once. Without effect here: there is one node, and nothing \
         is replicated yet.",
    ),
    Setting::alone(
        "replica.fetch.wait.max.ms",
        (Int, "500", Any),
        "How long a follower waits for more. Without effect here: there is one node, and nothing \
         is replicated yet.",
    ),
    Setting::alone(
        "replica.high.watermark.checkpoint.interval.ms",
        (Long, "5000", Any),
        "How often high watermarks are written down. Without effect here: they follow from what \
         is on disk.",
    ),
    Setting::alone(
        "replica.lag.time.max.ms",
        (Long, "30000", Any),
        "After how much silence a follower is out of sync. Without effect here: there is one \
         node, and nothing is replicated yet.",
    ),
    Setting::alone(
        "replica.socket.timeout.ms",
        (Int, "30000", Any),
        "How long a follower waits for an answer. Without effect here: there is one node, and \
         nothing is replicated yet.",
    ),
    Setting::alone(
        "request.timeout.ms",
        (Int, "30000", Any),
        "How long this broker waits for others. Without effect here: it asks none.",
    ),
    Setting::alone(
        "sasl.enabled.mechanisms",
        (List, "", Any),
        "How clients may sign in. Without effect here: they do not sign in yet.",
    ),
    Setting::alone(
        "security.inter.broker.protocol",
        (Text, "PLAINTEXT", OneOf(&["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"])),
        "How brokers speak to each other. Without effect here: there is one node.",
    ),
    Setting::alone(
        "socket.listen.backlog.size",
        (Int, "50", AtLeast(1)),
        "Connections that wait to be let in. Without effect here: 1024 may, or
         as many as the system allows.",
    ),
    Setting::alone(
        "socket.receive.buffer.bytes",
        (Int, "102400", Any),
        "Bytes that the system holds for this broker to read. Without effect here: the system \
         finds the size itself, as Kafka has it with -1.",
    ),
    Setting::alone(
        "socket.send.buffer.bytes",
        (Int, "102400", Any),
        "Bytes that the system holds until a client reads. Without effect here: the system finds \
         the size itself, as Kafka has it with -1.",
    ),
    Setting::alone(
        "transaction.abort.timed.out.transaction.cleanup.interval.ms",
        (Int, "10000", AtLeast(1)),
        "How often it is looked for transactions that take too long. Without effect here: there \
         are no transactions yet.",
    ),
    Setting::alone(
        "transaction.max.timeout.ms",
        (Int, "900000", AtLeast(1)),
        "The longest that a transaction may take. Without effect here: there are no transactions \
         yet.",
    ),
    Setting::alone(
        "transaction.remove.expired.transaction.cleanup.interval.ms",
        (Int, "3600000", AtLeast(1)),
        "How often it is looked for transactional ids that nobody uses. Without effect here: \
         there are no transactions yet.",
    ),
    Setting::alone(
        "transaction.state.log.min.isr",
        (Int, "2", AtLeast(1)),
        "Replicas that must have what is written of a transaction. Without effect here: there are \
         no transactions yet.",
    ),
    Setting::alone(
        "transaction.state.log.num.partitions",
        (Int, "50", AtLeast(1)),
        "Partitions of the topic in which transactions are kept. Without effect here: there are \
         none yet.",
    ),
    Setting::alone(
        "transaction.state.log.replication.factor",
        (Short, "3", AtLeast(1)),
        "Replicas of the topic in which transactions are kept. Without effect here: there are \
         none yet.",
    ),
    Setting::alone(
        "transaction.state.log.segment.bytes",
        (Int, "104857600", AtLeast(1)),
        "The size of a segment of the topic in which transactions are kept. Without effect here: \
         there are none yet.",
    ),
    Setting::alone(
        "transactional.id.expiration.ms",
        (Int, "604800000", AtLeast(1)),
        "How long a transactional id that writes nothing is remembered. Without effect here: \
         there are no transactions yet.",
    ),
];
