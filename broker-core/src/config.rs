//! Everything a broker can be told, with defaults that suit one machine.
//!
//! Owns the numbers and why they are what they are. Reading them from files and flags is the
//! caller's; topic settings are the cluster's (`cluster/config/`).

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// How one broker runs.
#[derive(Debug, Clone)]
pub struct BrokerConfig {
    /// The folder that holds everything; created if missing.
    pub data: PathBuf,
    /// Where Kafka clients connect; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What clients are told to connect to. Without it each client is told the address that it
    /// has reached us under, which is right unless something translates addresses in between.
    pub advertised: Option<(String, u16)>,
    /// This broker's number.
    pub node_id: i32,
    /// Create a topic when a client asks for its metadata (`auto.create.topics.enable`).
    pub auto_create_topics: bool,
    /// Let clients delete topics (`delete.topic.enable`).
    pub delete_topics: bool,
    /// Partitions of a topic whose creator does not say (`num.partitions`).
    pub num_partitions: i32,
    /// Partitions of `__consumer_offsets` when it is created. Sixteen spread the groups over more
    /// files than two cores can write at once, and are a third of Kafka's files when idle.
    pub offsets_topic_partitions: i32,
    /// How consumer groups are kept.
    pub groups: GroupConfig,
    /// What clients may use up.
    pub limits: Limits,
    /// How long an idempotent producer that writes nothing is remembered
    /// (`producer.id.expiration.ms`).
    pub producer_expiration_ms: i64,
    /// How often old segments are looked for (`log.retention.check.interval.ms`).
    pub retention_check: Duration,
}

impl BrokerConfig {
    /// The defaults, with this data folder.
    pub fn new(data: impl Into<PathBuf>) -> BrokerConfig {
        BrokerConfig {
            data: data.into(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9092)),
            advertised: None,
            node_id: 0,
            auto_create_topics: true,
            delete_topics: true,
            num_partitions: 1,
            offsets_topic_partitions: 16,
            groups: GroupConfig::default(),
            limits: Limits::default(),
            producer_expiration_ms: 24 * 3_600_000,
            retention_check: Duration::from_secs(300),
        }
    }
}

/// How consumer groups are kept. Names are Kafka's.
#[derive(Debug, Clone)]
pub struct GroupConfig {
    /// `group.initial.rebalance.delay.ms`: how long an empty group waits for company.
    pub initial_rebalance_delay_ms: u64,
    /// `group.min.session.timeout.ms`
    pub session_timeout_ms_min: i32,
    /// `group.max.session.timeout.ms`
    pub session_timeout_ms_max: i32,
    /// `group.max.size`: the leader of a group gets every member's metadata in one answer, and
    /// beyond this that answer is larger than clients expect.
    pub members_max: usize,
    /// Most bytes of metadata and assignments in one group, because they are one record of
    /// `__consumer_offsets` and one answer to its leader.
    pub metadata_bytes_max: usize,
    /// Most groups on this broker. An empty group is half a kilobyte, so that a client with a
    /// random group name each time can take 50 MB and no more.
    pub groups_max: usize,
    /// `offset.metadata.max.bytes`
    pub offset_metadata_bytes_max: usize,
    /// `offsets.retention.minutes`, counted from when the group became empty.
    pub offsets_retention_ms: i64,
    /// `offsets.retention.check.interval.ms`
    pub offsets_check: Duration,
}

impl Default for GroupConfig {
    fn default() -> GroupConfig {
        GroupConfig {
            initial_rebalance_delay_ms: 3_000,
            session_timeout_ms_min: 6_000,
            session_timeout_ms_max: 1_800_000,
            members_max: 5_000,
            metadata_bytes_max: 16 * MIB,
            groups_max: 100_000,
            offset_metadata_bytes_max: 4_096,
            offsets_retention_ms: 7 * 24 * 3_600_000,
            offsets_check: Duration::from_secs(600),
        }
    }
}

/// What clients may use up.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Most connections at a time (`max.connections`). Each takes a file descriptor, and
    /// processes commonly get a few thousand to a million of those; where there are fewer, half of
    /// them less a reserve is the most, and logs have the other half for their files.
    pub connections_max: usize,
    /// Most connections at a time from one address (`max.connections.per.ip`). As many as there may
    /// be in all: behind one address there may be many machines.
    pub connections_per_address_max: usize,
    /// Longest request (`socket.request.max.bytes`).
    pub frame_bytes_max: usize,
    /// Most bytes of requests that one connection may have unanswered. A single request always
    /// fits: it is checked against `frame_bytes_max` alone when nothing else is unanswered.
    pub connection_bytes_in_flight: usize,
    /// Most requests that one connection may have unanswered.
    pub connection_requests_in_flight: usize,
    /// Most bytes of requests and of answers, each, over all connections.
    pub bytes_in_flight: usize,
    /// Most bytes one Fetch returns (`fetch.max.bytes`), its first batch excepted.
    pub fetch_bytes_max: usize,
    /// Producers are refused when this little of the disk is left, so that consumers can commit,
    /// topics be deleted and a start rebuild its indexes (Redpanda's `storage_min_free_bytes`); 0
    /// lets them fill it. Commits of a busy group are ten kilobytes a minute, and the indexes of a
    /// segment some megabytes.
    pub disk_free_bytes_min: u64,
    /// Most idempotent producers that are remembered, each counted once for each partition that it
    /// writes to: 270 MB when all are busy. When there are more, those that were silent for ten
    /// minutes are forgotten, the longest silent first; if there are none, new ones are refused.
    /// Kafka forgets by time only (`producer.id.expiration.ms`).
    pub producers_max: usize,
    /// Most partitions that one answer to DescribeTopicPartitions tells of
    /// (`max.request.partition.size.limit`): some 100 KB. What is left, the client asks for next.
    pub partitions_described_max: usize,
    /// Most fetch sessions (`max.incremental.fetch.session.cache.slots`).
    pub fetch_sessions: usize,
    /// A connection that says nothing for this long is closed (`connections.max.idle.ms`).
    pub idle: Duration,
    /// A request must be here, and an answer taken, as long as there is progress this often.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections_max: 10_000,
            connections_per_address_max: i32::MAX as usize,
            frame_bytes_max: ouzel_wire::frame::MAX_FRAME_BYTES,
            connection_bytes_in_flight: 64 * MIB,
            connection_requests_in_flight: 128,
            bytes_in_flight: 512 * MIB,
            fetch_bytes_max: 55 * MIB,
            disk_free_bytes_min: 64 * MIB as u64,
            producers_max: 1_000_000,
            partitions_described_max: 2_000,
            fetch_sessions: 1_000,
            idle: Duration::from_secs(600),
            stall: Duration::from_secs(30),
        }
    }
}

const MIB: usize = 1024 * 1024;
// One request and one answer of full size must fit, or they would wait for ever.
const _: () = assert!(ouzel_wire::frame::MAX_FRAME_BYTES < 512 * MIB);
