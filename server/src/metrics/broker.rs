//! The figures of the broker in this process, in the text that Prometheus reads.
//!
//! Written from one snapshot and not kept by the recorder: each server of a process shows its own
//! broker, and one that is gone shows nothing. Names and meanings: README, "Metrics".

use std::fmt::{Display, Write};

use ouzel_broker::stats::Stats;
use ouzel_wire::{ApiKey, ErrorCode};

/// Whether a figure only grows.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
}

/// All figures of a broker.
pub fn render(stats: &Stats) -> String {
    let mut text = String::new();
    by_api(&mut text, stats);
    let (traffic, holdings) = (&stats.traffic, &stats.holdings);
    let counters = [
        ("produced_records", "Records that producers wrote", traffic.produced_records),
        ("produced_bytes", "Bytes of batches that producers wrote", traffic.produced_bytes),
        ("fetched_records", "Records in answers to Fetch", traffic.fetched_records),
        ("fetched_bytes", "Bytes of batches in answers to Fetch", traffic.fetched_bytes),
        ("connections", "Connections that were let in", traffic.connections_accepted),
        (
            "connections_refused",
            "Connections turned away because too many were open",
            traffic.connections_refused,
        ),
        ("flush_rounds", "Rounds of fdatasync, each for one partition", holdings.flush_rounds),
        (
            "producers_forgotten",
            "Idempotent producers that were forgotten before their time, for want of room",
            holdings.producers_crowded.forgotten,
        ),
        (
            "producers_refused",
            "Batches refused because their producer would have been one too many",
            holdings.producers_crowded.refused,
        ),
    ];
    for (name, help, value) in counters {
        let name = format!("ouzel_kafka_{name}_total");
        head(&mut text, &name, help, Kind::Counter);
        line(&mut text, &name, &[], value);
    }
    let gauges = [
        ("connections_open", "Connections that are open", traffic.connections_open),
        (
            "request_bytes_in_flight",
            "Bytes of requests that are not answered yet",
            traffic.request_bytes_in_flight,
        ),
        (
            "answer_bytes_in_flight",
            "Bytes of answers that are not taken yet",
            traffic.answer_bytes_in_flight,
        ),
        ("topics", "Topics", holdings.topics as u64),
        ("partitions", "Partitions on this node", holdings.partitions as u64),
        (
            "partitions_stopped",
            "Partitions that accept nothing since a write or sync failed",
            holdings.stopped as u64,
        ),
        ("partitions_failed", "Partitions whose files could not be opened", holdings.failed as u64),
        ("log_bytes", "Bytes of all logs", holdings.log_bytes),
        (
            "producers",
            "Idempotent producers that are remembered, once for each partition they write to",
            holdings.producers as u64,
        ),
    ];
    for (name, help, value) in gauges {
        let name = format!("ouzel_kafka_{name}");
        head(&mut text, &name, help, Kind::Gauge);
        line(&mut text, &name, &[], value);
    }
    text
}

fn by_api(text: &mut String, stats: &Stats) {
    let name = "ouzel_kafka_requests_total";
    head(text, name, "Requests by API", Kind::Counter);
    for (key, count) in &stats.traffic.requests {
        line(text, name, &[("api", &api_name(*key))], count);
    }
    let name = "ouzel_kafka_errors_total";
    let help = "Error codes in answers by API: one for each topic, partition or group refused";
    head(text, name, help, Kind::Counter);
    for ((key, code), count) in &stats.traffic.errors {
        let error = ErrorCode::from_i16(*code).map_or(code.to_string(), |it| it.name().to_owned());
        line(text, name, &[("api", &api_name(*key)), ("error", &error)], count);
    }
}

fn api_name(key: i16) -> String {
    ApiKey::from_i16(key).map_or(key.to_string(), |key| format!("{key:?}"))
}

fn head(text: &mut String, name: &str, help: &str, kind: Kind) {
    let kind = match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
    };
    // Writing into a string does not fail.
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

/// One value. Labels are names of ours, which need no escapes.
fn line(text: &mut String, name: &str, labels: &[(&str, &str)], value: impl Display) {
    let label = |(name, value): &(&str, &str)| format!("{name}=\"{value}\"");
    let labels = labels.iter().map(label).collect::<Vec<_>>().join(",");
    let labels = if labels.is_empty() { labels } else { format!("{{{labels}}}") };
    let _ = writeln!(text, "{name}{labels} {value}");
}

#[cfg(test)]
mod tests {
    use ouzel_broker::{listener::Traffic, stats::Stats};

    use super::render;

    #[test]
    fn what_was_asked_and_refused_is_told_by_name() {
        let traffic = Traffic {
            requests: vec![(0, 7), (3, 1)],
            errors: vec![((0, 3), 2)],
            ..Traffic::default()
        };
        let mut stats = Stats { traffic, ..Stats::default() };
        stats.holdings.producers = 3;
        stats.holdings.producers_crowded.refused = 2;
        let text = render(&stats);
        for wanted in [
            "# TYPE ouzel_kafka_requests_total counter\n",
            "\nouzel_kafka_requests_total{api=\"Produce\"} 7\n",
            "\nouzel_kafka_requests_total{api=\"Metadata\"} 1\n",
            "ouzel_kafka_errors_total{api=\"Produce\",error=\"UNKNOWN_TOPIC_OR_PARTITION\"} 2\n",
            "\nouzel_kafka_log_bytes 0\n",
            "\nouzel_kafka_producers 3\n",
            "\nouzel_kafka_producers_refused_total 2\n",
        ] {
            assert!(text.contains(wanted), "{wanted} in\n{text}");
        }
    }
}
