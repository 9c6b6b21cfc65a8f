//! One data folder: kept across restarts, used by one process at a time, and refused where its
//! bytes are not the ones that were acknowledged.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    stage::{CLIENT_LIMIT, Stage, any_port},
    tools::{self, holds, same},
};
use crate::problem::{Context, Problem, Result};

/// For a reader that is expected to get nothing: a working one needs a second.
const REFUSAL_LIMIT: Duration = Duration::from_secs(15);

pub fn restart(stage: &Stage) -> Result<()> {
    let data = stage.data("restart")?;
    let server = stage.start(&data, any_port())?;
    let kafka = server.kafka;
    let kcat = |arguments: &[&str], input: &str| {
        tools::finish(&mut tools::kcat(kafka, arguments), input, CLIENT_LIMIT)
    };
    stage.create_topic(kafka, "kept", 1)?;
    kcat(&["-P", "-t", "kept"], "one\ntwo\n")?;
    let group = ["-G", "readers", "-X", "auto.offset.reset=earliest", "-e", "-q", "kept"];
    same("first read", kcat(&group, "")?.as_str(), "one\ntwo\n")?;
    server.stop()?;

    let server = stage.start(&data, kafka)?;
    kcat(&["-P", "-t", "kept"], "three\n")?;
    let everything = kcat(&["-C", "-t", "kept", "-e", "-q"], "")?;
    same("records after a restart", everything.as_str(), "one\ntwo\nthree\n")?;
    same("the group goes on", kcat(&group, "")?.as_str(), "three\n")?;
    server.stop()
}

pub fn locked(stage: &Stage) -> Result<()> {
    let data = stage.data("locked")?;
    let server = stage.start(&data, any_port())?;
    let (status, said) = stage.launch(&data, any_port()).fail()?;
    holds(!status.success(), || "a second ouzel ended well on a folder in use".into())?;
    let pid = server.pid().to_string();
    holds(said.contains(&pid), || format!("the error does not name pid {pid}:\n{said}"))?;
    server.stop()
}

pub fn damaged(stage: &Stage) -> Result<()> {
    let data = stage.data("damaged")?;
    let server = stage.start(&data, any_port())?;
    let kafka = server.kafka;
    let input: String = (0..2_000).map(|n| format!("record {n}\n")).collect();
    for topic in ["sound", "broken"] {
        stage.create_topic(kafka, topic, 1)?;
        tools::finish(&mut tools::kcat(kafka, &["-P", "-t", topic]), &input, CLIENT_LIMIT)?;
    }
    let logged = server.log().len();
    server.stop()?;
    flip_a_byte_of(&data, "broken-0")?;

    let server = stage.start(&data, kafka)?;
    let read = |topic, limit| {
        let arguments = ["-C", "-t", topic, "-e", "-q", "-X", "check.crcs=true"];
        tools::finish(&mut tools::kcat(kafka, &arguments), "", limit)
    };
    let refused = read("broken", REFUSAL_LIMIT).is_err();
    holds(refused, || "a damaged partition was read as if nothing were wrong".into())?;
    same("the other partition", read("sound", CLIENT_LIMIT)?, input)?;
    let since = server.log().split_off(logged);
    holds(since.contains("broken-0"), || {
        format!("the log does not name the damaged partition\n{}", server.log_tail())
    })?;
    server.stop()
}

/// In the middle of the first segment: in bytes that were on disk and acknowledged long ago.
fn flip_a_byte_of(data: &Path, partition: &str) -> Result<()> {
    let segment = find(data, partition)?.join(format!("{:020}.log", 0));
    let doing = || format!("damaging {}", segment.display());
    let mut bytes = fs::read(&segment).context(doing)?;
    let middle = bytes.len() / 2;
    let Some(byte) = bytes.get_mut(middle) else { return Problem::stop("an empty segment") };
    *byte ^= 0xff;
    fs::write(&segment, bytes).context(doing)
}

fn find(folder: &Path, name: &str) -> Result<PathBuf> {
    let mut unread = vec![folder.to_owned()];
    while let Some(folder) = unread.pop() {
        for entry in fs::read_dir(&folder).context(|| folder.display().to_string())?.flatten() {
            let path = entry.path();
            if path.is_dir() && entry.file_name() == name {
                return Ok(path);
            }
            if path.is_dir() {
                unread.push(path);
            }
        }
    }
    Problem::stop(format!("no folder {name} below {}", folder.display()))
}
