//! The one WebSocket of a tab, `GET /api/v1/live`: JSON text frames both ways.
//!
//! The browser grants credits; the server sends one [`ServerFrame::Record`] per credit and counts
//! what it had to drop while there were none.

use serde::{Deserialize, Serialize};

use crate::{
    error::ApiError,
    messages::Message,
    search::{Decode, Filter, Isolation},
};

/// Most tails in one WebSocket.
pub const TAILS_MAX: usize = 8;
/// Most credits a tail can hold; more are cut to this.
pub const CREDITS_MAX: u32 = 2_000;

/// From the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "frame", rename_all = "snake_case")]
pub enum ClientFrame {
    /// Follow a topic from its end.
    Tail(WantedTail),
    /// Grant more credits.
    Credit {
        /// The tail.
        tail: u32,
        /// How many more records.
        credits: u32,
    },
    /// End a tail.
    Stop {
        /// The tail.
        tail: u32,
    },
}

/// A tail that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WantedTail {
    /// Chosen by the browser; names the tail in all later frames.
    pub tail: u32,
    /// The cluster's id.
    pub cluster: String,
    /// The topic's name.
    pub topic: String,
    /// Only these partitions; `None` means all.
    pub partitions: Option<Vec<i32>>,
    /// All of them must hold.
    pub filters: Vec<Filter>,
    /// Records the browser takes before it grants more.
    pub credits: u32,
    /// How keys and values are read.
    #[serde(default, skip_serializing_if = "Decode::is_auto")]
    pub decode: Decode,
    /// Whether records come as they are written, or once their transaction is committed.
    #[serde(default, skip_serializing_if = "Isolation::is_default")]
    pub isolation: Isolation,
}

/// To the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "frame", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The tail stands at the end of every chosen partition: what is produced from now on is seen.
    Started {
        /// The tail.
        tail: u32,
    },
    /// A record that matches.
    Record {
        /// The tail.
        tail: u32,
        /// The record.
        message: Box<Message>,
    },
    /// Figures so far; sent when they change, at most twice a second.
    Tally {
        /// The tail.
        tail: u32,
        /// Records looked at.
        read: u64,
        /// Records that matched.
        matched: u64,
        /// Matching records that were not sent for want of credits.
        dropped: u64,
    },
    /// Records that a filter could not judge so far; none of them was sent. Sent when there are
    /// more, at most twice a second.
    Unjudged {
        /// The tail.
        tail: u32,
        /// So many.
        filter_errors: u64,
        /// Partition, offset and reason of the first of them.
        first: String,
    },
    /// Partitions that cannot be followed now, while the others are. Sent whenever that changes;
    /// each is tried again now and then, and goes on where it was.
    Lost {
        /// The tail.
        tail: u32,
        /// All of them; none once everything is followed again.
        partitions: Vec<LostPartition>,
    },
    /// The tail ended, by `Stop` or by a failure.
    Stopped {
        /// The tail.
        tail: u32,
        /// Why, unless the browser asked for it.
        error: Option<ApiError>,
    },
}

/// A partition that a tail does not follow now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LostPartition {
    /// Its number.
    pub partition: i32,
    /// Why, in words.
    pub reason: String,
}
