//! Frames that clients and this broker really exchanged, recorded by `record.py` beside this file:
//! one file per client. What reads them is the tests' business.

use bytes::Bytes;

/// Who sent a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Request,
    Response,
}

/// One frame without its length.
#[derive(Debug, Clone)]
pub struct Captured {
    pub client: &'static str,
    pub direction: Direction,
    pub api_key: i16,
    pub version: i16,
    pub bytes: Bytes,
}

const CLIENTS: &[(&str, &str)] = &[
    ("aiokafka", include_str!("aiokafka.txt")),
    ("confluent-kafka", include_str!("confluent_kafka.txt")),
    ("kafka-python", include_str!("kafka_python.txt")),
    ("kafkajs", include_str!("kafkajs.txt")),
    ("kcat", include_str!("kcat.txt")),
];

/// All of them.
pub fn captured() -> Vec<Captured> {
    let lines = |&(client, text): &(&'static str, &'static str)| {
        text.lines().map(move |line| parse(client, line)).collect::<Vec<_>>()
    };
    CLIENTS.iter().flat_map(lines).collect()
}

fn parse(client: &'static str, line: &str) -> Captured {
    let words: Vec<&str> = line.split(' ').collect();
    let [direction, api_key, version, hex] = words[..] else { panic!("{client}: `{line}`") };
    let direction = match direction {
        "request" => Direction::Request,
        "response" => Direction::Response,
        other => panic!("{client}: `{other}` is no direction"),
    };
    let digits = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    let bytes = (0..hex.len()).step_by(2).map(digits).collect::<Vec<_>>().into();
    let (api_key, version) = (api_key.parse().unwrap(), version.parse().unwrap());
    Captured { client, direction, api_key, version, bytes }
}
