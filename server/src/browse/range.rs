//! From where to where a reader goes in each partition: what is asked of the brokers for it, and
//! what their answers mean.

use ouzel_api::search::{self, From, Isolation, Until};

use super::plan::Direction;
use crate::kafka::{
    At, Cluster, KafkaError, OffsetAndTime, Offsets, TopicPartition, groups::Commit,
};

/// From where to where.
pub(super) struct Range<'a> {
    pub from: &'a From,
    pub until: Until,
    pub isolation: Isolation,
}

impl Range<'_> {
    /// That of a search.
    pub fn of(asked: &search::Search) -> Range<'_> {
        Range { from: &asked.from, until: asked.until, isolation: asked.isolation }
    }
}

/// Which way a search goes that begins there.
pub(super) fn direction(from: &From) -> Direction {
    match from {
        From::Newest => Direction::Backward,
        From::Oldest | From::Offset { .. } | From::Time { .. } | From::Group { .. } => {
            Direction::Forward
        }
    }
}

/// Offsets that a range is made of, all asked for at once.
pub(super) struct Bounds {
    starts: Offsets,
    ends: Offsets,
    /// Before these offsets every transaction is decided.
    pub stable: Offsets,
    /// Where the search begins, if it is not at an end.
    from: Offsets,
    /// The first offset that is later than the search.
    until: Offsets,
}

/// What a range means in one partition: `[start, end)`, and how many offsets behind it are held
/// back.
pub(super) struct Reach {
    pub start: i64,
    pub end: i64,
    pub held: u64,
}

impl Bounds {
    /// What the range means in this partition.
    pub fn reach(&self, range: &Range<'_>, place: &TopicPartition) -> Result<Reach, KafkaError> {
        let all = self.stretch(range, place, &self.ends)?;
        let (start, end) = match range.isolation {
            Isolation::ReadUncommitted => all,
            Isolation::ReadCommitted => self.stretch(range, place, &self.stable)?,
        };
        let offsets = |(start, end): (i64, i64)| u64::try_from(end - start).unwrap_or(0);
        let held = offsets(all).saturating_sub(offsets((start, end)));
        Ok(Reach { start, end, held })
    }

    /// The part of a partition that ends at `ends` which lies in the range.
    fn stretch(
        &self,
        range: &Range<'_>,
        place: &TopicPartition,
        ends: &Offsets,
    ) -> Result<(i64, i64), KafkaError> {
        let first = known(&self.starts, place)?.map_or(0, |found| found.offset);
        let end = known(ends, place)?.map_or(first, |found| found.offset);
        let start = match range.from {
            From::Newest | From::Oldest => first,
            From::Offset { offset } => (*offset).clamp(first, end.max(first)),
            // No record that late: nothing to read.
            From::Time { .. } => known(&self.from, place)?.map_or(end, |found| found.offset),
            From::Group { .. } => known(&self.from, place)?.map_or(first, |found| found.offset),
        };
        let start = start.clamp(first, end.max(first));
        let later = match range.until {
            Until::Time { .. } => known(&self.until, place)?.map(|found| found.offset),
            Until::Now | Until::Offset { .. } => None,
        };
        Ok(narrowed(range.until, direction(range.from), (start, end), later))
    }
}

/// The part of a range that lies before its end, in the direction of the search. `later` is the
/// first offset that is not within the time.
fn narrowed(
    until: Until,
    direction: Direction,
    (start, end): (i64, i64),
    later: Option<i64>,
) -> (i64, i64) {
    match (until, direction) {
        (Until::Now, _) => (start, end),
        (Until::Offset { offset }, Direction::Forward) => {
            (start, end.min(offset.saturating_add(1)))
        }
        (Until::Offset { offset }, Direction::Backward) => (start.max(offset).min(end), end),
        (Until::Time { .. }, Direction::Forward) => (start, later.map_or(end, |at| at.min(end))),
        (Until::Time { .. }, Direction::Backward) => {
            (later.map_or(end, |at| at.clamp(start, end.max(start))), end)
        }
    }
}

