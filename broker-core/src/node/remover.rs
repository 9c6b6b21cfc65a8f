//! Removing the files of deleted topics while everybody else goes on, who deleted them too.
//!
//! To remove many large files takes long. Once a folder was put aside, durably, its topic is
//! deleted, and nobody waits for the rest: one thread removes folder after folder, and is there
//! only while there are any. What it did not come to is removed at the next start.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use parking_lot::Mutex;

use crate::partition::{Leftover, Leftovers};
use crate::world::World;
use crate::world::lock::DataLock;

/// Most folders that wait, some hundred bytes each. Whoever deletes more than that removes them
/// himself, and so cannot get further ahead of the disk.
const FOLDERS_WAITING_MAX: usize = 10_000;

pub(super) struct Remover {
    shared: Arc<Shared>,
    /// As long as folders are removed, no other process may start on them.
    lock: Arc<DataLock>,
}

struct Shared {
    world: World,
    line: Mutex<Line>,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<Leftover>,
    /// Someone takes from the line until it is empty.
    is_served: bool,
    thread: Option<JoinHandle<()>>,
    stopping: bool,
}

impl Remover {
    pub fn new(world: World, lock: Arc<DataLock>) -> Remover {
        Remover { shared: Arc::new(Shared { world, line: Mutex::default() }), lock }
    }

    /// Sees to it that these folders go. Blocks only when too many wait already.
    pub fn remove(&self, leftovers: Leftovers) {
        let mut line = self.shared.line.lock();
        let fits = line.waiting.len() + leftovers.len() <= FOLDERS_WAITING_MAX;
        if fits && !line.stopping {
            line.waiting.extend(leftovers.each());
            let served = line.is_served || self.serve(&mut line);
            drop(line);
            if !served {
                self.shared.work();
            }
            return;
        }
        drop(line);
        leftovers.each().for_each(|leftover| leftover.remove(&self.shared.world));
    }

    /// Begins a thread; false when none can be had.
    fn serve(&self, line: &mut Line) -> bool {
        let (shared, lock) = (self.shared.clone(), self.lock.clone());
        let work = move || {
            shared.work();
            drop(lock);
        };
        line.is_served = true;
        if let Some(ended) = line.thread.take() {
            // It only has to let the lock go.
            let _ = ended.join();
        }
        let thread = thread::Builder::new().name("remover".to_owned()).spawn(work);
        let thread = thread.inspect_err(|cause| {
            tracing::warn!(%cause, "no thread removes what was deleted: {cause}");
        });
        line.thread = thread.ok();
        line.thread.is_some()
    }

    /// Ends behind the folder that is being removed now. Blocks that long.
    pub fn stop(&self) {
        let thread = {
            let mut line = self.shared.line.lock();
            line.stopping = true;
            line.thread.take()
        };
        if let Some(Err(_)) = thread.map(JoinHandle::join) {
            tracing::error!("removing what was deleted broke off");
        }
    }
}

impl Drop for Remover {
    fn drop(&mut self) {
        self.shared.line.lock().stopping = true;
    }
}

impl Shared {
    fn work(&self) {
        while let Some(folder) = self.next() {
            folder.remove(&self.world);
        }
    }

    fn next(&self) -> Option<Leftover> {
        let mut line = self.line.lock();
        let next = if line.stopping { None } else { line.waiting.pop_front() };
        line.is_served = next.is_some();
        next
    }
}
