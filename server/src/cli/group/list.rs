//! `ouzel group list`: all groups, or those in some states.

use clap::Args;
use ouzel_api::groups::GroupRow;
use serde::Serialize;

use super::{ConnectFlags, Failure, Loaded, OutputFlags, lag, target};
use crate::{
    cli::output::{show, table},
    kafka::groups::snapshot::AGE_MAX,
};

/// Kafka's states of groups, of all kinds.
const STATES: [&str; 8] = [
    "PreparingRebalance",
    "CompletingRebalance",
    "Stable",
    "Dead",
    "Empty",
    "Assigning",
    "Reconciling",
    "NotReady",
];

/// Which groups.
#[derive(Debug, Args)]
pub struct List {
    /// Only groups in these states, such as Stable,Empty
    #[arg(short, long, value_delimiter = ',', value_parser = state)]
    states: Vec<String>,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

/// The state as Kafka writes it.
fn state(text: &str) -> Result<String, String> {
    let known = STATES.iter().find(|known| known.eq_ignore_ascii_case(text));
    known.map(ToString::to_string).ok_or_else(|| format!("known are {}", STATES.join(", ")))
}

#[derive(Serialize)]
struct Row {
    /// The coordinator.
    broker: i32,
    #[serde(flatten)]
    group: GroupRow,
}

pub async fn run(asked: List, loaded: &Loaded) -> Result<(), Failure> {
    let cluster = target(&asked.connect, loaded)?.cluster;
    let groups = cluster.groups(AGE_MAX).await.map_err(Failure::of)?;
    for warning in groups.warnings() {
        eprintln!("warning: {warning}");
    }
    let coordinators = groups.groups.iter().map(|group| group.coordinator);
    let rows = coordinators.zip(groups.rows()).map(|(broker, group)| Row { broker, group });
    let is_asked = |row: &Row| asked.states.is_empty() || asked.states.contains(&row.group.state);
    let rows: Vec<Row> = rows.filter(is_asked).collect();
    show(asked.output.format, &rows, |rows| text(rows))
}

fn text(rows: &[Row]) -> String {
    let row = |Row { broker, group }: &Row| {
        let members = group.members.map_or("-".to_owned(), |it| it.to_string());
        let (name, state) = (group.group.clone(), group.state.clone());
        vec![broker.to_string(), name, state, members, lag(group.lag)]
    };
    let head = ["broker", "group", "state", "members", "total-lag"];
    table(&head, &rows.iter().map(row).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::state;

    #[test]
    fn states_are_known_in_small_letters_too() {
        assert_eq!(state("empty"), Ok("Empty".to_owned()));
        assert!(state("idle").is_err_and(|told| told.contains("PreparingRebalance")));
    }
}
