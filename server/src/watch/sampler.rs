//! Takes the readings: one task a cluster, a few requests a reading whatever the number of groups.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::join_all;
use parking_lot::RwLock;
use tokio::{task::JoinHandle, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{
    Watch,
    curve::{AGE_MAX_MS, Curve},
    followed::{Followed, Gain},
    kept::Kept,
};
use crate::{
    clock::now_ms,
    db::{
        self, Db, DbError,
        lag::{Sample, Whose},
    },
    kafka::{
        AGE_MAX_LISTING, At, Cluster, Clusters, KafkaError, Offsets, TopicPartition, are_elsewhere,
        groups::snapshot::GroupsSnapshot,
    },
};

/// Up to so many partitions all topics are read each time, beyond it every [`TOPICS_EVERY`]th.
const EAGER_MAX: usize = 2_000;
/// See [`EAGER_MAX`]; sizes on disk are read as seldom.
const TOPICS_EVERY: u64 = 4;
/// How often curves that have changed are stored: a crash forgets no more than that.
const KEEP_EVERY: Duration = Duration::from_secs(60);
/// How often it is looked whether clusters have come, changed or gone.
const NOTICE_EVERY: Duration = Duration::from_secs(2);
/// How often samples whose time is over are deleted.
const TIDY_EVERY: Duration = Duration::from_secs(300);
/// Most series of all clusters together; with what each may hold, a few hundred megabytes.
const SERIES_MAX: usize = 5_000;
/// How far back a partition's past is asked for when it is first seen: minutes.
const PRIMED_MIN: [i64; 9] = [1, 5, 15, 60, 240, 720, 1_440, 4_320, 10_080];

/// Rounds of asking on in one reading: each halves what is not known.
const ROUNDS: usize = 6;

/// A cluster that is watched, by a task that ends with the token.
struct Watched {
    cluster: Cluster,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Watches each cluster until `stop`. Clusters come, change and go while it runs.
pub async fn run(watch: Watch, clusters: Clusters, stop: CancellationToken) {
    let tidying = tokio::spawn(tidy(watch.clone(), stop.clone()));
    let mut watched: Vec<Watched> = Vec::new();
    let mut ticks = tokio::time::interval(NOTICE_EVERY);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let now: Vec<Cluster> = clusters.iter().collect();
        let is_left = |it: &mut Watched| !now.iter().any(|other| other.is_same(&it.cluster));
        for left in watched.extract_if(.., is_left) {
            watch.leave(left, &now).await;
        }
        for cluster in now {
            if watched.iter().any(|it| it.cluster.is_same(&cluster)) {
                continue;
            }
            let followed = Arc::new(RwLock::new(Followed::new(watch.0.every)));
            watch.0.clusters.write().insert(cluster.id().to_owned(), followed.clone());
            let stop = stop.child_token();
            let sampler = Sampler::new(watch.clone(), cluster.clone(), followed);
            let task = tokio::spawn(sampler.run(stop.clone()));
            watched.push(Watched { cluster, stop, task });
        }
    }
    for task in watched.into_iter().map(|it| it.task).chain([tidying]) {
        let _ = task.await;
    }
}

impl Watch {
    /// Ends the watching of a cluster that is not in `now` any more, or not as it was.
    async fn leave(&self, left: Watched, now: &[Cluster]) {
        self.0.clusters.write().remove(left.cluster.id());
        left.stop.cancel();
        let _ = left.task.await;
        let names = |it: &Cluster| it.row().bootstrap;
        let is_kept = |it: &Cluster| {
            it.id() == left.cluster.id() && !are_elsewhere(&names(&left.cluster), &names(it))
        };
        if now.iter().any(is_kept) {
            return;
        }
        // Whoever changed it has had that forgotten; the task may have written once more since.
        if let Err(error) = db::lag::forget(&self.0.db, left.cluster.id()).await {
            warn!(%error, "The history of lag could not be forgotten: {error}");
        }
    }
}

async fn tidy(watch: Watch, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(TIDY_EVERY);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Err(error) = db::lag::tidy(&watch.0.db, now_ms()).await {
            warn!(%error, "Old samples of lag could not be deleted: {error}");
        }
    }
}

/// Whether no more series can begin, of any cluster.
pub async fn is_full(db: &Db) -> Result<bool, DbError> {
    Ok(room(db).await? == 0)
}

/// How many series may still begin.
async fn room(db: &Db) -> Result<usize, DbError> {
    let there = usize::try_from(db::lag::series_count(db).await?).unwrap_or(usize::MAX);
    Ok(SERIES_MAX.saturating_sub(there))
}

struct Sampler {
    watch: Watch,
    cluster: Cluster,
    followed: Arc<RwLock<Followed>>,
    series: HashMap<Whose, i64>,
    readings: u64,
    /// See [`Cluster::fillings`].
    fillings: u64,
    kept_at: Instant,
    was_failing: bool,
    was_full: bool,
}

