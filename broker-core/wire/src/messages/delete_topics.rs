//! DeleteTopics (20): topics away, by name or id.

use crate::Uuid;

request! {
    DeleteTopics: DeleteTopicsRequest => DeleteTopicsResponse,
    versions 1..=6, flexible 4
}

describe! {
    /// Delete these topics.
    DeleteTopicsRequest {
        /// Topics by name or id.
        topics: Vec<DeleteTopicState> [6..],
        /// Topics by name.
        topic_names: Vec<String> [0..=5, ignorable],
        /// How long the broker may take, in milliseconds.
        timeout_ms: i32 [0..],
    }

    /// A topic to delete, by name or by id.
    DeleteTopicState {
        /// The topic's name; null if the id is given.
        name: Option<String> [6.., null 6.., default None],
        /// The topic's id.
        topic_id: Uuid [6..],
    }

    /// What became of each topic.
    DeleteTopicsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [1.., ignorable],
        /// The answer for each topic.
        responses: Vec<DeletableTopicResult> [0..],
    }

    /// What became of one topic.
    DeletableTopicResult {
        /// The topic's name.
        name: Option<String> [0.., null 6..],
        /// The topic's id.
        topic_id: Uuid [6.., ignorable],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// More about the error, in words.
        error_message: Option<String> [5.., null 5.., default None, ignorable],
    }
}
