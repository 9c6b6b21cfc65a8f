//! DescribeLogDirs: how large partitions are, and how much room their folder has.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    DescribeLogDirsPartition, DescribeLogDirsRequest, DescribeLogDirsResponse,
    DescribeLogDirsResult, DescribeLogDirsTopic,
};

use crate::ids::TopicPartition;
use crate::listener::call::Ctx;
use crate::node::Node;

/// Numbers of partitions by topic, as a client names them; without a list all there are.
type Wanted = Option<HashMap<String, HashSet<i32>>>;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: DescribeLogDirsRequest,
) -> DescribeLogDirsResponse {
    let wanted: Wanted = request.topics.map(|topics| {
        let mut wanted: HashMap<String, HashSet<i32>> = HashMap::new();
        for topic in topics {
            wanted.entry(topic.topic).or_default().extend(topic.partitions);
        }
        wanted
    });
    // The file system is asked, and may take its time.
    let result = ctx.blocking(move |shared| describe(&shared.node, &wanted)).await;
    DescribeLogDirsResponse { results: vec![result], ..Default::default() }
}

/// The one folder there is. Partitions that are not in it are left out, as Kafka does.
fn describe(node: &Node, wanted: &Wanted) -> DescribeLogDirsResult {
    let data = std::path::absolute(&node.config.data).unwrap_or_else(|_| node.config.data.clone());
    let folder = DescribeLogDirsResult {
        log_dir: data.to_string_lossy().into_owned(),
        ..Default::default()
    };
    match node.space() {
        Ok(space) => DescribeLogDirsResult {
            topics: topics(node, wanted),
            total_bytes: bytes(space.total_bytes),
            usable_bytes: bytes(space.usable_bytes),
            ..folder
        },
        Err(failure) => {
            tracing::error!(folder = %data.display(), %failure,
                "the file system of {} does not say how large it is: {failure}", data.display());
            DescribeLogDirsResult { error_code: ErrorCode::KafkaStorageError.code(), ..folder }
        }
    }
}

fn topics(node: &Node, wanted: &Wanted) -> Vec<DescribeLogDirsTopic> {
    let mut topics: BTreeMap<String, Vec<DescribeLogDirsPartition>> = BTreeMap::new();
    for held in node.partitions() {
        let TopicPartition { topic, partition } = held.name();
        let is_wanted = |wanted: &HashMap<String, HashSet<i32>>| {
            wanted.get(topic.as_str()).is_some_and(|numbers| numbers.contains(partition))
        };
        if !wanted.as_ref().is_none_or(is_wanted) {
            continue;
        }
        // The only copy is never behind, and none is on its way to another folder.
        topics.entry(topic.as_str().to_owned()).or_default().push(DescribeLogDirsPartition {
            partition_index: *partition,
            partition_size: bytes(held.size_bytes()),
            ..Default::default()
        });
    }
    let topic = |(name, mut partitions): (String, Vec<DescribeLogDirsPartition>)| {
        partitions.sort_unstable_by_key(|partition| partition.partition_index);
        DescribeLogDirsTopic { name, partitions, ..Default::default() }
    };
    topics.into_iter().map(topic).collect()
}

fn bytes(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
