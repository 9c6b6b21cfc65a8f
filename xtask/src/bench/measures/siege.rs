//! Whether good clients notice an attack: the same load alone and under siege, one right after the
//! other, so that nothing but the attack is new.
//!
//! What is compared is a client at full speed, on the same processors as its attackers. So these
//! hold what they can hold and send little: an attacker that burns the machine's time slows
//! everything on it, whatever a broker does.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::load::{PARTITIONS, number, with_topic};
use crate::{
    attack::{self, Crowd},
    bench::{
        broker::{Broker, Class, Side},
        stand::Stand,
        topics,
    },
    problem::Result,
    shell,
};

/// As far as there are descriptors for them.
const IDLE: usize = 5_000;
const HALF_FRAMES: usize = 500;
/// A broker leaves half of its descriptors to files, and keeps some more; beside the attackers the
/// good client needs a few.
const SHARE_OF_DESCRIPTORS: usize = 2;
const DESCRIPTORS_KEPT: usize = 300;

/// What those who never read ask for again and again.
const LARGE: &str = "large";
/// Of one kilobyte each: more than sockets on both sides hold.
const LARGE_RECORDS: u64 = 60_000;
/// At a time; each time new ones, since the broker lets them go.
const DEAF: usize = 20;

/// A megabyte of nonsense this often.
const GARBAGE_EVERY: Duration = Duration::from_millis(100);
const GARBAGE_BYTES: usize = 1 << 20;

const RECORDS: u64 = 1_500_000;

/// Rates alone, under siege and the share that is left: of writing, then of reading.
pub fn siege(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    let records = stand.scaled(RECORDS);
    with_topic(stand, side, Class::Fsync, PARTITIONS, |stand, broker, topic| {
        topics::create(broker.address, LARGE, 1, &[])?;
        let large = format!("topic={LARGE} linger_ms=5 records={LARGE_RECORDS}");
        stand.load(broker, "flood", &large)?;
        let words = format!("{topic} linger_ms=5 records={records}");
        // The first run makes what the others find made.
        rates(stand, broker, &words)?;
        let before = rates(stand, broker, &words)?;
        let attackers = Attackers::gather(broker.address)?;
        let under = rates(stand, broker, &words)?;
        attackers.leave()?;
        let after = rates(stand, broker, &words)?;
        topics::delete(broker.address, LARGE)?;
        let alone = [(before[0] + after[0]) / 2.0, (before[1] + after[1]) / 2.0];
        let figures = |at: usize| [alone[at], under[at], 100.0 * under[at] / alone[at]];
        Ok([figures(0), figures(1)].concat())
    })
}

/// Megabytes a second written, and read.
fn rates(stand: &Stand, broker: &Broker, words: &str) -> Result<[f64; 2]> {
    let written = stand.load(broker, "flood", words)?;
    let read = stand.load(broker, "drain", words)?;
    Ok([number(&written, "mb_per_second")?, number(&read, "mb_per_second")?])
}

/// All that is done to a broker at once, until they leave.
struct Attackers {
    _idle: Crowd,
    _half: Crowd,
    busy: Vec<JoinHandle<Result<()>>>,
    leave: Arc<AtomicBool>,
}

impl Attackers {
    fn gather(kafka: SocketAddr) -> Result<Attackers> {
        let leave = Arc::new(AtomicBool::new(false));
        let go_on = |attack: fn(SocketAddr) -> Result<()>| {
            let leave = leave.clone();
            thread::spawn(move || {
                while !leave.load(Ordering::Relaxed) {
                    attack(kafka)?;
                }
                Ok(())
            })
        };
        let busy = vec![go_on(never_read), go_on(throw_garbage)];
        Ok(Attackers {
            _idle: Crowd::gather(kafka, idle(), &[])?,
            _half: Crowd::gather(kafka, HALF_FRAMES, &attack::half_frame())?,
            busy,
            leave,
        })
    }

    /// Fails if one of them could not even attack: then nothing was measured.
    fn leave(self) -> Result<()> {
        self.leave.store(true, Ordering::Relaxed);
        let ended = self.busy.into_iter().map(JoinHandle::join);
        ended.into_iter().try_for_each(|one| match one {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    }
}

/// Brokers inherit the limit. That there are fewer is said, because it is another measure then.
fn idle() -> usize {
    let share = attack::descriptors() / SHARE_OF_DESCRIPTORS;
    let left = share.saturating_sub(HALF_FRAMES + DEAF + DESCRIPTORS_KEPT);
    if left < IDLE {
        let why = format!("siege: {left} idle connections instead of {IDLE}, see `ulimit -Hn`");
        shell::say("bench", why);
    }
    left.min(IDLE)
}

fn never_read(kafka: SocketAddr) -> Result<()> {
    Crowd::deaf(kafka, DEAF, LARGE).map(drop)
}

fn throw_garbage(kafka: SocketAddr) -> Result<()> {
    attack::garbage(kafka, GARBAGE_BYTES)?;
    thread::sleep(GARBAGE_EVERY);
    Ok(())
}