impl Sampler {
    fn new(watch: Watch, cluster: Cluster, followed: Arc<RwLock<Followed>>) -> Sampler {
        Sampler {
            watch,
            cluster,
            followed,
            series: HashMap::new(),
            readings: 0,
            fillings: 0,
            kept_at: Instant::now(),
            was_failing: false,
            was_full: false,
        }
    }

    async fn run(mut self, stop: CancellationToken) {
        if let Err(error) = self.remember().await {
            warn!(%error, "The history of lag could not be read: {error}");
        }
        let mut ticks = tokio::time::interval(self.watch.0.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            let Some(read) = stop.run_until_cancelled(self.read()).await else { break };
            match read {
                Ok(gain) => self.keep(gain).await,
                Err(error) => self.fail(&error),
            }
        }
        // The last minute of curves is worth a moment at the end.
        if let Err(error) = self.keep_curves().await {
            warn!(%error, "The history of lag could not be written: {error}");
        }
    }

    /// What an earlier process has learnt.
    async fn remember(&mut self) -> Result<(), DbError> {
        let id = self.cluster.id();
        self.series = db::lag::series(&self.watch.0.db, id).await?;
        let stored = db::lag::curves(&self.watch.0.db, id).await?;
        let mut followed = self.followed.write();
        for (topic, partition, points) in stored {
            let kept = Kept::remembered(Curve::from_bytes(&points));
            followed.curves.insert(TopicPartition::new(&topic, partition), kept);
        }
        Ok(())
    }

    async fn read(&mut self) -> Result<Gain, KafkaError> {
        self.readings += 1;
        self.begin_anew_after_filling();
        // A cluster without groups has topics all the same.
        let read = self.read_topics().await;
        if read.is_err() {
            self.followed.write().topics.forget_figures();
        }
        let groups = self.cluster.groups(self.watch.0.every / 2).await?;
        let (starts, ends) = read?;
        if !self.cluster.is_filled() && self.cluster.fillings() == self.fillings {
            self.cluster.go_on_measuring(&ends, &groups);
        }
        let moved = self.cluster.take_moved();
        let at_ms = groups.read_at_ms;
        let gain = self.followed.write().take(&groups, &starts, &moved, at_ms);
        self.prime(&gain.unprimed).await?;
        self.learn(&groups, !gain.unprimed.is_empty()).await;
        self.was_failing = false;
        Ok(gain)
    }

    /// Compares nothing with what was read before a filling ended, nor while it goes on.
    fn begin_anew_after_filling(&mut self) {
        let fillings = self.cluster.fillings();
        let is_over = std::mem::replace(&mut self.fillings, fillings) != fillings;
        if is_over || self.cluster.is_filled() {
            self.followed.write().begin_rates_anew();
        }
    }

    /// Where all partitions begin and end: as many requests as there are brokers, twice. Nothing,
    /// if it is not the turn of it.
    async fn read_topics(&mut self) -> Result<(Offsets, Offsets), KafkaError> {
        let metadata = self.cluster.metadata(AGE_MAX_LISTING).await?;
        let topics = metadata.topics.iter().take(super::topics::TOPICS_MAX);
        let places: Vec<TopicPartition> = topics
            .flat_map(|(name, topic)| {
                topic.partitions.iter().map(|it| TopicPartition::new(name, it.number))
            })
            .collect();
        let is_turn = self.readings % TOPICS_EVERY == 1;
        if places.len() > EAGER_MAX && !is_turn {
            return Ok(Default::default());
        }
        let (starts, ends) = tokio::try_join!(
            self.cluster.offsets(places.iter().cloned(), At::Start),
            self.cluster.offsets(places.iter().cloned(), At::End)
        )?;
        // None of what was told before, if a broker does not tell now.
        let bytes = if is_turn { Some(self.bytes().await.unwrap_or_default()) } else { None };
        let mut followed = self.followed.write();
        // What was read before a filling ended says nothing, though it is taken in after it.
        if self.cluster.fillings() == self.fillings {
            followed.topics.take(&metadata, &starts, &ends, now_ms());
        }
        if let Some(bytes) = bytes {
            followed.topics.take_bytes(&bytes);
        }
        drop(followed);
        Ok((starts, ends))
    }

    /// Bytes on disk by topic, over all replicas; none where a broker does not tell.
    async fn bytes(&self) -> Option<HashMap<String, u64>> {
        let mut bytes: HashMap<String, u64> = HashMap::new();
        for (_, folders) in self.cluster.log_dirs(None).await.ok()? {
            for folder in folders.ok()? {
                for (place, size) in folder.partitions.ok()? {
                    *bytes.entry(place.topic).or_default() += size;
                }
            }
        }
        Some(bytes)
    }

