//! Looking through the records of a topic: searches, single records, and what tails share.
//!
//! Owns what a search means. `plan`, `part` and `gather` decide purely what to read and show next;
//! `sift` tests records with `filter` and `json`, and `foresee` asks scripts about them; `decode`
//! makes them readable; `scan` performs it all against a cluster; `token` lets it go on later.
//! Start at [`Search::prepare`].

pub mod decode;
pub mod export;
pub mod exports;
pub mod filter;
mod foresee;
mod gather;
mod json;
pub mod limits;
mod outlet;
mod part;
mod plan;
mod prepare;
mod range;
pub mod record;
mod round;
mod scan;
mod sift;
pub mod tail;
mod token;
pub mod trial;

use ouzel_api::{
    messages::Message,
    search::{DoneReason, Progress},
};

pub use decode::Decoding;
pub use filter::{FilterError, Filters};
pub use limits::{Permit, Permits, TooMany};
pub use prepare::{Purpose, Search};
pub use sift::{Shape, SiftError, message};
pub use token::{TOKEN_BYTES_MAX, TokenError};

use crate::{
    kafka::{KafkaError, transactions},
    script::ScriptError,
};

/// Why a search cannot begin, or broke off.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// A filter is wrong.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// The resume token is wrong.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// So many matches cannot be asked for.
    #[error("the limit is {limit}; it has to be between 1 and {most}")]
    Limit {
        /// So many.
        limit: u32,
        /// What is possible.
        most: u32,
    },
    /// A script reached a limit.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The cluster did not give the records.
    #[error(transparent)]
    Kafka(#[from] KafkaError),
    /// The cluster gave records that cannot be read.
    #[error("partition {partition}: {source}")]
    Unreadable {
        /// The partition.
        partition: i32,
        /// What is wrong with them.
        source: SiftError,
    },
}

impl SearchError {
    /// Whether it would be the same with every partition: the topic is gone, or a script would do
    /// the same to other records.
    fn is_of_all(&self) -> bool {
        matches!(self, SearchError::Kafka(KafkaError::NoTopic { .. }) | SearchError::Script(_))
    }
}

/// What a search tells while it runs. Nothing follows `Done` or `Failed`.
#[derive(Debug)]
pub enum Event {
    /// The next match in order.
    Match(Box<Message>),
    /// How far it is.
    Progress(Progress),
    /// The end.
    Done {
        /// Why.
        reason: DoneReason,
        /// Where to go on.
        resume: Option<String>,
    },
    /// It broke off.
    Failed(SearchError),
}

impl Event {
    /// Whether nothing follows.
    pub fn is_end(&self) -> bool {
        matches!(self, Event::Done { .. } | Event::Failed(_))
    }
}
