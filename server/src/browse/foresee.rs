//! What scripts say of records, asked ahead: of many records at once, of which one is looked at.
//!
//! Owns which records are asked about together, and what a record is to a script. The way to a
//! child and back costs as much as judging a dozen records, so those that the other filters let
//! through are gathered over batches until they are worth it. `sift` takes the verdicts one by one.

use std::{borrow::Cow, collections::VecDeque};

use ouzel_api::{messages::Message, search::Side};
use ouzel_wire::batch::{Batches, HeaderRef, RecordRef, Records};

use super::{
    decode::Decoding,
    filter::Verdict,
    part::Stretch,
    sift::{Sieve, unpack},
};
use crate::script::{self, Part, Record, ScriptError, TEXT_BYTES_MAX};

/// Records that are asked about at once: enough for every child to have some, and judged well
/// within the time in which a search tells how far it is.
const RECORDS_MAX: usize = 4096;
/// Bytes of them, the last one aside; they are held beside the answer that they are from.
const BYTES_MAX: usize = 1024 * 1024;

/// What is known of records to come.
#[derive(Debug, Default)]
pub struct Foreseen {
    verdicts: VecDeque<(i64, script::Verdict)>,
    /// Why it is not known of more.
    failed: Option<ScriptError>,
}

/// Where the records go on: the first is the one that is looked at.
pub struct Ahead<'a> {
    /// In its batch.
    pub records: Records<'a>,
    /// Behind that.
    pub batches: &'a Batches,
}

/// What the scripts say of the record at this offset, which all other filters let through; `None`
/// if nobody waits for it any more.
pub fn verdict(
    offset: i64,
    ahead: Ahead<'_>,
    stretch: &Stretch<Message>,
    sieve: &mut Sieve<'_>,
) -> Result<Option<script::Verdict>, ScriptError> {
    let Some(pool) = sieve.filters.scripts() else { return Ok(Some(script::Verdict::Match)) };
    if let Some(verdict) = sieve.foreseen.take(offset) {
        return Ok(Some(verdict));
    }
    if let Some(failed) = sieve.foreseen.failed.take() {
        return Err(failed);
    }
    let batches = gather(ahead, stretch, sieve);
    let Some(answer) = pool.judge(&batches, sieve.abandoned) else { return Ok(None) };
    sieve.foreseen = Foreseen { verdicts: answer.verdicts.into(), failed: answer.failed };
    match sieve.foreseen.take(offset) {
        Some(verdict) => Ok(Some(verdict)),
        None => match sieve.foreseen.failed.take() {
            Some(failed) => Err(failed),
            None => panic!("the record at offset {offset} was asked about and has no verdict"),
        },
    }
}

impl Foreseen {
    /// Verdicts are taken in their order.
    fn take(&mut self, offset: i64) -> Option<script::Verdict> {
        while self.verdicts.front().is_some_and(|(at, _)| *at < offset) {
            self.verdicts.pop_front();
        }
        let (_, verdict) = self.verdicts.pop_front_if(|(at, _)| *at == offset)?;
        Some(verdict)
    }
}

/// The records from here on that scripts have to judge, as many as are worth it.
fn gather(ahead: Ahead<'_>, stretch: &Stretch<Message>, sieve: &Sieve<'_>) -> Vec<script::Batch> {
    let mut lot = Lot { stretch, sieve, batches: vec![script::Batch::default()], records: 0 };
    lot.add(ahead.records);
    let mut transactions = sieve.transactions.clone();
    for batch in ahead.batches.clone().map_while(Result::ok) {
        let transaction = transactions.of(&batch);
        if lot.is_full() || sieve.is_abandoned() || batch.header.base_offset >= stretch.clip.end {
            break;
        }
        if batch.header.attributes.is_control() || sieve.leaves_out(transaction) {
            continue;
        }
        // What is wrong with it is told when it is reached.
        let Ok(unpacked) = unpack(&batch) else { break };
        if sieve.filters.can_match(&unpacked) {
            lot.add(batch.records(&unpacked));
        }
    }
    lot.batches
}

