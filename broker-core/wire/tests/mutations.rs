//! A million changed frames and batches: none ends the process, none takes memory that its bytes
//! do not justify. Alone in its binary, because it counts every allocation.
//!
//! `OUZEL_SEED=<number>` repeats a run.
// Counting allocations takes an allocator, and an allocator is unsafe by definition.
#![allow(unsafe_code, clippy::unwrap_used, missing_docs)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use bytes::Bytes;
use ouzel_wire::batch::{BatchBuilder, Codec, NewRecord, batches, records};
use ouzel_wire::frame::{decode_request, decode_request_header, encode_request, encode_response};
use ouzel_wire::messages::*;
use ouzel_wire::{ApiKey, Message, Reader, Request, Sampler, Writer, frame};

use recorded::{Captured, Direction, captured};

#[macro_use]
#[allow(unused_macros)]
#[path = "it/every.rs"]
mod every;
#[path = "captured/mod.rs"]
mod recorded;

/// Changed frames.
const MUTATIONS: u64 = 1_000_000;
/// A changed batch after so many changed frames; unpacking takes longer.
const FRAMES_PER_BATCH: u64 = 4;
/// Most memory for a frame: values are larger than their bytes (an empty compact string takes one
/// byte here and 24 there), and vectors double.
const BYTES_PER_BYTE: usize = 64;
/// What reading takes whatever the input: space set aside for arrays not yet seen, at each depth.
const BYTES_ALWAYS: usize = 128 * 1024;
/// Most bytes that records may unpack to here.
const UNPACKED_MAX: usize = 256 * 1024;
/// What unpacking takes beside its output: the windows and blocks that the formats prescribe (lz4
/// blocks of 4 MiB, in and out).
const CODEC_BYTES: usize = 16 * 1024 * 1024;

struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(change: isize) {
    let live = LIVE.get() + change;
    LIVE.set(live);
    PEAK.set(PEAK.get().max(live));
}

// SAFETY: every call goes to the system's allocator unchanged; counting touches no memory of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The most memory that `work` had at a time.
fn peak_of(work: impl FnOnce()) -> usize {
    let before = LIVE.get();
    PEAK.set(before);
    work();
    (PEAK.get() - before) as usize
}

/// A frame with the reader that should know it.
struct Case {
    name: &'static str,
    version: i16,
    bytes: Bytes,
    read: fn(Bytes, i16),
}

impl Case {
    fn of<M: Message>(name: &'static str, version: i16, bytes: Bytes) -> Self {
        Self { name, version, bytes, read: decode_only::<M> }
    }
}

fn read_request<R: Request>(bytes: Bytes, version: i16) {
    let mut r = Reader::new(bytes);
    if decode_request_header(&mut r).is_ok() {
        let _ = decode_request::<R>(&mut r, version);
    }
}

fn read_response<R: Request>(bytes: Bytes, version: i16) {
    let _ = frame::decode_response::<R>(bytes, version);
}

fn read_payload<M: Message>(bytes: Bytes, _: i16) {
    let _ = frame::decode_versioned::<M>(bytes, 1);
}

/// A request and a response of every version, filled at random.
fn made_up<R: Request>(name: &'static str, s: &mut Sampler) -> Vec<Case> {
    let mut cases = Vec::new();
    for version in R::VERSIONS {
        let header = frame::RequestHeader {
            api_key: R::KEY as i16,
            api_version: version,
            client_id: Some("client".to_owned()),
            ..Default::default()
        };
        let request = encode_request(&header, &R::sample(s, version)).unwrap();
        let response = Message::sample(s, version);
        let response = encode_response::<R>(version, 1, &response).unwrap().concat();
        cases.push(Case { name, version, bytes: request.slice(4..), read: read_request::<R> });
        let bytes = Bytes::from(response).slice(4..);
        cases.push(Case { name, version, bytes, read: read_response::<R> });
    }
    cases
}

/// What a client or broker really sent.
fn case_of(one: &Captured) -> Option<Case> {
    macro_rules! find {
        ($api:ident, $request:ident, $response:ident) => {
            if one.api_key == ApiKey::$api as i16 {
                let read = match one.direction {
                    Direction::Request => read_request::<$request>,
                    Direction::Response => read_response::<$request>,
                };
                let (name, version) = (one.client, one.version);
                return Some(Case { name, version, bytes: one.bytes.clone(), read });
            }
        };
    }
    every_api!(find);
    None
}

fn frames(seed: u64) -> Vec<Case> {
    let mut s = Sampler::new(seed);
    let mut cases = Vec::new();
    macro_rules! add {
        ($api:ident, $request:ident, $response:ident) => {
            cases.extend(made_up::<$request>(stringify!($request), &mut s));
        };
    }
    every_api!(add);
    let recorded = captured();
    cases.extend(recorded.iter().filter_map(case_of));
    let key = frame::encode_versioned(1, &OffsetCommitKey::sample(&mut s, 1)).unwrap();
    let name = "OffsetCommitKey";
    cases.push(Case { name, version: 1, bytes: key, read: read_payload::<OffsetCommitKey> });
    cases
}

