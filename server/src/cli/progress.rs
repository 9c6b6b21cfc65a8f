//! A line on the terminal that tells whoever waits how far a long command has come.
//!
//! It is on standard error, where results do not go, and only where that is a terminal: what a
//! script keeps has no such lines. A command that is quick shows none.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// Nobody wonders about a command before.
const SHOWN_AFTER: Duration = Duration::from_secs(1);
/// More often nobody can read it.
const SHOWN_EVERY: Duration = Duration::from_millis(200);
/// Back to the line's beginning, and clear what stands there.
const CLEAR: &str = "\r\x1b[K";

/// How far a command has come. The line goes when this is dropped.
pub struct Progress {
    what: &'static str,
    total: Option<u64>,
    done: u64,
    began: Instant,
    /// None where nobody looks.
    next: Option<Instant>,
    is_shown: bool,
}

impl Progress {
    /// Nothing done yet of `total`, where that is known; `what` is the unit and what happens to it.
    pub fn of(what: &'static str, total: Option<u64>) -> Progress {
        let began = Instant::now();
        let next = io::stderr().is_terminal().then(|| began + SHOWN_AFTER);
        Progress { what, total, done: 0, began, next, is_shown: false }
    }

    /// Shows nothing when another output of the command tells as much.
    pub fn unless(mut self, is_told_otherwise: bool) -> Progress {
        self.next = self.next.filter(|_| !is_told_otherwise);
        self
    }

    /// So many more are done.
    pub fn add(&mut self, more: u64) {
        self.done += more;
        let Some(next) = self.next else { return };
        let now = Instant::now();
        if now >= next {
            self.next = Some(now + SHOWN_EVERY);
            self.is_shown = true;
            self.print(&format!("{CLEAR}{}", self.text(now - self.began)));
        }
    }

    fn text(&self, since: Duration) -> String {
        let Progress { what, done, .. } = self;
        let so_far = match self.total {
            Some(total) => format!("{done} of {total} {what}"),
            None => format!("{done} {what}"),
        };
        let per_second = *done as f64 / since.as_secs_f64().max(f64::MIN_POSITIVE);
        format!("{so_far}, {per_second:.0}/s")
    }

    fn print(&self, text: &str) {
        let mut out = io::stderr().lock();
        // Nobody has to read it.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown {
            self.print(CLEAR);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_how_much_is_done_of_how_much_and_how_quickly() {
        let mut progress = Progress::of("partitions trimmed", Some(1_000)).unless(true);
        progress.add(150);
        progress.add(150);
        let two_seconds = Duration::from_secs(2);
        assert_eq!(progress.text(two_seconds), "300 of 1000 partitions trimmed, 150/s");
        let progress = Progress::of("records written", None);
        assert_eq!(progress.text(two_seconds), "0 records written, 0/s");
    }

    #[test]
    fn where_nobody_looks_nothing_is_shown() {
        let mut progress = Progress::of("records written", None).unless(true);
        progress.began = progress.began.checked_sub(SHOWN_AFTER * 2).unwrap_or(progress.began);
        progress.add(1);
        assert!(!progress.is_shown);
    }
}
