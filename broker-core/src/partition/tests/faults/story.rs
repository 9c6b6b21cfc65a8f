//! One story: steps drawn from a seed, and what they do.

use std::cell::RefCell;

use bytes::Bytes;
use futures::FutureExt;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::super::*;
use super::super::support::*;
use super::history::History;
use super::sender::{Answer, Sender};
use crate::world::{Fault, Neglect};

const SENDERS: usize = 3;

/// Opening may meet so many faults in a row; then it is left alone.
const FAULTS_AT_OPENING: usize = 3;

pub struct Story<'a> {
    random: StdRng,
    node: Node,
    partition: PartitionHandle,
    config: LogConfig,
    history: History,
    senders: Vec<Sender>,
    awaited: Vec<Awaited>,
    values_made: usize,
    trace: &'a RefCell<Vec<String>>,
}

/// An append whose answer is to come.
struct Awaited {
    pending: PendingAppend,
    offset: i64,
    values: Vec<String>,
    /// Whose it is, if an idempotent producer's, and its sequence.
    sent: Option<(usize, i32)>,
}

impl<'a> Story<'a> {
    pub fn begin(seed: u64, neglect: Option<Neglect>, trace: &'a RefCell<Vec<String>>) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let config = LogConfig {
            segment_bytes: [400, 900, 4000][random.random_range(0..3)],
            index_interval_bytes: 100,
            retention_bytes: [None, Some(2500)][random.random_range(0..2)],
            ..LogConfig::default()
        };
        let node = Node::by_hand();
        if let Some(neglect) = neglect {
            node.disk.neglect(neglect);
        }
        let partition = node.open(config);
        Story {
            random,
            node,
            partition,
            config,
            history: History::default(),
            senders: (0..SENDERS as i64).map(Sender::new).collect(),
            awaited: Vec::new(),
            values_made: 0,
            trace,
        }
    }

    pub fn tell(mut self) {
        for _ in 0..self.random.random_range(5..60) {
            self.step();
            self.listen();
            if self.node.disk.has_ended() || (self.partition.is_stopped() && self.one_in(2)) {
                self.end();
            }
        }
        // In the end all is well, and everybody gets an answer.
        self.say("the last restart");
        self.node.env.flusher.end();
        self.node = self.node.after_kill();
        self.open(0);
        (0..SENDERS).for_each(|sender| self.send_again(sender));
        self.flush();
        let is_answered = |sender: &Sender| sender.first_unknown().is_none();
        assert!(self.senders.iter().all(is_answered), "a producer's batch got no answer");
        self.history.check_read(&self.partition);
        self.node.env.flusher.end();
    }

    fn step(&mut self) {
        match self.random.random_range(0..32) {
            0..8 => self.send(),
            8..11 => self.send_plain(),
            11..16 => self.flush(),
            16..19 => self.repeat(),
            19 => self.history.check_read(&self.partition),
            20 => self.close(false),
            21 => self.close(true),
            22 => self.retain(),
            23 => self.delete(),
            24..28 => self.arm(),
            28 => self.fill(),
            29 => self.node.disk.set_room(usize::MAX),
            _ => self.end(),
        }
    }

    fn send(&mut self) {
        let sender = self.random.random_range(0..SENDERS);
        let values = self.values();
        self.say(format_args!("{sender} sends {} records", values.len()));
        if self.senders[sender].make(values) {
            self.send_again(sender);
        }
    }

    /// Sends what a producer has no answer for, in order, as far as that is possible.
    fn send_again(&mut self, sender: usize) {
        while let Some(batch) = self.senders[sender].first_unknown() {
            if !self.submit_of(sender, batch) {
                break;
            }
        }
    }

    /// One of a producer's last batches once more, as if its answer had been lost on the way.
    fn repeat(&mut self) {
        let sender = self.random.random_range(0..SENDERS);
        self.say(format_args!("{sender} repeats a batch"));
        self.send_again(sender);
        let batches = &self.senders[sender].batches;
        if self.senders[sender].first_unknown().is_none() && !batches.is_empty() {
            let batch = self.random.random_range(0..batches.len());
            self.submit_of(sender, batch);
        }
    }

    /// True when it was taken: as a new one at the log's end, or as the repeat that it is.
    fn submit_of(&mut self, sender: usize, batch: usize) -> bool {
        let bytes = self.senders[sender].bytes(batch);
        let Some((end, submitted)) = self.submit(bytes) else { return false };
        let sent = &mut self.senders[sender].batches[batch];
        let (known, values) = (sent.offset, sent.values.clone());
        let offset = *sent.offset.get_or_insert(end);
        if known.is_none() {
            self.history.put(end, &values);
        }
        let Some(pending) = submitted else { return false };
        let grown = self.partition.offsets().log_end - end;
        let expected = if known.is_some() { 0 } else { values.len() as i64 };
        assert_eq!((pending.appended().base_offset, grown), (offset, expected), "{sent:?}");
        if sent.answer == Answer::Unknown {
            sent.answer = Answer::Awaited;
        }
        let sent = Some((sender, sent.sequence));
        self.awaited.push(Awaited { pending, offset, values, sent });
        true
    }

    fn send_plain(&mut self) {
        let values = self.values();
        self.say(format_args!("{} records of nobody", values.len()));
        let bytes = batch(&values.iter().map(String::as_str).collect::<Vec<_>>());
        let Some((offset, submitted)) = self.submit(bytes) else { return };
        self.history.put(offset, &values);
        if let Some(pending) = submitted {
            assert_eq!(pending.appended().base_offset, offset);
            self.awaited.push(Awaited { pending, offset, values, sent: None });
        }
    }

    /// Where the log ended, and what to wait for; no such when it failed, which needs a reason:
    /// then the batch may be there or not. A partition that has stopped is not asked.
    fn submit(&mut self, bytes: Bytes) -> Option<(i64, Option<PendingAppend>)> {
        if self.partition.is_stopped() {
            return None;
        }
        let end = self.partition.offsets().log_end;
        self.senders.iter_mut().for_each(|sender| sender.ends_at(end));
        match self.partition.submit(bytes, Origin::Client) {
            Ok(pending) => Some((end, Some(pending))),
            Err(error @ AppendError::OutOfOrderSequence { .. }) => panic!("{error}"),
            Err(error) => {
                self.excuse(Err::<(), _>(error));
                Some((end, None))
            }
        }
    }

    /// A round of flushes.
    fn flush(&mut self) {
        self.say("a round of flushes");
        self.node.env.flusher.perform();
        self.listen();
        let waits = !self.awaited.is_empty();
        assert!(!waits, "{} wait after a round", self.awaited.len());
    }

    /// Takes the answers that have come.
    fn listen(&mut self) {
        self.history.see(&self.partition);
        for mut awaited in std::mem::take(&mut self.awaited) {
            let Some(answer) = (&mut awaited.pending).now_or_never() else {
                self.awaited.push(awaited);
                continue;
            };
            let Awaited { offset, values, sent, .. } = awaited;
            let sent = sent.and_then(|(sender, seq)| self.senders[sender].by_sequence(seq));
            match answer {
                Ok(_) => {
                    self.history.acknowledge(offset, &values);
                    sent.into_iter().for_each(|sent| sent.answer = Answer::Acknowledged);
                }
                Err(error) => {
                    assert!(self.node.disk.is_at_fault(), "without a fault: {error}");
                    let awaited = sent.filter(|sent| sent.answer == Answer::Awaited);
                    awaited.into_iter().for_each(|sent| sent.answer = Answer::Unknown);
                }
            }
        }
    }

    fn close(&mut self, all: bool) {
        self.say(if all { "a clean end of all" } else { "a clean end" });
        let closed = match all {
            true => close_all(&self.node.env, std::slice::from_ref(&self.partition)),
            false => self.partition.close(),
        };
        self.excuse(closed);
        self.listen();
        match self.node.disk.has_ended() {
            true => self.end(),
            false => self.restart(),
        }
    }

    fn retain(&mut self) {
        self.say("retention");
        let retained = self.partition.retain(NOW_MS);
        let done = retained.is_ok();
        self.excuse(retained);
        self.started(done);
    }

    fn delete(&mut self) {
        let upto = self.partition.offsets().high_watermark;
        let upto = self.random.random_range(0..=upto);
        self.say(format_args!("records before {upto} are deleted"));
        let deleted = self.partition.delete_before(upto);
        let done = deleted.is_ok();
        self.excuse(deleted);
        self.history.started(upto, done);
        self.started(done);
    }

    fn started(&mut self, done: bool) {
        let PartitionOffsets { log_start, high_watermark, .. } = self.partition.offsets();
        self.history.started(if done { log_start } else { high_watermark }, done);
        self.history.see(&self.partition);
        for sender in &mut self.senders {
            sender.forget_before(if done { log_start } else { high_watermark });
        }
    }

    fn excuse<T, E: std::fmt::Display>(&self, outcome: Result<T, E>) {
        if let Err(error) = outcome {
            assert!(self.node.disk.is_at_fault(), "without a fault: {error}");
            self.say(format_args!("  failed: {error}"));
        }
    }

    fn arm(&mut self) {
        let fault = self.fault();
        let passes = self.random.random_range(0..12);
        self.say(format_args!("{fault:?} after {passes} others"));
        self.node.disk.fail_after(passes, fault);
    }

    fn fault(&mut self) -> Fault {
        match self.random.random_range(0..4) {
            0 => Fault::Write(0),
            1 => Fault::Write(self.random.random_range(1..400)),
            2 => Fault::Sync,
            _ => Fault::End(self.random.random_range(0..400)),
        }
    }

    fn fill(&mut self) {
        let room = self.random.random_range(0..1500);
        self.say(format_args!("room for {room} bytes"));
        self.node.disk.set_room(room);
    }

    /// The process ends here, or the machine.
    fn end(&mut self) {
        self.listen();
        if self.one_in(3) {
            self.say("kill");
        } else {
            let seed = self.random.random();
            self.say(format_args!("power cut {seed}"));
            self.node.env.flusher.end();
            self.node = self.node.after_power_cut(seed);
        }
        self.restart();
    }

    fn restart(&mut self) {
        self.node.env.flusher.end();
        self.node = self.node.after_kill();
        self.open(FAULTS_AT_OPENING);
        if self.one_in(2) {
            (0..SENDERS).for_each(|sender| self.send_again(sender));
        }
    }

    fn open(&mut self, faults: usize) {
        self.awaited.clear();
        for left in (0..=faults).rev() {
            if left > 0 && self.one_in(3) {
                self.arm();
            }
            match self.node.try_open("orders", self.config) {
                Ok((partition, report)) => {
                    self.say(format_args!("opened: {report:?}"));
                    self.partition = partition;
                    break;
                }
                Err(error @ OpenError::Damaged { .. }) => panic!("{error}"),
                Err(error) => self.excuse(Err::<(), _>(error)),
            }
            let ended = self.node.disk.has_ended();
            let (power_cut, seed) = (ended && self.one_in(2), self.random.random());
            self.node = match power_cut {
                true => self.node.after_power_cut(seed),
                false => self.node.after_kill(),
            };
        }
        self.history.reopened(&self.partition);
        let PartitionOffsets { log_start, log_end, .. } = self.partition.offsets();
        for sender in &mut self.senders {
            sender.ends_at(log_end);
            sender.forget_before(log_start);
            sender.reconnect();
        }
    }

    fn values(&mut self) -> Vec<String> {
        let count = self.random.random_range(1..5);
        let value = |_| {
            self.values_made += 1;
            let padding = self.random.random_range(0..200);
            format!("{}:{}", self.values_made, "x".repeat(padding))
        };
        (0..count).map(value).collect()
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.random.random_range(0..n) == 0
    }

    fn say(&self, step: impl std::fmt::Display) {
        self.trace.borrow_mut().push(step.to_string());
    }
}
