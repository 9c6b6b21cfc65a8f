//! Groups of the newer protocols (KIP-848, KIP-932, KIP-1071), as their coordinators describe
//! them. Pure.

use std::collections::{BTreeSet, HashMap};

use ouzel_wire::messages as wire;

use super::{Commit, Commits, Described, MemberState};
use crate::kafka::{KafkaError, TopicPartition};

/// A group and its members, or why they were not told.
type Told = (String, Result<Described, KafkaError>);

/// A consumer group.
pub fn consumer(group: wire::DescribedConsumerGroup) -> Told {
    let member = |member: wire::DescribedConsumerGroupMember| MemberState {
        member_id: member.member_id,
        instance_id: member.instance_id,
        client_id: member.client_id,
        host: host(&member.client_host),
        assigned: assigned(member.assignment),
    };
    let described = Described {
        state: group.group_state,
        protocol_type: "consumer".to_owned(),
        assignor: group.assignor_name,
        members: group.members.into_iter().map(member).collect(),
    };
    told(group.group_id, (group.error_code, group.error_message), described)
}

/// A share group.
pub fn share(group: wire::DescribedShareGroup) -> Told {
    let member = |member: wire::DescribedShareGroupMember| MemberState {
        member_id: member.member_id,
        instance_id: None,
        client_id: member.client_id,
        host: host(&member.client_host),
        assigned: assigned(member.assignment),
    };
    let described = Described {
        state: group.group_state,
        protocol_type: "share".to_owned(),
        assignor: group.assignor_name,
        members: group.members.into_iter().map(member).collect(),
    };
    told(group.group_id, (group.error_code, group.error_message), described)
}

/// Where a share group stands: the first record of each partition that is not settled. A partition
/// of which nothing was read has none.
pub fn share_offsets(group: wire::ShareGroupOffsets) -> (String, Result<Commits, KafkaError>) {
    let id = group.group_id;
    if group.error_code != 0 {
        let about = format!("reading where group `{id}` stands");
        return (id, Err(KafkaError::refused(about, group.error_code, group.error_message)));
    }
    let mut commits = Commits::new();
    for topic in group.topics {
        for partition in topic.partitions {
            let place = TopicPartition::new(&topic.topic_name, partition.partition_index);
            let about = || format!("reading where group `{id}` stands on {place}");
            let commit = match (partition.error_code, partition.start_offset) {
                (0, ..0) => continue,
                (0, offset) => {
                    Ok(Commit { offset, metadata: None, unsettled: Some(partition.lag) })
                }
                (code, _) => Err(KafkaError::refused(about(), code, partition.error_message)),
            };
            commits.insert(place, commit);
        }
    }
    (id, Ok(commits))
}

/// A group of Kafka Streams. Members hold tasks: one of a subtopology holds the partition of its
/// number of each topic that the subtopology reads.
pub fn streams(group: wire::DescribedStreamsGroup) -> Told {
    let subtopologies = group.topology.and_then(|it| it.subtopologies).unwrap_or_default();
    let read = |it: wire::StreamsSubtopology| {
        let between = it.repartition_source_topics.into_iter().map(|topic| topic.name);
        (it.subtopology_id, it.source_topics.into_iter().chain(between).collect())
    };
    let topics: HashMap<String, Vec<String>> = subtopologies.into_iter().map(read).collect();
    let held = |tasks: wire::StreamsTasks| {
        let topics = topics.get(&tasks.subtopology_id).map(Vec::as_slice).unwrap_or_default();
        let of =
            move |partition: i32| topics.iter().map(move |it| TopicPartition::new(it, partition));
        tasks.partitions.into_iter().flat_map(of)
    };
    let member = |member: wire::DescribedStreamsGroupMember| MemberState {
        member_id: member.member_id,
        instance_id: member.instance_id,
        client_id: member.client_id,
        host: host(&member.client_host),
        assigned: member.assignment.active_tasks.into_iter().flat_map(held).collect(),
    };
    let described = Described {
        state: group.group_state,
        protocol_type: "streams".to_owned(),
        // Named from version 1 on.
        assignor: String::new(),
        members: group.members.into_iter().map(member).collect(),
    };
    told(group.group_id, (group.error_code, group.error_message), described)
}

fn told(id: String, (code, message): (i16, Option<String>), described: Described) -> Told {
    let checked = match code {
        0 => Ok(described),
        code => Err(KafkaError::refused(format!("describing group `{id}`"), code, message)),
    };
    (id, checked)
}

fn host(told: &str) -> String {
    told.trim_start_matches('/').to_owned()
}

