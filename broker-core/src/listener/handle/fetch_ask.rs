//! What a Fetch asks: each partition once, and where it is.

use std::collections::HashSet;
use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::FetchRequest;

use crate::cluster::TopicId;
use crate::listener::call::Ctx;
use crate::session::{Ask, Asked, TopicRef};

use super::fetch_read::{Wanted, find};

/// From this version on topics are named by id.
const IDS_FROM: i16 = 13;

/// The request as its session sees it. A partition that is named twice is asked for once.
pub(super) fn asked(version: i16, request: FetchRequest) -> Asked {
    let by_id = version >= IDS_FROM;
    let topic_ref = |name: &str, id| match by_id {
        true => TopicRef::Id(id),
        false => TopicRef::Name(Arc::from(name)),
    };
    let (mut asks, mut seen) = (Vec::new(), HashSet::new());
    for topic in &request.topics {
        let name = topic_ref(&topic.topic, topic.topic_id);
        let ask = topic.partitions.iter().map(|asked| Ask {
            topic: name.clone(),
            partition: asked.partition,
            offset: asked.fetch_offset,
            bytes_max: asked.partition_max_bytes,
            leader_epoch: asked.current_leader_epoch,
            last_fetched_epoch: asked.last_fetched_epoch,
        });
        asks.extend(ask.filter(|ask| seen.insert(ask.key())));
    }
    let forgotten = request.forgotten_topics_data.iter().flat_map(|topic| {
        let name = topic_ref(&topic.topic, topic.topic_id);
        topic.partitions.iter().map(move |partition| (name.clone(), *partition))
    });
    let (session_id, epoch) = (request.session_id, request.session_epoch);
    Asked { session_id, epoch, by_id, asks, forgotten: forgotten.collect() }
}

/// Finds what the client names, by name or by id.
pub(super) fn resolve(ctx: &Ctx, asks: &[Ask], committed_only: bool) -> Vec<Wanted> {
    let mut last: Option<(&TopicRef, Result<String, ErrorCode>)> = None;
    let mut wanted = Vec::with_capacity(asks.len());
    for ask in asks {
        let known = last.take().filter(|(topic, _)| *topic == &ask.topic);
        let (topic, name) = known.unwrap_or_else(|| (&ask.topic, name_of(ctx, &ask.topic)));
        let partition = find(&ctx.shared, name.as_deref().map_err(|code| *code), ask.partition);
        wanted.push(Wanted { ask: ask.clone(), partition, committed_only });
        last = Some((topic, name));
    }
    wanted
}

fn name_of(ctx: &Ctx, topic: &TopicRef) -> Result<String, ErrorCode> {
    match topic {
        TopicRef::Name(name) => Ok(name.to_string()),
        TopicRef::Id(id) => {
            let state = ctx.shared.node.state();
            let known = state.topic_by_id(TopicId(*id));
            known.map(|t| t.name.as_str().to_owned()).ok_or(ErrorCode::UnknownTopicId)
        }
    }
}
