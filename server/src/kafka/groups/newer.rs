//! Groups of the newer protocols (KIP-848, KIP-932), as their coordinators describe them. Pure.

use std::collections::BTreeSet;

use ouzel_wire::messages as wire;

use super::{Described, MemberState};
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
    use super::{consumer, wire};

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
}
