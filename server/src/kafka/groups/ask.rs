//! What coordinators are asked: which groups there are, their members, their commits.

use std::collections::{BTreeSet, HashMap};

use futures::{StreamExt, TryStreamExt, stream};
use ouzel_wire::{ErrorCode, frame, messages as wire};
use tokio::time::sleep;

use super::{Commit, Commits, Described, GroupState, MemberState, newer};
use crate::kafka::{Cluster, KafkaError, RETRIES, TopicPartition, connection::Connection, pause};

/// Most groups in one request: with a hundred members each, an answer stays below 10 MB.
const GROUPS_MAX: usize = 200;
/// Groups asked about at once where a broker takes only one a request.
const AT_ONCE_MAX: usize = 16;
/// The first version of OffsetFetch that takes several groups.
const VERSION_FETCH_MANY: i16 = 8;
/// The first version of FindCoordinator that takes several groups.
const VERSION_FIND_MANY: i16 = 4;

/// All groups that the broker behind `connection` coordinates.
pub async fn groups_of(node: i32, connection: &Connection) -> Result<Vec<GroupState>, KafkaError> {
    let listed = list(connection).await?;
    let (mut described, mut commits) =
        tokio::try_join!(describe(connection, &listed), positions(connection, &listed))?;
    let state = |group: wire::ListedGroup| {
        let missing = || KafkaError::NoGroup { group: group.group_id.clone() };
        GroupState {
            described: described.remove(&group.group_id).unwrap_or_else(|| Err(missing())),
            commits: commits.remove(&group.group_id).unwrap_or_else(|| Err(missing())),
            id: group.group_id,
            group_type: group.group_type.to_lowercase(),
            protocol_type: group.protocol_type,
            state: group.group_state,
            coordinator: node,
        }
    };
    Ok(listed.into_iter().map(state).collect())
}

async fn list(connection: &Connection) -> Result<Vec<wire::ListedGroup>, KafkaError> {
    for attempt in 0.. {
        let response = connection.call(&wire::ListGroupsRequest::default()).await?;
        let loading = ErrorCode::CoordinatorLoadInProgress.code();
        if response.error_code == loading && attempt < RETRIES {
            sleep(pause(attempt)).await;
            continue;
        }
        let about = || format!("listing the groups of {}", connection.address());
        return KafkaError::check(about, response.error_code).map(|()| response.groups);
    }
    unreachable!("the loop above returns at its last attempt")
}

type ByGroup<T> = HashMap<String, Result<T, KafkaError>>;

/// By which request a group is described. One of the newer protocols is none to the older request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// All groups of clusters that tell no types, too.
    Classic,
    /// KIP-848.
    Consumer,
    /// KIP-932; such groups have no commits of the usual kind.
    Share,
    /// KIP-1071.
    Streams,
}

impl Kind {
    fn of(group: &wire::ListedGroup) -> Kind {
        match group.group_type.to_lowercase().as_str() {
            "consumer" => Kind::Consumer,
            "share" => Kind::Share,
            "streams" => Kind::Streams,
            _ => Kind::Classic,
        }
    }
}

/// The members of groups, from their coordinator.
async fn describe(
    connection: &Connection,
    listed: &[wire::ListedGroup],
) -> Result<ByGroup<Described>, KafkaError> {
    let of = |kind: Kind| ids(listed, |it| it == kind);
    let mut all = HashMap::with_capacity(listed.len());
    for ids in of(Kind::Classic).chunks(GROUPS_MAX) {
        let request = wire::DescribeGroupsRequest { groups: ids.to_vec(), ..Default::default() };
        let response = connection.call(&request).await?;
        all.extend(response.groups.into_iter().map(described));
    }
    for group_ids in of(Kind::Consumer).chunks(GROUPS_MAX) {
        let group_ids = group_ids.to_vec();
        let request = wire::ConsumerGroupDescribeRequest { group_ids, ..Default::default() };
        let response = connection.call(&request).await?;
        all.extend(response.groups.into_iter().map(newer::consumer));
    }
    for group_ids in of(Kind::Share).chunks(GROUPS_MAX) {
        let group_ids = group_ids.to_vec();
        let request = wire::ShareGroupDescribeRequest { group_ids, ..Default::default() };
        let response = connection.call(&request).await?;
        all.extend(response.groups.into_iter().map(newer::share));
    }
    for group_ids in of(Kind::Streams).chunks(GROUPS_MAX) {
        let group_ids = group_ids.to_vec();
        let request = wire::StreamsGroupDescribeRequest { group_ids, ..Default::default() };
        let response = connection.call(&request).await?;
        all.extend(response.groups.into_iter().map(newer::streams));
    }
    Ok(all)
}

