//! librdkafka's own tests: written by its authors for their client, run here against our broker.
//!
//! `xtask/clients/librdkafka.md` says which must pass and why the others do not (`list`); the
//! program is built by `test/needs`, and `run` starts it once per test number.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    sync::Mutex,
    thread,
};

use list::Lists;
use run::{Bench, Length, Verdict};

use super::stage::{Stage, any_port};
use crate::{
    problem::{Context, Result},
    shell,
    test::{TestRunner, tally::Outcome},
    workspace::Workspace,
};

mod list;
mod run;
mod table;

/// Processes at a time: they wait more than they work.
const PARALLEL: usize = 6;

/// Test numbers that get a second try, alone: several tests race against their own clients, which
/// a busy machine can make them lose. Where more fail, it is not the machine.
const SECOND_TRIES: usize = 3;

/// What most tests expect of a topic that comes to be by being asked for.
const SETTINGS: [(&str, &str); 1] = [("OUZEL_NUM_PARTITIONS", "4")];

/// What became of each test.
type Verdicts = BTreeMap<Test, Verdict>;

/// `0045_subscribe_update`: a number, which several tests may share, and words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Test(String);

impl Test {
    pub fn parse(name: &str) -> Option<Test> {
        let (number, words) = name.split_once('_')?;
        let digits = number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
        (digits && !words.is_empty() && !name.contains(' ')).then(|| Test(name.to_owned()))
    }

    fn number(&self) -> &str {
        &self.0[..4]
    }
}

impl fmt::Display for Test {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The tests that must pass, as far as their names contain `part`.
pub fn outcome(workspace: &Workspace, stage: &Stage, part: &str) -> Outcome {
    let chosen = |test: &Test| format!("librdkafka {test}").contains(part);
    match listed(workspace, stage, &chosen) {
        Ok(outcome) => outcome,
        Err(problem) => Outcome::failure("librdkafka's tests could not be run", &problem),
    }
}

fn listed(workspace: &Workspace, stage: &Stage, chosen: &dyn Fn(&Test) -> bool) -> Result<Outcome> {
    let mut must_pass = lists(workspace)?.pass;
    must_pass.retain(|test, _| chosen(test));
    if must_pass.is_empty() {
        return Ok(Outcome::default());
    }
    let verdicts = run_all(stage, TestRunner::make(workspace)?, &must_pass)?;
    let mut outcome = Outcome::default();
    for test in must_pass.into_keys() {
        match verdicts.get(&test) {
            Some(Verdict::Passed) => outcome.passed += 1,
            other => {
                let why = other.map_or("it was not run".to_owned(), |verdict| verdict.to_string());
                eprintln!("librdkafka {test}: {why}");
                outcome.failed.push(format!("librdkafka {test}"));
            }
        }
    }
    Ok(outcome)
}

/// Runs every test that there is and says where the lists are wrong.
pub fn compare(workspace: &Workspace, stage: &Stage) -> Outcome {
    match everything(workspace, stage) {
        Ok(outcome) => outcome,
        Err(problem) => Outcome::failure("librdkafka's tests could not be run", &problem),
    }
}

fn everything(workspace: &Workspace, stage: &Stage) -> Result<Outcome> {
    let lists = lists(workspace)?;
    let runner = TestRunner::make(workspace)?;
    let table = runner.table();
    let source = fs::read_to_string(&table).context(|| format!("reading {}", table.display()))?;
    let tests = table::read(&source);
    let verdicts = run_all(stage, runner, &at_full_length(&tests))?;
    let mut outcome = Outcome::default();
    for test in tests {
        let verdict = verdicts.get(&test);
        let passed = verdict == Some(&Verdict::Passed);
        let why = verdict.map_or("not run".to_owned(), |verdict| verdict.to_string());
        let reason = lists.left_out.get(&test);
        println!("{test:<50} {why}");
        match (passed, lists.pass.contains_key(&test), reason) {
            (true, true, _) => outcome.passed += 1,
            (false, false, Some(_)) => outcome.skipped += 1,
            (true, false, _) => outcome.failed.push(format!("{test} passes; list it so")),
            (false, true, _) => outcome.failed.push(format!("{test} must pass")),
            (false, false, None) => outcome.failed.push(format!("{test} is in no list")),
        }
    }
    Ok(outcome)
}

fn at_full_length(tests: &BTreeSet<Test>) -> BTreeMap<Test, Length> {
    tests.iter().map(|test| (test.clone(), Length::Full)).collect()
}

fn lists(workspace: &Workspace) -> Result<Lists> {
    let path = workspace.root.join("xtask/clients/librdkafka.md");
    Lists::parse(&fs::read_to_string(&path).context(|| format!("reading {}", path.display()))?)
}

/// Some processes at a time, each with all the tests of one number, against a server of their own.
fn run_all(stage: &Stage, runner: TestRunner, tests: &BTreeMap<Test, Length>) -> Result<Verdicts> {
    // Its groups wait for their members as Kafka's do: several tests begin with two, and call it
    // a failure where the first is alone for a moment.
    let server = stage.launch(&stage.data("librdkafka")?, any_port()).with(&SETTINGS).start()?;
    let bench = Bench { runner, kafka: server.kafka, folder: stage.data("librdkafka-tests")? };
    let number = |(test, length): (&Test, &Length)| (test.number().to_owned(), *length);
    let numbers: BTreeMap<String, Length> = tests.iter().map(number).collect();
    let waiting = Mutex::new(numbers.clone().into_iter());
    let verdicts = Mutex::new(Verdicts::new());
    thread::scope(|scope| {
        for _ in 0..PARALLEL {
            scope.spawn(|| {
                while let Some((number, length)) = next(&waiting) {
                    let found = bench.run(&number, length);
                    shell::say("clients", format!("librdkafka {number}: {}", in_short(&found)));
                    let mut verdicts = verdicts.lock().unwrap_or_else(|held| held.into_inner());
                    verdicts.extend(found.unwrap_or_default());
                }
            });
        }
    });
    let mut verdicts = verdicts.into_inner().unwrap_or_else(|held| held.into_inner());
    let failed = |test: &&Test| verdicts.get(*test) != Some(&Verdict::Passed);
    let failed: BTreeSet<String> =
        tests.keys().filter(failed).map(|test| test.number().to_owned()).collect();
    if failed.len() <= SECOND_TRIES {
        for number in failed {
            shell::say("clients", format!("librdkafka {number} gets a second try, alone"));
            match bench.run(&number, numbers[&number]) {
                Ok(found) => verdicts.extend(found),
                // What it says of the other tests stays; this one has not passed.
                Err(problem) => shell::say("clients", format!("librdkafka {problem}")),
            }
        }
    }
    server.stop()?;
    Ok(verdicts)
}

/// The lock is held for one step only.
fn next<T>(waiting: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    waiting.lock().unwrap_or_else(|held| held.into_inner()).next()
}

fn in_short(found: &Result<Verdicts>) -> String {
    match found {
        Err(problem) => problem.to_string(),
        Ok(verdicts) => {
            let count = |wanted: fn(&&Verdict) -> bool| verdicts.values().filter(wanted).count();
            let passed = count(|one| **one == Verdict::Passed);
            let failed = count(|one| matches!(one, Verdict::Failed(_)));
            format!("{passed} passed, {failed} failed")
        }
    }
}
