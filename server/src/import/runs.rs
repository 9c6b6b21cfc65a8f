//! How far each import is, for nobody but its own person: who stopped one, or lost the connection
//! over which it was told, hears from here exactly what was written. Knows no HTTP, reads no clock.
//!
//! Invariant: an import that nobody drives any more and that told no end is not here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ouzel_api::produce::ImportEvent;
use tokio_util::sync::CancellationToken;

/// How long the end of one is told: as long as somebody may be without a network in a train.
const ENDED_MS: i64 = 60 * 60 * 1000;
/// Most that one person is told of, as an end may name a thousand ranges of records; the oldest
/// that have ended go first. More than may run at once.
const BY_USER_MAX: usize = 24;
/// Longest name that an import may be given.
const ID_CHARS_MAX: usize = 64;

/// All of them. Cheap to clone; all clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Runs(Arc<Mutex<Vec<Entry>>>);

/// Which import is meant: whose it is, where, and the name that its person gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The person.
    pub user: String,
    /// The cluster's id.
    pub cluster: String,
    /// The topic.
    pub topic: String,
    /// Its name.
    pub id: String,
}

/// The name cannot be given to an import.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Taken {
    /// It is another one's.
    #[error("you have an import `{0}` already")]
    Other(String),
    /// It is too long, or empty.
    #[error("the name of an import has 1 to {ID_CHARS_MAX} characters")]
    Length,
}

#[derive(Debug)]
struct Entry {
    run: Run,
    told: ImportEvent,
    ended_ms: Option<i64>,
    stop: CancellationToken,
}

/// An import as the one who writes it sees it. One without a name is told to nobody.
#[derive(Debug)]
pub struct Watched {
    all: Runs,
    run: Option<Run>,
    now_ms: fn() -> i64,
    /// Cancelled when its person stops it.
    pub stop: CancellationToken,
}

impl Runs {
    /// One begins.
    pub fn begin(&self, run: Option<Run>, now_ms: fn() -> i64) -> Result<Watched, Taken> {
        let stop = CancellationToken::new();
        if let Some(run) = &run {
            if !(1..=ID_CHARS_MAX).contains(&run.id.chars().count()) {
                return Err(Taken::Length);
            }
            let mut all = self.lock(now_ms());
            if all.iter().any(|it| it.run == *run) {
                return Err(Taken::Other(run.id.clone()));
            }
            make_room(&mut all, &run.user);
            let told = ImportEvent::Progress { written: 0, of: 0 };
            all.push(Entry { run: run.clone(), told, ended_ms: None, stop: stop.clone() });
        }
        Ok(Watched { all: self.clone(), run, now_ms, stop })
    }

    /// The last that is known of one.
    pub fn of(&self, run: &Run, now_ms: i64) -> Option<ImportEvent> {
        let all = self.lock(now_ms);
        all.iter().find(|it| it.run == *run).map(|it| it.told.clone())
    }

    /// Stops one, if it still runs; answers whether it is known.
    pub fn stop(&self, run: &Run, now_ms: i64) -> bool {
        let all = self.lock(now_ms);
        let known = all.iter().find(|it| it.run == *run);
        known.inspect(|it| it.stop.cancel()).is_some()
    }

    fn lock(&self, now_ms: i64) -> MutexGuard<'_, Vec<Entry>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|it| it.ended_ms.is_none_or(|at_ms| now_ms - at_ms < ENDED_MS));
        all
    }
}

fn make_room(all: &mut Vec<Entry>, user: &str) {
    while all.iter().filter(|it| it.run.user == user).count() >= BY_USER_MAX {
        let ended = |it: &Entry| it.run.user == user && it.ended_ms.is_some();
        match all.iter().position(ended) {
            Some(at) => drop(all.remove(at)),
            None => return,
        }
    }
}

impl Watched {
    /// So far it has come.
    pub fn tells(&self, progress: ImportEvent) {
        self.change(|it, _| it.told = progress);
    }

    /// It is over.
    pub fn ends(&self, end: ImportEvent) {
        self.change(|it, now_ms| {
            it.told = end;
            it.ended_ms = Some(now_ms);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Entry, i64)) {
        let now_ms = (self.now_ms)();
        let Some(run) = &self.run else { return };
        if let Some(it) = self.all.lock(now_ms).iter_mut().find(|it| it.run == *run) {
            change(it, now_ms);
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let Some(run) = &self.run else { return };
        self.all.lock((self.now_ms)()).retain(|it| it.run != *run || it.ended_ms.is_some());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn run(user: &str, id: &str) -> Run {
        let [user, cluster, topic, id] = [user, "c", "t", id].map(str::to_owned);
        Run { user, cluster, topic, id }
    }

    fn stopped(written: u64) -> ImportEvent {
        ImportEvent::Stopped { written, partitions: Vec::new(), left: "8-9".to_owned() }
    }

    #[test]
    fn the_end_is_told_to_its_person_for_an_hour_and_to_nobody_else() {
        let runs = Runs::default();
        let watched = runs.begin(Some(run("anna", "a")), || 5).unwrap();
        watched.tells(ImportEvent::Progress { written: 3, of: 9 });
        let told = |user, now_ms| runs.of(&run(user, "a"), now_ms);
        assert_eq!(told("anna", 5), Some(ImportEvent::Progress { written: 3, of: 9 }));
        assert_eq!(told("bert", 5), None);
        assert!(!runs.stop(&run("bert", "a"), 5) && !watched.stop.is_cancelled());
        assert!(runs.stop(&run("anna", "a"), 5) && watched.stop.is_cancelled());
        watched.ends(stopped(7));
        drop(watched);
        assert_eq!(told("anna", 4 + ENDED_MS), Some(stopped(7)));
        assert_eq!(told("anna", 5 + ENDED_MS), None);
    }

    #[test]
    fn one_that_told_no_end_is_not_told_of_and_no_name_is_given_twice() {
        let runs = Runs::default();
        let watched = runs.begin(Some(run("anna", "a")), || 5).unwrap();
        assert_eq!(
            runs.begin(Some(run("anna", "a")), || 5).err(),
            Some(Taken::Other("a".to_owned()))
        );
        assert_eq!(runs.begin(Some(run("anna", "")), || 5).err(), Some(Taken::Length));
        drop(watched);
        assert_eq!(runs.of(&run("anna", "a"), 5), None);
    }

    #[test]
    fn what_is_told_of_is_bounded() {
        let runs = Runs::default();
        let running = runs.begin(Some(run("anna", "first")), || 5).unwrap();
        for n in 0..3 * BY_USER_MAX {
            runs.begin(Some(run("anna", &n.to_string())), || 5).unwrap().ends(stopped(7));
        }
        assert_eq!(runs.lock(5).len(), BY_USER_MAX);
        assert!(runs.of(&run("anna", "first"), 5).is_some());
        drop(running);
    }
}
