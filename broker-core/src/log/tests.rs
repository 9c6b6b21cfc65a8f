//! The log against a model of its Raft entries: whatever is appended, cut off, closed, killed or
//! cut from power, offsets, batches and sidecar tell the same story.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use ouzel_wire::batch::BatchBuilder;
use proptest::prelude::*;

use super::folder::Kind;
use super::sidecar::ENTRY_BYTES;
use super::*;
use crate::world::FakeDisk;

const FOLDER: &str = "/data/orders-0";

fn config() -> LogConfig {
    LogConfig { segment_bytes: 400, index_interval_bytes: 100, ..LogConfig::default() }
}

fn open(disk: &FakeDisk) -> Log {
    Log::open(Arc::new(disk.clone()), FOLDER.into(), config()).unwrap().log
}

fn batch(records: u8) -> Batch {
    let mut builder = BatchBuilder::new();
    for n in 0..records {
        builder.push_value(i64::from(n), None, b"value");
    }
    Batch::parse(&builder.build().unwrap()).unwrap()
}

fn flush(log: &mut Log) {
    if let Some(mut round) = log.begin_round().unwrap() {
        round.perform().unwrap();
        log.end_round(&round).unwrap();
    }
}

/// What an entry is, without where it lies.
type Told = (u64, EntryKind, i64);

fn sidecar(log: &Log) -> Vec<RaftEntry> {
    let mut entries = Vec::new();
    for segment in log.segments().iter() {
        let Ok(file) = segment.file(Kind::Raft) else { continue };
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read_at(&mut bytes, 0).unwrap();
        assert_eq!(bytes.len() % ENTRY_BYTES, 0);
        let entry = |bytes: &[u8]| RaftEntry::parse(bytes.try_into().unwrap()).unwrap();
        entries.extend(bytes.chunks(ENTRY_BYTES).map(entry));
    }
    entries
}

#[derive(Debug, Clone)]
enum Step {
    Append(u8),
    NoOp,
    Roll,
    Flush,
    /// Cuts off a part of the entries, in 255ths.
    TruncateFrom(u8),
    /// Cuts off a part of the offsets.
    TruncateTo(u8),
    Close,
    Kill,
    PowerCut(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (1..5u8).prop_map(Step::Append),
        3 => Just(Step::NoOp),
        1 => Just(Step::Roll),
        3 => Just(Step::Flush),
        1 => any::<u8>().prop_map(Step::TruncateFrom),
        1 => any::<u8>().prop_map(Step::TruncateTo),
        1 => Just(Step::Close),
        1 => Just(Step::Kill),
        2 => any::<u64>().prop_map(Step::PowerCut),
    ];
    prop::collection::vec(step, 1..40)
}

struct Run {
    disk: FakeDisk,
    log: Log,
    entries: Vec<Told>,
    /// So many of them are on disk for certain.
    flushed: usize,
}

