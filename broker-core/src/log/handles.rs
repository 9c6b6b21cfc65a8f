//! Open files: opened when they are first used, and never more than the process may have.
//!
//! All logs of the process share one pool. When it is full, a file is closed that was
//! not used lately and that nobody is using; a file that waits for its sync is held
//! by the round to come, so that no error of its writes can be missed.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, OnceLock, Weak};

use parking_lot::Mutex;

use crate::world::shortage::descriptors;
use crate::world::{Disk, DiskFile, OpenMode};

/// An open file. Whoever holds one keeps it open.
pub(crate) type Handle = Arc<dyn DiskFile>;

/// A file that is opened when it is used, and again after it was closed.
#[derive(Default)]
pub(crate) struct LazyFile(OnceLock<Arc<Slot>>);

#[derive(Default)]
struct Slot {
    open: Mutex<Option<Handle>>,
    used: AtomicBool,
    /// Changed only under `open`'s lock.
    in_ring: AtomicBool,
}

impl LazyFile {
    /// The open file.
    pub fn get(
        &self,
        disk: &dyn Disk,
        mode: OpenMode,
        path: impl FnOnce() -> PathBuf,
    ) -> io::Result<Handle> {
        self.get_in(&POOL, disk, mode, path)
    }

    /// Closes the file when it was not used since the last call and nobody is using it.
    pub fn rest(&self) {
        if let Some(slot) = self.0.get() {
            POOL.close_if_idle(slot, &mut slot.open.lock());
        }
    }

    fn get_in(
        &self,
        pool: &Pool,
        disk: &dyn Disk,
        mode: OpenMode,
        path: impl FnOnce() -> PathBuf,
    ) -> io::Result<Handle> {
        let slot = self.0.get_or_init(Arc::default);
        let mut open = slot.open.lock();
        slot.used.store(true, Ordering::Relaxed);
        if let Some(file) = &*open {
            return Ok(file.clone());
        }
        pool.make_room();
        let file = disk.open(&path(), mode)?;
        *open = Some(file.clone());
        pool.add(slot);
        Ok(file)
    }
}

impl Drop for LazyFile {
    fn drop(&mut self) {
        if let Some(slot) = self.0.get()
            && slot.open.lock().take().is_some()
        {
            POOL.open.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// The files of the process; closing goes round in a ring, and what was used since the last time
/// is passed over once.
struct Pool {
    limit: usize,
    open: AtomicUsize,
    ring: Mutex<VecDeque<Weak<Slot>>>,
}

/// Sockets need as many.
const SHARE_OF_LIMIT: usize = 2;
/// Entries of files that are gone stay in the ring until there are so many more than open ones.
const RING_SLACK: usize = 1024;

static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::new(descriptors() / SHARE_OF_LIMIT));

impl Pool {
    fn new(limit: usize) -> Pool {
        Pool { limit, open: AtomicUsize::new(0), ring: Mutex::default() }
    }

    fn add(&self, slot: &Arc<Slot>) {
        let open = self.open.fetch_add(1, Ordering::Relaxed);
        if !slot.in_ring.swap(true, Ordering::Relaxed) {
            let mut ring = self.ring.lock();
            if ring.len() > 2 * open + RING_SLACK {
                ring.retain(|slot| slot.strong_count() > 0);
            }
            ring.push_back(Arc::downgrade(slot));
        }
    }

    /// Closes files until one more may be opened; gives up when all are in use, since the limit
    /// leaves room.
    fn make_room(&self) {
        if self.open.load(Ordering::Relaxed) < self.limit {
            return;
        }
        let mut ring = self.ring.lock();
        for _ in 0..2 * ring.len() {
            if self.open.load(Ordering::Relaxed) < self.limit {
                return;
            }
            let Some(next) = ring.pop_front() else { return };
            let Some(slot) = next.upgrade() else { continue };
            // Never waited for: whoever holds it may be waiting for the ring.
            let stays = slot.open.try_lock().is_none_or(|mut open| {
                self.close_if_idle(&slot, &mut open);
                slot.in_ring.store(open.is_some(), Ordering::Relaxed);
                open.is_some()
            });
            if stays {
                ring.push_back(next);
            }
        }
    }

    fn close_if_idle(&self, slot: &Slot, open: &mut Option<Handle>) {
        let used = slot.used.swap(false, Ordering::Relaxed);
        let held = open.as_ref().is_some_and(|file| Arc::strong_count(file) > 1);
        if !used && !held && open.take().is_some() {
            self.open.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::world::FakeDisk;

    #[test]
    fn more_files_than_allowed_take_turns_and_those_in_use_stay_open() {
        let disk = FakeDisk::with_folder(Path::new("/d"));
        let pool = Pool::new(3);
        let files: Vec<LazyFile> = (0..10).map(|_| LazyFile::default()).collect();
        let get = |n: usize| {
            let path = || PathBuf::from(format!("/d/{n}"));
            files[n].get_in(&pool, &disk, OpenMode::OrCreate, path).unwrap()
        };
        let is_open = |n: usize| files[n].0.get().is_some_and(|slot| slot.open.lock().is_some());
        let held = get(0);
        for n in (1..10).chain(1..10) {
            get(n);
            assert!(is_open(n) && is_open(0));
            assert!((0..10).filter(|n| is_open(*n)).count() <= 3);
        }
        drop(held);
        for n in 1..10 {
            get(n);
        }
        assert!(!is_open(0), "it was not used any more");
        // Not of the process's pool.
        files.into_iter().for_each(std::mem::forget);
    }
}
