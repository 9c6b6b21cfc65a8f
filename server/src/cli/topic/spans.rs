//! Which offsets of each partition `consume` reads: what was asked for, and what there is.

use std::{collections::BTreeMap, ops::Range};

use ouzel_api::search::Isolation;

use super::{
    Failure,
    offset::{Begin, Span, Until},
};
use crate::kafka::{At, Cluster, Offsets, TopicPartition};

/// What is read of each topic.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// From where to where.
    pub span: Span,
    /// Only these partitions; all if there are none.
    pub partitions: &'a [i32],
    /// Whether the end is behind what is undecided, or before it.
    pub isolation: Isolation,
}

/// The offsets to read of a topic, by partition.
pub async fn spans(
    cluster: &Cluster,
    topic: &str,
    wanted: &Wanted<'_>,
) -> Result<BTreeMap<i32, Range<i64>>, Failure> {
    let metadata = cluster.fresh_metadata().await.map_err(Failure::of)?;
    let there = metadata.topic(topic).map_err(Failure::of)?;
    let numbers: Vec<i32> = match wanted.partitions {
        [] => there.partitions.iter().map(|partition| partition.number).collect(),
        chosen => chosen.to_vec(),
    };
    let places: Vec<TopicPartition> =
        numbers.iter().map(|number| TopicPartition::new(topic, *number)).collect();
    let offsets = async |at| cluster.offsets(places.clone(), at).await.map_err(Failure::of);
    let of_time = async |time: Option<i64>| match time {
        Some(timestamp_ms) => offsets(At::Time(timestamp_ms)).await,
        None => Ok(Offsets::new()),
    };
    let end = match wanted.isolation {
        Isolation::ReadCommitted => At::StableEnd,
        Isolation::ReadUncommitted => At::End,
    };
    let (starts, ends) = (offsets(At::Start).await?, offsets(end).await?);
    let Span { begin, until } = wanted.span;
    let from = of_time(if let Begin::Time(ms) = begin { Some(ms) } else { None }).await?;
    let to = of_time(if let Until::Time(ms) = until { Some(ms) } else { None }).await?;
    let mut spans = BTreeMap::new();
    for place in &places {
        let first = known(&starts, place)?.unwrap_or(0);
        let end = known(&ends, place)?.unwrap_or(first).max(first);
        let bounds = Bounds { first, end, from: known(&from, place)?, to: known(&to, place)? };
        spans.insert(place.partition, bounds.span(wanted.span));
    }
    Ok(spans)
}

fn known(offsets: &Offsets, place: &TopicPartition) -> Result<Option<i64>, Failure> {
    match offsets.get(place) {
        Some(Ok(found)) => Ok(found.map(|found| found.offset)),
        Some(Err(error)) => Err(Failure::of(error)),
        None => Ok(None),
    }
}

/// What a partition has: its first offset, its end, and the first offsets of the times that were
/// asked for, where there are any.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    first: i64,
    end: i64,
    from: Option<i64>,
    to: Option<i64>,
}

impl Bounds {
    fn span(self, Span { begin, until }: Span) -> Range<i64> {
        let Bounds { first, end, .. } = self;
        let until = match until {
            Until::Never => i64::MAX,
            Until::End => end,
            Until::Offset(offset) => offset,
            Until::Time(_) => self.to.unwrap_or(end).min(end),
        };
        let begin = match begin {
            Begin::Start => first,
            Begin::End => end,
            // What is wanted has not been written yet, and what is there was not asked for.
            Begin::Offset(offset) if offset > end && until != i64::MAX => until,
            Begin::Offset(offset) => offset,
            Begin::AfterStart(count) => first.saturating_add(count),
            Begin::BeforeEnd(count) => end.saturating_sub(count),
            Begin::Time(_) => self.from.unwrap_or(end),
        };
        match begin >= until {
            true => until..until,
            false => begin.clamp(first, end)..until,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Bounds, Range};

    /// What is read of a partition whose offsets are 10 to 19, with times at 12 and 17.
    fn read(asked: &str) -> Range<i64> {
        Bounds { first: 10, end: 20, from: Some(12), to: Some(17) }.span(asked.parse().unwrap())
    }

    #[test]
    fn a_span_stays_within_what_the_partition_has() {
        const EVER: i64 = i64::MAX;
        assert_eq!(read("start"), 10..EVER);
        assert_eq!(read("end"), 20..EVER);
        assert_eq!(read("5:15"), 10..15);
        assert_eq!(read("12:15"), 12..15);
        assert_eq!(read("18:25"), 18..25, "what is still to come is waited for");
        assert_eq!(read("+3:end"), 13..20);
        assert_eq!(read("-3:end"), 17..20);
        assert_eq!(read("-99"), 10..EVER);
        assert_eq!(read("30"), 20..EVER);
        assert_eq!(read("@1700000000:1h"), 12..17);
        assert!(read("30:40").is_empty(), "what is there was not asked for");
        assert!(read(":5").is_empty());
    }
}