struct Lot<'a> {
    stretch: &'a Stretch<Message>,
    sieve: &'a Sieve<'a>,
    batches: Vec<script::Batch>,
    records: usize,
}

impl Lot<'_> {
    fn is_full(&self) -> bool {
        let bytes: usize = self.batches.iter().map(script::Batch::bytes).sum();
        self.records >= RECORDS_MAX || bytes >= BYTES_MAX
    }

    fn add(&mut self, records: Records<'_>) {
        for record in records.map_while(Result::ok) {
            if record.offset >= self.stretch.clip.end || self.is_full() {
                return;
            }
            if self.stretch.clip.contains(&record.offset)
                && self.sieve.filters.judge(&record) == Verdict::Match
            {
                self.push(&record);
            }
        }
    }

    fn push(&mut self, record: &RecordRef<'_>) {
        if self.batches.last().is_none_or(script::Batch::is_full) {
            self.batches.push(script::Batch::default());
        }
        let Some(batch) = self.batches.last_mut() else { return };
        put(self.sieve.filters.decoding(), self.stretch.partition, record, batch);
        self.records += 1;
    }
}

/// Adds a record as scripts see it.
pub fn put(decoding: &Decoding, partition: i32, record: &RecordRef<'_>, batch: &mut script::Batch) {
    let key = Readable::of(decoding, Side::Key, record.key, record.key);
    let value = Readable::of(decoding, Side::Value, record.key, record.value);
    let bytes = |part: HeaderRef<'_>| part.key.len() + part.value.map_or(0, <[u8]>::len);
    let too_large = record.headers.map(bytes).sum::<usize>() > TEXT_BYTES_MAX / 2;
    let headers: Vec<_> = match too_large {
        true => Vec::new(),
        false => record.headers.map(readable_header).collect(),
    };
    batch.push(&Record {
        partition,
        offset: record.offset,
        timestamp_ms: record.timestamp,
        key: key.part(),
        value: value.part(),
        headers: match too_large {
            true => Err("the headers are larger than a script sees"),
            false => Ok(headers.iter().map(|(name, value)| (&**name, value.part())).collect()),
        },
    });
}

/// Nothing is known of a header but its bytes.
fn readable_header(header: HeaderRef<'_>) -> (String, Readable<'_>) {
    let value = Readable::of(&Decoding::default(), Side::Value, None, header.value);
    (header.name().into_owned(), value)
}

/// A part of a record, read.
enum Readable<'a> {
    Null,
    Text(Cow<'a, str>, bool),
    Unreadable(String),
}

impl<'a> Readable<'a> {
    fn of(
        decoding: &Decoding,
        side: Side,
        key: Option<&'a [u8]>,
        bytes: Option<&'a [u8]>,
    ) -> Readable<'a> {
        let Some(bytes) = bytes else { return Readable::Null };
        let name = if side == Side::Key { "key" } else { "value" };
        let too_large = || {
            let most = TEXT_BYTES_MAX >> 20;
            Readable::Unreadable(format!("the {name} is larger than the {most} MiB a script sees"))
        };
        if bytes.len() > TEXT_BYTES_MAX {
            return too_large();
        }
        match decoding.typed_text(side, key, bytes) {
            Ok((text, _)) if text.len() > TEXT_BYTES_MAX => too_large(),
            Ok((text, is_json)) => Readable::Text(text, is_json),
            Err(unfit) => Readable::Unreadable(format!("the {name} cannot be read: {unfit}")),
        }
    }

    fn part(&self) -> Part<'_> {
        match self {
            Readable::Null => Part::Null,
            Readable::Text(text, true) => Part::Json(text),
            Readable::Text(text, false) => Part::Text(text),
            Readable::Unreadable(reason) => Part::Unreadable(reason),
        }
    }
}
