//! How large topics are and how quickly they are written to, from one reading to the next. Pure.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::kafka::{Metadata, Offsets, TopicPartition, offset_of};

/// Readings from which a rate is told.
const WINDOW: usize = 6;
/// Most topics that are followed: as many as lists are made for.
pub const TOPICS_MAX: usize = 20_000;

/// All topics of a cluster.
#[derive(Debug, Default)]
pub struct Topics {
    by_name: BTreeMap<String, Followed>,
    /// Records written a second to all topics that are not the cluster's own, in the latest
    /// readings.
    recent: VecDeque<f64>,
}

/// One topic.
#[derive(Debug, Default)]
struct Followed {
    internal: bool,
    records: Option<i64>,
    bytes: Option<u64>,
    /// Time and sum of all ends.
    ends: VecDeque<(i64, i64)>,
}

/// A topic, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether the cluster keeps it for itself.
    pub internal: bool,
    /// Records in it; none: could not be read.
    pub records: Option<i64>,
    /// Bytes on disk, over all replicas; none: could not be read.
    pub bytes: Option<u64>,
    /// Records written a second; none before the second reading.
    pub written_per_s: Option<f64>,
}

impl Topics {
    /// Takes in where all partitions begin and end.
    pub fn take(&mut self, metadata: &Metadata, starts: &Offsets, ends: &Offsets, at_ms: i64) {
        self.by_name.retain(|name, _| metadata.topics.contains_key(name));
        for (name, topic) in metadata.topics.iter().take(TOPICS_MAX) {
            let places = topic.partitions.iter().map(|it| TopicPartition::new(name, it.number));
            let mut sums =
                places.map(|place| Some((offset_of(starts, &place)?, offset_of(ends, &place)?)));
            let sums = sums.try_fold((0_i64, 0_i64), |sum, found: Option<(i64, i64)>| {
                let (start, end) = found?;
                Some((sum.0.saturating_add(start), sum.1.saturating_add(end)))
            });
            let followed = self.by_name.entry(name.clone()).or_default();
            followed.internal = topic.internal;
            followed.records = sums.map(|(start, end)| (end - start).max(0));
            match sums {
                Some((_, end)) => followed.push(at_ms, end),
                // A rate of before says nothing of now.
                None => followed.ends.clear(),
            }
        }
        let rates = self.iter().filter(|topic| !topic.internal);
        // Not `sum`: of nothing that is a negative zero.
        let rate = rates.filter_map(|topic| topic.written_per_s).fold(0.0_f64, |sum, it| sum + it);
        if self.recent.len() == super::window::WINDOW {
            self.recent.pop_front();
        }
        self.recent.push_back(rate);
    }

    /// What was written up to now was no traffic.
    pub fn begin_rates_anew(&mut self) {
        self.by_name.values_mut().for_each(|followed| followed.ends.clear());
        self.recent.clear();
    }

    /// Nothing could be read: what was read before is not told as if it were true now.
    pub fn forget_figures(&mut self) {
        for followed in self.by_name.values_mut() {
            *followed = Followed { internal: followed.internal, ..Followed::default() };
        }
        self.recent.clear();
    }

    /// Takes in how large all topics are on disk.
    pub fn take_bytes(&mut self, bytes: &HashMap<String, u64>) {
        for (name, followed) in &mut self.by_name {
            followed.bytes = bytes.get(name).copied();
        }
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = Figures<'_>> {
        self.by_name.iter().map(|(name, followed)| Figures {
            name,
            internal: followed.internal,
            records: followed.records,
            bytes: followed.bytes,
            written_per_s: followed.rate(),
        })
    }

    /// Records written a second to all topics but the cluster's own.
    pub fn written_per_s(&self) -> f64 {
        self.recent.back().copied().unwrap_or_default()
    }

    /// The same in the latest readings, the oldest first.
    pub fn recent(&self) -> Vec<f64> {
        self.recent.iter().copied().collect()
    }
}

impl Followed {
    fn push(&mut self, at_ms: i64, end: i64) {
        // A topic of that name was made anew.
        if self.ends.back().is_some_and(|(_, last)| *last > end) {
            self.ends.clear();
        }
        if self.ends.len() == WINDOW {
            self.ends.pop_front();
        }
        self.ends.push_back((at_ms, end));
    }

