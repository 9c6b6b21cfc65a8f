//! `ouzel config show`: what holds, and where it came from.

use clap::Subcommand;
use serde::Serialize;

use super::{
    Failure,
    output::{OutputFlags, show, table},
};
use crate::config::{Loaded, SETTINGS, Value};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print every value with its source; secrets are hidden
    Show(OutputFlags),
}

#[derive(Serialize)]
struct Shown {
    key: String,
    value: Option<String>,
    source: String,
}

pub fn run(command: Command, loaded: &Loaded) -> Result<(), Failure> {
    let Command::Show(flags) = command;
    show(flags.format, &shown(loaded), |shown| {
        let cell = |one: &Shown| one.value.clone().unwrap_or_else(|| "-".to_owned());
        let rows: Vec<_> =
            shown.iter().map(|one| vec![one.key.clone(), cell(one), one.source.clone()]).collect();
        table(&["key", "value", "source"], &rows)
    })
}

/// The settings in the order of their table, set or not; then the clusters.
fn shown(loaded: &Loaded) -> Vec<Shown> {
    let mut shown = Vec::new();
    for setting in SETTINGS.iter().filter(|setting| !setting.key.contains('*')) {
        let value = loaded.values.get(setting.key);
        let hidden = value
            .filter(|_| setting.is_secret())
            .map(|value| Value { text: "(hidden)".to_owned(), source: value.source.clone() });
        shown.push(one(setting.key, hidden.as_ref().or(value)));
    }
    let clusters = loaded.values.iter().filter(|(key, _)| key.starts_with("clusters."));
    shown.extend(clusters.map(|(key, value)| one(key, Some(value))));
    shown
}

fn one(key: &str, value: Option<&Value>) -> Shown {
    Shown {
        key: key.to_owned(),
        value: value.map(|value| value.text.clone()),
        source: value.map_or("not set".to_owned(), |value| value.source.to_string()),
    }
}
