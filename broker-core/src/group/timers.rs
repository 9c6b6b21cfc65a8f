//! When which group has something to do next: one queue for all groups of a partition.

use std::collections::{BTreeSet, HashMap};

/// At most one moment for each group.
#[derive(Default)]
pub(super) struct Timers {
    queue: BTreeSet<(u64, String)>,
    moments: HashMap<String, u64>,
}

impl Timers {
    /// Sets or clears the group's moment.
    pub fn set(&mut self, group: &str, at_ms: Option<u64>) {
        if self.moments.get(group).copied() == at_ms {
            return;
        }
        if let Some(before) = self.moments.remove(group) {
            self.queue.remove(&(before, group.to_owned()));
        }
        if let Some(at_ms) = at_ms {
            self.moments.insert(group.to_owned(), at_ms);
            self.queue.insert((at_ms, group.to_owned()));
        }
    }

    /// The earliest moment.
    pub fn next_ms(&self) -> Option<u64> {
        self.queue.first().map(|(at_ms, _)| *at_ms)
    }

    /// A group whose moment has come, if there is one.
    pub fn due(&mut self, now_ms: u64) -> Option<String> {
        let is_due = self.next_ms().is_some_and(|at_ms| at_ms <= now_ms);
        let (_, group) = is_due.then(|| self.queue.pop_first()).flatten()?;
        self.moments.remove(&group);
        Some(group)
    }
}
