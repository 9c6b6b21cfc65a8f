//! StreamsGroupDescribe (89): groups of Kafka Streams (KIP-1071) with their members. Version 1 adds
//! what their topologies look like inside (KIP-1331), which nobody here asks for.

request! {
    StreamsGroupDescribe: StreamsGroupDescribeRequest => StreamsGroupDescribeResponse,
    versions 0..=0, flexible 0
}

describe! {
    /// Tell me all about these groups.
    StreamsGroupDescribeRequest {
        /// Their names.
        group_ids: Vec<String> [0..],
        /// Ask what this client may do to each group.
        include_authorized_operations: bool [0..],
    }

    /// The groups with their members.
    StreamsGroupDescribeResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0..],
        /// Each group.
        groups: Vec<DescribedStreamsGroup> [0..],
    }

    /// One group.
    DescribedStreamsGroup {
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
        /// What its subtopologies read and write.
        topology: Option<StreamsTopology> [0.., null 0.., default None],
        /// The members.
        members: Vec<DescribedStreamsGroupMember> [0..],
        /// What the client may do to the group, as bits; the lowest number if not asked.
        authorized_operations: i32 [0.., default i32::MIN],
    }

    /// What an application reads and writes.
    StreamsTopology {
        /// Which epoch of it.
        epoch: i32 [0..],
        /// Its parts; none while a topic is missing.
        subtopologies: Option<Vec<StreamsSubtopology>> [0.., null 0.., default None],
    }

    /// A part that is run in tasks, one for each number of a partition that it reads.
    StreamsSubtopology {
        /// By which tasks name it.
        subtopology_id: String [0..],
        /// Topics that it reads.
        source_topics: Vec<String> [0..],
        /// Topics between subtopologies that it writes.
        repartition_sink_topics: Vec<String> [0..],
        /// Topics in which it keeps its state.
        state_changelog_topics: Vec<StreamsTopic> [0..],
        /// Topics between subtopologies that it reads.
        repartition_source_topics: Vec<StreamsTopic> [0..],
    }

    /// A topic that the coordinator makes.
    StreamsTopic {
        /// The topic.
        name: String [0..],
        /// Its partitions; 0 if that is left open.
        partitions: i32 [0..],
        /// How often it is kept; 0 for what is usual.
        replication_factor: i16 [0..],
        /// What it is set to.
        topic_configs: Vec<StreamsPair> [0..],
    }

    /// A name with its value.
    StreamsPair {
        /// The name.
        key: String [0..],
        /// The value.
        value: String [0..],
    }

    /// One member.
    DescribedStreamsGroupMember {
        /// The id of the member.
        member_id: String [0..],
        /// Which epoch the member is in.
        member_epoch: i32 [0..],
        /// The name that a static member gave itself.
        instance_id: Option<String> [0.., null 0.., default None],
        /// Its rack.
        rack_id: Option<String> [0.., null 0.., default None],
        /// What the client calls itself.
        client_id: String [0..],
        /// Where it came from.
        client_host: String [0..],
        /// Which epoch of the topology it has.
        topology_epoch: i32 [0..],
        /// The process, which may have several clients.
        process_id: String [0..],
        /// Where it can be asked for its state.
        user_endpoint: Option<StreamsEndpoint> [0.., null 0.., default None],
        /// What it calls its place.
        client_tags: Vec<StreamsPair> [0..],
        /// How far its state is.
        task_offsets: Vec<StreamsTaskOffset> [0..],
        /// How far its state could be.
        task_end_offsets: Vec<StreamsTaskOffset> [0..],
        /// What it holds.
        assignment: StreamsAssignment [0..],
        /// What it is to hold.
        target_assignment: StreamsAssignment [0..],
        /// Whether it still speaks the classic protocol.
        is_classic: bool [0..],
    }

    /// Where a process can be asked.
    StreamsEndpoint {
        /// The host.
        host: String [0..],
        /// The port.
        port: u16 [0..],
    }

    /// How far the state of a task is.
    StreamsTaskOffset {
        /// The subtopology.
        subtopology_id: String [0..],
        /// The partition.
        partition: i32 [0..],
        /// The offset.
        offset: i64 [0..],
    }

    /// The tasks of a member.
    StreamsAssignment {
        /// Those that it runs.
        active_tasks: Vec<StreamsTasks> [0..],
        /// Those whose state it keeps.
        standby_tasks: Vec<StreamsTasks> [0..],
        /// Those whose state it catches up with.
        warmup_tasks: Vec<StreamsTasks> [0..],
    }

    /// Tasks of one subtopology.
    StreamsTasks {
        /// The subtopology.
        subtopology_id: String [0..],
        /// The partitions that they read, of each topic.
        partitions: Vec<i32> [0..],
    }
}
