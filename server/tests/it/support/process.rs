//! The binary as its users start it.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// The binary with none of the variables and profiles of whoever runs the tests.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ouzel"));
    command.args(arguments).current_dir(folder).env("XDG_CONFIG_HOME", folder);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("OUZEL_")) {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end, with `input` on standard input.
pub fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = command(folder, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// Runs a command to its end with this variable set.
pub fn run_with(folder: &Path, arguments: &[&str], (name, value): (&str, &str)) -> Output {
    command(folder, arguments).env(name, value).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server as a process; it is killed when the test ends without stopping it.
pub struct Running {
    child: Child,
    /// What it said up to its `ready` line.
    pub said: Vec<String>,
}

impl Running {
    /// Starts it and waits for its `ready` line.
    pub fn start(folder: &Path, arguments: &[&str]) -> Running {
        let mut command = command(folder, arguments);
        let child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut running = Running { child, said: Vec::new() };
        for line in BufReader::new(running.child.stdout.take().unwrap()).lines() {
            running.said.push(line.unwrap());
            if running.said.last().unwrap().starts_with("ready ") {
                return running;
            }
        }
        panic!("it ended before it was ready: {:?}", running.said);
    }

    /// The port after `name=` in the `ready` line.
    pub fn port(&self, name: &str) -> u16 {
        let ready = self.said.last().unwrap();
        let found = ready.split(' ').find_map(|part| part.strip_prefix(&format!("{name}=")));
        found.unwrap().rsplit_once(':').unwrap().1.parse().unwrap()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop; answers its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
