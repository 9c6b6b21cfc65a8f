//! Under siege: the server lives, its memory stays within what it may use, and a good producer's
//! records all arrive, in order and once.

use std::{net::SocketAddr, time::Duration};

use super::{
    history,
    stage::{CLIENT_LIMIT, Stage, any_port},
    tools::{self, Background, eventually, holds, same},
};
use crate::{
    attack::{self, Crowd},
    problem::Result,
    server::process::Ouzel,
};

const IDLE: usize = 5_000;
/// A connection is a task and two halves of a socket: some kilobytes.
const IDLE_BYTES_MAX: u64 = 128 << 20;

const HALF_FRAMES: usize = 1_000;
const GARBAGE_BYTES: usize = 500_000_000;
/// Frames are held while they are read, not before and not after.
const REFUSALS_BYTES_MAX: u64 = 64 << 20;

/// Owed a fetch of this topic each, together they are owed more than the limit below.
const DEAF: usize = 50;
const LARGE_BYTES: usize = 16 << 20;
/// What the broker may hold in answers (512 MiB, `Limits::bytes_in_flight`), and some more.
const ANSWERS_BYTES_MAX: u64 = (512 + 128) << 20;

/// What the good producer must get acknowledged before and during each attack.
const RECORDS: usize = 2_000;
const PROGRESS_LIMIT: Duration = Duration::from_secs(60);

pub fn idle(stage: &Stage) -> Result<()> {
    let mut siege = Siege::begin(stage, "idle-crowd")?;
    let crowd = Crowd::gather(siege.kafka(), IDLE, &[])?;
    siege.go_on()?;
    same("connections that are still open", crowd.connected()?, IDLE)?;
    siege.end(IDLE_BYTES_MAX)
}

pub fn half_frames(stage: &Stage) -> Result<()> {
    let mut siege = Siege::begin(stage, "half-frames")?;
    let _crowd = Crowd::gather(siege.kafka(), HALF_FRAMES, &attack::half_frame())?;
    siege.go_on()?;
    siege.end(REFUSALS_BYTES_MAX)
}

pub fn deaf(stage: &Stage) -> Result<()> {
    let mut siege = Siege::begin(stage, "deaf-crowd")?;
    stage.create_topic(siege.kafka(), "large", 1)?;
    let line = format!("{}\n", "x".repeat(1_000));
    let input = line.repeat(LARGE_BYTES / line.len());
    let mut kcat = tools::kcat(siege.kafka(), &["-P", "-t", "large"]);
    tools::finish(&mut kcat, &input, CLIENT_LIMIT)?;
    let _crowd = Crowd::deaf(siege.kafka(), DEAF, "large")?;
    siege.go_on()?;
    siege.end(ANSWERS_BYTES_MAX)
}

pub fn garbage(stage: &Stage) -> Result<()> {
    let mut siege = Siege::begin(stage, "garbage")?;
    let taken = attack::garbage(siege.kafka(), GARBAGE_BYTES)?;
    // The half that is dressed up as requests is read to its end.
    holds(taken > GARBAGE_BYTES / 3, || format!("only {taken} bytes were taken"))?;
    siege.go_on()?;
    siege.end(REFUSALS_BYTES_MAX)
}

/// A server of its own, and a good producer at work.
struct Siege {
    server: Ouzel,
    producer: Background,
    bytes_before: u64,
}

impl Siege {
    fn begin(stage: &Stage, name: &str) -> Result<Siege> {
        let data = stage.data(name)?;
        let logs = stage.data(&format!("{name}-clients"))?;
        let server = stage.start(&data, any_port())?;
        stage.create_topic(server.kafka, "numbered", 4)?;
        let mut script = stage.script("numbered_producer.py", server.kafka, &["numbered", "4"]);
        let producer = Background::start(&mut script, &logs, "producer")?;
        let mut siege = Siege { server, producer, bytes_before: 0 };
        siege.go_on()?;
        siege.bytes_before = siege.server.memory()?.resident;
        Ok(siege)
    }

    fn kafka(&self) -> SocketAddr {
        self.server.kafka
    }

    /// The good producer is served.
    fn go_on(&mut self) -> Result<()> {
        let wanted = self.producer.out().lines().count() + RECORDS;
        eventually(&format!("{wanted} acknowledged records"), PROGRESS_LIMIT, || {
            self.producer.check_alive()?;
            Ok((self.producer.out().lines().count() >= wanted).then_some(()))
        })
    }

    /// Judges: memory at its peak, and all that the good producer was told.
    fn end(mut self, growth_bytes_max: u64) -> Result<()> {
        let grown = self.server.memory()?.peak.saturating_sub(self.bytes_before);
        holds(grown < growth_bytes_max, || {
            format!("memory grew by {grown} bytes, {growth_bytes_max} are allowed")
        })?;
        self.producer.finish(PROGRESS_LIMIT)?;
        let acknowledged = history::acknowledged(&self.producer.out())?;
        history::compare(&acknowledged, &history::stored(&self.server, "numbered")?)?;
        self.server.stop()
    }
}
