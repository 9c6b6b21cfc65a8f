//! Faults of the disk and ends of the process, drawn by seed: nothing acknowledged or shown is
//! lost, nothing is there twice or out of order, and a producer's repeat is recognised.
//!
//! A seed is one story: all in one thread, with rounds of flushes at drawn times, so that it is
//! the same whenever it is told. `OUZEL_SEEDS=5000` tells more stories, `OUZEL_SEED=17` one of
//! them. `story` draws and performs the steps, `history` knows what must be true, `sender` is an
//! idempotent producer that sends again what was not acknowledged.

mod history;
mod sender;
mod story;

use std::any::Any;
use std::cell::RefCell;
use std::env;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::log::WITHOUT_CHECKSUMS;
use crate::world::Neglect;
use story::Story;

/// So many take a few seconds.
const SEEDS: u64 = 300;

fn seeds() -> Range<u64> {
    let number = |name| env::var(name).ok().map(|text| text.parse().unwrap());
    match number("OUZEL_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("OUZEL_SEEDS").unwrap_or(SEEDS),
    }
}

/// What was wrong, and the steps that led there.
fn tell(seed: u64, neglect: Option<Neglect>) -> Result<(), String> {
    let trace = RefCell::new(Vec::new());
    let told = catch_unwind(AssertUnwindSafe(|| Story::begin(seed, neglect, &trace).tell()));
    told.map_err(|cause| {
        let steps: String = trace.borrow().iter().map(|step| format!("    {step}\n")).collect();
        format!("{}\n{steps}", message(&*cause))
    })
}

fn message(cause: &(dyn Any + Send)) -> &str {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("a panic without words")
}

#[test]
fn no_fault_loses_doubles_or_swaps_what_was_acknowledged() {
    let wrong = |seed| tell(seed, None).err().map(|what| (seed, what));
    let wrong: Vec<_> = seeds().filter_map(wrong).collect();
    if let Some((seed, what)) = wrong.first() {
        let seeds: Vec<_> = wrong.iter().map(|(seed, _)| seed).collect();
        panic!("OUZEL_SEED={seed} tells it again (of {seeds:?}): {what}");
    }
}

/// The first seed whose story goes wrong.
fn found(neglect: Option<Neglect>) -> Option<u64> {
    (0..SEEDS).find(|seed| tell(*seed, neglect).is_err())
}

#[test]
fn without_syncs_the_same_stories_find_a_loss() {
    assert!(found(Some(Neglect::Syncs)).is_some());
}

#[test]
fn without_the_cut_of_a_torn_end_the_same_stories_find_a_loss() {
    assert!(found(Some(Neglect::Cuts)).is_some());
}

#[test]
fn without_checksums_the_same_stories_find_a_loss() {
    WITHOUT_CHECKSUMS.set(true);
    let found = found(None);
    WITHOUT_CHECKSUMS.set(false);
    assert!(found.is_some());
}
