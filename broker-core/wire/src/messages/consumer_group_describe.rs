//! ConsumerGroupDescribe (69): groups of the newer protocol (KIP-848) with their members.

use crate::Uuid;

request! {
    ConsumerGroupDescribe: ConsumerGroupDescribeRequest => ConsumerGroupDescribeResponse,
    versions 0..=1, flexible 0
}

describe! {
    /// Tell me all about these groups.
    ConsumerGroupDescribeRequest {
        /// Their names.
        group_ids: Vec<String> [0..],
        /// Ask what this client may do to each group.
        include_authorized_operations: bool [0..],
    }

    /// The groups with their members.
    ConsumerGroupDescribeResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0..],
        /// Each group.
        groups: Vec<DescribedConsumerGroup> [0..],
    }

    /// One group.
    DescribedConsumerGroup {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// More about the error, in words.
        error_message: Option<String> [0.., null 0.., default None],
        /// The group's name.
        group_id: String [0..],
        /// The group's state by name.
        group_state: String [0..],
        /// Which epoch of the group.
        group_epoch: i32 [0..],
        /// Of which epoch its assignment is.
        assignment_epoch: i32 [0..],
        /// The assignor in use.
        assignor_name: String [0..],
        /// The members.
        members: Vec<DescribedConsumerGroupMember> [0..],
        /// What the client may do to the group, as bits; the lowest number if not asked.
        authorized_operations: i32 [0.., default i32::MIN],
    }

    /// One member.
    DescribedConsumerGroupMember {
        /// The id of the member.
        member_id: String [0..],
        /// The name that a static member gave itself.
        instance_id: Option<String> [0.., null 0.., default None],
        /// Its rack.
        rack_id: Option<String> [0.., null 0.., default None],
        /// Which epoch the member is in.
        member_epoch: i32 [0..],
        /// What the client calls itself.
        client_id: String [0..],
        /// Where it came from.
        client_host: String [0..],
        /// The topics that it reads.
        subscribed_topic_names: Vec<String> [0..],
        /// The pattern of the topics that it reads.
        subscribed_topic_regex: Option<String> [0.., null 0.., default None],
        /// What it holds.
        assignment: DescribedAssignment [0..],
        /// What it is to hold.
        target_assignment: DescribedAssignment [0..],
        /// -1 unknown, 0 classic, 1 consumer.
        member_type: i8 [1.., default -1, ignorable],
    }

    /// What a member holds.
    DescribedAssignment {
        /// Topics with their partitions.
        topic_partitions: Vec<DescribedTopicPartitions> [0..],
    }

    /// Partitions of one topic.
    DescribedTopicPartitions {
        /// The topic's id.
        topic_id: Uuid [0..],
        /// The topic's name.
        topic_name: String [0..],
        /// The partitions.
        partitions: Vec<i32> [0..],
    }
}
