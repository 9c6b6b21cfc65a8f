//! One process of librdkafka's test program: a test number, with all the tests that share it.

use std::{
    fmt,
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use super::{super::tools, Test, Verdicts};
use crate::{
    problem::{Context, Problem, Result},
    test::TestRunner,
};

/// Twice what the slowest number takes at full length.
const LIMIT: Duration = Duration::from_secs(900);

/// The tests' own limits are for a machine that does nothing else.
const PATIENCE: &str = "test.timeout.multiplier=3";

/// What the tests may expect of the broker; some are for older ones, some for newer.
const KAFKA_VERSION: &str = "4.0.0";

/// Lines of a failed test that are shown.
const LINES_SHOWN: usize = 12;

/// How much of a test is run. Quick leaves out whole parts, of some tests everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    Full,
    Quick,
}

/// What the program said of one test.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Passed,
    /// It did not run, and why in its words.
    Skipped(String),
    /// In its words.
    Failed(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Passed => out.write_str("passed"),
            Verdict::Skipped(why) => write!(out, "skipped: {why}"),
            Verdict::Failed(why) => out.write_str(why),
        }
    }
}

/// Where tests run and what they run against.
pub struct Bench {
    pub runner: TestRunner,
    pub kafka: SocketAddr,
    pub folder: PathBuf,
}

impl Bench {
    /// Runs everything with this number (`0045`) and tells what became of each.
    pub fn run(&self, number: &str, length: Length) -> Result<Verdicts> {
        let folder = self.folder.join(number);
        fs::create_dir_all(&folder).context(|| format!("creating {}", folder.display()))?;
        let settings = folder.join("test.conf");
        // Other names in each run, or a test would find the topics of the one before.
        let address = self.kafka;
        let text = format!("bootstrap.servers={address}\ntest.topic.random=true\n{PATIENCE}\n");
        fs::write(&settings, text).context(|| format!("writing {}", settings.display()))?;
        let said = folder.join("said.log");
        let mut command = self.command(number, length);
        command.current_dir(&folder).env("RDKAFKA_TEST_CONF", &settings);
        let status = perform(&mut command, &said)?;
        let text = fs::read(&said).context(|| format!("reading {}", said.display()))?;
        let text = String::from_utf8_lossy(&text);
        let mut verdicts = summary(&text);
        let wrong = match status {
            Some(true) => return Ok(verdicts),
            Some(false) => "its process failed".to_owned(),
            None => format!("stuck for {} s", LIMIT.as_secs()),
        };
        // A process that fails after its tests has found threads or memory left behind.
        if !verdicts.values().any(|one| matches!(one, Verdict::Failed(_))) {
            let end = format!("{wrong}\n{}", tail(&text));
            verdicts.values_mut().for_each(|one| *one = Verdict::Failed(end.clone()));
        }
        if verdicts.is_empty() {
            return Problem::stop(format!("{number}: {wrong}\n{}", tail(&text)));
        }
        Ok(verdicts)
    }

    fn command(&self, number: &str, length: Length) -> Command {
        let mut command = self.runner.command();
        // One at a time, and only those that ask a broker.
        command.args(["-p1", "-L"]).args((length == Length::Quick).then_some("-Q"));
        command.env("TESTS", number).env("TEST_KAFKA_VERSION", KAFKA_VERSION);
        // In its authors' own surroundings it would run three tests at a time.
        command.env_remove("CI");
        command
    }
}

/// Whether it ended well; none where it was stuck.
fn perform(command: &mut Command, said: &Path) -> Result<Option<bool>> {
    let doing = || format!("running a test into {}", said.display());
    let file = File::create(said).context(doing)?;
    let again = file.try_clone().context(doing)?;
    let command = command.stdin(Stdio::null()).stdout(file).stderr(again);
    tools::wait(&mut command.spawn().context(doing)?, LIMIT)
}

/// Reads the table at the end: `| 0005_order | PASSED | 1.234s | why it failed`, in colours.
fn summary(text: &str) -> Verdicts {
    let rows = text.lines().filter(|line| line.starts_with('|'));
    rows.filter_map(|line| {
        let plain = without_colours(line);
        let mut cells = plain.split('|').skip(1).map(|cell| cell.trim());
        let test = Test::parse(cells.next()?)?;
        let state = cells.next()?.to_owned();
        let why = cells.nth(1).unwrap_or_default().to_owned();
        match state.as_str() {
            "PASSED" => Some((test, Verdict::Passed)),
            "SKIPPED" => Some((test, Verdict::Skipped(why))),
            state => Some((test, Verdict::Failed(format!("{state}: {why}")))),
        }
    })
    .collect()
}

/// Without terminal colours: an escape character, `[`, and all up to the letter `m`.
fn without_colours(text: &str) -> String {
    let mut plain = String::new();
    let mut pieces = text.split('\u{1b}');
    plain.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        plain.push_str(piece.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}

fn tail(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(without_colours).collect();
    lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_table_at_the_end_is_read_with_its_colours() {
        let text = "|\u{1b}[35m <MAIN>           |     PASSED |   1.0s \u{1b}[0m|\n\
                    |\u{1b}[32m 0005_order       |     PASSED |   0.5s \u{1b}[0m|\n\
                    |\u{1b}[31m 0054_offset_time |     FAILED |   2.0s \u{1b}[0m|\
                    \u{1b}[31m wrong\u{1b}[0m\n";
        let verdicts = summary(text);
        assert_eq!(verdicts.len(), 2);
        assert_eq!(verdicts[&Test::parse("0005_order").unwrap()], Verdict::Passed);
        let failed = &verdicts[&Test::parse("0054_offset_time").unwrap()];
        assert_eq!(*failed, Verdict::Failed("FAILED: wrong".into()));
    }
}
