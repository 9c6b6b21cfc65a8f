//! A search through everything that `produce` wrote, for something that is not there.

use std::{net::SocketAddr, time::Instant};

use serde_json::{Value, json};

use super::{Line, produce::TOPIC};
use crate::{
    problem::{Problem, Result},
    server::http,
};

pub fn rate(address: SocketAddr) -> Result<Line> {
    let cookie = http::sign_in(address)?;
    let path = format!("/api/v1/clusters/embedded/topics/{TOPIC}/search");
    let filter = json!({ "kind": "contains", "target": "value", "text": "not-in-any-record" });
    let search = json!({ "from": { "at": "oldest" }, "filters": [filter], "limit": 1 });
    let started = Instant::now();
    let answer = http::post(address, &path, &[&cookie], &search.to_string())?;
    let elapsed = started.elapsed().as_secs_f64();
    let events = answer.body.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let read = events.filter_map(|event| event["progress"]["read"].as_u64()).max();
    match read {
        Some(read) if answer.status == "200" && answer.body.contains("exhausted") => {
            let figure = format!("{:.0} records/s", read as f64 / elapsed);
            let how = format!("{read} records of 1 kB, text in values, nothing found, one search");
            Ok(Line::new("console: search", figure, how))
        }
        _ => Problem::stop(format!("the search: {} {}", answer.status, answer.body)),
    }
}
