//! Counting: what ran, what failed, how long each step took, and the last line.

use std::{
    panic,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use crate::{
    problem::{Problem, Result},
    shell,
};

/// What one step found.
#[derive(Default)]
pub struct Outcome {
    pub passed: usize,
    /// The names of what failed.
    pub failed: Vec<String>,
    /// What this machine cannot run; where it is, is said as it happens.
    pub skipped: usize,
}

impl Outcome {
    /// A step that is one check.
    pub fn of(result: Result<()>, name: &str) -> Outcome {
        match result {
            Ok(()) => Outcome { passed: 1, ..Outcome::default() },
            Err(problem) => {
                eprintln!("{problem}");
                Outcome { failed: vec![name.to_owned()], ..Outcome::default() }
            }
        }
    }

    pub fn failure(name: &str, problem: &Problem) -> Outcome {
        eprintln!("{problem}");
        Outcome { failed: vec![name.to_owned()], ..Outcome::default() }
    }

    /// Both together.
    pub fn and(mut self, other: Outcome) -> Outcome {
        self.passed += other.passed;
        self.failed.extend(other.failed);
        self.skipped += other.skipped;
        self
    }

    /// `3 passed, 1 failed`, and what was skipped where something was.
    fn summary(&self) -> String {
        let counted = format!("{} passed, {} failed", self.passed, self.failed.len());
        match self.skipped {
            0 => counted,
            skipped => format!("{counted}, {skipped} skipped"),
        }
    }
}

/// A step at its end.
struct Done {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

impl Done {
    fn of(name: &'static str, work: impl FnOnce() -> Outcome) -> Done {
        shell::say("test", format!("--- {name}"));
        let started = Instant::now();
        let outcome = work();
        let took = started.elapsed();
        let seconds = took.as_secs_f64();
        shell::say("test", format!("{name}: {}, {seconds:.1} s", outcome.summary()));
        Done { name, outcome, took }
    }
}

/// The whole run.
#[derive(Default)]
pub struct Tally {
    all: Outcome,
    times: Vec<(&'static str, Duration)>,
    /// What no step has looked at, and why not.
    left_out: Vec<&'static str>,
}

impl Tally {
    /// Runs one step and adds what it found; a failed step does not stop the others.
    pub fn step(&mut self, name: &'static str, work: impl FnOnce() -> Outcome) {
        self.add(Done::of(name, work));
    }

    /// Runs two steps at the same time: of those that leave processors idle, for the other to use.
    pub fn two_steps(
        &mut self,
        (name, work): (&'static str, impl FnOnce() -> Outcome + Send),
        (other_name, other_work): (&'static str, impl FnOnce() -> Outcome),
    ) {
        let (one, other) = thread::scope(|scope| {
            let one = scope.spawn(move || Done::of(name, work));
            let other = Done::of(other_name, other_work);
            (one.join().unwrap_or_else(|cause| panic::resume_unwind(cause)), other)
        });
        self.add(one);
        self.add(other);
    }

    fn add(&mut self, Done { name, mut outcome, took }: Done) {
        outcome.failed.iter_mut().for_each(|one| *one = format!("{name}: {one}"));
        self.all = std::mem::take(&mut self.all).and(outcome);
        self.times.push((name, took));
    }

    /// Something that was to be checked and is not; the last line says so.
    pub fn left_out(&mut self, what: &'static str) {
        shell::say("test", format!("--- not checked: {what}"));
        self.left_out.push(what);
    }

    fn last_line(&self) -> String {
        match self.left_out.as_slice() {
            [] => self.all.summary(),
            some => format!("{} (not checked: {})", self.all.summary(), some.join("; ")),
        }
    }

    /// Prints what somebody must know who reads only the end.
    pub fn finish(self) -> ExitCode {
        eprintln!();
        for (name, took) in &self.times {
            shell::say("test", format!("{:>7.1} s  {name}", took.as_secs_f64()));
        }
        for name in &self.all.failed {
            shell::say("test", format!("FAILED {name}"));
        }
        println!("{}", self.last_line());
        if self.all.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_does_not_stop_the_next_and_fails_the_run() {
        let mut tally = Tally::default();
        tally.step("first", || Outcome::of(Problem::stop("no"), "check"));
        tally.step("second", || Outcome { passed: 3, ..Outcome::default() });
        assert_eq!(
            (tally.all.passed, &tally.all.failed[..]),
            (3, &["first: check".to_owned()][..])
        );
        assert_eq!(tally.all.summary(), "3 passed, 1 failed");
        tally.step("third", || Outcome { skipped: 2, ..Outcome::default() });
        assert_eq!(tally.all.summary(), "3 passed, 1 failed, 2 skipped");
        let passes = || Outcome { passed: 1, ..Outcome::default() };
        tally
            .two_steps(("fourth", passes), ("fifth", || Outcome::of(Problem::stop("no"), "check")));
        assert_eq!(tally.all.summary(), "4 passed, 2 failed, 2 skipped");
        assert_eq!(tally.all.failed, ["first: check", "fifth: check"]);
        tally.left_out("licences, as x is not installed");
        let wanted = "4 passed, 2 failed, 2 skipped (not checked: licences, as x is not installed)";
        assert_eq!(tally.last_line(), wanted);
        assert_eq!(format!("{:?}", tally.finish()), format!("{:?}", ExitCode::FAILURE));
    }
}
