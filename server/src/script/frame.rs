//! What parent and child say to each other: bounded frames, a length before each.
//!
//! Owns the bytes, both directions. Every length is checked against what is there before anything
//! is taken from it, on both sides: a script that broke out of the engine could write anything.
//!
//! The parent sends [`Scripts`] once, then batches of [`Record`]s; the child answers each frame
//! with one of its own, which is `reply`'s.

use std::io::{self, Read, Write};

use super::{Script, TEXT_BYTES_MAX};

/// Longest frame: a batch, then one record of the largest size with key, value and headers.
pub const FRAME_BYTES_MAX: usize = 4 * TEXT_BYTES_MAX;

/// Reads one frame of at most `bytes_max` into `frame`; `false` if there is none, because the other
/// side has closed.
pub fn read(input: &mut impl Read, frame: &mut Vec<u8>, bytes_max: usize) -> io::Result<bool> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        read => read?,
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > bytes_max {
        return Err(garbage());
    }
    frame.clear();
    frame.resize(length, 0);
    input.read_exact(frame)?;
    Ok(true)
}

/// Writes one frame and sees to it that it goes out.
pub fn write(output: &mut impl Write, frame: &[u8]) -> io::Result<()> {
    let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(frame)?;
    output.flush()
}

/// What cannot be a frame.
pub fn garbage() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "bytes that are no frame")
}

/// The first frame: what to compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scripts {
    /// The scripts.
    pub scripts: Vec<Script>,
    /// Whether what they write by `console.log` is wanted.
    pub with_log: bool,
}

impl Scripts {
    /// As a frame.
    pub fn to_frame(&self) -> Vec<u8> {
        let mut out = vec![u8::from(self.with_log)];
        for script in &self.scripts {
            let flags = u8::from(script.negate) | u8::from(script.enabled) << 1;
            out.extend([u8::try_from(script.at).unwrap_or(u8::MAX), flags]);
            put_text(&mut out, &script.source);
        }
        out
    }

    /// From a frame.
    pub fn parse(frame: &[u8]) -> Option<Scripts> {
        let mut rest = Reader(frame);
        let with_log = rest.byte()? != 0;
        let mut scripts = Vec::new();
        while !rest.0.is_empty() {
            let (at, flags) = (usize::from(rest.byte()?), rest.byte()?);
            let source = rest.text()?.to_owned();
            scripts.push(Script { at, source, negate: flags & 1 != 0, enabled: flags & 2 != 0 });
        }
        Some(Scripts { scripts, with_log })
    }
}

/// A key, a value, or a header's value, as a script sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// There is none.
    Null,
    /// Text that may be JSON.
    Json(&'a str),
    /// Text that is meant as text.
    Text(&'a str),
    /// It cannot be read, for this reason; only who looks at it gets to know.
    Unreadable(&'a str),
}

/// A record as a script sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record<'a> {
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Its time.
    pub timestamp_ms: i64,
    /// Its key.
    pub key: Part<'a>,
    /// Its value.
    pub value: Part<'a>,
    /// Names and values of its headers, or why they cannot be shown.
    pub headers: Result<Vec<(&'a str, Part<'a>)>, &'a str>,
}

impl Record<'_> {
    /// Appends it to a frame.
    pub fn put(&self, out: &mut Vec<u8>) {
        out.extend(self.partition.to_le_bytes());
        out.extend(self.offset.to_le_bytes());
        out.extend(self.timestamp_ms.to_le_bytes());
        put_part(out, self.key);
        put_part(out, self.value);
        match &self.headers {
            Ok(headers) => {
                out.extend(u32::try_from(headers.len()).unwrap_or(UNSHOWN).to_le_bytes());
                for (name, value) in headers {
                    put_text(out, name);
                    put_part(out, *value);
                }
            }
            Err(reason) => {
                out.extend(UNSHOWN.to_le_bytes());
                put_text(out, reason);
            }
        }
    }
}

/// A record in a frame. Its headers are read when somebody looks at them.
#[derive(Debug, Clone)]
pub struct RecordAt<'a> {
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Its time.
    pub timestamp_ms: i64,
    /// Its key.
    pub key: Part<'a>,
    /// Its value.
    pub value: Part<'a>,
    /// Its headers, or why they cannot be shown.
    pub headers: Result<Headers<'a>, &'a str>,
    /// Where the next one begins.
    pub end: usize,
}

/// The headers of a record in a frame; an iterator.
#[derive(Debug, Clone)]
pub struct Headers<'a> {
    left: u32,
    rest: Reader<'a>,
}

