//! What the tests need from outside, and how it gets onto this machine: Debian packages (as
//! root) here, everything else in the files beside this one. All of it is kept for the next run.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
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

/// Makes sure of programs by their Debian packages.
fn debian(programs: &[(&str, &str)]) -> Result<()> {
    let missing = programs.iter().filter(|(program, _)| shell::find(program).is_none());
    let packages: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    let names = packages.join(" ");
    if shell::find("apt-get").is_none() || !shell::is_root() {
        return Problem::stop(format!(
            "missing: {names} (on Debian: sudo apt-get install {names})"
        ));
    }
    apt_install(&packages)
}

fn apt_install(packages: &[&str]) -> Result<()> {
    shell::say("needs", format!("apt-get install {}", packages.join(" ")));
    let install = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages);
        apt
    };
    // The lists of a fresh machine are missing or name versions that are gone.
    if shell::output(&mut install()).is_ok() {
        return Ok(());
    }
    shell::say("needs", "apt-get update");
    shell::output(Command::new("apt-get").args(["update", "--quiet"]))?;
    shell::output(&mut install()).map(|_| ())
}
