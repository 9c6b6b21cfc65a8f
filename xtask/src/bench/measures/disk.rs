//! The yardstick: what the disk alone takes for what a broker does before it acknowledges.

use std::{
    fs::File,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use crate::problem::{Context, Result};

const APPENDED_BYTES: usize = 4096;

const TIMES: usize = 3_000;

/// Milliseconds of a 4 KiB append with fdatasync, one after the other: p50 and p99.
pub fn append_and_sync(folder: &Path) -> Result<(f64, f64)> {
    let path = folder.join("yardstick");
    let doing = || format!("writing {}", path.display());
    let mut file = File::create(&path).context(doing)?;
    let mut took = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let started = Instant::now();
        file.write_all(&[0x5a; APPENDED_BYTES]).context(doing)?;
        file.sync_data().context(doing)?;
        took.push(started.elapsed());
    }
    std::fs::remove_file(&path).context(doing)?;
    took.sort_unstable();
    let at = |share: f64| took[((TIMES - 1) as f64 * share) as usize];
    Ok((milliseconds(at(0.5)), milliseconds(at(0.99))))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
