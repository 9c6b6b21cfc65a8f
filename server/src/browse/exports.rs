//! Which exports are under way, whose they are and how far each is: told to nobody but their own
//! person, and forgotten a minute after their end. Knows no HTTP and reads no clock.
//!
//! Invariant: an export that nobody drives any more is not `Running`: dropping its [`Watched`] ends
//! it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ouzel_api::{
    exports::{Export, ExportState},
    search::{ExportFormat, PartitionProgress, Progress},
};
use tokio_util::sync::CancellationToken;

/// How long one that has ended is told of: a page that asks every second hears of it.
const ENDED_MS: i64 = 60_000;
/// Most that one person is told of; the oldest that have ended go first. As many as may run at once
/// ([`super::limits::SEARCHES`]), and some that have ended.
const BY_USER_MAX: usize = 24;

/// All of them. Cheap to clone; all clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Exports(Arc<Mutex<Vec<Entry>>>);

/// Whose an export is, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The person.
    pub user: String,
    /// The cluster's id.
    pub cluster: String,
    /// The topic.
    pub topic: String,
}

#[derive(Debug)]
struct Entry {
    owner: Owner,
    told: Export,
    ended_ms: Option<i64>,
    stop: CancellationToken,
}

/// An export as the one who writes it sees it.
#[derive(Debug)]
pub struct Watched {
    all: Exports,
    id: String,
    now_ms: fn() -> i64,
    /// Cancelled when its person cancels it, and when `until` is.
    pub stop: CancellationToken,
}

impl Exports {
    /// One begins. It is cancelled with `until` at the latest.
    pub fn begin(
        &self,
        owner: Owner,
        format: ExportFormat,
        until: &CancellationToken,
        now_ms: fn() -> i64,
    ) -> Watched {
        let (id, stop, begun_ms) =
            (uuid::Uuid::new_v4().to_string(), until.child_token(), now_ms());
        let told = Export {
            id: id.clone(),
            format,
            begun_ms,
            read: 0,
            matched: 0,
            bytes: 0,
            per_mille: None,
            state: ExportState::Running,
        };
        let mut all = self.lock(begun_ms);
        make_room(&mut all, &owner.user);
        all.push(Entry { owner, told, ended_ms: None, stop: stop.clone() });
        drop(all);
        Watched { all: self.clone(), id, now_ms, stop }
    }

    /// Those of `owner`, the latest first.
    pub fn of(&self, owner: &Owner, now_ms: i64) -> Vec<Export> {
        let all = self.lock(now_ms);
        all.iter().rev().filter(|it| it.owner == *owner).map(|it| it.told.clone()).collect()
    }

    /// Ends one of `owner`'s, or forgets it if it has ended; answers whether there was one.
    pub fn cancel(&self, owner: &Owner, id: &str, now_ms: i64) -> bool {
        let mut all = self.lock(now_ms);
        let Some(at) = all.iter().position(|it| it.told.id == id && it.owner == *owner) else {
            return false;
        };
        match all[at].told.state {
            ExportState::Running => {
                all[at].end(ExportState::Cancelled, now_ms);
                all[at].stop.cancel();
            }
            _ => drop(all.remove(at)),
        }
        true
    }

    fn lock(&self, now_ms: i64) -> MutexGuard<'_, Vec<Entry>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|it| it.ended_ms.is_none_or(|at_ms| now_ms - at_ms < ENDED_MS));
        all
    }
}

fn make_room(all: &mut Vec<Entry>, user: &str) {
    let own = |it: &&Entry| it.owner.user == user;
    while all.iter().filter(own).count() >= BY_USER_MAX {
        let ended = |it: &Entry| it.owner.user == user && it.ended_ms.is_some();
        match all.iter().position(ended) {
            Some(at) => drop(all.remove(at)),
            None => return,
        }
    }
}

impl Entry {
    /// What has ended stays as it ended.
    fn end(&mut self, state: ExportState, now_ms: i64) {
        if self.ended_ms.is_none() {
            self.told.state = state;
            self.ended_ms = Some(now_ms);
        }
    }
}

impl Watched {
    /// So far it has come.
    pub fn reads(&self, progress: &Progress) {
        let sum = |of: fn(&PartitionProgress) -> i128| {
            progress.partitions.iter().map(|it| of(it).max(0)).sum::<i128>()
        };
        let all = sum(|it| i128::from(it.end) - i128::from(it.start));
        let done = sum(|it| i128::from(it.covered_to) - i128::from(it.covered_from));
        let per_mille = (all > 0).then(|| done.min(all) * 1000 / all);
        self.tell(|it| {
            it.read = progress.read;
            it.per_mille = per_mille.and_then(|share| u32::try_from(share).ok());
        });
    }

    /// So many records are in the file, and `more` bytes of it were handed over.
    pub fn sends(&self, matched: u64, more: usize) {
        self.tell(|it| {
            it.matched = matched;
            it.bytes = it.bytes.saturating_add(more as u64);
        });
    }

