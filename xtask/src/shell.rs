//! Running other programs: echoing what is done, catching output, never waiting for ever.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::problem::{Context, Problem, Result};

/// How often a bounded wait looks again; short against any step, long against the cost of a look.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// One progress line.
pub fn say(area: &str, text: impl std::fmt::Display) {
    eprintln!("{area:<8} {text}");
}

/// Runs to the end with the terminal's own input and output; failure names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().context(|| format!("cannot start {}", words(command)))?;
    if status.success() {
        return Ok(());
    }
    Problem::stop(format!("{} ended with {status}", words(command)))
}

/// Standard output of a command that must succeed; its errors go into the problem's text.
pub fn output(command: &mut Command) -> Result<String> {
    let done = command
        .stdin(Stdio::null())
        .output()
        .context(|| format!("cannot start {}", words(command)))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Problem::stop(format!("{} ended with {}\n{}", words(command), done.status, said.trim_end()))
}

/// Whether a command succeeds; one that cannot even start does not.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Whether a command succeeds before `limit`; it is killed when it does not.
pub fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = quiet.spawn() else { return false };
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(LOOK_EVERY),
            Err(_) => break,
        }
    }
    // Either call fails only when the child is gone already, which is what is wanted.
    let _ = child.kill();
    let _ = child.wait();
    false
}

/// The first executable of that name in `PATH`.
pub fn find(program: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn words(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let name = program.rsplit('/').next().unwrap_or(&program).to_owned();
    let args = command.get_args().map(|arg| arg.to_string_lossy().into_owned());
    let words: Vec<String> = std::iter::once(name).chain(args).collect();
    format!("`{}`", words.join(" "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_command_that_hangs_is_ended_at_its_limit() {
        let started = Instant::now();
        let limit = Duration::from_millis(100);
        assert!(!succeeds_within(Command::new("sleep").arg("60"), limit));
        assert!(started.elapsed() < Duration::from_secs(30));
        assert!(succeeds_within(&mut Command::new("true"), Duration::from_secs(30)));
    }

    #[test]
    fn a_failure_names_the_command_and_what_it_said() {
        let mut command = Command::new("sh");
        let problem = output(command.args(["-c", "echo broken >&2; exit 3"])).unwrap_err();
        let text = problem.to_string();
        assert!(text.contains("`sh -c") && text.contains("broken"), "{text}");
    }
}
