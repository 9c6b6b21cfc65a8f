//! What is known of all clusters in the text that Prometheus reads. Pure.
//!
//! Series are written from what is there now and not registered anywhere, so that a group or a
//! topic that has gone is gone from here, too.

use std::fmt::Write;

use ouzel_api::{Lag, progress::TimeLag};

use super::followed::Followed;

/// Most groups and most topics of a cluster that are told: a scrape of both stays below a few
/// megabytes.
const TOLD_MAX: usize = 10_000;

/// One metric: its name, its kind and what it means.
type Metric = (&'static str, &'static str);

const LAG: Metric = ("ouzel_group_lag_records", "Records that a consumer group has not read");
const TIME: Metric =
    ("ouzel_group_lag_seconds", "How long ago a group's first unread record was written");
const MEMBERS: Metric = ("ouzel_group_members", "Members of a consumer group");
const STUCK: Metric =
    ("ouzel_group_stuck_partitions", "Partitions in which a group is stalled or stopped");
const LOST: Metric = (
    "ouzel_group_lost_records",
    "Records that retention deleted before a group with a commit below them has read them",
);
const RECORDS: Metric = ("ouzel_topic_records", "End offsets minus start offsets of a topic");
const BYTES: Metric = ("ouzel_topic_bytes", "Bytes of a topic on disk, over all replicas");
const UP: Metric = ("ouzel_cluster_up", "Whether the latest reading of a cluster succeeded");
const LEFT_OUT: Metric =
    ("ouzel_cluster_left_out", "Groups and topics of a cluster that are not told here");

/// The series of these clusters. Of one that is not `named`, nothing that holds the name of a group
/// or topic.
pub fn render<'a>(
    clusters: impl Iterator<Item = (&'a str, &'a Followed)>,
    named: impl Fn(&str) -> bool,
) -> String {
    let mut text = Text::default();
    for (cluster, followed) in clusters {
        let up = followed.read_ms > 0 && followed.error.is_none();
        text.add(UP, &[("cluster", cluster)], f64::from(u8::from(up)));
        let topics = followed.topics.iter().count().saturating_sub(TOLD_MAX);
        let groups = followed.groups().count().saturating_sub(TOLD_MAX);
        let left_out = followed.left_out + topics + groups;
        text.add(LEFT_OUT, &[("cluster", cluster)], left_out as f64);
        if named(cluster) {
            text.groups(cluster, followed);
            text.topics(cluster, followed);
        }
    }
    text.whole()
}

/// Lines by metric, for all lines of one must stand together.
#[derive(Default)]
struct Text(Vec<(Metric, String)>);

impl Text {
    fn groups(&mut self, cluster: &str, followed: &Followed) {
        for (group, lag, progress, members) in followed.groups().take(TOLD_MAX) {
            let labels = [("cluster", cluster), ("group", group)];
            if let Lag::Known { records } = lag {
                self.add(LAG, &labels, records as f64);
            }
            // A lower bound is told as such by the console only; here it is better than nothing.
            // That of a moment ago, when nobody had watched before, is nothing.
            match progress.time_lag {
                TimeLag::Unknown | TimeLag::AtLeast { ms: 0 } => {}
                TimeLag::Known { ms } | TimeLag::AtLeast { ms } => {
                    self.add(TIME, &labels, ms as f64 / 1000.0);
                }
            }
            self.add(MEMBERS, &labels, f64::from(members));
            self.add(STUCK, &labels, f64::from(progress.stuck));
            self.add(LOST, &labels, progress.lost as f64);
        }
    }

    fn topics(&mut self, cluster: &str, followed: &Followed) {
        for topic in followed.topics.iter().take(TOLD_MAX) {
            let labels = [("cluster", cluster), ("topic", topic.name)];
            if let Some(records) = topic.records {
                self.add(RECORDS, &labels, records as f64);
            }
            if let Some(bytes) = topic.bytes {
                self.add(BYTES, &labels, bytes as f64);
            }
        }
    }

    fn add(&mut self, metric: Metric, labels: &[(&str, &str)], value: f64) {
        let at = match self.0.iter().position(|(known, _)| *known == metric) {
            Some(at) => at,
            None => {
                let (name, help) = metric;
                let head = format!("# HELP {name} {help}\n# TYPE {name} gauge\n");
                self.0.push((metric, head));
                self.0.len() - 1
            }
        };
        let labels = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value)));
        let labels = labels.collect::<Vec<_>>().join(",");
        // Writing into a string never fails.
        let _ = writeln!(self.0[at].1, "{}{{{labels}}} {value}", metric.0);
    }

    fn whole(self) -> String {
        self.0.into_iter().map(|(_, lines)| lines).collect()
    }
}

/// A label's value: names of groups may hold anything.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_group_cannot_break_out_of_its_label() {
        let mut text = Text::default();
        text.add(LAG, &[("cluster", "c"), ("group", "a\"} 9\n\\")], 3.0);
        text.add(UP, &[("cluster", "c")], 1.0);
        text.add(LAG, &[("cluster", "c"), ("group", "b")], 0.5);
        let text = text.whole();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "# TYPE ouzel_group_lag_records gauge");
        assert_eq!(lines[2], r#"ouzel_group_lag_records{cluster="c",group="a\"} 9\n\\"} 3"#);
        assert_eq!(lines[3], r#"ouzel_group_lag_records{cluster="c",group="b"} 0.5"#);
        assert_eq!(lines.len(), 7);
    }

    #[test]
    fn a_cluster_that_was_never_read_is_not_up() {
        let followed = Followed::default();
        let text = render([("c", &followed)].into_iter(), |_| true);
        assert!(text.contains("ouzel_cluster_up{cluster=\"c\"} 0\n"), "{text}");
    }
}
