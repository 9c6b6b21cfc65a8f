//! What is watched of a cluster's traffic between readings, and what must not be taken for any.
//!
//! Owns the rates of the topics that somebody looks at, the groups whose commits this console has
//! just moved, and the moment at which what was written stopped being a mere filling. What is
//! concluded from it is decided in `rates` and by whoever samples.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use ouzel_api::topics::TopicRate;

use super::{
    Cluster, Offsets,
    groups::snapshot::GroupsSnapshot,
    rates::{Commits, Rates, Sample},
};

/// Readings of a sampler that may hold commits from before and after a move: the one that is under
/// way, and the next.
const MOVED_READINGS: u8 = 2;
/// Groups that are remembered as moved: more than anybody moves between two readings. Of those
/// beyond, what was moved counts as read.
const MOVED_MAX: usize = 10_000;

/// See the module. Each lock is held for moments only.
#[derive(Debug)]
pub struct Traffic {
    rates: Mutex<Rates>,
    /// Groups whose commits were moved, with how many readings are still to know of it.
    moved: Mutex<HashMap<String, u8>>,
    is_filled: AtomicBool,
    fillings: AtomicU64,
    since: Instant,
}

impl Traffic {
    /// Nothing is known yet.
    pub fn new() -> Traffic {
        Traffic {
            rates: Mutex::default(),
            moved: Mutex::default(),
            is_filled: AtomicBool::new(false),
            fillings: AtomicU64::new(0),
            since: Instant::now(),
        }
    }

    fn rates(&self) -> MutexGuard<'_, Rates> {
        self.rates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn moved(&self) -> MutexGuard<'_, HashMap<String, u8>> {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> i64 {
        i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

impl Cluster {
    /// How fast a topic is written and read, against earlier readings of it: `written` is the sum
    /// of its ends now, `committed` what each group has committed on it. `fillings` is what
    /// [`Cluster::fillings`] said before that was read: what a filling came between is no traffic.
    pub(super) fn measure(
        &self,
        topic: &str,
        (written, committed): (i64, Option<Commits>),
        fillings: u64,
    ) -> Option<TopicRate> {
        if self.is_filled() || self.fillings() != fillings {
            return None;
        }
        let at_ms = self.traffic().now_ms();
        self.traffic().rates().note(topic, Sample { at_ms, written, committed })
    }

    /// Measures the topics that somebody looks at also while nobody asks: `ends` are those of all
    /// partitions.
    pub fn go_on_measuring(&self, ends: &Offsets, groups: &GroupsSnapshot) {
        let at_ms = self.traffic().now_ms();
        let mut rates = self.traffic().rates();
        let mut written: HashMap<String, Option<i64>> =
            rates.looked_at(at_ms).map(|name| (name.to_owned(), Some(0))).collect();
        for (place, found) in ends {
            let Some(sum) = written.get_mut(&place.topic) else { continue };
            let end = found.as_ref().ok().copied().flatten().map(|found| found.offset);
            *sum = sum.zip(end).map(|(sum, end)| sum.saturating_add(end));
        }
        for (topic, written) in written {
            // A topic that was not read is none of which nothing was written.
            if let Some(written) = written.filter(|written| *written > 0) {
                let committed = groups.progress(&topic);
                rates.go_on(&topic, Sample { at_ms, written, committed });
            }
        }
    }

    /// What is written from now on is a filling: there is no rate while it goes on, and none
    /// reaches back to it. For whoever fills a cluster from this very process; nobody else can
    /// know.
    pub fn begin_filling(&self) -> Filling {
        self.traffic().is_filled.store(true, Ordering::SeqCst);
        Filling(self.clone())
    }

    /// Whether it is being filled.
    pub fn is_filled(&self) -> bool {
        self.traffic().is_filled.load(Ordering::SeqCst)
    }

    /// How many fillings have ended: readings with different answers are not to be compared.
    pub fn fillings(&self) -> u64 {
        self.traffic().fillings.load(Ordering::SeqCst)
    }

    /// This console moves or deletes commits of a group: that is no reading.
    pub(super) fn note_moved(&self, group: &str) {
        let mut moved = self.traffic().moved();
        if moved.len() < MOVED_MAX {
            moved.insert(group.to_owned(), MOVED_READINGS);
        }
        drop(moved);
        self.traffic().rates().forget_group(group);
    }

    /// For a sampler, once each reading: groups whose commits may have been moved since the reading
    /// before.
    pub fn take_moved(&self) -> HashSet<String> {
        let mut moved = self.traffic().moved();
        let groups = moved.keys().cloned().collect();
        moved.retain(|_, readings| {
            *readings -= 1;
            *readings > 0
        });
        groups
    }
}

/// A filling that goes on until this is dropped.
#[must_use]
pub struct Filling(Cluster);

impl Drop for Filling {
    fn drop(&mut self) {
        let traffic = self.0.traffic();
        traffic.fillings.fetch_add(1, Ordering::SeqCst);
        traffic.rates().begin_anew();
        traffic.is_filled.store(false, Ordering::SeqCst);
    }
}
