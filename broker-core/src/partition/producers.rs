//! Which sequence each idempotent producer sends next, and what it sent last.
//!
//! A pure state machine: it is asked about a batch before the append and told of it
//! afterwards; the same calls, made with the headers of the log, bring it back after
//! a restart. Knows no transactions yet.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use ouzel_wire::batch::BatchHeader;

use super::error::AppendError;
use super::producer_room::{PRODUCERS_MAX, ProducerRoom};

/// How many batches back a repeat is recognised. Kafka's clients keep at most five requests in
/// flight for the same reason.
pub(crate) const BATCHES_REMEMBERED: usize = 5;

/// A producer that wrote no longer ago than this is not forgotten to make room: if it is sent anew,
/// a batch comes within the time that clients give a record, two minutes in Java
/// (`delivery.timeout.ms`) and five in librdkafka (`message.timeout.ms`); this is twice as much.
pub(crate) const RECENT_MS: i64 = 600_000;

/// What becomes of the room when there is no more: a tenth at once, so that finding the oldest
/// is paid for seldom.
const FORGOTTEN_AT_ONCE: usize = 10;

/// The producers of one partition.
///
/// One takes some 140 bytes when it has sent one batch and 270 when five, in a table that is two
/// thirds full.
#[derive(Debug)]
pub(crate) struct Producers {
    known: HashMap<i64, Producer>,
    room: Arc<ProducerRoom>,
    /// As many of them as the room knows of.
    counted: usize,
    /// Until then all are recent, and none need be looked for that could make room.
    none_silent_before_ms: i64,
}

impl Default for Producers {
    /// As many as one partition may have.
    fn default() -> Producers {
        let room = Arc::new(ProducerRoom::of(PRODUCERS_MAX));
        Producers { known: HashMap::new(), room, counted: 0, none_silent_before_ms: i64::MIN }
    }
}

/// Invariant: at least one batch and at most [`BATCHES_REMEMBERED`], oldest first, all of `epoch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Producer {
    pub epoch: i16,
    pub batches: VecDeque<SentBatch>,
    /// When the last batch came, by the broker's clock or, after a restart, by its timestamp.
    pub seen_ms: i64,
}

/// A batch that was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SentBatch {
    pub first_sequence: i32,
    pub last_sequence: i32,
    pub base_offset: i64,
    pub last_offset: i64,
    pub max_timestamp: i64,
}

/// What is to be done with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is the next one, or of no idempotent producer.
    Append,
    /// It is there already.
    Repeat(SentBatch),
}

impl Producers {
    /// The same producers, in the room that all partitions share.
    pub fn within(mut self, room: &Arc<ProducerRoom>) -> Producers {
        self.room.count(self.counted, 0);
        (self.room, self.counted) = (room.clone(), 0);
        self.none_silent_before_ms = i64::MIN;
        self.count();
        self
    }

    /// Whether a batch comes in turn. One of a new producer may have to make room for it.
    pub fn judge(&mut self, header: &BatchHeader, now_ms: i64) -> Result<Verdict, AppendError> {
        let (producer_id, got) = (header.producer_id, header.base_sequence);
        let Some(producer) = self.known.get(&producer_id) else {
            if producer_id >= 0 && !self.make_room(now_ms) {
                self.room.refuse(now_ms);
                return Err(AppendError::TooManyProducers);
            }
            return Ok(Verdict::Append);
        };
        if header.producer_epoch < producer.epoch {
            let (current, got) = (producer.epoch, header.producer_epoch);
            return Err(AppendError::StaleProducerEpoch { producer_id, current, got });
        }
        if let Some(repeat) = producer.repeat_of(header) {
            return Ok(Verdict::Repeat(repeat));
        }
        let expected = match header.producer_epoch == producer.epoch {
            true => after(producer.last().last_sequence),
            false => 0,
        };
        if got != expected {
            return Err(AppendError::OutOfOrderSequence { producer_id, expected, got });
        }
        Ok(Verdict::Append)
    }

