//! The console as a process of its own, which looks at another process's broker: what searching
//! costs it, without the broker's share.
//!
//! What Redpanda Console 3.9 needed for the same on a machine of two cores stands beside each
//! figure, as it was measured when the goals were set; it is not measured again here.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use ouzel_wire::batch::BatchBuilder;
use serde_json::{Value, json};

use super::{Line, produce, topics};
use crate::{
    bench::broker::Usage,
    problem::{Context, Problem, Result},
    server::{
        http,
        process::{Launch, Ouzel},
    },
};

const TOPIC: &str = "bench-search";
const PARTITIONS: i32 = 6;
const RECORDS: usize = 1_000_000;
const RECORDS_PER_BATCH: usize = 500;
/// Of JSON, each.
const VALUE_BYTES: usize = 300;
/// One record in so many matches: 65 of all.
const MATCH_EVERY: usize = 15_385;
const MATCHES: usize = RECORDS.div_ceil(MATCH_EVERY);

/// The cluster that `OUZEL_BROKERS` names.
const CLUSTER: &str = "default";
/// From the end of an answer until all that worked for it has ended.
const SETTLE: Duration = Duration::from_millis(200);
/// Requests of which the middle one counts.
const TIMES: usize = 21;

/// A console that looks at the broker.
struct Console<'a> {
    ouzel: &'a Ouzel,
    cookie: String,
}

pub fn lines(binary: &Path, data: &Path, kafka: SocketAddr) -> Result<Vec<Line>> {
    fill(kafka)?;
    fs::create_dir_all(data).context(|| format!("creating {}", data.display()))?;
    let brokers = kafka.to_string();
    let own = SocketAddr::from(([127, 0, 0, 1], 0));
    let settings = [("OUZEL_BROKERS", brokers.as_str())];
    let ouzel = Launch { binary, data, kafka: own, settings: &settings }.start()?;
    let console = Console { ouzel: &ouzel, cookie: http::sign_in(ouzel.http)? };
    let idle = console.idle("Redpanda Console: 131-138 MB")?;
    let field = |op: &str, path: &str, value: &str| -> Value {
        json!({ "kind": "field", "path": path, "op": op, "value": value })
    };
    let script = || json!({ "kind": "javascript", "script": "return value.state === 'refunded'" });
    let anchor = "Redpanda Console: 107,000-117,000/s, 16.4 CPU-s, 205 MB";
    let lines = vec![
        idle,
        console.search(
            "console: search, field = text",
            field("eq", "state", "refunded"),
            anchor,
        )?,
        console.search("console: search, field > number", field("gt", "amount", "1e6"), anchor)?,
        console.search("console: search, JavaScript", script(), anchor)?,
        console.newest(100, "Redpanda Console: 10-20 ms")?,
        console.newest(1_000, "Redpanda Console: 38 ms")?,
        console.everything("Redpanda Console: 22 s, 714 MB")?,
    ];
    ouzel.stop()?;
    Ok(lines)
}