fn record_sets(seed: u64) -> Vec<Bytes> {
    let mut s = Sampler::new(seed);
    let mut sets = Vec::new();
    for codec in Codec::ALL {
        for count in [1, 3, 20] {
            let mut builder = BatchBuilder::new().codec(codec).producer(1, 0, 0);
            for timestamp in 0..count {
                let value = vec![s.number() as u8; s.below(100)];
                let headers: &[(&str, Option<&[u8]>)] = &[("h", Some(b"v")), ("n", None)];
                builder.push(NewRecord {
                    timestamp,
                    key: Some(b"k"),
                    value: Some(&value),
                    headers,
                });
            }
            sets.push(builder.build().unwrap());
        }
    }
    sets
}

fn read_record_set(bytes: Bytes) {
    for batch in batches(bytes) {
        let Ok(batch) = batch else { return };
        let _ = batch.verify_crc();
        // Read although the checksum is wrong: the worst that a broker that does not check can do.
        let Ok(unpacked) = batch.unpack(UNPACKED_MAX) else { continue };
        for record in records(&batch.header, &unpacked) {
            let Ok(record) = record else { break };
            assert!(record.headers.count() <= unpacked.len());
        }
    }
}

/// One to four changes: a bit, a byte, an extreme length, a piece cut out or doubled, a new end.
fn mutate(bytes: &[u8], s: &mut Sampler) -> Bytes {
    const EXTREMES: [&[u8]; 6] = [
        &[0x7f, 0xff, 0xff, 0xff],
        &[0xff, 0xff, 0xff, 0xff],
        &[0xff, 0xff, 0xff, 0xff, 0x07],
        &[0x7f, 0xff],
        &[0x80, 0x00, 0x00, 0x00],
        &[0xff; 10],
    ];
    let mut bytes = bytes.to_vec();
    for _ in 0..=s.below(4) {
        let at = s.below(bytes.len() + 1);
        match s.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << s.below(8),
            1 if at < bytes.len() => bytes[at] = s.number() as u8,
            2 => {
                let extreme = EXTREMES[s.below(EXTREMES.len())];
                let end = bytes.len().min(at + extreme.len());
                bytes.splice(at..end, extreme.iter().copied());
            }
            3 => drop(bytes.drain(at..bytes.len().min(at + 9))),
            4 => {
                let piece = bytes[at..bytes.len().min(at + 40)].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => bytes.truncate(at),
        }
    }
    Bytes::from(bytes)
}

#[test]
fn a_million_changed_frames_and_batches_stay_within_the_memory_that_their_bytes_justify() {
    let seed = std::env::var("OUZEL_SEED").ok().and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(rand::random);
    println!("seed {seed}: repeat with OUZEL_SEED={seed}");
    let (frames, sets) = (frames(seed), record_sets(seed));
    let mut s = Sampler::new(seed);
    let mut highest = 0.0f64;
    for turn in 0..MUTATIONS {
        let case = &frames[s.below(frames.len())];
        let bytes = mutate(&case.bytes, &mut s);
        let ceiling = BYTES_PER_BYTE * bytes.len() + BYTES_ALWAYS;
        let peak = peak_of(|| (case.read)(bytes, case.version));
        highest = highest.max(peak as f64 / ceiling as f64);
        let at = format_args!("seed {seed} turn {turn}: {} v{}", case.name, case.version);
        assert!(peak <= ceiling, "{at} took {peak} of {ceiling}");
        if turn % FRAMES_PER_BATCH == 0 {
            let bytes = mutate(&sets[s.below(sets.len())], &mut s);
            let ceiling = BYTES_PER_BYTE * bytes.len() + 2 * UNPACKED_MAX + CODEC_BYTES;
            let peak = peak_of(|| read_record_set(bytes));
            assert!(peak <= ceiling, "seed {seed} turn {turn}: batch took {peak} of {ceiling}");
        }
    }
    println!("the hungriest frame took {:.0} % of its ceiling", highest * 100.0);
}

#[test]
fn the_most_swollen_frames_stay_below_the_ceiling() {
    // A million of the smallest elements there are: empty strings, structures, arrays, tags.
    let many = [0x80, 0x80, 0x40];
    let tags = [&[1, 1][..], &[0x80, 0x80, 0x20], &every_tag_below(0x80000)].concat();
    let cases = [
        Case::of::<ListGroupsRequest>("strings", 4, swell(&[], &many, &[1])),
        Case::of::<LeaveGroupRequest>("members", 4, swell(&[1], &many, &[1, 0, 0])),
        Case::of::<CreatePartitionsRequest>(
            "arrays",
            3,
            swell(&[2, 1, 0, 0, 0, 1], &many, &[1, 0]),
        ),
        Case::of::<ListGroupsRequest>("tags", 5, Bytes::from(tags)),
    ];
    for Case { name, version, bytes, read } in cases {
        let ceiling = BYTES_PER_BYTE * bytes.len() + BYTES_ALWAYS;
        let peak = peak_of(|| read(bytes, version));
        println!("{name}: {peak} of {ceiling}");
        assert!(peak <= ceiling, "{name} took {peak} of {ceiling}");
    }
}

fn decode_only<M: Message>(bytes: Bytes, version: i16) {
    let _ = M::decode(&mut Reader::new(bytes), version);
}

fn swell(before: &[u8], count: &[u8], element: &[u8]) -> Bytes {
    Bytes::from([before, count, &element.repeat(0x100000)].concat())
}

fn every_tag_below(end: u32) -> Vec<u8> {
    let mut w = Writer::new();
    for tag in 0..end {
        w.put_uvarint(tag);
        w.put_uvarint(0);
    }
    w.into_bytes().to_vec()
}
