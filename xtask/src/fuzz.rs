//! `cargo xtask fuzz`: each request type in turn, against the decoder and against a whole broker.
//!
//! cargo-fuzz does the work. What it found lies in the fuzz folder's `corpus/` and `artifacts/`,
//! a folder for each target and type, and the next run goes on from there.

use std::{path::PathBuf, process::Command};

use ouzel_wire::SPOKEN;

use crate::{
    problem::{Context, Problem, Result},
    shell,
    workspace::Workspace,
};

/// The crate around a fuzz folder, and its target.
const TARGETS: [(&str, &str); 2] = [("broker-core/wire", "requests"), ("broker-core", "dispatch")];

/// Ten minutes for each type, half for each target.
const SECONDS: u64 = 600;

/// A request that takes longer is as bad as a crash.
const SECONDS_PER_INPUT: u64 = 10;

/// Long enough for every field, short enough to be quick.
const INPUT_BYTES_MAX: u64 = 4096;

/// `words`: seconds for each type, and a part of the names of those that are wanted.
pub fn run(workspace: &Workspace, words: &[&str]) -> Result<()> {
    let (seconds, part) = match words {
        [] => (SECONDS, ""),
        [seconds] => (read(seconds)?, ""),
        [seconds, part] => (read(seconds)?, *part),
        _ => return Problem::stop("cargo xtask fuzz [seconds for each type] [part of a type]"),
    };
    if shell::find("cargo-fuzz").is_none() {
        return Problem::stop("`cargo install cargo-fuzz` first");
    }
    let each = (seconds / TARGETS.len() as u64).max(1);
    for spec in SPOKEN.iter().filter(|spec| spec.name.contains(part)) {
        for (folder, target) in TARGETS {
            shell::say("fuzz", format!("{} against {target}, {each} s", spec.name));
            let folder = workspace.root.join(folder);
            let corpus = format!("fuzz/corpus/{target}/{}", spec.name);
            let artifacts = format!("fuzz/artifacts/{target}/{}/", spec.name);
            for one in [&corpus, &artifacts] {
                let path: PathBuf = folder.join(one);
                std::fs::create_dir_all(&path).context(|| path.display().to_string())?;
            }
            let mut cargo = Command::new("cargo");
            cargo.current_dir(&folder).env("OUZEL_FUZZ_KEY", spec.name);
            // Without a sanitizer a stable compiler does, and there is little unsafe code here.
            cargo.args(["fuzz", "run", "--sanitizer", "none", target, &corpus, "--"]);
            cargo.arg(format!("-artifact_prefix={artifacts}"));
            cargo.arg(format!("-max_total_time={each}"));
            cargo.arg(format!("-timeout={SECONDS_PER_INPUT}"));
            cargo.arg(format!("-max_len={INPUT_BYTES_MAX}"));
            shell::run(&mut cargo)?;
        }
    }
    Ok(())
}

fn read(seconds: &str) -> Result<u64> {
    seconds.parse().context(|| format!("`{seconds}` seconds"))
}
