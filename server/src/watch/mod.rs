//! Watching clusters over time: lag in time, trends, rates, and what is stuck.
//!
//! Owns the readings that are taken every few seconds, what is concluded from them and what of it
//! is kept in the database. What one reading means is decided purely in `followed`, `followee`,
//! `curve`, `kept`, `track`, `window`, `seen` and `topics`; `sampler` takes them. Start at
//! [`Watch::begin`].

mod curve;
mod figures;
mod followed;
mod followee;
mod kept;
mod sampler;
mod seen;
mod topics;
mod track;
mod window;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use ouzel_api::{
    Lag,
    groups::{Group, GroupPartition, GroupRow},
    progress::{History, HistoryPoint, Progress, TimeLag},
    topics::TopicConsumer,
};
use parking_lot::RwLock;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    clock::now_ms,
    db::{
        self, Db, DbError,
        lag::{Sample, Whose},
    },
    kafka::{
        Clusters, KafkaError, Offsets, TopicPartition,
        groups::{Commit, GroupState, snapshot::GroupsSnapshot},
        offset_of,
    },
};
use followed::{Followed, Moment, Position};

/// Longest stretch of history: as long as samples are kept.
pub const HOURS_MAX: u32 = 720;
/// The stretch that is shown unasked.
pub const HOURS: u32 = 6;
/// Up to here every sample is told, beyond it the hourly ones.
const FINE_HOURS_MAX: u32 = 24;

/// All clusters over time. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Watch(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    every: Duration,
    clusters: RwLock<HashMap<String, Arc<RwLock<Followed>>>>,
}

/// What the overview tells of a cluster over time.
#[derive(Debug, Clone, Default)]
pub struct Glance {
    /// Groups that somebody should look at, with how they fare, the worst first.
    pub stuck: Vec<(String, Progress)>,
    /// Topics with the most records a second: name, records a second, records in it.
    pub busiest: Vec<(String, f64, Option<i64>)>,
    /// Records written a second to all topics, in the latest readings.
    pub written: Vec<f64>,
    /// Lag of all groups in the latest readings.
    pub lags: Vec<i64>,
    /// When the latest reading was taken; 0 before.
    pub read_ms: i64,
}

/// Most groups and topics that a glance names.
const NAMED_MAX: usize = 10;

impl Watch {
    /// Nothing is watched yet; readings will be `every` so long.
    pub fn new(db: Db, every: Duration) -> Watch {
        Watch(Arc::new(Inner { db, every, clusters: RwLock::default() }))
    }

    /// Watches all clusters until `stop`.
    pub fn begin(&self, clusters: Clusters, tasks: &TaskTracker, stop: CancellationToken) {
        tasks.spawn(sampler::run(self.clone(), clusters, stop));
    }

    fn followed(&self, cluster: &str) -> Option<Arc<RwLock<Followed>>> {
        self.0.clusters.read().get(cluster).cloned()
    }

    /// How a group fares; none before the first reading.
    pub fn progress(&self, cluster: &str, group: &str) -> Option<Progress> {
        self.followed(cluster)?.read().progress(group)
    }

    /// Puts how each group fares into the rows of a list, which shows `read`.
    pub fn add_to_rows(&self, cluster: &str, read: &GroupsSnapshot, rows: &mut [GroupRow]) {
        let Some(followed) = self.followed(cluster) else { return };
        let followed = followed.read();
        let by_id = |row: &GroupRow| read.groups.binary_search_by(|it| it.id.cmp(&row.group));
        for row in rows {
            let Some(group) = by_id(row).ok().map(|at| &read.groups[at]) else { continue };
            let moment = Moment { at_ms: read.read_at_ms, held: row.members != Some(0) };
            let positions = positions(group, &read.ends);
            row.progress = followed.progress_at(&row.group, &positions, moment).map(flat);
        }
    }

    /// Puts into the rows of those who read a topic how far behind in time each is on it; they
    /// show `read`.
    pub fn add_to_consumers(
        &self,
        cluster: &str,
        (read, topic): (&GroupsSnapshot, &str),
        rows: &mut [TopicConsumer],
    ) {
        let Some(followed) = self.followed(cluster) else { return };
        let followed = followed.read();
        for row in rows {
            let found = read.groups.binary_search_by(|it| it.id.cmp(&row.group));
            let Ok(group) = found.map(|at| &read.groups[at]) else { continue };
            let moment = Moment { at_ms: read.read_at_ms, held: row.members > 0 };
            let all = positions(group, &read.ends);
            let here = all.iter().filter(|position| position.place.topic == topic);
            let times = here.filter_map(|it| Some(followed.at(&row.group, it, moment)?.time_lag));
            row.time_lag = times.reduce(TimeLag::worse);
        }
    }

