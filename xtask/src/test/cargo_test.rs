//! Unit and integration tests by `cargo test`, counted from what its harness prints.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use super::{add_openssl, tally::Outcome};
use crate::{
    problem::{Context, Problem, Result},
    shell,
    workspace::Workspace,
};

/// Compiles all that [`run`] runs.
pub fn compile(workspace: &Workspace) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--no-run"]);
    add_openssl(workspace.with_features_of_tests(&mut cargo));
    shell::run(&mut cargo)
}

pub fn run(workspace: &Workspace) -> Outcome {
    all(workspace).unwrap_or_else(|problem| Outcome::failure("cargo test", &problem))
}

fn all(workspace: &Workspace) -> Result<Outcome> {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--no-fail-fast"]);
    add_openssl(workspace.with_features_of_tests(&mut cargo));
    let doing = || "running cargo test".to_owned();
    let mut child = cargo.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context(doing)?;
    let Some(stdout) = child.stdout.take() else { return Problem::stop("cargo has no output") };
    let mut outcome = Outcome::default();
    for line in BufReader::new(stdout).lines() {
        let line = line.context(doing)?;
        println!("{line}");
        count(&line, &mut outcome);
    }
    let status = child.wait().context(doing)?;
    if !status.success() && outcome.failed.is_empty() {
        // It did not compile, or a test ended the process.
        outcome.failed.push(format!("cargo test ended with {status}"));
    }
    Ok(outcome)
}

/// Reads one line of a test harness.
fn count(line: &str, outcome: &mut Outcome) {
    if let Some(rest) = line.strip_prefix("test result: ") {
        outcome.passed += number_before(rest, " passed");
    } else if let Some(name) =
        line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED"))
    {
        outcome.failed.push(name.to_owned());
    }
}

fn number_before(text: &str, word: &str) -> usize {
    let before = text.split(word).next().unwrap_or("");
    let digits = before.rsplit(' ').next().unwrap_or("");
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passed_tests_are_summed_and_failed_ones_are_named() {
        let mut outcome = Outcome::default();
        for line in [
            "test log::roll ... ok",
            "test log::truncate ... FAILED",
            "test result: FAILED. 11 passed; 1 failed; 0 ignored; finished in 0.1s",
            "test result: ok. 4 passed; 0 failed; 0 ignored; finished in 0.1s",
        ] {
            count(line, &mut outcome);
        }
        assert_eq!((outcome.passed, outcome.failed), (15, vec!["log::truncate".to_owned()]));
    }
}