    /// A batch was appended, or found in the log.
    pub fn note(&mut self, header: &BatchHeader, base_offset: i64, now_ms: i64) {
        if header.producer_id < 0 || header.attributes.is_control() {
            return;
        }
        let is_new = !self.known.contains_key(&header.producer_id);
        // Only while a log is read again, when all may seem recent, by times that clients gave.
        if is_new && self.known.len() >= PRODUCERS_MAX {
            self.forget_oldest(PRODUCERS_MAX / FORGOTTEN_AT_ONCE, now_ms, i64::MAX);
        }
        let batch = SentBatch {
            first_sequence: header.base_sequence,
            last_sequence: header.last_sequence(),
            base_offset,
            last_offset: base_offset + i64::from(header.last_offset_delta),
            max_timestamp: header.max_timestamp,
        };
        let new =
            || Producer { epoch: header.producer_epoch, batches: VecDeque::new(), seen_ms: 0 };
        let producer = self.known.entry(header.producer_id).or_insert_with(new);
        if producer.epoch != header.producer_epoch {
            *producer = new();
        }
        if producer.batches.len() == BATCHES_REMEMBERED {
            producer.batches.pop_front();
        }
        // Most producers of a crowd send one batch; room for four would be the default.
        producer.batches.reserve_exact(1);
        producer.batches.push_back(batch);
        producer.seen_ms = now_ms;
        if is_new {
            self.count();
        }
    }

    /// Forgets producers that were not seen for so long, and of those that are more than its share
    /// the ones that were silent.
    pub fn expire(&mut self, now_ms: i64, expiration_ms: i64) {
        self.known.retain(|_, producer| now_ms.saturating_sub(producer.seen_ms) < expiration_ms);
        let surplus = self.known.len().saturating_sub(self.room.share());
        if surplus > 0 {
            self.forget_oldest(surplus, now_ms, now_ms.saturating_sub(RECENT_MS));
        }
        self.known.shrink_to(self.known.len() * 2);
        self.count();
    }

    /// All, in no particular order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&i64, &Producer)> {
        self.known.iter()
    }

    /// Puts back one that was saved.
    pub fn restore(&mut self, producer_id: i64, producer: Producer) {
        self.known.insert(producer_id, producer);
        self.count();
    }

    /// Tells the room how many there are now.
    fn count(&mut self) {
        self.room.count(self.counted, self.known.len());
        self.counted = self.known.len();
    }

    /// Whether there is room for one more, by forgetting some that were silent for long if need be.
    fn make_room(&mut self, now_ms: i64) -> bool {
        let share = self.room.share();
        if self.known.len() < share {
            return true;
        }
        if now_ms < self.none_silent_before_ms {
            return false;
        }
        let surplus = self.known.len() + 1 - share;
        let many = surplus.max(self.known.len() / FORGOTTEN_AT_ONCE);
        let oldest_ms = self.forget_oldest(many, now_ms, now_ms.saturating_sub(RECENT_MS));
        // Whoever comes later is seen later than now.
        self.none_silent_before_ms = oldest_ms.min(now_ms).saturating_add(RECENT_MS);
        self.count();
        self.known.len() < share
    }

    /// Forgets so many, at least one and no more than there are, but none that was seen later than
    /// `until_ms`. Returns when the oldest of those was seen that are left.
    fn forget_oldest(&mut self, many: usize, now_ms: i64, until_ms: i64) -> i64 {
        let before = self.known.len();
        let mut seen: Vec<i64> = self.known.values().map(|producer| producer.seen_ms).collect();
        let (_, last, _) = seen.select_nth_unstable(many - 1);
        let (last, mut left) = (until_ms.min(*last), many);
        // Of many that were seen in the same millisecond no more than needed.
        self.known.retain(|_, producer| {
            let forget = producer.seen_ms <= last && left > 0;
            left -= usize::from(forget);
            !forget
        });
        self.room.forgot(before - self.known.len(), now_ms);
        self.known.values().map(|producer| producer.seen_ms).min().unwrap_or(i64::MAX)
    }
}

impl PartialEq for Producers {
    fn eq(&self, other: &Producers) -> bool {
        self.known == other.known
    }
}

impl Drop for Producers {
    fn drop(&mut self) {
        self.room.count(self.counted, 0);
    }
}

impl Producer {
    fn last(&self) -> &SentBatch {
        self.batches.back().expect("a producer is known by its batches")
    }

    fn repeat_of(&self, header: &BatchHeader) -> Option<SentBatch> {
        let range = (header.base_sequence, header.last_sequence());
        let same = |batch: &&SentBatch| (batch.first_sequence, batch.last_sequence) == range;
        let mut sent = self.batches.iter().filter(|_| self.epoch == header.producer_epoch);
        sent.find(same).copied()
    }
}

/// Sequences begin again at 0.
fn after(sequence: i32) -> i32 {
    if sequence == i32::MAX { 0 } else { sequence + 1 }
}

#[cfg(test)]
mod tests;
