//! All groups of a cluster at one moment: a few requests per broker, whatever their number.
//!
//! Lists, a topic's consumers, figures of topics and the overview all draw on the same snapshot,
//! so that a page with four panels costs one reading.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use futures::future::join_all;

use super::{GroupState, ask};
use crate::{
    clock::now_ms,
    kafka::{At, Cluster, KafkaError, Offsets, Reached, TopicPartition},
};

/// How old a snapshot may be for a page: lag is looked at as it moves, but not by the millisecond.
pub const AGE_MAX: Duration = Duration::from_secs(2);

/// See the module.
#[derive(Debug)]
pub struct GroupsSnapshot {
    /// The groups, sorted by id.
    pub groups: Vec<GroupState>,
    /// Brokers that did not tell their groups, and why.
    pub missing: Vec<(i32, KafkaError)>,
    /// Ends of all partitions that a group has committed or holds.
    pub ends: Offsets,
    /// When it was read, for people.
    pub read_at_ms: i64,
    read_at: Instant,
}

impl GroupsSnapshot {
    /// Reads groups, then the ends: in this order a commit is seldom beyond its end. A broker that
    /// does not answer costs its own groups only; if none does, that is an error.
    pub async fn read(cluster: &Cluster) -> Result<GroupsSnapshot, KafkaError> {
        let brokers = cluster.all().await?;
        let ask = async |(node, reached): &Reached| match reached {
            Ok(connection) => (*node, ask::groups_of(*node, connection).await),
            Err(error) => (*node, Err(error.clone())),
        };
        let (mut groups, mut missing) = (Vec::new(), Vec::new());
        for (node, answer) in join_all(brokers.iter().map(ask)).await {
            match answer {
                Ok(answer) => groups.extend(answer),
                Err(error) => missing.push((node, error)),
            }
        }
        if missing.len() == brokers.len()
            && let Some((_, error)) = missing.pop()
        {
            return Err(error);
        }
        groups.sort_by(|a, b| a.id.cmp(&b.id));
        let ends = cluster.offsets(places(&groups), At::End).await?;
        Ok(GroupsSnapshot { groups, missing, ends, read_at_ms: now_ms(), read_at: Instant::now() })
    }

    /// How old it is.
    pub fn age(&self) -> Duration {
        self.read_at.elapsed()
    }

    /// One that was made up.
    #[cfg(test)]
    pub fn of(groups: Vec<GroupState>, ends: Offsets) -> GroupsSnapshot {
        let missing = Vec::new();
        GroupsSnapshot { groups, missing, ends, read_at_ms: 0, read_at: Instant::now() }
    }
}

/// Every partition on which one of `groups` has committed or that it holds.
pub(super) fn places(groups: &[GroupState]) -> BTreeSet<TopicPartition> {
    let committed = groups.iter().flat_map(|group| &group.commits).flat_map(|all| all.keys());
    let members = groups.iter().flat_map(|group| &group.described).flat_map(|it| &it.members);
    committed.chain(members.flat_map(|member| &member.assigned)).cloned().collect()
}
