//! As many topics as the largest clusters have, in the memory that one node may use for them.

use super::{
    stage::{Stage, any_port},
    tools::{holds, same},
};
use crate::{problem::Result, server::process::Ouzel};

const TOPICS: usize = 10_000;
/// For the whole process, its console's part included: 20 kB a topic.
const BYTES_MAX: u64 = 200_000_000;
/// Names in one command, below what one may be as long as.
const NAMES: usize = 1_000;

/// Made, kept over a restart, and written to.
pub fn topics(stage: &Stage) -> Result<()> {
    let data = stage.data("many-topics")?;
    let server = stage.start(&data, any_port())?;
    let names: Vec<String> = (0..TOPICS).map(|number| format!("t-{number}")).collect();
    for names in names.chunks(NAMES) {
        let names = names.iter().map(String::as_str);
        let create: Vec<&str> = ["topic", "create"].into_iter().chain(names).collect();
        stage.ouzel(server.kafka, &create, "")?;
    }
    within(&server, "after they were made")?;
    server.stop()?;
    let server = stage.start(&data, any_port())?;
    let list = stage.ouzel(server.kafka, &["topic", "list"], "")?;
    let listed = list.lines().filter(|line| line.starts_with("t-")).count();
    same("topics after a restart", listed, TOPICS)?;
    stage.ouzel(server.kafka, &["topic", "produce", "t-9999"], "kept\n")?;
    within(&server, "after a restart")?;
    server.stop()
}

fn within(server: &Ouzel, when: &str) -> Result<()> {
    let resident = server.memory()?.resident;
    holds(resident < BYTES_MAX, || {
        format!("{TOPICS} topics take {resident} bytes {when}, {BYTES_MAX} are allowed")
    })
}
