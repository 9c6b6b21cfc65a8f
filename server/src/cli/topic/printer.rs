//! Records on standard output: as JSON in rpk's layout, or by a format.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use super::{
    Failure,
    format::{Piece, parse},
    printed::{Printed, print},
};
use crate::cli::progress::Progress;

/// Prints records to standard output until there were enough.
pub struct Printer {
    layout: Layout,
    /// Stop after so many.
    num: Option<u64>,
    printed: u64,
    out: Vec<u8>,
    progress: Progress,
}

/// How a record is printed.
enum Layout {
    Json(Json),
    Pieces(Vec<Piece>),
}

/// What JSON has of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Json {
    /// On several lines.
    pub is_pretty: bool,
    /// Not the value, but how long it is.
    pub is_meta_only: bool,
}

impl Printer {
    /// By `format`, which is `json` or pieces; `num` records, or all if that is none or 0.
    pub fn new(format: &str, json: Json, num: Option<u64>) -> Result<Printer, Failure> {
        let layout = match format {
            "json" => Layout::Json(json),
            format => {
                let told = |wrong| Failure::Usage(format!("--format: {wrong}"));
                Layout::Pieces(parse(format).map_err(told)?)
            }
        };
        let num = num.filter(|num| *num > 0);
        // Whoever sees the records needs nobody to count them.
        let progress = Progress::of("records printed", num).unless(io::stdout().is_terminal());
        Ok(Printer { layout, num, printed: 0, out: Vec::new(), progress })
    }

    /// Whether there were enough.
    pub fn is_done(&self) -> bool {
        self.num.is_some_and(|num| self.printed >= num)
    }

    /// Prints a record; it is seen after [`Printer::flush`].
    pub fn print(&mut self, record: &Printed<'_>) -> Result<(), Failure> {
        self.printed += 1;
        self.progress.add(1);
        match &self.layout {
            Layout::Pieces(pieces) => print(pieces, record, self.printed, &mut self.out),
            Layout::Json(json) => {
                let record = as_json(record, json.is_meta_only);
                let written = match json.is_pretty {
                    true => serde_json::to_writer_pretty(&mut self.out, &record),
                    false => serde_json::to_writer(&mut self.out, &record),
                };
                written.map_err(Failure::of)?;
                self.out.push(b'\n');
            }
        }
        Ok(())
    }

    /// Whether somebody still reads.
    pub fn flush(&mut self) -> Result<bool, Failure> {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(&self.out).and_then(|()| stdout.flush());
        self.out.clear();
        match written {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(Failure::of(error)),
        }
    }
}

/// A record in rpk's layout.
#[derive(Serialize)]
struct JsonRecord<'a> {
    topic: &'a str,
    key: JsonBytes<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<JsonBytes<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_size: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    headers: Vec<JsonHeader<'a>>,
    timestamp: i64,
    partition: i32,
    offset: i64,
}

#[derive(Serialize)]
struct JsonHeader<'a> {
    key: &'a str,
    value: JsonBytes<'a>,
}

/// Bytes that are no text come as `{"hex": …}`.
#[derive(Serialize)]
#[serde(untagged)]
enum JsonBytes<'a> {
    Null,
    Text(&'a str),
    Bytes { hex: String },
}

fn as_json<'a>(record: &'a Printed<'a>, is_meta_only: bool) -> JsonRecord<'a> {
    let header = |(key, value): &'a (String, Option<&'a [u8]>)| JsonHeader {
        key,
        value: json_bytes(*value),
    };
    JsonRecord {
        topic: record.topic,
        key: json_bytes(record.key),
        value: (!is_meta_only).then(|| json_bytes(record.value)),
        value_size: is_meta_only.then(|| record.value.map_or(0, <[u8]>::len)),
        headers: record.headers.iter().map(header).collect(),
        timestamp: record.timestamp_ms,
        partition: record.partition,
        offset: record.offset,
    }
}

fn json_bytes(bytes: Option<&[u8]>) -> JsonBytes<'_> {
    let Some(bytes) = bytes else { return JsonBytes::Null };
    match std::str::from_utf8(bytes) {
        Ok(text) => JsonBytes::Text(text),
        Err(_) => {
            JsonBytes::Bytes { hex: bytes.iter().map(|byte| format!("{byte:02x}")).collect() }
        }
    }
}
