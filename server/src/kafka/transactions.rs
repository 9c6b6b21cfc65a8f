//! Which records of a fetch answer belong to aborted transactions, batch by batch.
//!
//! A leader that is asked for committed records names the transactions that were aborted among
//! them, by producer and first offset, and sends their records all the same: the reader drops what
//! lies between that offset and the producer's abort mark. Pure. Source: KIP-98.

use std::collections::{HashSet, VecDeque};

use ouzel_api::messages::Transaction;
use ouzel_wire::batch::Batch;

/// Bytes of a control record's batch, which is never packed; a mark takes some twenty.
const CONTROL_BYTES_MAX: usize = 4096;
/// The kind of control record that ends an aborted transaction, behind two bytes of version.
const ABORT: [u8; 2] = [0, 0];

/// The state of transactions while the batches of one answer are walked, in their order.
#[derive(Debug, Clone, Default)]
pub struct Transactions {
    /// Before this offset every transaction is decided, as far as this answer tells.
    decided: i64,
    /// Producer and first offset of aborted transactions to come, by offset.
    coming: VecDeque<(i64, i64)>,
    /// Producers in the midst of one.
    aborting: HashSet<i64>,
}

impl Transactions {
    /// Of an answer to a request for committed records, with the aborted transactions in it.
    pub fn decided(before: i64, mut aborted: Vec<(i64, i64)>) -> Transactions {
        aborted.sort_unstable_by_key(|(_, first)| *first);
        Transactions { decided: before, coming: aborted.into(), aborting: HashSet::new() }
    }

    /// Of an answer that tells nothing of transactions.
    pub fn undecided() -> Transactions {
        Transactions { decided: i64::MIN, ..Transactions::default() }
    }

    /// What became of a batch's transaction, if it is of one. Has to see every batch of the answer.
    pub fn of(&mut self, batch: &Batch) -> Option<Transaction> {
        let header = &batch.header;
        while let Some((producer, _)) =
            self.coming.pop_front_if(|(_, first)| *first <= header.last_offset())
        {
            self.aborting.insert(producer);
        }
        if header.attributes.is_control() {
            if self.aborting.contains(&header.producer_id) && is_abort(batch) {
                self.aborting.remove(&header.producer_id);
            }
            return None;
        }
        if !header.attributes.is_transactional() {
            return None;
        }
        Some(match self.aborting.contains(&header.producer_id) {
            _ if header.base_offset >= self.decided => Transaction::Open,
            true => Transaction::Aborted,
            false => Transaction::Committed,
        })
    }
}

fn is_abort(batch: &Batch) -> bool {
    let Ok(unpacked) = batch.unpack(CONTROL_BYTES_MAX) else { return false };
    let first = batch.records(&unpacked).next();
    first.is_some_and(|record| {
        record.is_ok_and(|record| record.key.is_some_and(|key| key.get(2..4) == Some(&ABORT)))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ouzel_wire::batch::{BatchBuilder, NewRecord};

    use super::*;

    fn data(offset: i64, producer: i64, transactional: bool) -> Batch {
        let mut builder = BatchBuilder::new().base_offset(offset).producer(producer, 0, 0);
        if transactional {
            builder = builder.transactional();
        }
        builder.push_value(1, None, b"v");
        Batch::parse(&builder.build().unwrap()).unwrap()
    }

    fn mark(offset: i64, producer: i64, kind: u8) -> Batch {
        let builder = BatchBuilder::new().base_offset(offset).producer(producer, 0, -1);
        let mut builder = builder.transactional().control();
        let key = [0, 0, 0, kind];
        builder.push(NewRecord { timestamp: 1, key: Some(&key), value: None, headers: &[] });
        Batch::parse(&builder.build().unwrap()).unwrap()
    }

    #[test]
    fn only_what_lies_between_its_first_offset_and_its_mark_is_aborted() {
        use Transaction::{Aborted, Committed, Open};
        let mut transactions = Transactions::decided(8, vec![(7, 4), (7, 0)]);
        let states = [
            data(0, 7, true),
            data(1, 8, true),
            data(2, 7, false),
            mark(3, 7, 0),
            data(4, 7, true),
            mark(5, 8, 1),
            mark(6, 7, 0),
            data(7, 7, true),
            data(8, 8, true),
        ]
        .map(|batch| transactions.of(&batch));
        let wanted = [
            Some(Aborted),
            Some(Committed),
            None,
            None,
            Some(Aborted),
            None,
            None,
            Some(Committed),
            Some(Open),
        ];
        assert_eq!(states, wanted);
    }

    #[test]
    fn a_reader_that_begins_in_the_midst_of_an_aborted_transaction_knows_it() {
        let mut transactions = Transactions::decided(100, vec![(7, 3)]);
        assert_eq!(transactions.of(&data(50, 7, true)), Some(Transaction::Aborted));
        assert_eq!(Transactions::undecided().of(&data(1, 7, true)), Some(Transaction::Open));
    }
}
