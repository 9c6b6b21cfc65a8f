//! Groups as pages show them. Pure, but for the two methods that ask first.

use std::{cmp::Reverse, collections::BTreeSet};

use ouzel_api::{
    Lag,
    clusters::{GroupBehind, GroupsSummary},
    groups::{Assignment, Group, GroupPartition, GroupRow, Member},
    topics::TopicConsumer,
};

use super::{
    Commits, GroupState, ask, lag,
    snapshot::{GroupsSnapshot, places},
};
use crate::{
    clock::now_ms,
    kafka::{
        At, Cluster, KafkaError, Offsets, TopicPartition,
        overview::count as number,
        rates::{self, Committed},
    },
};

/// Most groups that the overview names.
const BEHIND_MAX: usize = 10;

/// How a topic is read by all groups together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Groups that have committed here.
    pub groups: u32,
    /// The lag of the worst of them.
    pub worst_lag: Lag,
    /// Partitions that members hold and on which their groups have committed nothing.
    pub without_commit: u32,
}

impl GroupsSnapshot {
    /// The rows of the list.
    pub fn rows(&self) -> Vec<GroupRow> {
        self.groups.iter().map(|group| self.row(group)).collect()
    }

    /// What is missing from the list, a sentence for each broker that did not answer.
    pub fn warnings(&self) -> Vec<String> {
        let told = |(node, error): &(i32, KafkaError)| {
            format!("The groups of broker {node} are missing: {error}.")
        };
        self.missing.iter().map(told).collect()
    }

    fn row(&self, group: &GroupState) -> GroupRow {
        let described = group.described.as_ref().ok();
        let topics = |commits: &Commits| {
            let mut topics: Vec<&str> = commits.keys().map(|place| place.topic.as_str()).collect();
            topics.dedup();
            u32::try_from(topics.len()).unwrap_or(u32::MAX)
        };
        let error = group.described.as_ref().err().or(group.commits.as_ref().err());
        GroupRow {
            group: group.id.clone(),
            group_type: group.type_name(),
            state: group.state_name(),
            protocol_type: group.protocol_type.clone(),
            members: described.map(|described| count(&described.members)),
            topics: group.commits.as_ref().ok().map(topics),
            lag: self.lag(group),
            without_commit: lag::uncommitted(group, |_| true),
            error: error.map(KafkaError::reason),
            progress: None,
            denied: Vec::new(),
        }
    }

    fn lag(&self, group: &GroupState) -> Lag {
        lag_where(group, &self.ends, |_| true)
    }

    /// All groups in short.
    pub fn summary(&self) -> GroupsSummary {
        let without_commit = |group: &&GroupState| {
            self.lag(group) == Lag::NoCommit || lag::uncommitted(group, |_| true) > 0
        };
        let unknown = |group: &&GroupState| self.lag(group) == Lag::Unknown;
        GroupsSummary::Known {
            total: count(&self.groups),
            behind: self.behind(),
            without_commit: number(self.groups.iter().filter(without_commit).count()),
            unknown: number(self.groups.iter().filter(unknown).count()),
            warnings: self.warnings(),
        }
    }

    /// The groups that are furthest behind, worst first.
    pub fn behind(&self) -> Vec<GroupBehind> {
        let row = |group: &GroupState| GroupBehind {
            group: group.id.clone(),
            state: group.state_name(),
            lag: self.lag(group),
        };
        let has_lag = |row: &GroupBehind| row.lag.rank() > 0;
        let mut behind: Vec<_> = self.groups.iter().map(row).filter(has_lag).collect();
        behind.sort_by_key(|row| Reverse(row.lag.rank()));
        behind.truncate(BEHIND_MAX);
        behind
    }

    /// The groups that have committed on `topic` or hold one of its partitions, worst lag first.
    pub fn consumers(&self, topic: &str) -> Vec<TopicConsumer> {
        let here = |place: &&TopicPartition| place.topic == topic;
        let consumer = |group: &GroupState| {
            let commits = group.commits.as_ref().ok();
            let committed = commits.map_or(0, |commits| commits.keys().filter(here).count());
            let described = group.described.as_ref().ok();
            let members =
                described.map(|described| described.members.as_slice()).unwrap_or_default();
            let holds =
                members.iter().any(|member| member.assigned.iter().any(|place| here(&place)));
            (committed > 0 || holds).then(|| TopicConsumer {
                group: group.id.clone(),
                state: group.state_name(),
                members: count(members),
                committed_partitions: u32::try_from(committed).unwrap_or(u32::MAX),
                lag: lag_where(group, &self.ends, |place| here(&place)),
                without_commit: lag::uncommitted(group, |place| here(&place)),
                time_lag: None,
            })
        };
        let mut consumers: Vec<_> = self.groups.iter().filter_map(consumer).collect();
        consumers.sort_by_key(|consumer| Reverse(consumer.lag.rank()));
        consumers
    }

    /// What each group has committed on `topic`. Not known while a commit there could not be read.
    pub fn progress(&self, topic: &str) -> Option<rates::Commits> {
        if !self.missing.is_empty() {
            return None;
        }
        let mut progress = rates::Commits::new();
        for group in &self.groups {
            let commits = group.commits.as_ref().ok()?;
            let from = TopicPartition::new(topic, 0);
            let here = commits.range(from..).take_while(|(place, _)| place.topic == topic);
            for (_, commit) in here {
                let none = || Committed { sum: 0, held: group.is_held() };
                let here = progress.entry(group.id.clone()).or_insert_with(none);
                here.sum = here.sum.saturating_add(commit.as_ref().ok()?.offset);
            }
        }
        Some(progress)
    }