fn assigned(assignment: wire::DescribedAssignment) -> BTreeSet<TopicPartition> {
    let places = assignment.topic_partitions.into_iter().flat_map(|topic| {
        let name = topic.topic_name;
        topic.partitions.into_iter().map(move |partition| TopicPartition::new(&name, partition))
    });
    places.collect()
}

#[cfg(test)]
mod tests {
    use super::{KafkaError, TopicPartition, consumer, share_offsets, streams, wire};

    #[test]
    fn members_of_a_newer_group_are_told_with_what_they_hold() {
        let topic_partitions = vec![wire::DescribedTopicPartitions {
            topic_name: "orders".to_owned(),
            partitions: vec![2, 0],
            ..Default::default()
        }];
        let member = wire::DescribedConsumerGroupMember {
            member_id: "m".to_owned(),
            client_host: "/10.0.0.7".to_owned(),
            assignment: wire::DescribedAssignment { topic_partitions, ..Default::default() },
            ..Default::default()
        };
        let group = wire::DescribedConsumerGroup {
            group_id: "g".to_owned(),
            group_state: "Stable".to_owned(),
            members: vec![member],
            ..Default::default()
        };
        let (id, described) = consumer(group.clone());
        let described = described.expect("no error");
        assert_eq!((id.as_str(), described.members[0].host.as_str()), ("g", "10.0.0.7"));
        let held: Vec<i32> = described.members[0].assigned.iter().map(|it| it.partition).collect();
        assert_eq!(held, [0, 2]);
        let failed = wire::DescribedConsumerGroup { error_code: 69, ..group };
        assert!(consumer(failed).1.is_err());
    }

    #[test]
    fn a_streams_member_holds_the_partitions_that_its_tasks_read_of_all_their_topics() {
        let tasks = |id: &str, partitions: &[i32]| wire::StreamsTasks {
            subtopology_id: id.to_owned(),
            partitions: partitions.to_vec(),
            ..Default::default()
        };
        let assignment = wire::StreamsAssignment {
            active_tasks: vec![tasks("0", &[1]), tasks("1", &[0]), tasks("unknown", &[5])],
            standby_tasks: vec![tasks("0", &[0])],
            ..Default::default()
        };
        let member = wire::DescribedStreamsGroupMember {
            client_host: "/10.0.0.7".to_owned(),
            assignment,
            ..Default::default()
        };
        let part = |id: &str, topics: &[&str], between: Option<&str>| wire::StreamsSubtopology {
            subtopology_id: id.to_owned(),
            source_topics: topics.iter().map(|&it| it.to_owned()).collect(),
            repartition_source_topics: between
                .map(|name| wire::StreamsTopic { name: name.to_owned(), ..Default::default() })
                .into_iter()
                .collect(),
            ..Default::default()
        };
        let parts = vec![part("0", &["orders", "prices"], None), part("1", &[], Some("by-key"))];
        let topology = wire::StreamsTopology { subtopologies: Some(parts), ..Default::default() };
        let group = wire::DescribedStreamsGroup {
            group_id: "app".to_owned(),
            group_state: "Stable".to_owned(),
            topology: Some(topology),
            members: vec![member],
            ..Default::default()
        };
        let described = streams(group).1.expect("no error");
        let held = described.members[0].assigned.iter().map(ToString::to_string);
        assert_eq!(held.collect::<Vec<_>>(), ["by-key-0", "orders-1", "prices-1"]);
        assert_eq!(
            (described.state.as_str(), described.protocol_type.as_str()),
            ("Stable", "streams")
        );
    }

    #[test]
    fn a_share_group_stands_at_its_first_record_that_is_not_settled() {
        let partition =
            |partition_index, start_offset, error_code| wire::ShareGroupOffsetsPartition {
                partition_index,
                start_offset,
                error_code,
                lag: 3,
                ..Default::default()
            };
        let topic = wire::ShareGroupOffsetsTopic {
            topic_name: "orders".to_owned(),
            partitions: vec![partition(0, 7, 0), partition(1, -1, 0), partition(2, 0, 29)],
            ..Default::default()
        };
        let group = wire::ShareGroupOffsets { topics: vec![topic], ..Default::default() };
        let commits = share_offsets(group.clone()).1.expect("no error");
        let at = |partition| commits.get(&TopicPartition::new("orders", partition));
        let first = at(0).and_then(|it| it.as_ref().ok()).expect("it was told");
        assert_eq!((first.offset, first.unsettled), (7, Some(3)));
        assert_eq!(at(1), None, "nothing was read there");
        assert!(matches!(at(2), Some(Err(KafkaError::Refused { code: 29, .. }))), "{commits:?}");
        let failed = wire::ShareGroupOffsets { error_code: 15, ..group };
        assert!(share_offsets(failed).1.is_err());
    }
}