    /// It is over. A person who has cancelled it knows that already.
    pub fn end(&self, state: ExportState) {
        let now_ms = (self.now_ms)();
        if let Some(it) = self.all.lock(now_ms).iter_mut().find(|it| it.told.id == self.id) {
            it.end(state, now_ms);
        }
    }

    /// Whether its person has cancelled it.
    pub fn is_cancelled(&self) -> bool {
        let all = self.all.lock((self.now_ms)());
        all.iter().any(|it| it.told.id == self.id && it.told.state == ExportState::Cancelled)
    }

    /// The last piece of a file goes out after its search has ended.
    fn tell(&self, change: impl FnOnce(&mut Export)) {
        let mut all = self.all.lock((self.now_ms)());
        if let Some(it) = all.iter_mut().find(|it| it.told.id == self.id) {
            change(&mut it.told);
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let message = "the browser took no more of it".to_owned();
        self.end(ExportState::Failed { message });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(user: &str, topic: &str) -> Owner {
        let (user, topic) = (user.to_owned(), topic.to_owned());
        Owner { user, cluster: "c".to_owned(), topic }
    }

    fn begin(exports: &Exports, user: &str) -> Watched {
        let never = CancellationToken::new();
        exports.begin(owner(user, "t"), ExportFormat::Csv, &never, || 5)
    }

    fn states(exports: &Exports, user: &str, now_ms: i64) -> Vec<ExportState> {
        exports.of(&owner(user, "t"), now_ms).into_iter().map(|it| it.state).collect()
    }

    fn part(start: i64, end: i64, covered_from: i64, covered_to: i64) -> PartitionProgress {
        PartitionProgress { start, end, covered_from, covered_to, ..PartitionProgress::default() }
    }

    #[test]
    fn nobody_but_its_person_hears_of_an_export_or_ends_it() {
        let exports = Exports::default();
        let watched = begin(&exports, "anna");
        assert_eq!(states(&exports, "anna", 5), [ExportState::Running]);
        assert_eq!(states(&exports, "bert", 5), []);
        assert!(exports.of(&owner("anna", "u"), 5).is_empty());
        assert!(!exports.cancel(&owner("bert", "t"), &watched.id, 5));
        assert!(!watched.stop.is_cancelled());
        assert!(exports.cancel(&owner("anna", "t"), &watched.id, 5));
        assert!(watched.stop.is_cancelled());
        watched.end(ExportState::Failed { message: "no channel".to_owned() });
        assert_eq!(states(&exports, "anna", 5), [ExportState::Cancelled]);
    }

    #[test]
    fn how_far_it_is_counts_all_partitions_and_is_unknown_before_there_are_any() {
        let exports = Exports::default();
        let watched = begin(&exports, "anna");
        let told = |progress: &Progress| {
            watched.reads(progress);
            let told = exports.of(&owner("anna", "t"), 5);
            (told[0].read, told[0].per_mille)
        };
        assert_eq!(told(&Progress::default()), (0, None));
        let partitions = vec![part(0, 100, 50, 100), part(7, 7, 7, 7), part(10, 310, 10, 60)];
        assert_eq!(told(&Progress { read: 9, partitions, ..Progress::default() }), (9, Some(250)));
        let partitions = vec![part(0, i64::MAX, 0, i64::MAX)];
        assert_eq!(told(&Progress { partitions, ..Progress::default() }), (0, Some(1000)));
        watched.sends(3, 40);
        watched.sends(4, 2);
        let told = exports.of(&owner("anna", "t"), 5);
        assert_eq!((told[0].matched, told[0].bytes), (4, 42));
    }

    #[test]
    fn one_that_is_dropped_has_failed_and_is_forgotten_after_a_minute() {
        let exports = Exports::default();
        drop(begin(&exports, "anna"));
        let told = states(&exports, "anna", 4 + ENDED_MS);
        assert!(matches!(&told[..], [ExportState::Failed { .. }]), "{told:?}");
        assert_eq!(states(&exports, "anna", 5 + ENDED_MS), []);
    }

    #[test]
    fn what_is_told_of_is_bounded_and_what_has_ended_can_be_forgotten() {
        let exports = Exports::default();
        let running = begin(&exports, "anna");
        for _ in 0..3 * BY_USER_MAX {
            begin(&exports, "anna").end(ExportState::Done);
        }
        let other = begin(&exports, "bert");
        let told = exports.of(&owner("anna", "t"), 5);
        assert_eq!(told.len(), BY_USER_MAX);
        assert_eq!(told.last().map(|it| it.id.as_str()), Some(running.id.as_str()));
        assert!(exports.cancel(&owner("anna", "t"), &told[0].id, 5));
        assert_eq!(states(&exports, "anna", 5).len(), BY_USER_MAX - 1);
        assert_eq!(states(&exports, "bert", 5), [ExportState::Running]);
        drop((running, other));
    }

    #[test]
    fn a_server_that_stops_stops_them_all() {
        let (exports, stop) = (Exports::default(), CancellationToken::new());
        let watched = exports.begin(owner("anna", "t"), ExportFormat::Jsonl, &stop, || 5);
        stop.cancel();
        assert!(watched.stop.is_cancelled());
    }
}
