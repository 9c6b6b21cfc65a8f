//! Counting: what ran, what failed, how long each step took, and the last line.

use std::{
    process::ExitCode,
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
}

impl Outcome {
    /// A step that is one check.
    pub fn of(result: Result<()>, name: &str) -> Outcome {
        match result {
            Ok(()) => Outcome { passed: 1, failed: Vec::new() },
            Err(problem) => {
                eprintln!("{problem}");
                Outcome { passed: 0, failed: vec![name.to_owned()] }
            }
        }
    }

    pub fn failure(name: &str, problem: &Problem) -> Outcome {
        eprintln!("{problem}");
        Outcome { passed: 0, failed: vec![name.to_owned()] }
    }
}

/// The whole run.
#[derive(Default)]
pub struct Tally {
    passed: usize,
    failed: Vec<String>,
    times: Vec<(&'static str, Duration)>,
}

impl Tally {
    /// Runs one step and adds what it found; a failed step does not stop the others.
    pub fn step(&mut self, name: &'static str, work: impl FnOnce() -> Outcome) {
        shell::say("test", format!("--- {name}"));
        let started = Instant::now();
        let outcome = work();
        let took = started.elapsed();
        shell::say(
            "test",
            format!(
                "{name}: {} passed, {} failed, {:.1} s",
                outcome.passed,
                outcome.failed.len(),
                took.as_secs_f64()
            ),
        );
        self.passed += outcome.passed;
        self.failed.extend(outcome.failed.into_iter().map(|one| format!("{name}: {one}")));
        self.times.push((name, took));
    }

    /// Prints what somebody must know who reads only the end.
    pub fn finish(self) -> ExitCode {
        eprintln!();
        for (name, took) in &self.times {
            shell::say("test", format!("{:>7.1} s  {name}", took.as_secs_f64()));
        }
        for name in &self.failed {
            shell::say("test", format!("FAILED {name}"));
        }
        println!("{} passed, {} failed", self.passed, self.failed.len());
        if self.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_does_not_stop_the_next_and_fails_the_run() {
        let mut tally = Tally::default();
        tally.step("first", || Outcome::of(Problem::stop("no"), "check"));
        tally.step("second", || Outcome { passed: 3, failed: Vec::new() });
        assert_eq!((tally.passed, tally.failed.as_slice()), (3, &["first: check".to_owned()][..]));
        assert_eq!(format!("{:?}", tally.finish()), format!("{:?}", ExitCode::FAILURE));
    }
}