    /// Asks which offsets stood at some times past, of partitions whose curve begins too late.
    async fn prime(&self, places: &[TopicPartition]) -> Result<(), KafkaError> {
        if places.is_empty() {
            return Ok(());
        }
        let now_ms = now_ms();
        let ask = |minutes: i64| {
            let at_ms = now_ms - minutes * 60_000;
            async move {
                let found = self.cluster.offsets(places.iter().cloned(), At::Time(at_ms)).await;
                (at_ms, found.unwrap_or_default())
            }
        };
        let asked = PRIMED_MIN.into_iter().filter(|minutes| minutes * 60_000 < AGE_MAX_MS);
        let told: Vec<(i64, Offsets)> = join_all(asked.map(ask)).await;
        let mut followed = self.followed.write();
        for place in places {
            let found = told.iter().filter_map(|(at_ms, offsets)| {
                let found = offsets.get(place)?.as_ref().ok()?;
                Some((*at_ms, *found))
            });
            if let Some(kept) = followed.curves.get_mut(place) {
                kept.prime(&found.collect::<Vec<_>>());
            }
        }
        Ok(())
    }

    /// Asks on where the past is known at too few times, as after a while in which nobody watched.
    /// What cannot be asked now is asked at a later reading.
    async fn learn(&self, groups: &GroupsSnapshot, mut has_learnt: bool) {
        for _ in 0..ROUNDS {
            let asked = self.followed.write().ask(groups);
            if asked.is_empty() {
                break;
            }
            let Ok(found) = self.cluster.first_since(&asked).await else { break };
            let mut followed = self.followed.write();
            for (place, at_ms) in &asked {
                let kept = followed.curves.get_mut(place);
                if let (Some(kept), Some(Ok(found))) = (kept, found.get(place)) {
                    kept.learn(*at_ms, *found);
                }
            }
            has_learnt = true;
        }
        if has_learnt {
            self.followed.write().tell_time_anew(groups);
        }
    }

    fn fail(&mut self, error: &KafkaError) {
        self.followed.write().error = Some(error.to_string());
        // Once, and again when it has been well meanwhile.
        if !std::mem::replace(&mut self.was_failing, true) {
            let cluster = self.cluster.id();
            warn!(%cluster, %error, "The lag of cluster `{cluster}` cannot be followed: {error}");
        }
    }

    async fn keep(&mut self, gain: Gain) {
        let kept = async {
            self.keep_samples(gain).await?;
            if self.kept_at.elapsed() >= KEEP_EVERY {
                self.keep_curves().await?;
            }
            Ok::<_, DbError>(())
        };
        if let Err(error) = kept.await {
            warn!(%error, "The history of lag could not be written: {error}");
            // Series may have been deleted with their samples.
            self.series.clear();
        }
    }

    async fn keep_samples(&mut self, gain: Gain) -> Result<(), DbError> {
        let new = |(whose, _): &&(Whose, Sample)| !self.series.contains_key(whose);
        let new: Vec<Whose> =
            gain.samples.iter().filter(new).map(|(whose, _)| whose.clone()).collect();
        if !new.is_empty() {
            let db = &self.watch.0.db;
            let (begun, left_out) = new.split_at(new.len().min(room(db).await?));
            let ids = db::lag::begin_series(db, self.cluster.id(), begun).await?;
            self.series.extend(begun.iter().cloned().zip(ids));
            self.tell_full(left_out.len());
        }
        let row = |(whose, sample): &(Whose, Sample)| Some((*self.series.get(whose)?, *sample));
        let rows: Vec<(i64, Sample)> = gain.samples.iter().filter_map(row).collect();
        db::lag::add(&self.watch.0.db, gain.tier, &rows).await
    }

    /// Once, and again when there was room meanwhile.
    fn tell_full(&mut self, left_out: usize) {
        let was_full = std::mem::replace(&mut self.was_full, left_out > 0);
        if left_out > 0 && !was_full {
            let cluster = self.cluster.id();
            warn!(
                %cluster,
                left_out,
                "No history is kept of {left_out} groups of cluster `{cluster}`: the console keeps \
                 {SERIES_MAX} series in all"
            );
        }
    }

    async fn keep_curves(&mut self) -> Result<(), DbError> {
        self.kept_at = Instant::now();
        let changed: Vec<_> = {
            let mut followed = self.followed.write();
            let curves = followed.curves.iter_mut().filter(|(_, kept)| kept.changed);
            curves
                .map(|(place, kept)| {
                    kept.changed = false;
                    (place.topic.clone(), place.partition, kept.curve.to_bytes())
                })
                .collect()
        };
        if changed.is_empty() {
            return Ok(());
        }
        db::lag::keep_curves(&self.watch.0.db, self.cluster.id(), &changed, now_ms()).await
    }
}
