//! OffsetDelete: what a group has committed in some topics away.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    OffsetDeleteRequest, OffsetDeleteRequestTopic, OffsetDeleteResponse,
    OffsetDeleteResponsePartition, OffsetDeleteResponseTopic,
};

use crate::group::OffsetKey;
use crate::listener::call::Ctx;
use crate::listener::error_code::{Code, code_of};

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: OffsetDeleteRequest,
) -> OffsetDeleteResponse {
    let there = known(&ctx, &request.topics);
    match ctx.shared.groups.delete_offsets(&request.group_id, &there).await {
        Ok(outcomes) => {
            let mut codes: HashMap<String, HashMap<i32, i16>> = HashMap::new();
            for ((topic, number), outcome) in there.into_iter().zip(&outcomes) {
                codes.entry(topic).or_default().insert(number, code_of(outcome));
            }
            let topics = request.topics.into_iter().map(|topic| answer(topic, &codes)).collect();
            OffsetDeleteResponse { topics, ..Default::default() }
        }
        Err(e) => OffsetDeleteResponse { error_code: e.code().code(), ..Default::default() },
    }
}

/// The partitions that exist among those asked for, each once.
fn known(ctx: &Ctx, topics: &[OffsetDeleteRequestTopic]) -> Vec<OffsetKey> {
    let state = ctx.shared.node.state();
    let mut known: BTreeSet<OffsetKey> = BTreeSet::new();
    for topic in topics {
        let count = state.topic(&topic.name).map_or(0, |t| t.replicas.len());
        let numbers = topic.partitions.iter().map(|partition| partition.partition_index);
        let there = numbers.filter(|n| usize::try_from(*n).is_ok_and(|n| n < count));
        known.extend(there.map(|number| (topic.name.clone(), number)));
    }
    known.into_iter().collect()
}

fn answer(
    topic: OffsetDeleteRequestTopic,
    codes: &HashMap<String, HashMap<i32, i16>>,
) -> OffsetDeleteResponseTopic {
    let codes = codes.get(&topic.name);
    let partition = |partition_index: i32| {
        let code = codes.and_then(|codes| codes.get(&partition_index)).copied();
        let error_code = code.unwrap_or(ErrorCode::UnknownTopicOrPartition.code());
        OffsetDeleteResponsePartition { partition_index, error_code, ..Default::default() }
    };
    let partitions = topic.partitions.iter().map(|asked| partition(asked.partition_index));
    OffsetDeleteResponseTopic {
        partitions: partitions.collect(),
        name: topic.name,
        ..Default::default()
    }
}
