//! Apache Kafka's own tools, by their main classes, where this machine has a JVM and Maven.
//!
//! Owns how one is started; what they must see is in the files beside this one.

use std::{path::PathBuf, process::Command, time::Duration};

use super::{
    Scenario, perform,
    stage::Stage,
    tools::{self, holds},
};
use crate::{
    problem::{Problem, Result},
    shell,
    test::{kafka_tools, tally::Outcome},
    workspace::Workspace,
};

mod administration;
mod groups;
mod records;
mod segments;

/// A JVM starts in a second, and a group forms in three more.
const LIMIT: Duration = Duration::from_secs(60);

/// Most of a tool's life is its start, so that compiling well does not pay.
const JVM: [&str; 5] = [
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-Xmx256m",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
];

/// The jars, and the server to ask.
struct Tools<'a> {
    stage: &'a Stage,
    jars: PathBuf,
    address: String,
}

fn scenarios<'a>() -> [Scenario<Tools<'a>>; 7] {
    [
        (
            "Kafka's topic tool creates, lists, describes, alters and deletes",
            administration::topics,
        ),
        ("Kafka's config tool sets, describes and deletes", administration::configs),
        ("Kafka's tools see what lies on disk and delete what is old", administration::disk),
        ("Kafka's console producer and consumer agree", records::console),
        ("Kafka's verifiable producer and consumer agree", records::verifiable),
        ("Kafka's group tool lists, describes, resets and deletes", groups::tool),
        ("Kafka's segment dump reads our segments and indexes", segments::dump),
    ]
}

/// Runs what contains `part` in its name, or says why this machine does not.
pub fn outcome(workspace: &Workspace, stage: &Stage, part: &str) -> Outcome {
    let scenarios = scenarios();
    let chosen = scenarios.iter().filter(|(name, _)| name.contains(part)).count();
    if chosen == 0 {
        return Outcome::default();
    }
    if let Some(reason) = kafka_tools::missing() {
        shell::say("clients", format!("Kafka's {chosen} tools are left out: {reason}"));
        return Outcome { skipped: chosen, ..Outcome::default() };
    }
    match kafka_tools::jars(workspace) {
        Ok(jars) => {
            let address = stage.server.kafka.to_string();
            perform(&Tools { stage, jars, address }, stage, &scenarios, part)
        }
        Err(problem) => Outcome::failure("Kafka's tools could not be fetched", &problem),
    }
}

impl Tools<'_> {
    /// A class of `org.apache.kafka.tools`; it must succeed, and its output is returned.
    fn run(&self, class: &str, arguments: &[&str], input: &str) -> Result<String> {
        tools::finish(self.command(class).args(arguments), input, LIMIT)
    }

    /// The same, told which server to ask.
    fn ask(&self, class: &str, arguments: &[&str]) -> Result<String> {
        let server = ["--bootstrap-server", &self.address];
        self.run(class, &[&server, arguments].concat(), "")
    }

    /// Asks for what must be refused, in words that contain these.
    fn refused(&self, class: &str, arguments: &[&str], words: &str) -> Result<()> {
        match self.ask(class, arguments) {
            Ok(_) => Problem::stop(format!("{class} {} was not refused", arguments.join(" "))),
            Err(problem) => {
                let said = problem.to_string();
                holds(said.contains(words), || format!("no `{words}` in the refusal: {said}"))
            }
        }
    }

    fn command(&self, class: &str) -> Command {
        let mut command = Command::new("java");
        command.args(JVM).arg("-cp").arg(self.jars.join("*"));
        command.arg(format!("org.apache.kafka.tools.{class}"));
        command
    }
}
