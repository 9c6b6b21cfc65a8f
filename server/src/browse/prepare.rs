//! A search before it runs: everything that can be wrong with it is found here.

use std::collections::HashMap;

use ouzel_api::search::{self, From, MATCHES_MAX};

use super::{
    SearchError,
    filter::Filters,
    plan::{Direction, Span},
    token::{self, Binding},
};
use crate::kafka::{
    At, Cluster, KafkaError, Lane, OffsetAndTime, Offsets, Partition, Topic, TopicPartition,
};

/// A search that is ready to run; see [`Search::run`].
#[derive(Debug)]
pub struct Search {
    pub(super) route: Route,
    pub(super) filters: Filters,
    pub(super) direction: Direction,
    pub(super) wanted: usize,
    pub(super) binding: Binding,
}

/// Where a reader of a topic begins and ends, and how it gets there.
#[derive(Debug)]
pub(super) struct Route {
    pub lane: Lane,
    pub spans: Vec<Span>,
    pub leaders: HashMap<i32, i32>,
}

impl Search {
    /// Checks what is asked for, and finds where it begins and ends.
    pub async fn prepare(
        cluster: &Cluster,
        topic: &str,
        asked: &search::Search,
    ) -> Result<Search, SearchError> {
        let filters = Filters::compile(&asked.filters)?;
        if !(1..=MATCHES_MAX).contains(&asked.limit) {
            return Err(SearchError::Limit(asked.limit));
        }
        let binding = Binding::new(cluster.id(), topic, asked);
        let start = match &asked.resume {
            Some(token) => Start::At(token::read(token, binding)?),
            None => Start::Fresh(asked.from, asked.partitions.as_deref()),
        };
        Ok(Search {
            route: route(cluster, topic, start).await?,
            filters,
            direction: direction(asked.from),
            wanted: asked.limit as usize,
            binding,
        })
    }
}

/// Where a route begins.
pub(super) enum Start<'a> {
    /// At the beginning of a search over these partitions, or all.
    Fresh(From, Option<&'a [i32]>),
    /// Where an earlier search was.
    At(Vec<Span>),
}

/// Finds the way to a topic's records.
pub(super) async fn route(
    cluster: &Cluster,
    topic: &str,
    start: Start<'_>,
) -> Result<Route, KafkaError> {
    // Read now, not from the cache: the topic may have been made a moment ago.
    let found = &cluster.fresh_topic(topic).await?;
    let spans = match start {
        Start::At(spans) => spans,
        Start::Fresh(from, partitions) => {
            let places = chosen(topic, found, partitions)?;
            spans(cluster, direction(from), from, places).await?
        }
    };
    for span in &spans {
        partition_of(topic, found, span.partition)?;
    }
    let led = |partition: &Partition| Some((partition.number, partition.leader?));
    Ok(Route {
        lane: Lane::new(cluster, topic, found.id),
        spans,
        leaders: found.partitions.iter().filter_map(led).collect(),
    })
}

fn direction(from: From) -> Direction {
    match from {
        From::Newest => Direction::Backward,
        From::Oldest | From::Offset { .. } | From::Time { .. } => Direction::Forward,
    }
}

/// The partitions to look through, each once.
fn chosen(
    topic: &str,
    found: &Topic,
    partitions: Option<&[i32]>,
) -> Result<Vec<TopicPartition>, KafkaError> {
    let mut numbers = match partitions {
        None => found.partitions.iter().map(|partition| partition.number).collect(),
        Some(numbers) => numbers.to_vec(),
    };
    numbers.sort_unstable();
    numbers.dedup();
    numbers.iter().map(|number| partition_of(topic, found, *number)).collect()
}

fn partition_of(topic: &str, found: &Topic, partition: i32) -> Result<TopicPartition, KafkaError> {
    let there = found.partition(partition).is_some();
    let topic = topic.to_owned();
    match there {
        true => Ok(TopicPartition { topic, partition }),
        false => Err(KafkaError::NoPartition { topic, partition }),
    }
}

async fn spans(
    cluster: &Cluster,
    direction: Direction,
    from: From,
    places: Vec<TopicPartition>,
) -> Result<Vec<Span>, KafkaError> {
    let (starts, ends) = tokio::try_join!(
        cluster.offsets(places.clone(), At::Start),
        cluster.offsets(places.clone(), At::End)
    )?;
    let times = match from {
        From::Time { timestamp_ms } => {
            cluster.offsets(places.clone(), At::Time(timestamp_ms)).await?
        }
        From::Newest | From::Oldest | From::Offset { .. } => Offsets::new(),
    };
    let span = |place: &TopicPartition| {
        let first = known(&starts, place)?.map_or(0, |found| found.offset);
        let end = known(&ends, place)?.map_or(first, |found| found.offset);
        let start = match from {
            From::Newest | From::Oldest => first,
            From::Offset { offset } => offset.clamp(first, end.max(first)),
            // No record that late: nothing to read.
            From::Time { .. } => known(&times, place)?.map_or(end, |found| found.offset),
        };
        Ok(Span::unread(direction, place.partition, start, end))
    };
    places.iter().map(span).collect()
}

fn known(offsets: &Offsets, place: &TopicPartition) -> Result<Option<OffsetAndTime>, KafkaError> {
    match offsets.get(place) {
        Some(found) => found.clone(),
        None => {
            Err(KafkaError::NoPartition { topic: place.topic.clone(), partition: place.partition })
        }
    }
}
