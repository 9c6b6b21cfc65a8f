//! An idempotent producer as clients are: it sends again, in order, what was not acknowledged.

use std::collections::VecDeque;

use bytes::Bytes;
use ouzel_wire::batch::BatchBuilder;

use super::super::support::*;
use crate::partition::producers::BATCHES_REMEMBERED;

pub struct Sender {
    id: i64,
    next_sequence: i32,
    /// The last ones, as many as a broker must remember.
    pub batches: VecDeque<Sent>,
}

#[derive(Debug, Clone)]
pub struct Sent {
    pub sequence: i32,
    pub values: Vec<String>,
    /// Where it is, or may be.
    pub offset: Option<i64>,
    pub answer: Answer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It was appended and the answer is to come.
    Awaited,
    Acknowledged,
    /// An error, or none any more: it must be sent again.
    Unknown,
}

impl Sender {
    pub fn new(id: i64) -> Sender {
        Sender { id, next_sequence: 0, batches: VecDeque::new() }
    }

    /// A new batch, unless too many wait for their answers: then there would be repeats that
    /// no broker remembers.
    pub fn make(&mut self, values: Vec<String>) -> bool {
        let waits = self.batches.front().is_some_and(|b| b.answer != Answer::Acknowledged);
        if self.batches.len() == BATCHES_REMEMBERED {
            if waits {
                return false;
            }
            self.batches.pop_front();
        }
        let sequence = self.next_sequence;
        self.next_sequence += values.len() as i32;
        let answer = Answer::Unknown;
        self.batches.push_back(Sent { sequence, values, offset: None, answer });
        true
    }

    pub fn bytes(&self, batch: usize) -> Bytes {
        let Sent { sequence, values, .. } = &self.batches[batch];
        let mut builder = BatchBuilder::new().producer(self.id, 0, *sequence);
        for value in values {
            builder.push_value(NOW_MS, None, value.as_bytes());
        }
        builder.build().unwrap()
    }

    pub fn by_sequence(&mut self, sequence: i32) -> Option<&mut Sent> {
        self.batches.iter_mut().find(|batch| batch.sequence == sequence)
    }

    /// The first one that must be sent again.
    pub fn first_unknown(&self) -> Option<usize> {
        self.batches.iter().position(|batch| batch.answer == Answer::Unknown)
    }

    /// The log ends here: what was put behind is not there.
    pub fn ends_at(&mut self, end: i64) {
        for batch in &mut self.batches {
            batch.offset = batch.offset.filter(|offset| *offset < end);
        }
    }

    /// A restart: answers that have not come will not come.
    pub fn reconnect(&mut self) {
        for batch in self.batches.iter_mut().filter(|b| b.answer == Answer::Awaited) {
            batch.answer = Answer::Unknown;
        }
    }

    /// Batches before this offset were deleted, and are not sent again.
    pub fn forget_before(&mut self, start: i64) {
        let deleted = |batch: &Sent| batch.offset.is_some_and(|offset| offset < start);
        self.batches.retain(|batch| !deleted(batch));
    }
}
