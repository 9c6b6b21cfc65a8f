//! What changes a group from outside: deleting it, moving its commits, forgetting some.

use std::collections::BTreeMap;

use ouzel_wire::{ErrorCode, Request, messages as wire};
use tokio::time::sleep;

use super::{GroupState, ask};
use crate::kafka::{Cluster, KafkaError, RETRIES, TopicPartition, pause};

/// What became of each partition that was asked for.
pub type Changed = BTreeMap<TopicPartition, Result<(), KafkaError>>;

impl Cluster {
    /// One group, read now; none if the cluster has no such group.
    pub async fn group_state(&self, id: &str) -> Result<Option<GroupState>, KafkaError> {
        match ask::one(self, id).await {
            Ok(group) => Ok(Some(group)),
            Err(KafkaError::NoGroup { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes a group without members, and all its commits.
    pub async fn delete_group(&self, id: &str) -> Result<(), KafkaError> {
        let groups_names = vec![id.to_owned()];
        let request = wire::DeleteGroupsRequest { groups_names, ..Default::default() };
        self.at_coordinator(id, &request, |response| {
            let result = response.results.into_iter().next().unwrap_or_default();
            KafkaError::check(|| format!("deleting group `{id}`"), result.error_code)
        })
        .await
    }

    /// Commits these offsets in the name of a group without members. The group comes into being
    /// if it does not exist.
    pub async fn commit_offsets(
        &self,
        id: &str,
        offsets: &BTreeMap<TopicPartition, i64>,
    ) -> Result<Changed, KafkaError> {
        self.at_coordinator(id, &commit_request(id, offsets), |response| {
            let answers = response.topics.into_iter().flat_map(|topic| {
                let name = topic.name;
                let partitions = topic.partitions.into_iter();
                partitions
                    .map(move |p| (TopicPartition::new(&name, p.partition_index), p.error_code))
            });
            routed(id, "committing", answers)
        })
        .await
    }

    /// Deletes commits of a group. Members may go on as long as they do not read those topics.
    pub async fn forget_offsets(
        &self,
        id: &str,
        places: &[TopicPartition],
    ) -> Result<Changed, KafkaError> {
        self.at_coordinator(id, &forget_request(id, places), |response| {
            let about = || format!("deleting commits of group `{id}`");
            KafkaError::check(about, response.error_code)?;
            let answers = response.topics.into_iter().flat_map(|topic| {
                let name = topic.name;
                let partitions = topic.partitions.into_iter();
                partitions
                    .map(move |p| (TopicPartition::new(&name, p.partition_index), p.error_code))
            });
            routed(id, "deleting the commit", answers)
        })
        .await
    }

    /// Asks the group's coordinator, and its successor if it has moved; `read` tells what the
    /// answer says.
    async fn at_coordinator<R: Request + Sync, T: Send>(
        &self,
        id: &str,
        request: &R,
        read: impl Fn(R::Response) -> Result<T, KafkaError> + Send + Sync,
    ) -> Result<T, KafkaError> {
        // Noted on both sides: a reading between them may hold either.
        self.note_moved(id);
        for attempt in 0.. {
            let asked = async {
                let node = ask::coordinator(self, id).await?;
                read(self.broker(node).await?.call(request).await?)
            };
            let asked = asked.await;
            let stale = asked.as_ref().is_err_and(KafkaError::is_stale_route);
            if !stale || attempt == RETRIES {
                // Whoever lists the groups now sees what was done.
                self.forget_groups().await;
                self.note_moved(id);
                return asked;
            }
            sleep(pause(attempt)).await;
        }
        unreachable!("the loop above returns at its last attempt")
    }
}

/// The answer for each partition. One that says that the coordinator has moved says it for all.
fn routed(
    id: &str,
    act: &str,
    answers: impl Iterator<Item = (TopicPartition, i16)>,
) -> Result<Changed, KafkaError> {
    let moved = [
        ErrorCode::NotCoordinator,
        ErrorCode::CoordinatorNotAvailable,
        ErrorCode::CoordinatorLoadInProgress,
    ];
    let mut changed = Changed::new();
    for (place, code) in answers {
        let checked = KafkaError::check(|| format!("{act} of group `{id}` on {place}"), code);
        match checked {
            Err(error) if error.code().is_some_and(|code| moved.contains(&code)) => {
                return Err(error);
            }
            checked => drop(changed.insert(place, checked)),
        }
    }
    Ok(changed)
}

fn commit_request(id: &str, offsets: &BTreeMap<TopicPartition, i64>) -> wire::OffsetCommitRequest {
    let mut topics: BTreeMap<&str, Vec<wire::OffsetCommitRequestPartition>> = BTreeMap::new();
    for (place, offset) in offsets {
        topics.entry(&place.topic).or_default().push(wire::OffsetCommitRequestPartition {
            partition_index: place.partition,
            committed_offset: *offset,
            committed_metadata: Some(String::new()),
            ..Default::default()
        });
    }
    let topic = |(name, partitions): (&str, _)| wire::OffsetCommitRequestTopic {
        name: name.to_owned(),
        partitions,
        ..Default::default()
    };
    wire::OffsetCommitRequest {
        group_id: id.to_owned(),
        topics: topics.into_iter().map(topic).collect(),
        ..Default::default()
    }
}

fn forget_request(id: &str, places: &[TopicPartition]) -> wire::OffsetDeleteRequest {
    let mut topics: BTreeMap<&str, Vec<wire::OffsetDeleteRequestPartition>> = BTreeMap::new();
    for place in places {
        topics.entry(&place.topic).or_default().push(wire::OffsetDeleteRequestPartition {
            partition_index: place.partition,
            ..Default::default()
        });
    }
    let topic = |(name, partitions): (&str, _)| wire::OffsetDeleteRequestTopic {
        name: name.to_owned(),
        partitions,
        ..Default::default()
    };
    wire::OffsetDeleteRequest {
        group_id: id.to_owned(),
        topics: topics.into_iter().map(topic).collect(),
        ..Default::default()
    }
}