    /// How `topic` is read. Not known while any group, or its commits, could not be read: it may be
    /// the one.
    pub fn reading(&self, topic: &str) -> Option<Reading> {
        let unread = self.groups.iter().any(|group| group.commits.is_err());
        if unread || !self.missing.is_empty() {
            return None;
        }
        let consumers = self.consumers(topic);
        let committed = || consumers.iter().filter(|consumer| consumer.committed_partitions > 0);
        let worst = committed().map(|consumer| consumer.lag).max_by_key(|lag| lag.rank());
        Some(Reading {
            groups: number(committed().count()),
            worst_lag: worst.unwrap_or(Lag::NoCommit),
            without_commit: consumers.iter().map(|consumer| consumer.without_commit).sum(),
        })
    }
}

impl GroupState {
    /// Whether somebody is in it, as far as it is known.
    pub fn is_held(&self) -> bool {
        let members = self.described.as_ref().map(|described| described.members.len());
        members.map_or_else(|_| self.state_name() != "Empty", |number| number > 0)
    }

    /// Its state: as the list has it, else as its description has it.
    pub fn state_name(&self) -> String {
        let described = self.described.as_ref().ok().map(|described| described.state.as_str());
        let listed = Some(self.state.as_str()).filter(|state| !state.is_empty());
        listed.or(described).unwrap_or_default().to_owned()
    }

    fn type_name(&self) -> String {
        let told = [&self.group_type, &self.protocol_type];
        let told = told.into_iter().find(|name| !name.is_empty());
        told.map_or("classic", String::as_str).to_owned()
    }
}

fn lag_where(group: &GroupState, ends: &Offsets, chosen: impl Fn(&TopicPartition) -> bool) -> Lag {
    match &group.commits {
        Ok(commits) => lag::over(commits, ends, chosen),
        Err(_) => Lag::Unknown,
    }
}

fn count<T>(all: &[T]) -> u32 {
    number(all.len())
}

impl Cluster {
    /// One group with its lag by partition, read now.
    pub async fn group(&self, id: &str) -> Result<Group, KafkaError> {
        let group = ask::one(self, id).await?;
        if let Err(error) = &group.commits {
            return Err(error.clone());
        }
        let places = places(std::slice::from_ref(&group));
        let (starts, ends) = tokio::try_join!(
            self.offsets(places.clone(), At::Start),
            self.offsets(places, At::End)
        )?;
        Ok(page(&group, &starts, &ends))
    }
}

fn page(group: &GroupState, starts: &Offsets, ends: &Offsets) -> Group {
    let described = group.described.clone().unwrap_or_default();
    let mut members: Vec<Member> = described
        .members
        .iter()
        .map(|member| Member {
            member_id: member.member_id.clone(),
            instance_id: member.instance_id.clone(),
            client_id: member.client_id.clone(),
            host: member.host.clone(),
            assigned: number(member.assigned.len()),
            assignment: assignment(&member.assigned),
        })
        .collect();
    members.sort_by(|a, b| (&a.client_id, &a.member_id).cmp(&(&b.client_id, &b.member_id)));
    let places = places(std::slice::from_ref(group));
    let partitions = places.iter().map(|place| partition(group, place, starts, ends));
    Group {
        group: group.id.clone(),
        group_type: group.type_name(),
        state: group.state_name(),
        assignor: described.assignor,
        coordinator: Some(group.coordinator),
        members,
        partitions: partitions.collect(),
        lag: lag_where(group, ends, |_| true),
        without_commit: lag::uncommitted(group, |_| true),
        progress: None,
        read_at_ms: now_ms(),
    }
}

fn partition(
    group: &GroupState,
    place: &TopicPartition,
    starts: &Offsets,
    ends: &Offsets,
) -> GroupPartition {
    let commit = group.commits.as_ref().ok().and_then(|commits| commits.get(place));
    let known = commit.and_then(|commit| commit.as_ref().ok());
    let members = group.described.as_ref().map_or(&[][..], |described| &described.members);
    let holder = members.iter().find(|member| member.assigned.contains(place));
    let offset = |offsets: &Offsets| {
        let found = offsets.get(place).and_then(|found| found.as_ref().ok());
        found.copied().flatten().map(|found| found.offset)
    };
    GroupPartition {
        topic: place.topic.clone(),
        partition: place.partition,
        committed: known.map(|commit| commit.offset),
        metadata: known.and_then(|commit| commit.metadata.clone()),
        start_offset: offset(starts),
        end_offset: offset(ends),
        lag: lag::of(commit, ends.get(place)),
        member_id: holder.map(|member| member.member_id.clone()),
        client_id: holder.map(|member| member.client_id.clone()),
        host: holder.map(|member| member.host.clone()),
        progress: None,
    }
}

/// Partitions by topic.
fn assignment(places: &BTreeSet<TopicPartition>) -> Vec<Assignment> {
    let mut topics: Vec<Assignment> = Vec::new();
    for TopicPartition { topic, partition } in places {
        match topics.last_mut().filter(|last| last.topic == *topic) {
            Some(last) => last.partitions.push(*partition),
            None => {
                topics.push(Assignment { topic: topic.clone(), partitions: vec![*partition] });
            }
        }
    }
    topics
}

#[cfg(test)]
mod tests;
