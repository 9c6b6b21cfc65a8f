//! Promises to the outside, kept by the real binary: other people's Kafka clients work against
//! it, and neither crashes nor hostile bytes lose what was acknowledged.
//!
//! Each scenario is one function and one promise. `stage` is the server and the tools that all
//! of them share; `crash`, `folder`, `many` and `siege` start servers of their own.

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
mod history;
mod hostile;
mod kafka_tools;
mod kcat;
mod librdkafka;
mod many;
mod node;
mod python;
mod siege;
mod stage;
mod tools;

/// A promise and the function that keeps it, told where it is played.
type Scenario<Place> = (&'static str, fn(&Place) -> Result<()>);

const SCENARIOS: [Scenario<Stage>; 26] = [
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
    ("aiokafka's two members share a group and commit", python::async_client),
    ("kafkajs produces, consumes by group and administers", node::kafkajs),
    ("@platformatic/kafka produces, consumes by group and administers", node::platformatic),
    ("kills under load lose, repeat and forget nothing", crash::kills),
    ("a clean stop keeps topics, records and commits", folder::restart),
    ("a second ouzel on the same folder names the first", folder::locked),
    ("a damaged segment is refused and named, others serve", folder::damaged),
    ("random bytes and broken frames leave others alone", hostile::random_bytes),
    ("a frame of 200 MB is refused without its memory", hostile::huge_frame),
    ("5,000 idle connections cost little, and others go on", siege::idle),
    ("a thousand half frames cost nothing, and others go on", siege::half_frames),
    ("50 clients that never read stay within the budget", siege::deaf),
    ("500 MB of garbage cost nothing, and others go on", siege::garbage),
    ("10,000 topics fit into 200 MB, before and after a restart", many::topics),
    ("a topic named ../x is refused", hostile::path_topic),
    ("a post from another site is refused", hostile::cross_site),
];

/// What of all this to run.
#[derive(Default)]
pub struct Choice {
    /// Only scenarios and tests whose names contain it.
    pub part: String,
    /// Instead of the above, each of librdkafka's tests, to bring its lists up to date.
    pub all_librdkafka: bool,
}

impl Choice {
    /// From the words after `cargo xtask clients`.
    pub fn parse(words: &[&str]) -> Option<Choice> {
        match *words {
            ["--all-librdkafka"] => Some(Choice { all_librdkafka: true, ..Choice::default() }),
            [first, ..] if first.starts_with('-') => None,
            _ => Some(Choice { part: words.join(" "), ..Choice::default() }),
        }
    }
}

/// Installs the clients, starts the binary as it was built last, and runs what was chosen.
pub fn outcome(workspace: &Workspace, choice: &Choice) -> Outcome {
    let stage = match Stage::set(workspace) {
        Ok(stage) => stage,
        Err(problem) => return Outcome::failure("the clients could not be set up", &problem),
    };
    if choice.all_librdkafka {
        return librdkafka::compare(workspace, &stage);
    }
    perform(&stage, &stage, &SCENARIOS, &choice.part)
        .and(kafka_tools::outcome(workspace, &stage, &choice.part))
        .and(librdkafka::outcome(workspace, &stage, &choice.part))
}

/// `cargo xtask clients [part of a name]`, with a fresh build of what is tested.
pub fn run(workspace: &Workspace, choice: &Choice) -> Result<ExitCode> {
    server::build_under_test(workspace)?;
    let mut tally = Tally::default();
    tally.step("clients", || outcome(workspace, choice));
    Ok(tally.finish())
}

/// Runs every scenario whose name contains `part`.
fn perform<Place>(
    place: &Place,
    stage: &Stage,
    scenarios: &[Scenario<Place>],
    part: &str,
) -> Outcome {
    let mut outcome = Outcome::default();
    for (name, scenario) in scenarios.iter().filter(|(name, _)| name.contains(part)) {
        let started = Instant::now();
        let result = scenario(place);
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
