//! A search before it runs: everything that can be wrong with it is found here.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use ouzel_api::{
    messages::PREVIEW_BYTES_MAX,
    search::{self, EXPORT_MATCHES_MAX, Isolation, MATCHES_MAX},
};

use super::{
    SearchError,
    decode::Decoding,
    filter::Filters,
    plan::{Direction, Span},
    range::{Range, bounds, direction},
    scan::{EXPORT_TIME_MAX, SEARCH_TIME_MAX},
    sift::Shape,
    token::{self, Binding, Left},
};
use crate::kafka::{At, Cluster, KafkaError, Lane, Offsets, Partition, Topic, TopicPartition};

/// A search that is ready to run; see [`Search::run`].
#[derive(Debug)]
pub struct Search {
    pub(super) route: Route,
    pub(super) filters: Filters,
    pub(super) shape: Shape,
    pub(super) isolation: Isolation,
    pub(super) direction: Direction,
    pub(super) wanted: usize,
    pub(super) time_max: Duration,
    pub(super) binding: Binding,
}

/// What a search is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Rows for a page: previews, at most [`MATCHES_MAX`] of them.
    Rows,
    /// A file: whole records, at most [`EXPORT_MATCHES_MAX`] of them.
    Export,
}

impl Purpose {
    /// Most matches.
    pub fn matches_max(self) -> u32 {
        match self {
            Purpose::Rows => MATCHES_MAX,
            Purpose::Export => EXPORT_MATCHES_MAX,
        }
    }

    fn time_max(self) -> Duration {
        match self {
            Purpose::Rows => SEARCH_TIME_MAX,
            Purpose::Export => EXPORT_TIME_MAX,
        }
    }

    fn shape(self) -> Shape {
        match self {
            Purpose::Rows => Shape::Decoded(PREVIEW_BYTES_MAX),
            Purpose::Export => Shape::Exact,
        }
    }
}

/// Where a reader of a topic begins and ends, and how it gets there.
#[derive(Debug)]
pub(super) struct Route {
    pub lane: Lane,
    pub spans: Vec<Span>,
    pub leaders: HashMap<i32, i32>,
    /// Before these offsets every transaction is decided.
    pub stable: HashMap<i32, i64>,
    /// Offsets of the range that a reader of committed records does not get yet.
    pub held: u64,
    /// Partitions that nobody could be asked about, with the reason; their spans are unknown.
    pub untold: BTreeMap<i32, KafkaError>,
}

impl Search {
    /// Checks what is asked for, and finds where it begins and ends.
    pub async fn prepare(
        cluster: &Cluster,
        topic: &str,
        asked: &search::Search,
        purpose: Purpose,
    ) -> Result<Search, SearchError> {
        let filters = Filters::compile(&asked.filters, Decoding::new(topic, asked.decode))?;
        let filters = filters.ready().await?;
        let (limit, most) = (asked.limit, purpose.matches_max());
        if !(1..=most).contains(&limit) {
            return Err(SearchError::Limit { limit, most });
        }
        let binding = Binding::new(cluster.id(), topic, asked);
        let start = match &asked.resume {
            Some(token) => Start::At(token::read(token, binding)?, Range::of(asked)),
            None => Start::Fresh(Range::of(asked), asked.partitions.as_deref()),
        };
        Ok(Search {
            route: route(cluster, topic, start).await?,
            filters,
            shape: purpose.shape(),
            isolation: asked.isolation,
            direction: direction(&asked.from),
            wanted: limit as usize,
            time_max: purpose.time_max(),
            binding,
        })
    }
}

/// Where a route begins.
pub(super) enum Start<'a> {
    /// At the beginning of a search over these partitions, or all.
    Fresh(Range<'a>, Option<&'a [i32]>),
    /// Where an earlier search was. What it could not learn is found out by its range.
    At(Left, Range<'a>),
}

/// What is known of each partition before it is read.
#[derive(Default)]
struct Known {
    spans: Vec<Span>,
    stable: Offsets,
    held: u64,
    untold: BTreeMap<i32, KafkaError>,
}

/// Finds the way to a topic's records. Partitions that cannot be asked about are marked; an error
/// if that leaves none.
pub(super) async fn route(
    cluster: &Cluster,
    topic: &str,
    start: Start<'_>,
) -> Result<Route, KafkaError> {
    // Read now, not from the cache: the topic may have been made a moment ago.
    let found = &cluster.fresh_topic(topic).await?;
    let Known { spans, stable, held, untold } = match start {
        Start::At(left, range) => {
            let partitions: Vec<i32> = left.spans.iter().map(|span| span.partition).collect();
            let places = chosen(topic, found, Some(&partitions))?;
            go_on(cluster, &range, left, places).await?
        }
        Start::Fresh(range, partitions) => {
            let places = chosen(topic, found, partitions)?;
            spans(cluster, &range, places).await?
        }
    };
    if let Some((_, error)) = untold.first_key_value().filter(|_| untold.len() == spans.len()) {
        return Err(error.clone());
    }
    let led = |partition: &Partition| Some((partition.number, partition.leader?));
    let decided = stable.iter().filter_map(|(place, found)| {
        Some((place.partition, found.as_ref().ok()?.as_ref()?.offset))
    });
    Ok(Route {
        lane: Lane::new(cluster, topic, found.id),
        spans,
        leaders: found.partitions.iter().filter_map(led).collect(),
        stable: decided.collect(),
        held,
        untold,
    })
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

/// What an earlier search has left, with what it could not learn.
async fn go_on(
    cluster: &Cluster,
    range: &Range<'_>,
    before: Left,
    places: Vec<TopicPartition>,
) -> Result<Known, KafkaError> {
    let (unknown, left): (Vec<Span>, Vec<Span>) =
        before.spans.into_iter().partition(Span::is_unknown);
    let is_unknown =
        |place: &TopicPartition| unknown.iter().any(|span| span.partition == place.partition);
    let (unknown, places): (Vec<_>, Vec<_>) = places.into_iter().partition(is_unknown);
    let mut known = match unknown.is_empty() {
        true => Known::default(),
        false => spans(cluster, range, unknown).await?,
    };
    known.stable.extend(cluster.offsets(places, At::StableEnd).await?);
    known.spans.extend(left);
    known.held = known.held.saturating_add(before.held);
    Ok(known)
}

/// The part of the search in each partition, and where the decided transactions end there.
async fn spans(
    cluster: &Cluster,
    range: &Range<'_>,
    places: Vec<TopicPartition>,
) -> Result<Known, KafkaError> {
    let bounds = bounds(cluster, range, &places).await?;
    let direction = direction(range.from);
    let mut held = 0;
    let mut untold = BTreeMap::new();
    let span = |place: &TopicPartition| match bounds.reach(range, place) {
        Ok(reach) => {
            held += reach.held;
            Span::unread(direction, place.partition, reach.start, reach.end)
        }
        Err(error) => {
            untold.insert(place.partition, error);
            Span::unknown(direction, place.partition)
        }
    };
    let spans = places.iter().map(span).collect();
    Ok(Known { spans, stable: bounds.stable, held, untold })
}
