//! Playwright's tests against the real binary, counted from its JSON report.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::{needs, tally::Outcome};
use crate::{
    problem::{Context, Problem, Result},
    shell,
    workspace::Workspace,
};

pub fn run(workspace: &Workspace) -> Outcome {
    all(workspace).unwrap_or_else(|problem| Outcome::failure("playwright", &problem))
}

fn all(workspace: &Workspace) -> Result<Outcome> {
    needs::browser(workspace)?;
    // Playwright strips types without reading them.
    shell::run(
        Command::new("npm").current_dir(workspace.root.join("playwright")).args(["run", "check"]),
    )?;
    let report = workspace.target.join("playwright.json");
    // An old report must not stand in for a run that never started.
    if report.exists() {
        fs::remove_file(&report).context(|| format!("removing {}", report.display()))?;
    }
    let jars = kafka(workspace)?;
    let mut playwright = command(workspace, "tests");
    if let Some(jars) = &jars {
        playwright.env("KAFKA_JARS", jars).args(["--project", "kafka"]);
    }
    let status = playwright
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .args(["--reporter", "list,json"])
        .status()
        .context(|| "starting playwright".into())?;
    let mut outcome = read(&report)?;
    outcome.skipped += usize::from(jars.is_none());
    if !status.success() && outcome.failed.is_empty() {
        return Problem::stop(format!("playwright ended with {status}"));
    }
    Ok(outcome)
}

/// Apache Kafka's jars, for the pages that are tested before it as well; none where they cannot
/// run, which is said.
fn kafka(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if let Some(reason) = needs::kafka_tools::missing() {
        shell::say("browser", format!("Apache Kafka behind the console is left out: {reason}"));
        return Ok(None);
    }
    needs::kafka_tools::jars(workspace).map(Some)
}

/// Playwright on one of its projects (`tests` or `shots`), told which server to start.
pub fn command(workspace: &Workspace, project: &str) -> Command {
    let mut npx = Command::new("npx");
    npx.current_dir(workspace.root.join("playwright"))
        .args(["--no-install", "playwright", "test", "--project", project])
        .env("OUZEL_BINARY", workspace.ouzel_under_test())
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    npx
}

fn read(report: &Path) -> Result<Outcome> {
    let text = fs::read_to_string(report)
        .context(|| format!("playwright left no {}", report.display()))?;
    let value: Value = serde_json::from_str(&text).context(|| "reading its report".into())?;
    let mut outcome = Outcome::default();
    collect(&value, "", &mut outcome);
    Ok(outcome)
}

/// Walks suites within suites down to their specs, each of which has a test in every project that
/// runs it.
fn collect(suite: &Value, path: &str, outcome: &mut Outcome) {
    let each = |of: &Value, key: &str| of[key].as_array().cloned().unwrap_or_default();
    for spec in each(suite, "specs") {
        let title = spec["title"].as_str().unwrap_or("?");
        for test in each(&spec, "tests") {
            let project = test["projectName"].as_str().unwrap_or("?");
            match test["status"].as_str() {
                Some("expected") => outcome.passed += 1,
                Some("skipped") => outcome.skipped += 1,
                _ => outcome.failed.push(format!("[{project}] {path}{title}")),
            }
        }
    }
    for inner in each(suite, "suites") {
        let title = inner["title"].as_str().unwrap_or("?");
        collect(&inner, &format!("{path}{title} › "), outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_in_every_project_and_at_every_depth() {
        let test =
            |project, status| serde_json::json!({ "projectName": project, "status": status });
        let both = [test("tests", "expected"), test("kafka", "unexpected")];
        let report = serde_json::json!({ "suites": [{
            "title": "topics.spec.ts",
            "specs": [{ "title": "lists", "ok": true, "tests": both }],
            "suites": [{ "title": "phone", "specs": [
                { "title": "fits", "ok": true, "tests": [test("tests", "skipped")] },
            ]}],
        }]});
        let mut outcome = Outcome::default();
        collect(&report, "", &mut outcome);
        assert_eq!((outcome.passed, outcome.skipped), (1, 1));
        assert_eq!(outcome.failed, ["[kafka] topics.spec.ts › lists"]);
    }
}
