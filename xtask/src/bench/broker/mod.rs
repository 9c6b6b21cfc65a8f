//! A broker under measurement: a process of its own with a data folder of its own, whoever made
//! it. Starting one returns at once, because how long it takes to serve is one of the measures.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::topics::Config;
use crate::problem::{Context, Problem, Result};

mod kafka;
mod usage;

pub use kafka::Kafka;
pub use usage::Usage;

/// Apache Kafka with ten thousand topics takes most of a minute to stop.
const STOPPED_WITHIN: Duration = Duration::from_secs(180);

const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Whose broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Ouzel,
    Kafka,
}

impl Side {
    pub fn name(self) -> &'static str {
        match self {
            Side::Ouzel => "ouzel",
            Side::Kafka => "kafka",
        }
    }
}

/// What an acknowledged record has survived. The two are never compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It is on disk.
    Fsync,
    /// It is in the page cache.
    Cache,
}

impl Class {
    /// The settings by which a topic of that side belongs to the class.
    pub fn configs(self, side: Side) -> &'static [Config] {
        match (self, side) {
            (Class::Fsync, Side::Kafka) => &[("flush.messages", "1")],
            (Class::Cache, Side::Ouzel) => &[("write.caching", "true")],
            (Class::Fsync, Side::Ouzel) | (Class::Cache, Side::Kafka) => &[],
        }
    }
}

/// A running broker. It ends with this value.
pub struct Broker {
    pub side: Side,
    pub address: SocketAddr,
    /// When its process was started.
    pub started: Instant,
    child: Child,
    log: PathBuf,
}

impl Broker {
    /// Starts a process whose every word goes to `log`.
    pub fn spawn(
        side: Side,
        mut command: Command,
        address: SocketAddr,
        log: PathBuf,
    ) -> Result<Broker> {
        let doing = || format!("opening {}", log.display());
        let file = File::options().create(true).append(true).open(&log).context(doing)?;
        let copy = file.try_clone().context(doing)?;
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(file).stderr(copy).spawn();
        let child = child.context(|| format!("starting {}", side.name()))?;
        Ok(Broker { side, address, started, child, log })
    }

    /// What its process has used up so far.
    pub fn usage(&self) -> Result<Usage> {
        Usage::of(self.child.id()).context(|| format!("see {}", self.log.display()))
    }

    /// Ends it as a service manager would.
    pub fn stop(mut self) -> Result<()> {
        let doing = || format!("stopping {}", self.side.name());
        kill_process(Pid::from_child(&self.child), Signal::TERM).context(doing)?;
        let deadline = Instant::now() + STOPPED_WITHIN;
        while self.child.try_wait().context(doing)?.is_none() {
            if Instant::now() > deadline {
                return Problem::stop(format!("{} does not stop", self.side.name()));
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    /// Ends it as a crash of the process would; the machine's memory survives.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill().context(|| "sending SIGKILL".into())?;
        self.child.wait().context(|| "waiting for it".into())?;
        Ok(())
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // Fails only where `stop` or `kill` has ended it already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that is free now. Chosen here, so that it is known before the broker says it.
pub fn free_address() -> Result<SocketAddr> {
    let socket = TcpListener::bind(("127.0.0.1", 0)).context(|| "looking for a port".into())?;
    socket.local_addr().context(|| "looking for a port".into())
}
