//! What a broker meets on an open port. Nothing here may end it, fill its memory, reach outside
//! its folder or act for somebody else; and everybody else must not notice.

use std::{fs, io::Write, net::SocketAddr};

use super::{
    stage::Stage,
    tools::{holds, same},
};
use crate::{
    problem::{Context, Problem, Result},
    server::{
        http::{self, connect, read_to_end},
        process::Ouzel,
    },
};

/// What a server may grow by while it refuses: far below the frame that was announced.
const GROWTH_BYTES_MAX: u64 = 64 << 20;

const RANDOM_CONNECTIONS: u64 = 300;

pub fn garbage(stage: &Stage) -> Result<()> {
    let before = resident_bytes(&stage.server)?;
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    for _ in 0..RANDOM_CONNECTIONS {
        let length = random(&mut seed) % 700;
        let bytes: Vec<u8> = (0..length).map(|_| random(&mut seed) as u8).collect();
        throw(stage.server.kafka, &bytes)?;
    }
    let frame = api_versions_frame();
    for length in 0..frame.len() {
        throw(stage.server.kafka, &frame[..length])?;
    }
    stage.kcat(&["-L"], "")?;
    let grown = resident_bytes(&stage.server)?.saturating_sub(before);
    holds(grown < GROWTH_BYTES_MAX, || format!("garbage cost {grown} bytes of memory"))
}

pub fn huge_frame(stage: &Stage) -> Result<()> {
    let before = resident_bytes(&stage.server)?;
    let mut socket = connect(stage.server.kafka)?;
    let announced: i32 = 200_000_000;
    let mut frame = announced.to_be_bytes().to_vec();
    frame.extend_from_slice(&api_versions_frame()[4..]);
    socket.write_all(&frame).context(|| "sending".into())?;
    let answer = read_to_end(&mut socket)?;
    same("bytes answered", answer.len(), 0)?;
    let grown = resident_bytes(&stage.server)?.saturating_sub(before);
    holds(grown < GROWTH_BYTES_MAX, || format!("the frame cost {grown} bytes of memory"))?;
    stage.kcat(&["-L"], "").map(|_| ())
}

pub fn path_topic(stage: &Stage) -> Result<()> {
    let refusal = match stage.create_topic(stage.server.kafka, "../x", 1) {
        Ok(()) => return Problem::stop("a topic named ../x was created"),
        Err(problem) => problem.to_string(),
    };
    holds(refusal.contains("INVALID_TOPIC") || refusal.contains("TOPIC_EXCEPTION"), || {
        format!("the refusal does not say that the name is invalid: {refusal}")
    })
}

pub fn cross_site(stage: &Stage) -> Result<()> {
    let cookie = http::sign_in(stage.server.http)?;
    let topic = r#"{"name":"from-elsewhere","partitions":1,"replication_factor":1}"#;
    let path = "/api/v1/clusters/embedded/topics";
    for origin in ["Origin: https://elsewhere.example", "Sec-Fetch-Site: cross-site"] {
        let answer = http::post(stage.server.http, path, &[&cookie, origin], topic)?;
        same("a post from another site", answer.status.as_str(), "403")?;
    }
    let listing = stage.kcat(&["-L"], "")?;
    holds(!listing.contains("from-elsewhere"), || "and yet it made a topic".into())
}

/// ApiVersions v0, correlation id 1, client id "x": the smallest true request.
fn api_versions_frame() -> Vec<u8> {
    vec![0, 0, 0, 11, 0, 18, 0, 0, 0, 0, 0, 1, 0, 1, b'x']
}

/// Sends, closes the writing half, and expects the server to end the connection.
fn throw(kafka: SocketAddr, bytes: &[u8]) -> Result<()> {
    let mut socket = connect(kafka)?;
    // The server may close before it has read everything: that is its good right.
    let _ = socket.write_all(bytes);
    let _ = socket.shutdown(std::net::Shutdown::Write);
    read_to_end(&mut socket).map(|_| ())
}

fn resident_bytes(server: &Ouzel) -> Result<u64> {
    let path = format!("/proc/{}/status", server.pid());
    let text = fs::read_to_string(&path).context(|| path.clone())?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.map(|count| count * 1024).ok_or_else(|| Problem::new(format!("{path}: no VmRSS")))
}

/// xorshift: the same garbage in every run, so that a failure can be repeated.
fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}
