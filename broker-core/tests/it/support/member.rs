//! A consumer's part in a group, without its reading.

use bytes::Bytes;
use ouzel_wire::ErrorCode;
use ouzel_wire::messages::*;

use super::{Client, NONE, TestBroker, eventually_some};

/// One member with a connection of its own.
pub struct Member {
    pub client: Client,
    pub group: String,
    pub id: String,
    pub instance: Option<String>,
    pub generation: i32,
    /// The group's kind and protocol, as it tells them when it syncs.
    pub speaks: (String, String),
}

/// A join without an id.
pub fn join_request(group: &str) -> JoinGroupRequest {
    let protocol = JoinGroupRequestProtocol {
        name: "range".to_owned(),
        metadata: Bytes::from_static(b"wants"),
        ..Default::default()
    };
    JoinGroupRequest {
        group_id: group.to_owned(),
        session_timeout_ms: 10_000,
        rebalance_timeout_ms: 10_000,
        protocol_type: "consumer".to_owned(),
        protocols: vec![protocol],
        ..Default::default()
    }
}

/// Joins as a dynamic member does: learns its id, then joins with it.
pub async fn join(broker: &TestBroker, group: &str) -> (Member, JoinGroupResponse) {
    let mut member = Member::new(broker, group, None).await;
    member.learn_id().await;
    let joined = member.join().await;
    (member, joined)
}

impl Member {
    /// Connects and waits until the group's coordinator serves.
    pub async fn new(broker: &TestBroker, group: &str, instance: Option<&str>) -> Member {
        Member::on(broker.client().await, group, instance).await
    }

    /// [`Member::new`] on a connection that is there.
    pub async fn on(mut client: Client, group: &str, instance: Option<&str>) -> Member {
        let keys = vec![group.to_owned()];
        let find = FindCoordinatorRequest { coordinator_keys: keys, ..Default::default() };
        let found = client.call(find).await.coordinators.remove(0);
        assert_eq!(found.error_code, NONE, "{found:?}");
        let mut member = Member {
            client,
            group: group.to_owned(),
            id: String::new(),
            instance: instance.map(str::to_owned),
            generation: -1,
            speaks: ("consumer".to_owned(), "range".to_owned()),
        };
        eventually_some(async || member.is_served().await.then_some(())).await;
        member
    }

    async fn is_served(&mut self) -> bool {
        let listed = self.client.call(ListGroupsRequest::default()).await;
        listed.error_code != ErrorCode::CoordinatorLoadInProgress.code()
    }

    pub async fn learn_id(&mut self) {
        let refused = self.client.call(join_request(&self.group)).await;
        assert_eq!(refused.error_code, ErrorCode::MemberIdRequired.code(), "{refused:?}");
        self.id = refused.member_id;
    }

    pub fn join_request(&self) -> JoinGroupRequest {
        JoinGroupRequest {
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            ..join_request(&self.group)
        }
    }

    /// Joins and notes what it is told.
    pub async fn join(&mut self) -> JoinGroupResponse {
        let request = self.join_request();
        let joined = self.client.call(request).await;
        if joined.error_code == NONE {
            self.id.clone_from(&joined.member_id);
            self.generation = joined.generation_id;
        }
        joined
    }

    pub async fn sync(&mut self, parts: &[(&str, &'static [u8])]) -> SyncGroupResponse {
        let part = |(id, part): &(&str, &'static [u8])| SyncGroupRequestAssignment {
            member_id: (*id).to_owned(),
            assignment: Bytes::from_static(part),
            ..Default::default()
        };
        let request = SyncGroupRequest {
            group_id: self.group.clone(),
            generation_id: self.generation,
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            protocol_type: Some(self.speaks.0.clone()),
            protocol_name: Some(self.speaks.1.clone()),
            assignments: parts.iter().map(part).collect(),
            ..Default::default()
        };
        self.client.call(request).await
    }

    pub async fn heartbeat(&mut self) -> i16 {
        let request = HeartbeatRequest {
            group_id: self.group.clone(),
            generation_id: self.generation,
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            ..Default::default()
        };
        self.client.call(request).await.error_code
    }

    pub async fn leave(&mut self) -> i16 {
        let member = MemberIdentity {
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            ..Default::default()
        };
        let group_id = self.group.clone();
        let request = LeaveGroupRequest { group_id, members: vec![member], ..Default::default() };
        self.client.call(request).await.members[0].error_code
    }

    /// Commits a position in partition 0.
    pub async fn commit(&mut self, topic: &str, offset: i64, note: &str) -> i16 {
        let partition = OffsetCommitRequestPartition {
            committed_offset: offset,
            committed_leader_epoch: 3,
            committed_metadata: Some(note.to_owned()),
            ..Default::default()
        };
        let topic = OffsetCommitRequestTopic {
            name: topic.to_owned(),
            partitions: vec![partition],
            ..Default::default()
        };
        let request = OffsetCommitRequest {
            group_id: self.group.clone(),
            generation_id_or_member_epoch: self.generation,
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            topics: vec![topic],
            ..Default::default()
        };
        self.client.call(request).await.topics[0].partitions[0].error_code
    }

    /// The group's position in partition 0, with leader epoch and note.
    pub async fn committed(&mut self, topic: &str) -> (i64, i32, String) {
        let topics = OffsetFetchRequestTopics {
            name: topic.to_owned(),
            partition_indexes: vec![0],
            ..Default::default()
        };
        let group = OffsetFetchRequestGroup {
            group_id: self.group.clone(),
            topics: Some(vec![topics]),
            ..Default::default()
        };
        let request = OffsetFetchRequest { groups: vec![group], ..Default::default() };
        let mut answer = self.client.call(request).await.groups.remove(0);
        assert_eq!(answer.error_code, NONE, "{answer:?}");
        let partition = answer.topics.remove(0).partitions.remove(0);
        (
            partition.committed_offset,
            partition.committed_leader_epoch,
            partition.metadata.unwrap_or_default(),
        )
    }

    pub async fn describe(&mut self) -> DescribedGroup {
        let groups = vec![self.group.clone()];
        let request = DescribeGroupsRequest { groups, ..Default::default() };
        self.client.call(request).await.groups.remove(0)
    }
}

/// Both sync; the first one leads and gives each its part.
pub async fn sync_all(leader: &mut Member, other: &mut Member) {
    let (a, b) = (leader.id.clone(), other.id.clone());
    let parts: [(&str, &'static [u8]); 2] = [(&a, b"a"), (&b, b"b")];
    let (led, followed) = tokio::join!(leader.sync(&parts), other.sync(&[]));
    assert_eq!((led.error_code, &led.assignment[..]), (NONE, &b"a"[..]));
    assert_eq!((followed.error_code, &followed.assignment[..]), (NONE, &b"b"[..]));
}