/// Asks for them.
pub(super) async fn bounds(
    cluster: &Cluster,
    range: &Range<'_>,
    places: &[TopicPartition],
) -> Result<Bounds, KafkaError> {
    let ask = |at| cluster.offsets(places.to_vec(), at);
    let from = async {
        match range.from {
            From::Time { timestamp_ms } => ask(At::Time(*timestamp_ms)).await,
            From::Group { group } => commits(cluster, group).await,
            From::Newest | From::Oldest | From::Offset { .. } => Ok(Offsets::new()),
        }
    };
    let until = async {
        match (range.until, direction(range.from)) {
            // The first that is later than the time, or the first that is not earlier.
            (Until::Time { timestamp_ms }, Direction::Forward) => {
                ask(At::Time(timestamp_ms.saturating_add(1))).await
            }
            (Until::Time { timestamp_ms }, Direction::Backward) => {
                ask(At::Time(timestamp_ms)).await
            }
            (Until::Now | Until::Offset { .. }, _) => Ok(Offsets::new()),
        }
    };
    let (starts, ends, stable, mut from, until) =
        tokio::try_join!(ask(At::Start), ask(At::End), ask(At::StableEnd), from, until)?;
    if matches!(range.from, From::Group { .. }) {
        // Of a group that is, a partition without a commit is no error.
        for place in places {
            from.entry(place.clone()).or_insert(Ok(None));
        }
    }
    Ok(Bounds { starts, ends, stable, from, until })
}

/// What a group has committed, as offsets.
async fn commits(cluster: &Cluster, group: &str) -> Result<Offsets, KafkaError> {
    let no_group = || KafkaError::NoGroup { group: group.to_owned() };
    let state = cluster.group_state(group).await?.ok_or_else(no_group)?;
    let offset = |commit: Commit| OffsetAndTime { offset: commit.offset, timestamp_ms: -1 };
    let commits = state.commits?.into_iter();
    Ok(commits.map(|(place, commit)| (place, commit.map(|it| Some(offset(it))))).collect())
}

fn known(offsets: &Offsets, place: &TopicPartition) -> Result<Option<OffsetAndTime>, KafkaError> {
    match offsets.get(place) {
        Some(found) => found.clone(),
        None => {
            Err(KafkaError::NoPartition { topic: place.topic.clone(), partition: place.partition })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{
        Bounds, Direction::*, From, Isolation, OffsetAndTime, Offsets, Range, TopicPartition,
        Until, narrowed,
    };

    #[test]
    fn a_search_ends_where_it_was_told_to_in_either_direction() {
        let (offset, time) = (Until::Offset { offset: 7 }, Until::Time { timestamp_ms: 1 });
        for (until, direction, later, wanted) in [
            (Until::Now, Forward, None, (3, 10)),
            (offset, Forward, None, (3, 8)),
            (offset, Backward, None, (7, 10)),
            (Until::Offset { offset: 99 }, Forward, None, (3, 10)),
            (Until::Offset { offset: 99 }, Backward, None, (10, 10)),
            (Until::Offset { offset: i64::MAX }, Forward, None, (3, 10)),
            (time, Forward, Some(6), (3, 6)),
            (time, Forward, None, (3, 10)),
            (time, Backward, Some(6), (6, 10)),
            (time, Backward, Some(1), (3, 10)),
            (time, Backward, None, (10, 10)),
        ] {
            assert_eq!(narrowed(until, direction, (3, 10), later), wanted, "{until:?}");
        }
    }

    #[test]
    fn what_an_undecided_transaction_holds_back_is_counted_as_far_as_it_is_in_the_range() {
        let place = TopicPartition::new("t", 0);
        let at = |offset| -> Offsets {
            let found = OffsetAndTime { offset, timestamp_ms: -1 };
            HashMap::from([(place.clone(), Ok(Some(found)))])
        };
        let none = Offsets::new;
        let bounds =
            Bounds { starts: at(2), ends: at(10), stable: at(6), from: none(), until: none() };
        let (all, committed) = (Isolation::ReadUncommitted, Isolation::ReadCommitted);
        let until = |offset| Until::Offset { offset };
        for (from, until, isolation, wanted) in [
            (From::Oldest, Until::Now, all, (2, 10, 0)),
            (From::Oldest, Until::Now, committed, (2, 6, 4)),
            (From::Newest, Until::Now, committed, (2, 6, 4)),
            (From::Oldest, until(7), committed, (2, 6, 2)),
            (From::Oldest, until(3), committed, (2, 4, 0)),
            (From::Offset { offset: 8 }, Until::Now, committed, (6, 6, 2)),
        ] {
            let range = Range { from: &from, until, isolation };
            let reach = bounds.reach(&range, &place).expect("it was read");
            assert_eq!((reach.start, reach.end, reach.held), wanted, "{from:?} {until:?}");
        }
    }
}
