//! What the tests need from outside, and how it gets onto this machine: Debian packages by
//! `packages`, everything else in the files beside this one. All of it is kept for the next run.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    packages::debian,
    problem::{Problem, Result},
    shell,
    workspace::Workspace,
};

pub mod kafka_tools;
pub mod librdkafka;
mod npm;
mod python;

/// Oldest node that Playwright and the Node clients run on.
const NODE_MAJOR_MIN: u32 = 20;

/// Installs what the outside clients need and returns the Python that has them.
pub fn clients(workspace: &Workspace) -> Result<PathBuf> {
    debian(&[("kcat", "kcat"), ("python3", "python3")])?;
    python::environment(workspace)
}

/// Installs what the clients in this folder need that are written for Node.
pub fn node_clients(folder: &Path) -> Result<()> {
    debian(&[("node", "nodejs"), ("npm", "npm")])?;
    recent_node()?;
    npm::install(folder)
}

/// Installs what the browser tests need.
pub fn browser(workspace: &Workspace) -> Result<()> {
    debian(&[
        ("chromium", "chromium"),
        ("kcat", "kcat"),
        ("node", "nodejs"),
        ("npm", "npm"),
        ("fc-match", "fontconfig"),
    ])?;
    recent_node()?;
    npm::install(&workspace.root.join("playwright"))
}

fn recent_node() -> Result<()> {
    let version = shell::output(Command::new("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|n| n.parse().ok());
    if major.is_some_and(|major: u32| major >= NODE_MAJOR_MIN) {
        return Ok(());
    }
    Problem::stop(format!(
        "node {} is too old for the tests: {NODE_MAJOR_MIN} is needed",
        version.trim()
    ))
}