impl Run {
    fn new() -> Run {
        let disk = FakeDisk::with_folder(Path::new("/data"));
        let log = open(&disk);
        Run { disk, log, entries: Vec::new(), flushed: 0 }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Append(records) => {
                self.entry(EntryKind::Data);
                self.log.append(&batch(records), 0).unwrap();
            }
            Step::NoOp => {
                self.entry(EntryKind::NoOp);
                self.log.append_entry(EntryKind::NoOp).unwrap();
            }
            Step::Roll => self.log.roll().unwrap(),
            Step::Flush => {
                flush(&mut self.log);
                self.flushed = self.entries.len();
            }
            Step::TruncateFrom(part) => self.truncate_from(part),
            Step::TruncateTo(part) => self.truncate_to(part),
            Step::Close => {
                self.log.finish().unwrap();
                if self.log.size_bytes() > 0 {
                    self.log.sync_beside().unwrap();
                    self.log.mark_clean().unwrap();
                }
                self.flushed = self.entries.len();
                self.reopen(self.disk.copy());
            }
            Step::Kill => {
                self.flushed = self.entries.len();
                self.reopen(self.disk.copy());
            }
            Step::PowerCut(seed) => self.reopen(self.disk.crash(seed)),
        }
        self.check();
    }

    fn entry(&mut self, kind: EntryKind) {
        let index = self.entries.len() as u64 + 1;
        self.entries.push((index, kind, self.log.end()));
    }

    fn truncate_from(&mut self, part: u8) {
        let keep = self.entries.len() * usize::from(part) / 255;
        self.log.truncate_from(LogIndex(keep as u64 + 1)).unwrap();
        if keep < self.entries.len() {
            self.entries.truncate(keep);
            self.flushed = keep;
        }
    }

    fn truncate_to(&mut self, part: u8) {
        let offset = self.log.end() * i64::from(part) / 255;
        self.log.truncate_to(offset).unwrap();
        let is_kept = |(_, kind, base): &Told| *kind != EntryKind::Data || *base < self.log.end();
        let keep = self.entries.iter().position(|e| !is_kept(e)).unwrap_or(self.entries.len());
        assert!(self.log.end() <= offset || keep == self.entries.len());
        self.entries.truncate(keep);
        self.flushed = self.flushed.min(keep);
    }

    /// On a disk that may have lost what was not flushed, but only from the end.
    fn reopen(&mut self, disk: FakeDisk) {
        self.disk = disk;
        self.log = open(&self.disk);
        if self.log.start() > 0 {
            // The power cut left a later segment and not the first: nothing was acknowledged.
            assert_eq!(self.flushed, 0);
            *self = Run::new();
        }
        let there = self.log.last_index().0 as usize;
        assert!((self.flushed..=self.entries.len()).contains(&there), "{there} entries");
        self.entries.truncate(there);
        self.flushed = there;
    }

    fn check(&self) {
        let told = |entry: RaftEntry| (entry.index.0, entry.kind, entry.base_offset);
        let there: Vec<Told> = sidecar(&self.log).into_iter().map(told).collect();
        assert_eq!(there, self.entries);
        assert_eq!(self.log.last_index().0, self.entries.len() as u64);
        let mut data = self.entries.iter().filter(|(_, kind, _)| *kind == EntryKind::Data);
        let mut end = 0;
        for segment in self.log.segments().iter().filter(|s| s.len() > 0) {
            let mut walk = Walk::new(segment, 0, SCAN_WINDOW_BYTES).unwrap();
            while let Some(found) = walk.next().unwrap() {
                assert_eq!(Some(found.header.base_offset), data.next().map(|entry| entry.2));
                end = found.header.next_offset();
                let located = locate(segment, end - 1).unwrap().unwrap();
                assert_eq!(located.position, found.position);
            }
        }
        assert_eq!((data.next(), end), (None, self.log.end()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn offsets_batches_and_sidecar_tell_one_story(steps in steps()) {
        let mut run = Run::new();
        for step in steps {
            run.step(step);
        }
    }
}

#[test]
fn an_entry_that_is_no_data_takes_no_offset_and_survives_once_it_is_flushed() {
    let mut run = Run::new();
    for step in [Step::NoOp, Step::Append(2), Step::NoOp, Step::Append(1), Step::Flush] {
        run.step(step);
    }
    assert_eq!(run.log.end(), 3);
    assert_eq!(run.log.last_index(), LogIndex(4));
    for seed in 0..20 {
        let log = open(&run.disk.crash(seed));
        assert_eq!((log.end(), log.last_index()), (3, LogIndex(4)), "seed {seed}");
    }
}

#[test]
fn a_truncated_log_gives_the_offsets_again_in_a_new_epoch() {
    let mut run = Run::new();
    run.step(Step::Append(3));
    run.step(Step::Append(3));
    run.step(Step::Close);
    run.log.truncate_to(4).unwrap();
    assert_eq!((run.log.end(), run.log.epoch()), (3, 1));
    assert_eq!(run.log.append(&batch(1), 0).unwrap().base_offset, 3);
    flush(&mut run.log);
    assert_eq!(run.log.epochs().end_of(0, 1, 4), Some((0, 3)));
    assert_eq!(open(&run.disk).epochs().end_of(1, 2, 4), Some((1, 4)));
}
