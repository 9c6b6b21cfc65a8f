//! How fast topics are written and read, measured from their offsets between readings. Pure.
//!
//! A topic is measured from when somebody looks at it. From then on the cluster's sampler reads it
//! too, so that a rate is that of the last minute, however seldom pages ask: two looks far apart
//! would tell of a burst between them as if it went on.

use std::collections::{BTreeMap, HashMap, VecDeque};

use ouzel_api::topics::TopicRate;

/// Samples closer together than this say little: groups commit every few seconds.
const APART_MS: i64 = 5_000;
/// What a rate is measured over where there are samples enough.
const WINDOW_MS: i64 = 60_000;
/// A sample older than this tells nothing about now. Clusters with many partitions are read once a
/// minute, so that one such reading still serves when the next is a little late.
const OLD_MS: i64 = 90_000;
/// How long a topic that nobody looks at any more is still sampled: who comes back finds a rate.
const LOOKED_MS: i64 = 600_000;
/// Samples of one topic: a window full of them, and one that is older.
const SAMPLES_MAX: usize = 14;
/// Topics whose samples are kept: some ten thousand that people look at, in a few megabytes.
const TOPICS_MAX: usize = 20_000;

/// What is known of the topics that somebody has looked at.
#[derive(Debug, Default)]
pub struct Rates(HashMap<String, Looked>);

#[derive(Debug, Default)]
struct Looked {
    /// When somebody did last.
    at_ms: i64,
    /// The oldest first.
    samples: VecDeque<Sample>,
}

/// One reading of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// When, by a clock that never goes back, in milliseconds.
    pub at_ms: i64,
    /// The ends of all partitions, summed.
    pub written: i64,
    /// What each group has committed; `None` if that could not be read.
    pub committed: Option<Commits>,
}

/// What groups have committed on a topic, by their ids.
pub type Commits = BTreeMap<String, Committed>;

/// What one of them has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// Summed over partitions.
    pub sum: i64,
    /// Whether somebody is in the group.
    pub held: bool,
}

impl Rates {
    /// Keeps what somebody who looks has read, and measures it against earlier readings.
    pub fn note(&mut self, topic: &str, sample: Sample) -> Option<TopicRate> {
        self.make_room(topic, sample.at_ms);
        let looked = self.0.entry(topic.to_owned()).or_default();
        looked.at_ms = sample.at_ms;
        looked.take(sample)
    }

    /// Keeps what the sampler has read of a topic that somebody looks at.
    pub fn go_on(&mut self, topic: &str, sample: Sample) {
        if let Some(looked) = self.0.get_mut(topic) {
            looked.take(sample);
        }
    }

    /// The topics that somebody has looked at lately; the others are forgotten.
    pub fn looked_at(&mut self, now_ms: i64) -> impl Iterator<Item = &str> {
        self.0.retain(|_, looked| now_ms - looked.at_ms <= LOOKED_MS);
        self.0.keys().map(String::as_str)
    }

    /// The commits of a group were moved from outside: what it had before is not compared with
    /// what it has now.
    pub fn forget_group(&mut self, group: &str) {
        let samples = self.0.values_mut().flat_map(|looked| &mut looked.samples);
        for sample in samples {
            if let Some(committed) = &mut sample.committed {
                committed.remove(group);
            }
        }
    }

    /// What was written up to now was no traffic.
    pub fn begin_anew(&mut self) {
        self.0.values_mut().for_each(|looked| looked.samples.clear());
    }

    /// A new topic takes the place of those that nobody has looked at for a while.
    fn make_room(&mut self, topic: &str, now_ms: i64) {
        if self.0.len() >= TOPICS_MAX && !self.0.contains_key(topic) {
            self.0.retain(|_, looked| now_ms - looked.at_ms <= WINDOW_MS);
            if self.0.len() >= TOPICS_MAX {
                self.0.clear();
            }
        }
    }
}

