//! Where measures are taken: the programs, the folders, and the brokers that stay up for several
//! measures, so that a JVM is warm when it is measured.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use serde_json::Value;

use super::{
    broker::{Broker, Class, Kafka, Side, free_address},
    first_ack, topics,
};
use crate::{
    problem::{Context, Problem, Result},
    shell,
};

/// The writing back that one measure caused is not to fall into the next.
const SETTLE: Duration = Duration::from_secs(1);

/// Enough for the JVM's second compiler to have seen all that is measured.
const WARM_RECORDS: u64 = 1_000_000;
const WARM_SECONDS: u64 = 10;

pub struct Stand {
    pub ouzel: PathBuf,
    pub load: PathBuf,
    /// The other side, where one is wanted.
    pub kafka: Option<Kafka>,
    pub folder: PathBuf,
    pub quick: bool,
    live: Vec<Broker>,
}

impl Stand {
    pub fn new(ouzel: PathBuf, load: PathBuf, folder: PathBuf) -> Stand {
        Stand { ouzel, load, kafka: None, folder, quick: false, live: Vec::new() }
    }

    /// A tenth of it where it is to be quick.
    pub fn scaled(&self, count: u64) -> u64 {
        if self.quick { (count / 10).max(1) } else { count }
    }

    /// A broker on the data of that name; empty if the name is new.
    pub fn start(&self, side: Side, name: &str) -> Result<Broker> {
        let data = self.data(side, name);
        let address = free_address()?;
        let command = match (side, &self.kafka) {
            (Side::Ouzel, _) => self.ouzel(&data, address),
            (Side::Kafka, Some(kafka)) => kafka.command(&data, address)?,
            (Side::Kafka, None) => return Problem::stop("Kafka is not measured here"),
        };
        Broker::spawn(side, command, address, data.with_extension("log"))
    }

    /// Empties the folder of that name and does what is no part of a start: Kafka wants its
    /// folder formatted.
    pub fn prepare(&self, side: Side, name: &str) -> Result<()> {
        self.remove(side, name)?;
        match (side, &self.kafka) {
            (Side::Kafka, Some(kafka)) => kafka.format(&self.data(side, name)),
            _ => Ok(()),
        }
    }

    /// A broker with an empty folder under that name, that serves.
    pub fn start_fresh(&self, side: Side, name: &str) -> Result<Broker> {
        self.prepare(side, name)?;
        let broker = self.start(side, name)?;
        first_ack::create_and_wait(broker.address, "first")?;
        Ok(broker)
    }

    fn data(&self, side: Side, name: &str) -> PathBuf {
        self.folder.join(format!("{}-{name}", side.name()))
    }

    /// Removes what a broker that has ended left behind.
    pub fn remove(&self, side: Side, name: &str) -> Result<()> {
        let data = self.data(side, name);
        if data.exists() {
            fs::remove_dir_all(&data).context(|| format!("removing {}", data.display()))?;
        }
        settle();
        Ok(())
    }

    fn ouzel(&self, data: &Path, kafka: SocketAddr) -> Command {
        let mut command = Command::new(&self.ouzel);
        command.arg("--data").arg(data);
        command.args(["--kafka", &kafka.to_string(), "--http", "off", "--log", "warn"]);
        command
    }

    /// Makes sure of the brokers that stay up, warm: of both sides while either is measured.
    pub fn open(&mut self) -> Result<()> {
        let both = [Some(Side::Ouzel), self.kafka.as_ref().map(|_| Side::Kafka)];
        for side in both.into_iter().flatten() {
            if self.live(side).is_err() {
                let broker = self.start_fresh(side, "live")?;
                self.warm(&broker)?;
                self.live.push(broker);
            }
        }
        Ok(())
    }

    /// The broker of that side that stays up.
    pub fn live(&self, side: Side) -> Result<&Broker> {
        let found = self.live.iter().find(|broker| broker.side == side);
        found.ok_or_else(|| Problem::new(format!("{} is not running", side.name())))
    }

    fn warm(&self, broker: &Broker) -> Result<()> {
        shell::say("bench", format!("warming {}", broker.side.name()));
        let records = self.scaled(WARM_RECORDS);
        let many = format!("linger_ms=5 records={records}");
        self.warm_topic(broker, Class::Cache, 6, |topic| {
            self.load(broker, "flood", &format!("{topic} {many}"))?;
            self.load(broker, "flood", &format!("{topic} {many} batch_bytes=16384"))?;
            self.load(broker, "drain", &format!("{topic} {many}"))
        })?;
        let steady = format!("rate=5000 consume=true seconds={}", self.scaled(WARM_SECONDS));
        for class in [Class::Cache, Class::Fsync] {
            self.warm_topic(broker, class, 1, |topic| {
                self.load(broker, "paced", &format!("{topic} {steady}"))
            })?;
        }
        settle();
        Ok(())
    }

    fn warm_topic<T>(
        &self,
        broker: &Broker,
        class: Class,
        partitions: i32,
        work: impl FnOnce(&str) -> Result<T>,
    ) -> Result<()> {
        topics::create(broker.address, "warm", partitions, class.configs(broker.side))?;
        work(&format!("topic=warm partitions={partitions}"))?;
        topics::delete(broker.address, "warm")
    }

    /// Runs the load generator to its end; `words` are separated by spaces.
    pub fn load(&self, broker: &Broker, kind: &str, words: &str) -> Result<Value> {
        let mut load = Command::new(&self.load);
        load.arg(kind).arg(format!("brokers={}", broker.address)).args(words.split_whitespace());
        let told = shell::output(&mut load)?;
        serde_json::from_str(&told).context(|| format!("reading {told:?}"))
    }

    /// Ends the broker of that side that stays up: the next measure finds a new one.
    pub fn give_up(&mut self, side: Side) {
        self.live.retain(|broker| broker.side != side);
    }

    /// Stops what stays up.
    pub fn close(&mut self) -> Result<()> {
        self.live.drain(..).try_for_each(Broker::stop)
    }
}

/// Waits until everything written so far is on disk.
pub fn settle() {
    rustix::fs::sync();
    thread::sleep(SETTLE);
}
