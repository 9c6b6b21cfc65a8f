//! Promises to the outside, kept by the real binary: other people's Kafka clients work against
//! it, and neither crashes nor hostile bytes lose what was acknowledged.
//!
//! Each scenario is one function and one promise. `stage` is the server and the tools that all
//! of them share; `crash`, `folder` and `hostile` start servers of their own.

use std::{process::ExitCode, time::Instant};

use stage::Stage;

use crate::{
    problem::Result,
    server, shell,
    test::tally::{Outcome, Tally},
    workspace::Workspace,
};

mod crash;
mod folder;
mod hostile;
mod kcat;
mod python;
mod stage;
mod tools;

type Scenario = (&'static str, fn(&Stage) -> Result<()>);

const SCENARIOS: [Scenario; 18] = [
    ("kcat lists brokers and topics", kcat::lists),
    ("kcat consumes what it produced", kcat::round_trip),
    ("kcat's four codecs arrive unpacked", kcat::codecs),
    ("kcat's headers and tombstones arrive", kcat::headers),
    ("kcat finds offsets by time", kcat::offsets_by_time),
    ("two kcat consumers share a group and commit", kcat::balanced_group),
    ("confluent-kafka's idempotent producer repeats nothing", python::idempotent),
    ("a crashed confluent-kafka consumer is replaced", python::crashed_consumer),
    ("confluent-kafka administers topics and groups", python::confluent_admin),
    ("kafka-python produces, consumes and administers", python::kafka_python),
    ("ten kills under load lose and repeat nothing", crash::ten_kills),
    ("a clean stop keeps topics, records and commits", folder::restart),
    ("a second ouzel on the same folder names the first", folder::locked),
    ("a damaged segment is refused and named, others serve", folder::damaged),
    ("random bytes and half frames leave others alone", hostile::garbage),
    ("a frame of 200 MB is refused without its memory", hostile::huge_frame),
    ("a topic named ../x is refused", hostile::path_topic),
    ("a post from another site is refused", hostile::cross_site),
];

/// Installs the clients, starts the binary as it was built last, and runs every scenario whose
/// name contains `part`.
pub fn outcome(workspace: &Workspace, part: &str) -> Outcome {
    match Stage::set(workspace) {
        Ok(stage) => perform(&stage, part),
        Err(problem) => Outcome::failure("the clients could not be set up", &problem),
    }
}

/// `cargo xtask clients [part of a name]`, with a fresh build of what is tested.
pub fn run(workspace: &Workspace, part: &str) -> Result<ExitCode> {
    server::build_under_test(workspace)?;
    let mut tally = Tally::default();
    tally.step("clients", || outcome(workspace, part));
    Ok(tally.finish())
}

fn perform(stage: &Stage, part: &str) -> Outcome {
    let mut outcome = Outcome::default();
    for (name, scenario) in SCENARIOS.iter().filter(|(name, _)| name.contains(part)) {
        let started = Instant::now();
        let result = scenario(stage);
        let verdict = if result.is_ok() { "ok" } else { "FAILED" };
        let seconds = started.elapsed().as_secs_f64();
        shell::say("clients", format!("{verdict:<6} {seconds:>6.1} s  {name}"));
        match result {
            Ok(()) => outcome.passed += 1,
            Err(problem) => {
                eprintln!("{problem}\nouzel's log ends with\n{}", stage.server.log_tail());
                outcome.failed.push((*name).to_owned());
            }
        }
    }
    outcome
}