impl Console<'_> {
    fn search(&self, what: &'static str, filter: Value, anchor: &str) -> Result<Line> {
        let wanted = json!({ "from": { "at": "oldest" }, "filters": [filter], "limit": 1_000 });
        let before = Usage::of(self.ouzel.pid())?;
        let (elapsed, body) = self.ask(&wanted)?;
        // What ran scripts is dead a moment after the answer, and counts from then on.
        thread::sleep(SETTLE);
        let cpu = Usage::of(self.ouzel.pid())?.cpu - before.cpu;
        let found = body.lines().filter(|line| line.starts_with("{\"event\":\"match\"")).count();
        if found != MATCHES || !body.contains("exhausted") {
            return Problem::stop(format!("the search found {found} of {MATCHES}: {body}"));
        }
        let rate = RECORDS as f64 / elapsed.as_secs_f64();
        let (cpu, peak) = (cpu.as_secs_f64(), self.ouzel.memory()?.peak as f64 / 1e6);
        let figure = format!("{:.0} k/s {cpu:.2} s {peak:.0} MB", rate / 1e3);
        let how = format!("1,000,000 × 300 B, {MATCHES} found, CPU, peak memory ({anchor})");
        Ok(Line::new(what, figure, how))
    }

    fn newest(&self, limit: u32, anchor: &str) -> Result<Line> {
        let wanted = json!({ "from": { "at": "newest" }, "filters": [], "limit": limit });
        let mut took = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            took.push(self.ask(&wanted)?.0);
        }
        took.sort();
        let figure = format!("{:.1} ms", took[TIMES / 2].as_secs_f64() * 1e3);
        let what = if limit == 100 { "console: newest 100" } else { "console: newest 1,000" };
        Ok(Line::new(what, figure, format!("median of {TIMES} by the API ({anchor})")))
    }

    /// Once somebody has signed in, and before anything is looked at.
    fn idle(&self, anchor: &str) -> Result<Line> {
        let figure = format!("{:.0} MB", self.ouzel.memory()?.resident as f64 / 1e6);
        Ok(Line::new("console: idle", figure, format!("resident, with its broker ({anchor})")))
    }

    /// All records without a filter, as the file that the page would save.
    fn everything(&self, anchor: &str) -> Result<Line> {
        let wanted = json!({ "from": { "at": "oldest" }, "filters": [], "limit": RECORDS });
        // JSON of our own making: only these have a meaning in an address.
        let wanted = wanted.to_string().replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
        let path = format!(
            "/api/v1/clusters/{CLUSTER}/topics/{TOPIC}/export?format=jsonl&search={wanted}"
        );
        let started = Instant::now();
        let (status, bytes) = http::drain(self.ouzel.http, &path, &[&self.cookie])?;
        let elapsed = started.elapsed().as_secs_f64();
        if status != "200" || bytes < (RECORDS * VALUE_BYTES) as u64 {
            return Problem::stop(format!("the export: {status}, {bytes} bytes"));
        }
        let figure = format!("{elapsed:.1} s, {:.0} MB", bytes as f64 / 1e6);
        Ok(Line::new("console: every record, as JSONL", figure, format!("by the API ({anchor})")))
    }

    fn ask(&self, wanted: &Value) -> Result<(Duration, String)> {
        let path = format!("/api/v1/clusters/{CLUSTER}/topics/{TOPIC}/search");
        let started = Instant::now();
        let answer = http::post(self.ouzel.http, &path, &[&self.cookie], &wanted.to_string())?;
        match answer.status.as_str() {
            "200" => Ok((started.elapsed(), answer.body)),
            status => Problem::stop(format!("the search: {status} {}", answer.body)),
        }
    }
}

/// A million records over the partitions, each a millisecond after the one before.
fn fill(kafka: SocketAddr) -> Result<()> {
    topics::create(kafka, TOPIC, PARTITIONS, &[])?;
    let first_ms = 1_700_000_000_000;
    let batches = (0..RECORDS / RECORDS_PER_BATCH).map(|nth| {
        let mut builder = BatchBuilder::new();
        for number in nth * RECORDS_PER_BATCH..(nth + 1) * RECORDS_PER_BATCH {
            let key = format!("customer-{}", number % 1000);
            let at = first_ms + number as i64;
            builder.push_value(at, Some(key.as_bytes()), value(number).as_bytes());
        }
        builder.build().context(|| "building a batch".into())
    });
    produce::all(kafka, TOPIC, PARTITIONS, batches)
}

fn value(number: usize) -> String {
    let is_match = number.is_multiple_of(MATCH_EVERY);
    let (state, amount) = if is_match { ("refunded", 1_500_000) } else { ("paid", number % 1_000) };
    let (customer, sku) = (number % 1_000, number % 77);
    let mut text = format!(r#"{{"order":{number},"customer":{{"id":{customer},"#);
    text += &format!(r#""city":"Göteborg"}},"amount":{amount}.50,"state":"{state}","#);
    text += &format!(r#""items":[{{"sku":"A-{sku}","qty":2}}],"note":""#);
    let mut seed = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while text.len() < VALUE_BYTES - 2 {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        text.push(char::from(b'a' + (seed % 26) as u8));
    }
    text.push_str("\"}");
    text
}

#[cfg(test)]
mod tests {
    use super::{MATCHES, VALUE_BYTES, value};

    #[test]
    fn values_are_as_long_as_was_said_and_as_many_match_as_was_said() {
        assert_eq!(MATCHES, 65);
        for number in [0, 1, 15_385, 999_999] {
            assert_eq!(value(number).len(), VALUE_BYTES);
        }
    }
}
