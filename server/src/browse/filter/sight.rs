//! Whether a field that a filter looks for was ever there: one that is in no record at all is
//! likely mistyped, and a search that finds nothing must not look like one that found no match.
//!
//! It is counted until the field is seen for the first time, and costs next to nothing after that.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use memchr::memmem::Finder;
use ouzel_api::search::Unseen;

/// What was seen of one field. Threads that sift the same search share it.
#[derive(Debug)]
pub struct Sight {
    /// Which filter it is, counted from 0.
    filter: u32,
    /// What a text without escapes has to hold for the field to be there.
    name: Option<Finder<'static>>,
    seen: AtomicBool,
    /// Records without it, until it is seen.
    missed: AtomicU64,
}

impl Sight {
    /// Of the field that the filter `at`, counted from 1, looks for.
    pub fn of(at: usize, name: Option<Finder<'static>>) -> Sight {
        let filter = u32::try_from(at.saturating_sub(1)).unwrap_or(u32::MAX);
        Sight { filter, name, seen: AtomicBool::new(false), missed: AtomicU64::new(0) }
    }

    /// Whether a look into this JSON, which has no escapes, could tell something new.
    pub fn may_be_in(&self, json: &[u8]) -> bool {
        let holds = |name: &Finder<'_>| name.find(json).is_some();
        !self.seen.load(Ordering::Relaxed) && self.name.as_ref().is_none_or(holds)
    }

    /// Takes note of a record that was looked into.
    pub fn note(&self, there: bool) {
        match there {
            true => self.seen.store(true, Ordering::Relaxed),
            false => {
                self.missed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// The field, if it was looked for and never seen.
    pub fn unseen(&self) -> Option<Unseen> {
        let records = self.missed.load(Ordering::Relaxed);
        let never = !self.seen.load(Ordering::Relaxed) && records > 0;
        never.then_some(Unseen { filter: self.filter, records })
    }
}
