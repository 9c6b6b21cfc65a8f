//! Targets whose round may wait: those that nobody waits for.
//!
//! What is written with `write.caching` is answered at once, so a sync for each append would be
//! work for nobody. Such a target asks to be flushed some time later, once for all that is written
//! until then. One thread sleeps until the first of them is due; with none it costs nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::Target;

/// How long what was written waits for its sync at most, until the disk begins with it: what a
/// power cut can take of a partition is what came in this time. Kafka leaves it to the system,
/// which waits for half a minute; Redpanda for a tenth of a second.
pub const FLUSH_DELAY: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Late {
    line: Mutex<Line>,
    changed: Condvar,
}

#[derive(Default)]
struct Line {
    /// In the order in which they are due, since all wait equally long. A partition that is gone
    /// meanwhile is not kept alive.
    targets: VecDeque<(Instant, Weak<dyn Target>)>,
    stopping: bool,
}

impl Late {
    pub fn push(&self, target: &Arc<dyn Target>) {
        let mut line = self.line.lock();
        line.targets.push_back((Instant::now() + FLUSH_DELAY, Arc::downgrade(target)));
        if line.targets.len() == 1 {
            self.changed.notify_one();
        }
    }

    /// Waits for the next one that is due; none when there will be no more.
    pub fn next(&self) -> Option<Arc<dyn Target>> {
        let mut line = self.line.lock();
        loop {
            if line.stopping {
                return None;
            }
            match line.targets.front() {
                None => self.changed.wait(&mut line),
                Some((due, _)) if *due > Instant::now() => {
                    let due = *due;
                    self.changed.wait_until(&mut line, due);
                }
                Some(_) => {
                    let next = line.targets.pop_front();
                    if let Some(target) = next.and_then(|(_, target)| target.upgrade()) {
                        return Some(target);
                    }
                }
            }
        }
    }

    pub fn stop(&self) {
        self.line.lock().stopping = true;
        self.changed.notify_all();
    }

    /// All that wait, due or not.
    #[cfg(test)]
    pub fn take_all(&self) -> Vec<Arc<dyn Target>> {
        let targets = std::mem::take(&mut self.line.lock().targets);
        targets.into_iter().filter_map(|(_, target)| target.upgrade()).collect()
    }
}
