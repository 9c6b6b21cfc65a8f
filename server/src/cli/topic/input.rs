//! Records read from a stream of bytes by a format: each verb goes up to the text that follows it.

use std::io::{self, BufRead};

use super::format::{Piece, Verb};

/// Longest key or value that is read: more than any broker takes by default, and less than the
/// memory that a missing delimiter would fill.
const FIELD_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A record as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    /// The key, if the format has one.
    pub key: Option<Vec<u8>>,
    /// The value, if the format has one.
    pub value: Option<Vec<u8>>,
    /// The partition, if the format has one.
    pub partition: Option<i32>,
    /// The time, if the format has one.
    pub timestamp_ms: Option<i64>,
}

/// Why a record could not be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The format cannot be read by.
    #[error("the format {0}")]
    Format(&'static str),
    /// The input ends inside a record.
    #[error("record {record}: the input ends inside it")]
    Cut {
        /// Which one, counted from 1.
        record: u64,
    },
    /// A field is too long.
    #[error("record {record}: more than {FIELD_BYTES_MAX} bytes without the text that ends them")]
    TooLong {
        /// Which one, counted from 1.
        record: u64,
    },
    /// A number is none.
    #[error("record {record}: `{text}` is not a {what}")]
    NotANumber {
        /// Which one, counted from 1.
        record: u64,
        /// What was read.
        text: String,
        /// What was wanted.
        what: &'static str,
    },
    /// The system failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads records until the input ends.
pub struct Input<R> {
    reader: R,
    /// Text in front of the first verb.
    lead: Vec<u8>,
    /// Each verb and the text behind it.
    fields: Vec<(Verb, Vec<u8>)>,
    record: u64,
}

impl<R: BufRead> Input<R> {
    /// Reads from `reader` by `pieces`.
    pub fn new(reader: R, pieces: Vec<Piece>) -> Result<Input<R>, InputError> {
        let (mut lead, mut fields) = (Vec::new(), Vec::<(Verb, Vec<u8>)>::new());
        for piece in pieces {
            match (piece, fields.last_mut()) {
                (Piece::Text(text), None) => lead = text,
                (Piece::Text(text), Some((_, end))) => *end = text,
                (Piece::Shaped(..) | Piece::EachHeader(_), _) => {
                    return Err(InputError::Format("of input takes verbs as they are, no braces"));
                }
                (Piece::Verb(_), Some((_, end))) if end.is_empty() => {
                    return Err(InputError::Format("needs text between two verbs"));
                }
                (Piece::Verb(verb), _) => match verb {
                    Verb::Key | Verb::Value | Verb::Partition | Verb::Time => {
                        fields.push((verb, Vec::new()));
                    }
                    _ => return Err(InputError::Format("of input knows %k %v %p and %d only")),
                },
            }
        }
        match fields.last() {
            None => Err(InputError::Format("has no verb")),
            Some((_, end)) if end.is_empty() => {
                Err(InputError::Format("must end in text, such as \\n, that ends a record"))
            }
            Some(_) => Ok(Input { reader, lead, fields, record: 0 }),
        }
    }

    /// The next record, or none at the end.
    pub fn next(&mut self) -> Result<Option<Typed>, InputError> {
        self.record += 1;
        let record = self.record;
        let mut typed = Typed::default();
        if !self.lead.is_empty() && !self.skip_lead()? {
            return Ok(None);
        }
        for at in 0..self.fields.len() {
            let (verb, end) = &self.fields[at];
            let is_last = at + 1 == self.fields.len();
            let field = match read_until(&mut self.reader, end, record)? {
                // The very last text may be missing, as a last line often has no line feed.
                Field::Ended(bytes) => bytes,
                Field::Cut(bytes) if bytes.is_empty() && at == 0 => return Ok(None),
                Field::Cut(bytes) if is_last => bytes,
                Field::Cut(_) => return Err(InputError::Cut { record }),
            };
            match verb {
                Verb::Key => typed.key = Some(field),
                Verb::Value => typed.value = Some(field),
                Verb::Partition => typed.partition = Some(number(&field, "partition", record)?),
                Verb::Time => typed.timestamp_ms = Some(number(&field, "time", record)?),
                _ => {}
            }
        }
        Ok(Some(typed))
    }

    fn skip_lead(&mut self) -> Result<bool, InputError> {
        match read_until(&mut self.reader, &self.lead, self.record)? {
            Field::Ended(_) => Ok(true),
            Field::Cut(bytes) if bytes.is_empty() => Ok(false),
            Field::Cut(_) => Err(InputError::Cut { record: self.record }),
        }
    }
}

enum Field {
    Ended(Vec<u8>),
    Cut(Vec<u8>),
}

fn read_until(reader: &mut impl BufRead, end: &[u8], record: u64) -> Result<Field, InputError> {
    let last = *end.last().expect("fields end in text");
    let mut bytes = Vec::new();
    loop {
        let mut limited = io::Read::take(&mut *reader, FIELD_BYTES_MAX as u64);
        if limited.read_until(last, &mut bytes)? == 0 {
            return Ok(Field::Cut(bytes));
        }
        if bytes.ends_with(end) {
            bytes.truncate(bytes.len() - end.len());
            return Ok(Field::Ended(bytes));
        }
        if bytes.len() >= FIELD_BYTES_MAX {
            return Err(InputError::TooLong { record });
        }
    }
}

fn number<N: std::str::FromStr>(
    field: &[u8],
    what: &'static str,
    record: u64,
) -> Result<N, InputError> {
    let text = String::from_utf8_lossy(field);
    text.trim().parse().map_err(|_| {
        let text = text.into_owned();
        InputError::NotANumber { record, text, what }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::format::parse, Input, InputError, Typed};

    fn read(format: &str, input: &str) -> Result<Vec<Typed>, InputError> {
        let mut input = Input::new(input.as_bytes(), parse(format).unwrap())?;
        let mut all = Vec::new();
        while let Some(typed) = input.next()? {
            all.push(typed);
        }
        Ok(all)
    }

    fn typed(key: Option<&str>, value: &str) -> Typed {
        let bytes = |text: &str| text.as_bytes().to_vec();
        Typed { key: key.map(bytes), value: Some(bytes(value)), ..Typed::default() }
    }

    #[test]
    fn lines_are_values_and_the_last_needs_no_line_feed() {
        let wanted = [typed(None, "a"), typed(None, ""), typed(None, "b c")];
        assert_eq!(read(r"%v\n", "a\n\nb c").unwrap(), wanted);
        assert_eq!(read(r"%v\n", "").unwrap(), []);
    }

    #[test]
    fn keys_end_where_the_text_between_begins() {
        let wanted = [typed(Some("k1"), "v: 1"), typed(Some("k2"), "v2")];
        assert_eq!(read(r"%k: %v\n", "k1: v: 1\nk2: v2\n").unwrap(), wanted);
        assert_eq!(read(r"<%k|%v>", "<k1|v: 1><k2|v2>").unwrap(), wanted);
    }

    #[test]
    fn numbers_are_read_and_refused_by_their_place() {
        let one = Typed { partition: Some(2), timestamp_ms: Some(9), ..typed(None, "x") };
        assert_eq!(read(r"%p %d %v\n", "2 9 x\n").unwrap(), [one]);
        let error = read(r"%p %v\n", "1 a\nb c\n").unwrap_err();
        assert!(matches!(error, InputError::NotANumber { record: 2, .. }), "{error}");
    }

    #[test]
    fn input_that_ends_inside_a_record_is_an_error() {
        assert!(matches!(read(r"%k:%v\n", "a:1\nb"), Err(InputError::Cut { record: 2 })));
        for format in ["%k%v\\n", "%v", "x\\n", "%o\\n"] {
            assert!(matches!(read(format, ""), Err(InputError::Format(_))), "{format}");
        }
    }
}