impl<'a> Iterator for Headers<'a> {
    type Item = (&'a str, Part<'a>);

    fn next(&mut self) -> Option<(&'a str, Part<'a>)> {
        self.left = self.left.checked_sub(1)?;
        Some((self.rest.text()?, self.rest.part()?))
    }
}

impl<'a> RecordAt<'a> {
    /// Reads the record that begins at `at`.
    pub fn parse(frame: &'a [u8], at: usize) -> Option<RecordAt<'a>> {
        let mut rest = Reader(frame.get(at..)?);
        let partition = i32::from_le_bytes(rest.array()?);
        let (offset, timestamp_ms) = (rest.long()?, rest.long()?);
        let (key, value) = (rest.part()?, rest.part()?);
        let left = u32::from_le_bytes(rest.array()?);
        let headers = match left {
            UNSHOWN => Err(rest.text()?),
            _ => Ok(Headers { left, rest: rest.clone() }),
        };
        for _ in 0..headers.as_ref().map_or(0, |headers| headers.left) {
            rest.text()?;
            rest.part()?;
        }
        let end = frame.len() - rest.0.len();
        Some(RecordAt { partition, offset, timestamp_ms, key, value, headers, end })
    }
}

/// Instead of a number of headers: a reason follows.
const UNSHOWN: u32 = u32::MAX;
const NULL: u8 = 0;
const JSON: u8 = 1;
const TEXT: u8 = 2;
const UNREADABLE: u8 = 3;

fn put_part(out: &mut Vec<u8>, part: Part<'_>) {
    let (kind, text) = match part {
        Part::Null => return out.push(NULL),
        Part::Json(text) => (JSON, text),
        Part::Text(text) => (TEXT, text),
        Part::Unreadable(reason) => (UNREADABLE, reason),
    };
    out.push(kind);
    put_text(out, text);
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(text.as_bytes());
}

/// Bytes that are left; every length is checked against them.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    pub fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn long(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    pub fn text(&mut self) -> Option<&'a str> {
        let length = u32::from_le_bytes(self.array()?);
        std::str::from_utf8(self.bytes(length as usize)?).ok()
    }

    fn part(&mut self) -> Option<Part<'a>> {
        Some(match self.byte()? {
            NULL => Part::Null,
            JSON => Part::Json(self.text()?),
            TEXT => Part::Text(self.text()?),
            UNREADABLE => Part::Unreadable(self.text()?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn record() -> Record<'static> {
        Record {
            partition: 3,
            offset: i64::MAX,
            timestamp_ms: -1,
            key: Part::Null,
            value: Part::Json("{\"a\":1}"),
            headers: Ok(vec![("trace", Part::Text("ä")), ("", Part::Null)]),
        }
    }

    #[test]
    fn what_the_parent_says_the_child_understands() {
        let mut frame = Vec::new();
        record().put(&mut frame);
        let start = frame.len();
        record().put(&mut frame);
        let read = RecordAt::parse(&frame, start).unwrap();
        let headers = read.headers.clone().map(Headers::collect::<Vec<_>>);
        let RecordAt { partition, offset, timestamp_ms, key, value, .. } = read;
        assert_eq!(Record { partition, offset, timestamp_ms, key, value, headers }, record());
        assert_eq!(read.end, frame.len());
        let script =
            Script { at: 2, source: "return true".to_owned(), negate: true, enabled: false };
        let scripts = Scripts { scripts: vec![script], with_log: true };
        assert_eq!(Scripts::parse(&scripts.to_frame()), Some(scripts));
    }

    #[test]
    fn a_record_that_is_cut_anywhere_is_none() {
        let mut frame = Vec::new();
        record().put(&mut frame);
        for length in 0..frame.len() {
            assert!(RecordAt::parse(&frame[..length], 0).is_none(), "{length}");
        }
    }

    #[test]
    fn a_length_beyond_the_limit_is_refused_before_memory_is_taken() {
        let mut frame = Vec::new();
        let long = u32::MAX.to_le_bytes();
        let error = read(&mut &long[..], &mut frame, FRAME_BYTES_MAX).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(frame.capacity(), 0);
    }

    proptest! {
        #[test]
        fn garbage_is_read_as_something_or_nothing_and_never_panics(
            bytes in prop::collection::vec(any::<u8>(), 0..200)
        ) {
            let _ = Scripts::parse(&bytes);
            if let Some(RecordAt { headers: Ok(headers), .. }) = RecordAt::parse(&bytes, 0) {
                prop_assert!(headers.count() <= bytes.len());
            }
        }
    }
}
