//! DescribeTopicPartitions: topics with their partitions, a page at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use ouzel_wire::messages::{
    Cursor, DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse,
    DescribeTopicPartitionsResponsePartition as Partition,
    DescribeTopicPartitionsResponseTopic as TopicAnswer,
};
use ouzel_wire::{ErrorCode, Uuid};

use crate::cluster::Topic;
use crate::ids::TopicName;
use crate::listener::call::Ctx;
use crate::node::{Node, is_internal};

use super::{NONE, rights};

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: DescribeTopicPartitionsRequest,
) -> DescribeTopicPartitionsResponse {
    let names: Vec<String> = request.topics.into_iter().map(|topic| topic.name).collect();
    if !is_valid(request.cursor.as_ref(), &names) {
        let refused = |name| refusal(name, ErrorCode::InvalidRequest);
        let topics = names.into_iter().map(refused).collect();
        return DescribeTopicPartitionsResponse { topics, ..Default::default() };
    }
    let most = ctx.shared.node.live().config.limits.partitions_described_max;
    let left = usize::try_from(request.response_partition_limit).unwrap_or(0).min(most).max(1);
    let page = Page { node: &ctx.shared.node, topics: Vec::new(), left };
    page.fill(names, request.cursor.unwrap_or_default())
}

/// Among topics that are named, the cursor's is one.
fn is_valid(cursor: Option<&Cursor>, names: &[String]) -> bool {
    let Some(cursor) = cursor else { return true };
    cursor.partition_index >= 0 && (names.is_empty() || names.contains(&cursor.topic_name))
}

/// An answer that is being put together.
struct Page<'a> {
    node: &'a Node,
    topics: Vec<TopicAnswer>,
    /// Partitions that still fit.
    left: usize,
}

impl Page<'_> {
    /// Takes topics by name from the cursor on, until the page is full.
    fn fill(mut self, names: Vec<String>, from: Cursor) -> DescribeTopicPartitionsResponse {
        let all = names.is_empty();
        let state = self.node.state();
        let every = || state.topics().map(|topic| topic.name.as_str().to_owned()).collect();
        let wanted: BTreeSet<String> = if all { every() } else { names.into_iter().collect() };
        let mut next = None;
        for name in wanted.range(from.topic_name.clone()..) {
            let first = match *name == from.topic_name {
                true => usize::try_from(from.partition_index).unwrap_or(0),
                false => 0,
            };
            next = match (self.left, state.topic(name)) {
                (0, _) => Some(0),
                (_, Some(topic)) => self.add(topic, first),
                (_, None) => {
                    self.topics.push(unknown(name));
                    None
                }
            }
            .map(|partition_index| Cursor {
                topic_name: name.clone(),
                partition_index,
                ..Default::default()
            });
            if next.is_some() {
                break;
            }
        }
        let topics = self.topics;
        DescribeTopicPartitionsResponse { topics, next_cursor: next, ..Default::default() }
    }

    /// Adds partitions from `first` on, and returns the first that no longer fits.
    fn add(&mut self, topic: &Topic, first: usize) -> Option<i32> {
        let end = topic.replicas.len().min(first.saturating_add(self.left));
        let numbers = first..end.max(first);
        self.left -= numbers.len();
        let name = topic.name.as_str();
        self.topics.push(TopicAnswer {
            error_code: NONE,
            name: Some(name.to_owned()),
            topic_id: topic.id.0,
            is_internal: is_internal(name),
            partitions: numbers.map(|number| partition(self.node, topic, number)).collect(),
            topic_authorized_operations: rights::on_topic(true),
            ..Default::default()
        });
        (end < topic.replicas.len()).then_some(end as i32)
    }
}

fn partition(node: &Node, topic: &Topic, number: usize) -> Partition {
    let replicas = topic.replicas[number].clone();
    let partition = Partition {
        partition_index: number as i32,
        replica_nodes: replicas.clone(),
        eligible_leader_replicas: Some(Vec::new()),
        last_known_elr: Some(Vec::new()),
        ..Default::default()
    };
    match node.partition(topic.name.as_str(), number as i32) {
        Ok(held) => Partition {
            leader_id: node.config.node_id,
            leader_epoch: held.offsets().leader_epoch,
            isr_nodes: replicas,
            ..partition
        },
        // Not opened yet, or not to be opened: nobody leads it.
        Err(_) => Partition {
            error_code: ErrorCode::LeaderNotAvailable.code(),
            leader_id: -1,
            offline_replicas: replicas,
            ..partition
        },
    }
}

fn unknown(name: &str) -> TopicAnswer {
    let code = match TopicName::parse(name) {
        Ok(_) => ErrorCode::UnknownTopicOrPartition,
        Err(_) => ErrorCode::InvalidTopicException,
    };
    TopicAnswer { is_internal: is_internal(name), ..refusal(name.to_owned(), code) }
}

fn refusal(name: String, code: ErrorCode) -> TopicAnswer {
    let topic_id = Uuid::ZERO;
    let topic_authorized_operations = rights::on_topic(true);
    let (error_code, name) = (code.code(), Some(name));
    TopicAnswer { error_code, name, topic_id, topic_authorized_operations, ..Default::default() }
}
