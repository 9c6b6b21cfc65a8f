//! `cargo xtask bench`: how fast the codec, the broker and a search are on this machine.
//!
//! One table, measured from outside through the same sockets that clients use. It is compiled only
//! on demand (feature `bench`), because it is the one part of this tool that needs our own crates.

use std::{fs, net::SocketAddr, path::Path};

use ouzel_wire::{batch::BatchBuilder, messages::CreatableTopic, messages::CreateTopicsRequest};

use crate::{
    problem::{Context, Problem, Result},
    server::{self, process::Launch},
    workspace::Workspace,
};
use connection::Connection;

mod codec;
mod connection;
mod consume;
mod produce;
mod search;

/// One line of the table.
pub struct Line {
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

/// `debug` measures what the tests start: built sooner, or built by somebody else.
pub fn run(workspace: &Workspace, debug: bool) -> Result<()> {
    let binary = if debug {
        server::build_under_test(workspace)?;
        workspace.ouzel_under_test()
    } else {
        server::build(workspace, true)?
    };
    let folder = workspace.target.join("bench");
    if folder.exists() {
        fs::remove_dir_all(&folder).context(|| format!("removing {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).context(|| format!("creating {}", folder.display()))?;
    let mut lines = codec::lines()?;
    lines.extend(of_server(&binary, &folder.join("data"))?);
    println!(
        "{:<34} {:>22}  how ({} server)",
        "what",
        "figure",
        if debug { "debug" } else { "release" }
    );
    for line in lines {
        println!("{:<34} {:>22}  {}", line.what, line.figure, line.how);
    }
    fs::remove_dir_all(&folder).context(|| format!("removing {}", folder.display()))
}

fn of_server(binary: &Path, data: &Path) -> Result<Vec<Line>> {
    fs::create_dir_all(data).context(|| format!("creating {}", data.display()))?;
    let kafka = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = Launch { binary, data, kafka, settings: &[] }.start()?;
    let mut lines = vec![produce::latency(server.kafka)?];
    lines.extend(produce::throughput(server.kafka)?);
    lines.push(consume::throughput(server.kafka)?);
    lines.push(search::rate(server.http)?);
    server.stop()?;
    Ok(lines)
}

/// Creates a topic that other lines of the table fill or read.
fn create_topic(kafka: SocketAddr, name: &str, partitions: i32) -> Result<()> {
    let topic = CreatableTopic {
        name: name.into(),
        num_partitions: partitions,
        replication_factor: 1,
        ..Default::default()
    };
    let request = CreateTopicsRequest { topics: vec![topic], ..Default::default() };
    let answer = Connection::open(kafka)?.ask(7, &request)?;
    match answer.topics.first().map(|topic| topic.error_code) {
        Some(0) => Ok(()),
        code => Problem::stop(format!("creating {name}: error {code:?}")),
    }
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
fn rate(bytes: usize, elapsed: std::time::Duration) -> String {
    format!("{:.0} MB/s", bytes as f64 / 1e6 / elapsed.as_secs_f64())
}
