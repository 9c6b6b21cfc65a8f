//! What readers ask and what was read, as far as sessions care.

use std::sync::Arc;

use ouzel_wire::Uuid;

/// The longest name that a topic can have (Kafka's limit); longer ones name nothing.
const TOPIC_NAME_BYTES_MAX: usize = 249;

/// A topic as the client names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TopicRef {
    /// By name, up to version 12 of Fetch.
    Name(Arc<str>),
    /// By id, from then on.
    Id(Uuid),
}

impl TopicRef {
    /// Whether it may be remembered: what clients make up must not fill the memory.
    pub fn is_short(&self) -> bool {
        match self {
            TopicRef::Name(name) => name.len() <= TOPIC_NAME_BYTES_MAX,
            TopicRef::Id(_) => true,
        }
    }
}

/// A partition to read and from where; the fields are those of Fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The topic.
    pub topic: TopicRef,
    /// The partition's number.
    pub partition: i32,
    /// The first offset wanted.
    pub offset: i64,
    /// Most bytes of this partition.
    pub bytes_max: i32,
    /// The leader epoch that the client knows of, or -1.
    pub leader_epoch: i32,
    /// The leader epoch of the last record read, or -1.
    pub last_fetched_epoch: i32,
}

impl Ask {
    /// What the ask is about: at most one in a session.
    pub fn key(&self) -> (TopicRef, i32) {
        (self.topic.clone(), self.partition)
    }
}

/// A request, as far as its session cares.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The session, or 0.
    pub session_id: i32,
    /// 0 to open a session, -1 for none or to end one, else the number of the turn.
    pub epoch: i32,
    /// Whether topics are named by id.
    pub by_id: bool,
    /// Partitions that are new or read from another offset, each once.
    pub asks: Vec<Ask>,
    /// Partitions to take out of the session.
    pub forgotten: Vec<(TopicRef, i32)>,
}

/// What one partition of a turn came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Where the high watermark stands.
    pub high_watermark: i64,
    /// The first offset there is.
    pub log_start: i64,
    /// There are records.
    pub has_records: bool,
    /// There is an error or a history that parts: told each time for as long as it lasts.
    pub is_urgent: bool,
}
