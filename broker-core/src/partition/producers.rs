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
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::LazyLock;

    use ouzel_wire::batch::BatchBuilder;

    use super::super::producer_room::Crowded;
    use super::*;
    use crate::config::Limits;

    /// A batch of `count` records of producer 7.
    fn batch(epoch: i16, sequence: i32, count: usize) -> BatchHeader {
        let mut builder = BatchBuilder::new().producer(7, epoch, sequence);
        for _ in 0..count {
            builder.push_value(1000, None, b"v");
        }
        BatchHeader::parse(&builder.build().unwrap()).unwrap()
    }

    fn after_batches(batches: &[(i16, i32, usize)]) -> Producers {
        let (mut producers, mut offset) = (Producers::default(), 100);
        for &(epoch, sequence, count) in batches {
            producers.note(&batch(epoch, sequence, count), offset, 0);
            offset += count as i64;
        }
        producers
    }

    #[track_caller]
    fn refused(result: Result<Verdict, AppendError>, expected: i32, got: i32) {
        let error = AppendError::OutOfOrderSequence { producer_id: 7, expected, got };
        assert_eq!(result, Err(error));
    }

    #[test]
    fn an_unknown_producer_may_begin_anywhere() {
        assert_eq!(Producers::default().judge(&batch(3, 42, 2), 0), Ok(Verdict::Append));
    }

    #[test]
    fn the_next_sequence_is_accepted_and_a_gap_is_refused() {
        let mut producers = after_batches(&[(0, 0, 3)]);
        assert_eq!(producers.judge(&batch(0, 3, 1), 0), Ok(Verdict::Append));
        refused(producers.judge(&batch(0, 4, 1), 0), 3, 4);
    }

    #[test]
    fn sequences_begin_again_after_the_largest() {
        let mut producers = after_batches(&[(0, i32::MAX - 1, 2)]);
        assert_eq!(producers.judge(&batch(0, 0, 1), 0), Ok(Verdict::Append));
        let mut across = after_batches(&[(0, i32::MAX, 3)]);
        assert_eq!(across.judge(&batch(0, 2, 1), 0), Ok(Verdict::Append));
    }

    #[test]
    fn a_repeat_of_the_last_five_is_recognised_and_an_older_one_is_refused() {
        let sent: Vec<_> = (0..6).map(|sequence| (0, sequence, 1)).collect();
        let mut producers = after_batches(&sent);
        for sequence in 1..6 {
            let verdict = producers.judge(&batch(0, sequence, 1), 0).unwrap();
            let Verdict::Repeat(first) = verdict else { panic!("{sequence}: {verdict:?}") };
            assert_eq!(first.base_offset, 100 + i64::from(sequence));
        }
        refused(producers.judge(&batch(0, 0, 1), 0), 6, 0);
        refused(producers.judge(&batch(0, 5, 2), 0), 6, 5);
    }

    #[test]
    fn a_new_epoch_begins_at_zero_and_fences_the_old_one() {
        let mut producers = after_batches(&[(1, 0, 5)]);
        refused(producers.judge(&batch(2, 5, 1), 0), 0, 5);
        assert_eq!(producers.judge(&batch(2, 0, 1), 0), Ok(Verdict::Append));
        producers.note(&batch(2, 0, 1), 105, 0);
        let stale = AppendError::StaleProducerEpoch { producer_id: 7, current: 2, got: 1 };
        assert_eq!(producers.judge(&batch(1, 5, 1), 0), Err(stale));
        assert_eq!(producers.judge(&batch(2, 1, 1), 0), Ok(Verdict::Append));
    }

    #[test]
    fn an_expired_producer_is_a_new_one() {
        let mut producers = after_batches(&[(0, 0, 1)]);
        producers.expire(999, 1000);
        refused(producers.judge(&batch(0, 9, 1), 0), 1, 9);
        producers.expire(1000, 1000);
        assert_eq!(producers.judge(&batch(0, 9, 1), 0), Ok(Verdict::Append));
    }

    /// The first batch of producer `id`; made once, since tests have very many.
    fn first_of(id: i64) -> BatchHeader {
        static FIRST: LazyLock<BatchHeader> = LazyLock::new(|| batch(0, 0, 1));
        BatchHeader { producer_id: id, ..*FIRST }
    }

    /// Producer `id` sends its first batch.
    fn begin(producers: &mut Producers, id: i64, now_ms: i64) -> Result<(), AppendError> {
        let header = first_of(id);
        let verdict = producers.judge(&header, now_ms)?;
        assert_eq!(verdict, Verdict::Append, "{id}");
        producers.note(&header, id, now_ms);
        Ok(())
    }

    /// Whether a repeat of that batch is recognised.
    fn knows(producers: &mut Producers, id: i64, now_ms: i64) -> bool {
        let header = first_of(id);
        matches!(producers.judge(&header, now_ms), Ok(Verdict::Repeat(_)))
    }

    fn partition(room: &Arc<ProducerRoom>) -> Producers {
        Producers::default().within(room)
    }

    #[test]
    fn two_hundred_live_producers_in_each_of_a_thousand_partitions_keep_their_repeats_apart() {
        let room = Arc::new(ProducerRoom::of(Limits::default().producers_max));
        let mut partitions: Vec<Producers> = (0..1_000).map(|_| partition(&room)).collect();
        for id in 0..200 {
            for producers in &mut partitions {
                begin(producers, id, id).unwrap();
            }
        }
        for producers in &mut partitions {
            producers.expire(1_000, 86_400_000);
            assert!((0..200).all(|id| knows(producers, id, 1_000)));
        }
        assert_eq!((room.remembered(), room.crowded()), (200_000, Crowded::default()));
    }

    #[test]
    fn those_that_were_silent_for_longest_make_room_and_recent_ones_do_not() {
        let room = Arc::new(ProducerRoom::of(100));
        let mut producers = partition(&room);
        for id in 0..100 {
            begin(&mut producers, id, id).unwrap();
        }
        let one_more = begin(&mut producers, 100, RECENT_MS - 1);
        assert_eq!(one_more, Err(AppendError::TooManyProducers));
        assert!((0..100).all(|id| knows(&mut producers, id, RECENT_MS - 1)));
        assert_eq!(room.crowded(), Crowded { forgotten: 0, refused: 1 });
        begin(&mut producers, 100, RECENT_MS + 4).unwrap();
        assert!((0..5).all(|id| !producers.known.contains_key(&id)), "silent for ten minutes");
        assert!((5..=100).all(|id| knows(&mut producers, id, RECENT_MS + 4)));
        assert_eq!(room.crowded(), Crowded { forgotten: 5, refused: 1 });
        let later = 10 * RECENT_MS;
        (200..300).for_each(|id| begin(&mut producers, id, later).unwrap());
        assert_eq!(producers.iter().len(), 100);
        assert!((200..300).all(|id| knows(&mut producers, id, later)));
        assert!(begin(&mut producers, 300, later).is_err());
        begin(&mut producers, 301, later + RECENT_MS).unwrap();
    }

    #[test]
    fn a_log_with_endless_producers_is_read_again_within_bounds() {
        let mut producers = Producers::default();
        for id in 0..=PRODUCERS_MAX as i64 {
            let header = first_of(id);
            producers.note(&header, id, id);
        }
        let forgotten = PRODUCERS_MAX / FORGOTTEN_AT_ONCE;
        assert_eq!(producers.iter().len(), PRODUCERS_MAX + 1 - forgotten);
        assert!(!producers.known.contains_key(&0));
        assert!(producers.known.contains_key(&(PRODUCERS_MAX as i64 / 2)));
    }

    #[test]
    fn partitions_that_rest_make_room_for_busy_ones_and_all_together_keep_their_bound() {
        let room = Arc::new(ProducerRoom::of(100));
        let fill = |producers: &mut Producers, from: i64, to: i64| {
            for id in from..to {
                begin(producers, id, id * RECENT_MS).unwrap();
            }
        };
        let (mut resting, mut busy) = (partition(&room), partition(&room));
        fill(&mut resting, 0, 90);
        fill(&mut busy, 1000, 1200);
        assert!((45..=50).contains(&busy.iter().len()), "{}", busy.iter().len());
        assert!(busy.known.contains_key(&1199), "the newest stay");
        resting.expire(2000 * RECENT_MS, i64::MAX);
        assert_eq!(resting.iter().len(), 50);
        assert!(resting.known.contains_key(&89) && !resting.known.contains_key(&0));
        drop(resting);
        fill(&mut busy, 2000, 2200);
        assert!((90..=100).contains(&busy.iter().len()), "{}", busy.iter().len());
        drop(busy);
        assert_eq!(room.remembered(), 0);
        assert_eq!(room.share(), PRODUCERS_MAX);
    }
}