impl Looked {
    fn take(&mut self, sample: Sample) -> Option<TopicRate> {
        let samples = &mut self.samples;
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
}

/// What to measure against: the oldest sample of the window, else the newest before it.
fn reference(samples: &VecDeque<Sample>, now_ms: i64) -> Option<usize> {
    let apart = |sample: &Sample| now_ms - sample.at_ms >= APART_MS;
    let recent = |sample: &Sample| apart(sample) && now_ms - sample.at_ms <= WINDOW_MS;
    samples.iter().position(recent).or_else(|| samples.iter().rposition(apart))
}

/// What happened since the first of `samples`.
fn between<'a>(samples: impl Iterator<Item = &'a Sample> + Clone, now: &Sample) -> TopicRate {
    let first = samples.clone().next().unwrap_or(now);
    let read = |after: &Commits| {
        let of = |(group, last): (&String, &Committed)| {
            let earlier = samples.clone().filter_map(|it| it.committed.as_ref()?.get(group));
            read_by(earlier.copied().chain([*last]))
        };
        after.iter().map(of).fold(0_i64, i64::saturating_add)
    };
    TopicRate {
        records_in: now.written.saturating_sub(first.written),
        records_out: first.committed.as_ref().and(now.committed.as_ref()).map(read),
        over_ms: now.at_ms - first.at_ms,
    }
}

/// What a group has read that had these commits, one after the other. One that was set back has
/// read nothing. Nor has one that nobody is in, at its first step: then its commits were moved from
/// outside. If they go on, somebody reads who commits without being a member.
fn read_by(commits: impl Iterator<Item = Committed>) -> i64 {
    let (mut last, mut read, mut goes_on) = (None, 0_i64, false);
    for now in commits {
        let Some(before) = last.replace(now) else { continue };
        let by: i64 = now.sum.saturating_sub(before.sum).max(0);
        let is_loose = !before.held && !now.held;
        if !is_loose || goes_on {
            read = read.saturating_add(by);
        }
        goes_on |= is_loose && by > 0;
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at_s: i64, written: i64, committed: i64) -> Sample {
        of_group(at_s, written, Committed { sum: committed, held: true })
    }

    fn of_group(at_s: i64, written: i64, committed: Committed) -> Sample {
        let committed = Some(Commits::from([("g".to_owned(), committed)]));
        Sample { at_ms: at_s * 1000, written, committed }
    }

    fn unheld(at_s: i64, committed: i64) -> Sample {
        of_group(at_s, 100, Committed { sum: committed, held: false })
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
        assert_eq!(rates.note("t", sample(80, 700, 50)), rate(600, 0, 80));
        assert_eq!(rates.note("t", sample(80 + 91, 900, 50)), None);
        assert_eq!(rates.note("t", sample(80 + 101, 910, 50)), rate(10, 0, 10));
    }

    #[test]
    fn a_burst_is_told_for_a_minute_and_not_longer_though_nobody_looked_meanwhile() {
        let mut rates = Rates::default();
        rates.go_on("t", sample(0, 0, 0));
        assert_eq!(rates.looked_at(0).count(), 0, "nobody looks");
        rates.note("t", sample(0, 0, 0));
        for second in [15, 30, 45, 60, 75] {
            rates.go_on("t", sample(second, 10_000 + second, 0));
        }
        assert_eq!(rates.note("t", sample(80, 10_080, 0)), rate(50, 0, 50));
        assert_eq!(rates.looked_at(680_000).collect::<Vec<_>>(), ["t"]);
        assert_eq!(rates.looked_at(680_001).count(), 0);
    }

    #[test]
    fn what_was_written_before_a_new_beginning_is_no_traffic() {
        let mut rates = Rates::default();
        rates.note("t", sample(0, 0, 0));
        rates.begin_anew();
        assert_eq!(rates.note("t", sample(30, 50_000, 0)), None);
        assert_eq!(rates.note("t", sample(40, 50_004, 0)), rate(4, 0, 10));
    }

    #[test]
    fn commits_that_were_moved_from_outside_are_not_taken_for_reading() {
        let mut rates = Rates::default();
        rates.note("t", unheld(0, 10));
        assert_eq!(rates.note("t", unheld(10, 90)), rate(0, 0, 10), "nobody is in the group");
        assert_eq!(rates.note("t", unheld(20, 95)), rate(0, 5, 20), "it goes on");
        let mut rates = Rates::default();
        rates.note("t", sample(0, 100, 10));
        rates.forget_group("g");
        assert_eq!(rates.note("t", sample(10, 100, 90)), rate(0, 0, 10));
        assert_eq!(rates.note("t", sample(20, 100, 97)), rate(0, 7, 20));
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
        rates.note("t", Sample { committed: Some(Commits::new()), ..sample(0, 100, 0) });
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