fn ids(listed: &[wire::ListedGroup], are: impl Fn(Kind) -> bool) -> Vec<String> {
    let chosen = listed.iter().filter(|group| are(Kind::of(group)));
    chosen.map(|group| group.group_id.clone()).collect()
}

fn described(mut group: wire::DescribedGroup) -> (String, Result<Described, KafkaError>) {
    let id = std::mem::take(&mut group.group_id);
    if group.error_code != 0 {
        let about = format!("describing group `{id}`");
        let error = KafkaError::refused(about, group.error_code, group.error_message);
        return (id, Err(error));
    }
    let described = Described {
        state: group.group_state,
        protocol_type: group.protocol_type,
        assignor: group.protocol_data,
        members: group.members.into_iter().map(member).collect(),
    };
    (id, Ok(described))
}

fn member(member: wire::DescribedGroupMember) -> MemberState {
    MemberState {
        assigned: assigned(member.member_assignment),
        member_id: member.member_id,
        instance_id: member.group_instance_id,
        client_id: member.client_id,
        host: member.client_host.trim_start_matches('/').to_owned(),
    }
}

/// The partitions in an assignment; none if it is of a kind that is not ours to read.
fn assigned(bytes: bytes::Bytes) -> BTreeSet<TopicPartition> {
    let newest = wire::CONSUMER_PROTOCOL_NEWEST;
    let decoded = frame::decode_versioned::<wire::ConsumerProtocolAssignment>(bytes, newest);
    let topics = decoded.map(|(_, assignment)| assignment.assigned_partitions).unwrap_or_default();
    let places = topics.into_iter().flat_map(|topic| {
        let name = topic.topic;
        topic.partitions.into_iter().map(move |partition| TopicPartition::new(&name, partition))
    });
    places.collect()
}

