//! What a child answers, as a frame: that the scripts are compiled or which is not, and what they
//! say of records.

use super::frame::{Reader, put_text};

/// Longest answer: an error about every record of a batch, and all lines that may be logged.
pub const REPLY_BYTES_MAX: usize = 1024 * 1024;
/// Longest text about an error: one line on screen.
pub const ERROR_BYTES_MAX: usize = 400;

/// What the scripts say of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All that are switched on hold.
    Match,
    /// One does not.
    NoMatch,
    /// One threw, or returned no boolean.
    Unjudged {
        /// Which filter, counted from 1.
        at: usize,
        /// In words.
        reason: String,
    },
}

/// Which limit a script reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Time for one record.
    Time,
    /// Memory for one record.
    Memory,
}

/// What a child answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The scripts are compiled.
    Ready,
    /// One cannot be.
    Broken {
        /// Which filter, counted from 1.
        at: usize,
        /// Where, counted from 1.
        line: Option<u32>,
        /// Where in the line, counted from 1.
        column: Option<u32>,
        /// In words.
        message: String,
    },
    /// What was judged of a batch: its first records, maybe not all.
    Judged {
        /// One for each.
        verdicts: Vec<Verdict>,
        /// The limit that the record after them made a filter reach; the child is no more.
        stopped: Option<(usize, Limit)>,
        /// What the scripts have written.
        log: Vec<String>,
    },
}

const READY: u8 = 0;
const BROKEN: u8 = 1;
const JUDGED: u8 = 2;
const NO_MATCH: u8 = 0;
const MATCH: u8 = 1;
const UNJUDGED: u8 = 2;
const END: u8 = 3;
const END_TIME: u8 = 4;
const END_MEMORY: u8 = 5;

impl Reply {
    /// As a frame.
    pub fn to_frame(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Reply::Ready => out.push(READY),
            Reply::Broken { at, line, column, message } => {
                out.extend([BROKEN, small(*at)]);
                out.extend(line.unwrap_or(0).to_le_bytes());
                out.extend(column.unwrap_or(0).to_le_bytes());
                put_text(&mut out, message);
            }
            Reply::Judged { verdicts, stopped, log } => {
                out.push(JUDGED);
                for verdict in verdicts {
                    put_verdict(&mut out, verdict);
                }
                match stopped {
                    None => out.push(END),
                    Some((at, Limit::Time)) => out.extend([END_TIME, small(*at)]),
                    Some((at, Limit::Memory)) => out.extend([END_MEMORY, small(*at)]),
                }
                for line in log {
                    put_text(&mut out, line);
                }
            }
        }
        out
    }

    /// From a frame.
    pub fn parse(frame: &[u8]) -> Option<Reply> {
        let mut rest = Reader(frame);
        Some(match rest.byte()? {
            READY => Reply::Ready,
            BROKEN => {
                let at = rest.byte()?.into();
                let mut place =
                    || Some(Some(u32::from_le_bytes(rest.array()?)).filter(|at| *at > 0));
                let (line, column) = (place()?, place()?);
                Reply::Broken { at, line, column, message: rest.text()?.to_owned() }
            }
            JUDGED => judged(rest)?,
            _ => return None,
        })
    }
}

fn judged(mut rest: Reader<'_>) -> Option<Reply> {
    let mut verdicts = Vec::new();
    let stopped = loop {
        match rest.byte()? {
            NO_MATCH => verdicts.push(Verdict::NoMatch),
            MATCH => verdicts.push(Verdict::Match),
            UNJUDGED => {
                let at = rest.byte()?.into();
                verdicts.push(Verdict::Unjudged { at, reason: rest.text()?.to_owned() });
            }
            END => break None,
            END_TIME => break Some((rest.byte()?.into(), Limit::Time)),
            END_MEMORY => break Some((rest.byte()?.into(), Limit::Memory)),
            _ => return None,
        }
    };
    let mut log = Vec::new();
    while !rest.0.is_empty() {
        log.push(rest.text()?.to_owned());
    }
    Some(Reply::Judged { verdicts, stopped, log })
}

fn put_verdict(out: &mut Vec<u8>, verdict: &Verdict) {
    match verdict {
        Verdict::NoMatch => out.push(NO_MATCH),
        Verdict::Match => out.push(MATCH),
        Verdict::Unjudged { at, reason } => {
            out.extend([UNJUDGED, small(*at)]);
            put_text(out, &reason[..reason.floor_char_boundary(ERROR_BYTES_MAX)]);
        }
    }
}

/// A search has at most twenty filters.
fn small(at: usize) -> u8 {
    u8::try_from(at).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn replies() -> [Reply; 4] {
        let verdicts = vec![
            Verdict::Match,
            Verdict::NoMatch,
            Verdict::Unjudged { at: 2, reason: "TypeError".to_owned() },
        ];
        let log = vec!["one".to_owned(), String::new()];
        let (line, message) = (Some(3), "no".to_owned());
        [
            Reply::Ready,
            Reply::Broken { at: 1, line, column: None, message },
            Reply::Judged { verdicts, stopped: None, log },
            Reply::Judged { verdicts: vec![], stopped: Some((7, Limit::Memory)), log: vec![] },
        ]
    }

    #[test]
    fn what_the_child_answers_the_parent_understands() {
        for reply in replies() {
            assert_eq!(Reply::parse(&reply.to_frame()), Some(reply));
        }
    }

    #[test]
    fn an_answer_that_is_cut_is_none() {
        let frame = replies()[1].to_frame();
        for length in 0..frame.len() {
            assert_eq!(Reply::parse(&frame[..length]), None, "{length}");
        }
        assert_eq!(Reply::parse(b"GET / HTTP/1.1"), None);
    }

    #[test]
    fn a_reason_is_cut_to_what_fits_on_a_line() {
        let reason = "ä".repeat(ERROR_BYTES_MAX);
        let verdicts = vec![Verdict::Unjudged { at: 1, reason }];
        let frame = Reply::Judged { verdicts, stopped: None, log: vec![] }.to_frame();
        assert!(frame.len() < ERROR_BYTES_MAX + 20, "{}", frame.len());
        assert!(Reply::parse(&frame).is_some());
    }

    proptest! {
        #[test]
        fn garbage_is_read_as_something_or_nothing_and_never_panics(
            bytes in prop::collection::vec(any::<u8>(), 0..200)
        ) {
            let _ = Reply::parse(&bytes);
        }
    }
}
