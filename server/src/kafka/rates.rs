//! How fast topics are written and read, measured from their offsets between readings. Pure.
//!
//! Nothing runs in the background: whoever looks at a topic leaves a sample, and whoever looks next
//! measures against it.

use std::collections::{BTreeMap, HashMap, VecDeque};

use ouzel_api::topics::TopicRate;

/// Samples closer together than this say little: groups commit every few seconds.
const APART_MS: i64 = 5_000;
/// What a rate is measured over where there are samples enough.
const WINDOW_MS: i64 = 60_000;
/// A sample older than this tells nothing about now: rows that only decide an order are read once a
/// minute, so that two of their readings lie within it.
const OLD_MS: i64 = 150_000;
/// Samples of one topic: a window full of them, and one that is older.
const SAMPLES_MAX: usize = 14;
/// Topics whose samples are kept: some ten thousand that people look at, in a few megabytes.
const TOPICS_MAX: usize = 20_000;

/// What is known of the topics that somebody has looked at.
#[derive(Debug, Default)]
pub struct Rates(HashMap<String, VecDeque<Sample>>);

/// One reading of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// When, by a clock that never goes back, in milliseconds.
    pub at_ms: i64,
    /// The ends of all partitions, summed.
    pub written: i64,
    /// What each group has committed, summed over partitions; `None` if that could not be read.
    pub committed: Option<BTreeMap<String, i64>>,
}

impl Rates {
    /// Keeps a reading and measures it against earlier ones.
    pub fn note(&mut self, topic: &str, sample: Sample) -> Option<TopicRate> {
        self.make_room(topic, sample.at_ms);
        let samples = self.0.entry(topic.to_owned()).or_default();
        // Offsets never fall, unless the topic is another one of the same name.
        if samples.back().is_some_and(|last| last.written > sample.written) {
            samples.clear();
        }
        samples.retain(|earlier| sample.at_ms - earlier.at_ms <= OLD_MS);
        let rate = reference(samples, sample.at_ms).map(|at| between(samples.range(at..), &sample));
        if samples.back().is_none_or(|last| sample.at_ms - last.at_ms >= APART_MS) {
            samples.push_back(sample);
            let surplus = samples.len().saturating_sub(SAMPLES_MAX);
            samples.drain(..surplus);
        }
        rate
    }

    /// A new topic takes the place of those that nobody has looked at for a while.
    fn make_room(&mut self, topic: &str, now_ms: i64) {
        if self.0.len() >= TOPICS_MAX && !self.0.contains_key(topic) {
            let fresh = |samples: &VecDeque<Sample>| {
                samples.back().is_some_and(|last| now_ms - last.at_ms <= WINDOW_MS)
            };
            self.0.retain(|_, samples| fresh(samples));
            if self.0.len() >= TOPICS_MAX {
                self.0.clear();
            }
        }
    }
}

/// What to measure against: the oldest sample of the window, else the newest before it.
fn reference(samples: &VecDeque<Sample>, now_ms: i64) -> Option<usize> {
    let apart = |sample: &Sample| now_ms - sample.at_ms >= APART_MS;
    let recent = |sample: &Sample| apart(sample) && now_ms - sample.at_ms <= WINDOW_MS;
    samples.iter().position(recent).or_else(|| samples.iter().rposition(apart))
}

/// What happened since the first of `samples`. A group that was set back has read nothing; one that
/// has committed for the first time meanwhile counts from there.
fn between<'a>(samples: impl Iterator<Item = &'a Sample> + Clone, now: &Sample) -> TopicRate {
    let first = samples.clone().next().unwrap_or(now);
    let before = |group: &str| {
        samples.clone().find_map(|sample| sample.committed.as_ref()?.get(group).copied())
    };
    let read = |after: &BTreeMap<String, i64>| {
        let moved = after.iter().map(|(group, sum)| sum - before(group).unwrap_or(*sum));
        moved.map(|moved| moved.max(0)).fold(0_i64, i64::saturating_add)
    };
    TopicRate {
        records_in: now.written.saturating_sub(first.written),
        records_out: first.committed.as_ref().and(now.committed.as_ref()).map(read),
        over_ms: now.at_ms - first.at_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at_s: i64, written: i64, committed: i64) -> Sample {
        let committed = Some(BTreeMap::from([("g".to_owned(), committed)]));
        Sample { at_ms: at_s * 1000, written, committed }
    }

    fn rate(records_in: i64, records_out: i64, over_s: i64) -> Option<TopicRate> {
        Some(TopicRate { records_in, records_out: Some(records_out), over_ms: over_s * 1000 })
    }

    #[test]
    fn a_rate_is_measured_between_two_readings_and_over_a_minute_where_there_are_more() {
        let mut rates = Rates::default();
        assert_eq!(rates.note("t", sample(0, 100, 50)), None);
        assert_eq!(rates.note("t", sample(2, 110, 50)), None, "too close together");
        assert_eq!(rates.note("t", sample(10, 200, 80)), rate(100, 30, 10));
        for second in [20, 30, 40, 50, 60] {
            rates.note("t", sample(second, 200 + second, 80));
        }
        assert_eq!(rates.note("t", sample(65, 300, 90)), rate(100, 10, 55));
    }

    #[test]
    fn an_older_sample_serves_until_it_says_nothing_about_now() {
        let mut rates = Rates::default();
        rates.note("t", sample(0, 100, 50));
        assert_eq!(rates.note("t", sample(120, 700, 50)), rate(600, 0, 120));
        assert_eq!(rates.note("t", sample(120 + 151, 900, 50)), None);
        assert_eq!(rates.note("t", sample(120 + 161, 910, 50)), rate(10, 0, 10));
    }

    #[test]
    fn a_topic_made_anew_and_a_group_set_back_count_nothing_negative() {
        let mut rates = Rates::default();
        rates.note("t", sample(0, 100, 50));
        assert_eq!(rates.note("t", sample(10, 150, 20)), rate(50, 0, 10));
        assert_eq!(rates.note("t", sample(20, 5, 0)), None);
        assert_eq!(rates.note("t", sample(30, 8, 0)), rate(3, 0, 10));
    }

    #[test]
    fn a_group_that_comes_later_counts_from_its_first_commit() {
        let mut rates = Rates::default();
        rates.note("t", Sample { committed: Some(BTreeMap::new()), ..sample(0, 100, 0) });
        assert_eq!(rates.note("t", sample(10, 100, 40)), rate(0, 0, 10));
        assert_eq!(rates.note("t", sample(20, 100, 70)), rate(0, 30, 20));
    }

    #[test]
    fn what_could_not_be_read_is_not_taken_for_nothing() {
        let mut rates = Rates::default();
        rates.note("t", Sample { committed: None, ..sample(0, 1, 0) });
        let told = rates.note("t", sample(10, 2, 9)).map(|rate| rate.records_out);
        assert_eq!(told, Some(None));
    }

    #[test]
    fn no_more_topics_are_kept_than_the_limit() {
        let mut rates = Rates::default();
        for n in 0..TOPICS_MAX + 5 {
            rates.note(&format!("t{n}"), sample(0, 1, 0));
        }
        assert!(rates.0.len() <= TOPICS_MAX);
    }
}
