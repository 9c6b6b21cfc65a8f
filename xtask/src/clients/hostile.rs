//! What a broker meets on an open port. Nothing here may end it, fill its memory, reach outside
//! its folder or act for somebody else; and everybody else must not notice.

use std::io::Write;

use super::{
    stage::Stage,
    tools::{holds, same},
};
use crate::{
    attack::{random, throw},
    problem::{Context, Problem, Result},
    server::http::{self, connect, read_to_end},
};

/// What a server may grow by while it refuses: far below the frame that was announced.
const GROWTH_BYTES_MAX: u64 = 64 << 20;

const RANDOM_CONNECTIONS: u64 = 300;

pub fn random_bytes(stage: &Stage) -> Result<()> {
    let before = stage.server.memory()?.resident;
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
    let grown = stage.server.memory()?.resident.saturating_sub(before);
    holds(grown < GROWTH_BYTES_MAX, || format!("garbage cost {grown} bytes of memory"))
}

pub fn huge_frame(stage: &Stage) -> Result<()> {
    let before = stage.server.memory()?.resident;
    let mut socket = connect(stage.server.kafka)?;
    let announced: i32 = 200_000_000;
    let mut frame = announced.to_be_bytes().to_vec();
    frame.extend_from_slice(&api_versions_frame()[4..]);
    socket.write_all(&frame).context(|| "sending".into())?;
    let answer = read_to_end(&mut socket)?;
    same("bytes answered", answer.len(), 0)?;
    let grown = stage.server.memory()?.resident.saturating_sub(before);
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
