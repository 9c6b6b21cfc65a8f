//! The codec alone, in this process: how fast requests and records go through it.
//!
//! This tool is a debug build, but the codec's crate is always optimised (Cargo.toml, profiles).

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use ouzel_wire::{
    Reader,
    batch::{Codec, batches},
    frame::{decode_request, decode_request_header},
    messages::ProduceRequest,
};

use super::{Line, batch, produce, rate};
use crate::problem::{Context, Result};

/// Long enough for a steady figure, short enough to be run often.
const MEASURED: Duration = Duration::from_secs(1);

/// Most a batch below may unpack to; it has 100 records of a kilobyte.
const UNPACKED_BYTES_MAX: usize = 1 << 20;

pub fn lines() -> Result<Vec<Line>> {
    let records = batch(100)?;
    let frame = produce::frame("bench", 0, &records)?;
    let how = format!("Produce v{}, one batch of 100 × 1 kB", produce::VERSION);
    let encode = each(|| produce::frame("bench", 0, &records).map(|_| ()))?;
    let decode = each(|| {
        let mut reader = Reader::new(frame.slice(4..));
        let header = decode_request_header(&mut reader).context(|| "a header".into())?;
        let request: ProduceRequest =
            decode_request(&mut reader, header.api_version).context(|| "a request".into())?;
        black_box(&request);
        Ok(())
    })?;
    let walk = through(records.len(), || {
        for one in batches(records.clone()) {
            let one = one.context(|| "a batch".into())?;
            one.verify_crc().context(|| "its sum".into())?;
            let unpacked = one.unpack(UNPACKED_BYTES_MAX).context(|| "its records".into())?;
            for record in one.records(&unpacked) {
                black_box(record.context(|| "a record".into())?.value);
            }
        }
        Ok(())
    })?;
    Ok(vec![
        Line::new("codec: write a request", encode, how.clone()),
        Line::new("codec: read a request", decode, how),
        Line::new("codec: check and walk records", walk, format!("{:?}, with CRC", Codec::None)),
    ])
}

/// How long `work` takes. The codec does not copy records, so bytes a second would say nothing.
fn each(work: impl FnMut() -> Result<()>) -> Result<String> {
    let (times, elapsed) = repeat(work)?;
    Ok(format!("{:.2} µs", elapsed.as_secs_f64() * 1e6 / times as f64))
}

/// The rate at which `work` goes through `bytes` each time.
fn through(bytes: usize, work: impl FnMut() -> Result<()>) -> Result<String> {
    let (times, elapsed) = repeat(work)?;
    Ok(rate(bytes * times, elapsed))
}

fn repeat(mut work: impl FnMut() -> Result<()>) -> Result<(usize, Duration)> {
    let started = Instant::now();
    let mut times = 0;
    while started.elapsed() < MEASURED {
        work()?;
        times += 1;
    }
    Ok((times, started.elapsed()))
}
