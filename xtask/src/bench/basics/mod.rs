//! The parts by themselves, by a client of our own that leaves librdkafka's share out: the codec,
//! one broker connection, searches of the console.

use std::{fs, net::SocketAddr, path::Path, time::Duration};

use ouzel_wire::batch::BatchBuilder;

use super::{connection, topics};
use crate::{
    problem::{Context, Result},
    server::process::Launch,
};

mod codec;
mod console;
mod consume;
mod produce;
mod search;

/// One line of the table.
struct Line {
    what: &'static str,
    /// The figure with its unit.
    figure: String,
    /// How it was measured, as far as it matters for comparing.
    how: String,
}

impl Line {
    fn new(what: &'static str, figure: String, how: impl Into<String>) -> Line {
        Line { what, figure, how: how.into() }
    }
}

/// Every record's value; a typical event.
const VALUE_BYTES: usize = 1000;

/// Measures and prints all of it.
pub fn run(binary: &Path, folder: &Path) -> Result<()> {
    let mut lines = codec::lines()?;
    lines.extend(of_server(binary, &folder.join("basics"))?);
    println!("{:<34} {:>22}  how", "what", "figure");
    for line in lines {
        println!("{:<34} {:>22}  {}", line.what, line.figure, line.how);
    }
    Ok(())
}

fn of_server(binary: &Path, data: &Path) -> Result<Vec<Line>> {
    fs::create_dir_all(data).context(|| format!("creating {}", data.display()))?;
    let kafka = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = Launch { binary, data, kafka, settings: &[] }.start()?;
    let mut lines = vec![produce::latency(server.kafka)?];
    lines.extend(produce::throughput(server.kafka)?);
    lines.push(consume::throughput(server.kafka)?);
    lines.push(search::rate(server.http)?);
    lines.extend(console::lines(binary, &data.with_extension("console"), server.kafka)?);
    server.stop()?;
    Ok(lines)
}

/// A batch of `records` JSON values that do not compress to nothing.
fn batch(records: usize) -> Result<bytes::Bytes> {
    let mut builder = BatchBuilder::new();
    for number in 0..records {
        let key = format!("customer-{}", number % 1000);
        builder.push_value(1_700_000_000_000, Some(key.as_bytes()), &value(number as u64));
    }
    builder.build().context(|| "building a batch".into())
}

fn value(number: u64) -> Vec<u8> {
    let mut text = format!(r#"{{"order":{number},"state":"paid","note":""#).into_bytes();
    let mut seed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while text.len() < VALUE_BYTES - 2 {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        text.push(b'a' + (seed % 26) as u8);
    }
    text.extend_from_slice(b"\"}");
    text
}

/// Megabytes (10⁶) a second.
fn rate(bytes: usize, elapsed: Duration) -> String {
    format!("{:.0} MB/s", bytes as f64 / 1e6 / elapsed.as_secs_f64())
}