/// Where groups stand, from their coordinator: what they have committed, and of share groups,
/// which commit nothing, the first record that is not settled.
async fn positions(
    connection: &Connection,
    listed: &[wire::ListedGroup],
) -> Result<ByGroup<Commits>, KafkaError> {
    let mut all = commits(connection, &ids(listed, |kind| kind != Kind::Share)).await?;
    for ids in ids(listed, |kind| kind == Kind::Share).chunks(GROUPS_MAX) {
        let group = |id: &String| wire::DescribeShareGroupOffsetsRequestGroup {
            group_id: id.clone(),
            topics: None,
            ..Default::default()
        };
        let groups = ids.iter().map(group).collect();
        let request = wire::DescribeShareGroupOffsetsRequest { groups, ..Default::default() };
        match connection.call(&request).await {
            Ok(response) => all.extend(response.groups.into_iter().map(newer::share_offsets)),
            // The other groups of an early broker are no less known for it.
            Err(error @ KafkaError::Unsupported { .. }) => {
                all.extend(ids.iter().map(|id| (id.clone(), Err(error.clone()))));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

/// What groups have committed, from their coordinator.
pub async fn commits(
    connection: &Connection,
    ids: &[String],
) -> Result<ByGroup<Commits>, KafkaError> {
    let version = connection.version::<wire::OffsetFetchRequest>()?;
    if version < VERSION_FETCH_MANY {
        let one = |id: &String| commits_of_one(connection, id.clone());
        let asked = stream::iter(ids.iter().map(one)).buffer_unordered(AT_ONCE_MAX);
        return asked.try_collect().await;
    }
    let mut all = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(GROUPS_MAX) {
        let group = |id: &String| wire::OffsetFetchRequestGroup {
            group_id: id.clone(),
            topics: None,
            ..Default::default()
        };
        let request = wire::OffsetFetchRequest {
            groups: ids.iter().map(group).collect(),
            ..Default::default()
        };
        let response = connection.call(&request).await?;
        all.extend(response.groups.into_iter().map(committed));
    }
    Ok(all)
}

fn committed(group: wire::OffsetFetchResponseGroup) -> (String, Result<Commits, KafkaError>) {
    let places = group.topics.into_iter().flat_map(|topic| {
        let name = topic.name;
        topic.partitions.into_iter().map(move |partition| {
            let place = TopicPartition::new(&name, partition.partition_index);
            let (offset, metadata) = (partition.committed_offset, partition.metadata);
            let commit = Commit { offset, metadata, unsettled: None };
            (place, partition.error_code, commit)
        })
    });
    let commits = checked(&group.group_id, group.error_code, places);
    (group.group_id, commits)
}

/// The same from a broker that takes one group a request.
async fn commits_of_one(
    connection: &Connection,
    id: String,
) -> Result<(String, Result<Commits, KafkaError>), KafkaError> {
    let request =
        wire::OffsetFetchRequest { group_id: id.clone(), topics: None, ..Default::default() };
    let response = connection.call(&request).await?;
    let places = response.topics.into_iter().flat_map(|topic| {
        let name = topic.name;
        topic.partitions.into_iter().map(move |partition| {
            let place = TopicPartition::new(&name, partition.partition_index);
            let (offset, metadata) = (partition.committed_offset, partition.metadata);
            let commit = Commit { offset, metadata, unsettled: None };
            (place, partition.error_code, commit)
        })
    });
    let commits = checked(&id, response.error_code, places);
    Ok((id, commits))
}

/// Commits without those that are none: Kafka answers -1 where nothing was committed.
fn checked(
    group: &str,
    error_code: i16,
    places: impl Iterator<Item = (TopicPartition, i16, Commit)>,
) -> Result<Commits, KafkaError> {
    KafkaError::check(|| format!("reading the commits of group `{group}`"), error_code)?;
    let commits = places.filter_map(|(place, code, commit)| {
        let about = || format!("reading the commit of group `{group}` on {place}");
        let checked = KafkaError::check(about, code);
        let there = checked.is_err() || commit.offset >= 0;
        there.then(|| {
            (place, checked.map(|()| Commit { metadata: text(commit.metadata), ..commit }))
        })
    });
    Ok(commits.collect())
}

/// Kafka does not tell an empty note from none.
fn text(metadata: Option<String>) -> Option<String> {
    metadata.filter(|text| !text.is_empty())
}

/// One group, asked of its coordinator alone.
pub async fn one(cluster: &Cluster, id: &str) -> Result<GroupState, KafkaError> {
    for attempt in 0.. {
        let asked = try_one(cluster, id).await;
        let stale = asked.as_ref().is_err_and(KafkaError::is_stale_route);
        if !stale || attempt == RETRIES {
            return asked;
        }
        sleep(pause(attempt)).await;
    }
    unreachable!("the loop above returns at its last attempt")
}

async fn try_one(cluster: &Cluster, id: &str) -> Result<GroupState, KafkaError> {
    let node = coordinator(cluster, id).await?;
    let connection = cluster.broker(node).await?;
    let no_group = || KafkaError::NoGroup { group: id.to_owned() };
    let listed = list(&connection).await?;
    let listed = listed.into_iter().find(|group| group.group_id == id).ok_or_else(no_group)?;
    let alone = std::slice::from_ref(&listed);
    let (mut described, mut commits) =
        tokio::try_join!(describe(&connection, alone), positions(&connection, alone))?;
    Ok(GroupState {
        id: id.to_owned(),
        group_type: listed.group_type.to_lowercase(),
        protocol_type: listed.protocol_type,
        state: listed.group_state,
        coordinator: node,
        described: described.remove(id).unwrap_or_else(|| Err(no_group())),
        commits: commits.remove(id).unwrap_or_else(|| Err(no_group())),
    })
}

/// The node that coordinates a group.
pub async fn coordinator(cluster: &Cluster, id: &str) -> Result<i32, KafkaError> {
    let connection = cluster.any().await?;
    let version = connection.version::<wire::FindCoordinatorRequest>()?;
    let many = version >= VERSION_FIND_MANY;
    let request = wire::FindCoordinatorRequest {
        key: if many { String::new() } else { id.to_owned() },
        coordinator_keys: if many { vec![id.to_owned()] } else { Vec::new() },
        ..Default::default()
    };
    let response = connection.call(&request).await?;
    let (node, code, message) = match response.coordinators.into_iter().next() {
        Some(found) if many => (found.node_id, found.error_code, found.error_message),
        _ => (response.node_id, response.error_code, response.error_message),
    };
    match code {
        0 => Ok(node),
        code => Err(KafkaError::refused(format!("finding group `{id}`"), code, message)),
    }
}
