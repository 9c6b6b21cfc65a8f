//! Route 2: ask rustup for the target.
//!
//! Some machines cannot reach rustup's server, and rustup tries for long before it says so. It
//! gets a limited time, and a failure is remembered for a day.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use super::TARGET;
use crate::{
    problem::{Context, Problem, Result},
    shell,
    workspace::Workspace,
};

/// Enough for the 25 MB of the target at 10 Mbit/s; short enough for somebody who waits.
const PATIENCE: Duration = Duration::from_secs(25);

/// How long a failure counts: networks change, but seldom between two builds.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

pub fn add(workspace: &Workspace) -> Result<()> {
    if shell::find("rustup").is_none() {
        return Problem::stop("rustup is not installed");
    }
    let mark = mark_of(workspace);
    if is_recent(&mark) {
        return Problem::stop(format!(
            "rustup failed less than a day ago (delete {} to ask it again)",
            mark.display()
        ));
    }
    shell::say("web", format!("rustup target add {TARGET}"));
    let added =
        shell::succeeds_within(Command::new("rustup").args(["target", "add", TARGET]), PATIENCE);
    if added && super::is_installed() {
        return Ok(());
    }
    remember(&mark)?;
    Problem::stop(format!("`rustup target add {TARGET}` did not succeed"))
}

fn mark_of(workspace: &Workspace) -> PathBuf {
    workspace.cache.join("rustup-failed")
}

fn is_recent(mark: &Path) -> bool {
    let written = mark.metadata().and_then(|data| data.modified());
    let Ok(written) = written else { return false };
    SystemTime::now().duration_since(written).is_ok_and(|age| age < REMEMBERED)
}

fn remember(mark: &Path) -> Result<()> {
    if let Some(folder) = mark.parent() {
        fs::create_dir_all(folder).context(|| format!("creating {}", folder.display()))?;
    }
    fs::write(mark, "").context(|| format!("writing {}", mark.display()))
}
