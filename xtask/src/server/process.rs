//! A running `ouzel` that a test owns: started on ports of its own, stopped or killed, never
//! left behind.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::problem::{Context, Problem, Result};

/// A debug build that recovers a log on a busy two-core machine needs seconds, not minutes.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Longer than the server's own deadline for a clean stop.
const STOPPED_WITHIN: Duration = Duration::from_secs(30);

/// Lines of the server's log that a failure shows.
const LOG_LINES_SHOWN: usize = 25;

/// Output lines kept for a reader that does not come; the server prints a handful.
const LINES_MAX: usize = 64;

pub const ADMIN_PASSWORD: &str = "a password for tests only";

pub struct Ouzel {
    child: Child,
    /// What the server said in its `ready` line.
    pub kafka: SocketAddr,
    pub http: SocketAddr,
    log: PathBuf,
}

/// What a process takes of the machine's memory.
pub struct Memory {
    /// Bytes now.
    pub resident: u64,
    /// Most bytes since its start.
    pub peak: u64,
}

/// How to start one.
pub struct Launch<'a> {
    pub binary: &'a Path,
    pub data: &'a Path,
    /// `127.0.0.1:0` for any port.
    pub kafka: SocketAddr,
    /// Settings by their environment variables, over the defaults.
    pub settings: &'a [(&'static str, &'a str)],
}

impl<'a> Launch<'a> {
    /// The same with these settings.
    pub fn with(self, settings: &'a [(&'static str, &'a str)]) -> Launch<'a> {
        Launch { settings, ..self }
    }

    /// Starts the server and waits until it is ready. Its log is appended beside its data.
    pub fn start(&self) -> Result<Ouzel> {
        let log = self.log();
        let file = File::options().create(true).append(true).open(&log);
        let file = file.context(|| format!("opening {}", log.display()))?;
        let mut child = self
            .command()
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .context(|| format!("starting {}", self.binary.display()))?;
        let lines = lines_of(child.stdout.take());
        let mut ouzel = Ouzel { child, kafka: self.kafka, http: self.kafka, log };
        (ouzel.kafka, ouzel.http) = ouzel.wait_ready(&lines)?;
        Ok(ouzel)
    }

    /// A start that must fail: exit status and everything it said on standard error.
    pub fn fail(&self) -> Result<(ExitStatus, String)> {
        let mut child = self
            .command()
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context(|| format!("starting {}", self.binary.display()))?;
        let status = wait_within(&mut child, READY_WITHIN)?;
        let Some(mut stderr) = child.stderr.take() else { return Ok((status, String::new())) };
        let mut said = String::new();
        std::io::Read::read_to_string(&mut stderr, &mut said)
            .context(|| "reading standard error".into())?;
        Ok((status, said))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.binary);
        command
            .arg("--data")
            .arg(self.data)
            .args(["--kafka", &self.kafka.to_string(), "--http", "127.0.0.1:0"])
            .env("OUZEL_ADMIN_PASSWORD", ADMIN_PASSWORD)
            .envs(self.settings.iter().copied())
            .stdin(Stdio::null());
        command
    }

    fn log(&self) -> PathBuf {
        self.data.with_extension("log")
    }
}

impl Ouzel {
    fn wait_ready(&mut self, lines: &mpsc::Receiver<String>) -> Result<(SocketAddr, SocketAddr)> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = lines.recv_timeout(left).map_err(|_| {
                Problem::new(format!("ouzel did not become ready\n{}", self.log_tail()))
            })?;
            if let Some(addresses) = parse_ready(&line) {
                return Ok(addresses);
            }
        }
    }

    /// As Ctrl-C or a service manager would end it.
    pub fn stop(mut self) -> Result<()> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)
            .context(|| "sending SIGTERM".into())?;
        let status = wait_within(&mut self.child, STOPPED_WITHIN)?;
        if status.success() {
            return Ok(());
        }
        Problem::stop(format!("after SIGTERM ouzel ended with {status}\n{}", self.log_tail()))
    }

    /// As a power cut would end the process (the machine's own memory survives).
    pub fn kill(mut self) -> Result<()> {
        self.child.kill().context(|| "sending SIGKILL".into())?;
        self.child.wait().context(|| "waiting for ouzel".into())?;
        Ok(())
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn memory(&self) -> Result<Memory> {
        let path = format!("/proc/{}/status", self.pid());
        let text = fs::read_to_string(&path).context(|| path.clone())?;
        let bytes = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
            kilobytes.map(|kilobytes: u64| kilobytes * 1024)
        };
        match (bytes("VmRSS:"), bytes("VmHWM:")) {
            (Some(resident), Some(peak)) => Ok(Memory { resident, peak }),
            _ => Problem::stop(format!("{path} does not tell")),
        }
    }

    /// The end of what it logged, for a failure's text.
    pub fn log_tail(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let from = lines.len().saturating_sub(LOG_LINES_SHOWN);
        lines[from..].iter().map(|line| format!("    | {line}\n")).collect()
    }

    /// Everything it logged since the data folder was made.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Ouzel {
    fn drop(&mut self) {
        // Fails only where `stop` or `kill` has ended it already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads until the end on a thread of its own, so that a chatty server never blocks on its pipe.
fn lines_of(stdout: Option<ChildStdout>) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::sync_channel(LINES_MAX);
    if let Some(stdout) = stdout {
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(|line| line.ok()) {
                // Nobody reads any more once it is ready; the pipe is still drained.
                let _ = sender.try_send(line);
            }
        });
    }
    lines
}

/// `ready kafka=127.0.0.1:9092 http=127.0.0.1:8080 …`
fn parse_ready(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let rest = line.strip_prefix("ready ")?;
    let value = |key| rest.split(' ').find_map(|word| word.strip_prefix(key)?.parse().ok());
    Some((value("kafka=")?, value("http=")?))
}

fn wait_within(child: &mut Child, limit: Duration) -> Result<ExitStatus> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().context(|| "waiting for ouzel".into())? {
            return Ok(status);
        }
        if Instant::now() >= deadline {
            return Problem::stop(format!("ouzel had not ended after {} s", limit.as_secs()));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_line_names_both_addresses_among_others() {
        let line = "ready kafka=127.0.0.1:19092 http=127.0.0.1:18080 admin=off";
        let addresses = parse_ready(line).map(|(kafka, http)| (kafka.port(), http.port()));
        assert_eq!(addresses, Some((19092, 18080)));
        assert_eq!(parse_ready("console at http://127.0.0.1:8080"), None);
        assert_eq!(parse_ready("ready kafka=off http=127.0.0.1:1"), None);
    }
}