    /// Puts how a group fares, and where, into its page.
    pub fn add_to_page(&self, cluster: &str, page: &mut Group) {
        let Some(followed) = self.followed(cluster) else { return };
        let followed = followed.read();
        let moment = Moment { at_ms: page.read_at_ms, held: !page.members.is_empty() };
        let is_share = page.group_type == "share";
        let position = |row: &GroupPartition| Position {
            place: TopicPartition::new(&row.topic, row.partition),
            found: match row.lag {
                Lag::Known { records } if is_share => {
                    row.end_offset.map(|end| (end - records, end))
                }
                _ if is_share => None,
                _ => row.committed.zip(row.end_offset),
            },
        };
        let committed = page.partitions.iter().filter(|row| row.lag != Lag::NoCommit);
        let positions: Vec<Position> = committed.map(position).collect();
        page.progress = followed.progress_at(&page.group, &positions, moment);
        for row in &mut page.partitions {
            row.progress = followed.at(&page.group, &position(row), moment);
        }
    }

    /// How many groups of a cluster are not watched, because there are too many.
    pub fn left_out(&self, cluster: &str) -> usize {
        self.followed(cluster).map_or(0, |followed| followed.read().left_out)
    }

    /// What the overview tells.
    pub fn glance(&self, cluster: &str) -> Glance {
        let Some(followed) = self.followed(cluster) else { return Glance::default() };
        let followed = followed.read();
        let stuck = followed.groups().filter(|(_, _, progress, _)| progress.needs_a_look());
        let mut stuck: Vec<(String, Progress)> =
            stuck.map(|(id, _, progress, _)| (id.to_owned(), progress.clone())).collect();
        stuck.sort_by(|a, b| {
            let key = |(_, it): &(String, Progress)| {
                let worst = Some(it.status).filter(|status| status.is_trouble());
                (worst, it.stuck, it.lost, it.time_lag.rank())
            };
            key(b).cmp(&key(a)).then_with(|| a.0.cmp(&b.0))
        });
        let busy = followed.topics.iter().filter(|topic| !topic.internal);
        let busy = busy.filter_map(|topic| {
            let rate = topic.written_per_s.filter(|rate| *rate > 0.0)?;
            Some((topic.name.to_owned(), rate, topic.records))
        });
        let mut busiest: Vec<(String, f64, Option<i64>)> = busy.collect();
        busiest.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        busiest.truncate(NAMED_MAX);
        Glance {
            stuck,
            busiest,
            written: followed.topics.recent(),
            lags: followed.lags(),
            read_ms: followed.read_ms,
        }
    }

    /// The lag of a group, or of all groups together, in the last `hours`.
    pub async fn history(
        &self,
        cluster: &str,
        whose: &Whose,
        hours: u32,
    ) -> Result<History, DbError> {
        let to_ms = now_ms();
        let from_ms = to_ms - i64::from(hours) * 3_600_000;
        let tier = if hours <= FINE_HOURS_MAX { 0 } else { 2 };
        let samples = db::lag::samples(&self.0.db, (cluster, whose), tier, from_ms).await?;
        let points = samples.iter().map(|sample| point(sample, tier)).collect();
        let db = &self.0.db;
        // Only then it is worth a look whether there will ever be any.
        let is_full = samples.is_empty() && sampler::is_full(db).await?;
        let left_out = is_full && !db::lag::series(db, cluster).await?.contains_key(whose);
        Ok(History { from_ms, to_ms, points, left_out })
    }

    /// What is known in the text that Prometheus reads. Of clusters that are not `named`, no name
    /// of a group or topic is told.
    pub fn render(&self, named: impl Fn(&str) -> bool) -> String {
        let clusters = self.0.clusters.read();
        let clusters: BTreeMap<_, _> =
            clusters.iter().map(|(id, followed)| (id.as_str(), followed.read())).collect();
        figures::render(clusters.iter().map(|(id, followed)| (*id, &**followed)), named)
    }
}

/// Where a group has committed, and where these partitions end.
fn positions(group: &GroupState, ends: &Offsets) -> Vec<Position> {
    let position = |(place, commit): (&TopicPartition, &Result<Commit, KafkaError>)| {
        let found = commit.as_ref().ok().zip(offset_of(ends, place));
        let found = found.and_then(|(it, end)| Some((it.position(end)?, end)));
        Position { place: place.clone(), found }
    };
    group.commits.iter().flatten().map(position).collect()
}

fn point(sample: &Sample, tier: i64) -> HistoryPoint {
    let time_lag = match sample.time_lag_ms {
        None => TimeLag::Unknown,
        Some(ms) if sample.at_least => TimeLag::AtLeast { ms },
        Some(ms) => TimeLag::Known { ms },
    };
    HistoryPoint {
        at_ms: sample.at_ms,
        lag: if tier == 2 { sample.peak.or(sample.lag) } else { sample.lag },
        time_lag,
        read_per_s: sample.read_rate as f64 / 1000.0,
        written_per_s: sample.written_rate as f64 / 1000.0,
    }
}

/// A list of two thousand groups need not tell each flat line.
fn flat(mut progress: Progress) -> Progress {
    let first = progress.recent.first().copied();
    if progress.recent.iter().all(|lag| Some(*lag) == first) {
        progress.recent.clear();
    }
    progress
}