    fn rate(&self) -> Option<f64> {
        let (first, last) = (self.ends.front()?, self.ends.back()?);
        let seconds = (last.0 - first.0) as f64 / 1000.0;
        (seconds > 0.0).then(|| (last.1 - first.1) as f64 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use ouzel_wire::messages::{
        MetadataResponse, MetadataResponsePartition, MetadataResponseTopic,
    };

    use super::*;
    use crate::kafka::OffsetAndTime;

    fn metadata(names: &[&str]) -> Metadata {
        let topic = |name: &&str| MetadataResponseTopic {
            name: Some((*name).to_owned()),
            is_internal: name.starts_with("__"),
            partitions: vec![MetadataResponsePartition::default()],
            ..MetadataResponseTopic::default()
        };
        let topics = names.iter().map(topic).collect();
        Metadata::new(MetadataResponse { topics, ..MetadataResponse::default() })
    }

    fn offsets(all: &[(&str, i64)]) -> Offsets {
        let one = |(name, offset): &(&str, i64)| {
            let found = OffsetAndTime { offset: *offset, timestamp_ms: -1 };
            (TopicPartition::new(name, 0), Ok(Some(found)))
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn rates_are_told_from_the_second_reading_on_and_begin_anew_with_their_topic() {
        let mut topics = Topics::default();
        let metadata = metadata(&["a", "b", "__own"]);
        let starts = offsets(&[("a", 10), ("b", 0), ("__own", 0)]);
        let first = offsets(&[("a", 110), ("b", 50), ("__own", 0)]);
        topics.take(&metadata, &starts, &first, 0);
        let rates = |topics: &Topics| {
            topics.iter().map(|it| (it.records, it.written_per_s)).collect::<Vec<_>>()
        };
        assert_eq!(rates(&topics)[1], (Some(100), None));
        assert!(topics.recent().iter().all(|rate| rate.is_sign_positive()), "no negative zero");
        let second = offsets(&[("a", 130), ("b", 4), ("__own", 900)]);
        topics.take(&metadata, &starts, &second, 10_000);
        assert_eq!(rates(&topics)[1..], [(Some(120), Some(2.0)), (Some(4), None)]);
        assert_eq!(topics.written_per_s(), 2.0, "the cluster's own topics do not count");
        topics.take(&metadata, &starts, &offsets(&[("a", 130)]), 20_000);
        assert_eq!(rates(&topics)[2], (None, None), "what could not be read is not empty");
    }

    #[test]
    fn what_cannot_be_read_any_more_is_not_told_as_it_was() {
        let (metadata, starts) = (metadata(&["a"]), offsets(&[("a", 0)]));
        let mut topics = Topics::default();
        let told = |topics: &Topics| {
            let all = topics.iter().map(|it| (it.records, it.bytes, it.written_per_s));
            all.collect::<Vec<_>>()
        };
        topics.take(&metadata, &starts, &offsets(&[("a", 10)]), 0);
        topics.take(&metadata, &starts, &offsets(&[("a", 30)]), 10_000);
        topics.take_bytes(&[("a".to_owned(), 7)].into());
        assert_eq!(told(&topics), [(Some(30), Some(7), Some(2.0))]);
        topics.take_bytes(&HashMap::new());
        topics.take(&metadata, &starts, &Offsets::new(), 20_000);
        assert_eq!(told(&topics), [(None, None, None)]);
        topics.take(&metadata, &starts, &offsets(&[("a", 30)]), 30_000);
        topics.take_bytes(&[("a".to_owned(), 7)].into());
        topics.forget_figures();
        assert_eq!(told(&topics), [(None, None, None)]);
    }

    #[test]
    fn a_filling_is_no_traffic() {
        let mut topics = Topics::default();
        let (metadata, starts) = (metadata(&["a"]), offsets(&[("a", 0)]));
        topics.take(&metadata, &starts, &offsets(&[("a", 0)]), 0);
        topics.take(&metadata, &starts, &offsets(&[("a", 9_000)]), 10_000);
        assert_eq!(topics.written_per_s(), 900.0);
        topics.begin_rates_anew();
        assert!(topics.recent().is_empty());
        topics.take(&metadata, &starts, &offsets(&[("a", 9_900)]), 20_000);
        assert_eq!(topics.iter().next().map(|it| it.written_per_s), Some(None));
        topics.take(&metadata, &starts, &offsets(&[("a", 9_910)]), 30_000);
        assert_eq!(topics.written_per_s(), 1.0);
    }
}
