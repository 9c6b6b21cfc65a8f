//! Where `consume` begins and ends: `start`, `end`, `42`, `+10`, `-10`, `@1700000000000`, and any
//! of them with `:end` to stop at what is the end now.

use std::str::FromStr;

/// Where to begin in each partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// At the first record.
    Start,
    /// After the last record.
    End,
    /// At this offset.
    Offset(i64),
    /// So many after the first.
    AfterStart(i64),
    /// So many before the end.
    BeforeEnd(i64),
    /// At the first record of this time or later.
    Time(i64),
}

/// A span of each partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where to begin.
    pub begin: Begin,
    /// Whether to stop at what is the end now.
    pub to_end: bool,
}

/// Times below this are taken for seconds, as rpk does: as milliseconds they would lie in 1970.
const SECONDS_BELOW: i64 = 100_000_000_000;

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        let (begin, to_end) = match text.strip_suffix(":end") {
            Some(begin) => (begin, true),
            None => (text, false),
        };
        let wrong = || {
            format!("`{text}` is not start, end, N, +N, -N or @MILLISECONDS, perhaps with `:end`")
        };
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = if digits { text.parse::<i64>().ok() } else { None };
            number.ok_or_else(wrong)
        };
        let begin = match begin {
            "start" | "" if begin == "start" || to_end => Begin::Start,
            "end" => Begin::End,
            _ => match begin.split_at_checked(1) {
                Some(("@", time)) => match number(time)? {
                    seconds @ 0..SECONDS_BELOW => Begin::Time(seconds * 1000),
                    milliseconds => Begin::Time(milliseconds),
                },
                Some(("+", count)) => Begin::AfterStart(number(count)?),
                Some(("-", count)) => Begin::BeforeEnd(number(count)?),
                _ => Begin::Offset(number(begin)?),
            },
        };
        Ok(Span { begin, to_end })
    }
}

#[cfg(test)]
mod tests {
    use super::{Begin, Span};

    #[test]
    fn every_form_is_read_and_others_are_refused() {
        let read = |text: &str| text.parse::<Span>().map(|span| (span.begin, span.to_end));
        assert_eq!(read("start"), Ok((Begin::Start, false)));
        assert_eq!(read(":end"), Ok((Begin::Start, true)));
        assert_eq!(read("end"), Ok((Begin::End, false)));
        assert_eq!(read("42:end"), Ok((Begin::Offset(42), true)));
        assert_eq!(read("+10"), Ok((Begin::AfterStart(10), false)));
        assert_eq!(read("-10"), Ok((Begin::BeforeEnd(10), false)));
        assert_eq!(read("@1700000000123"), Ok((Begin::Time(1_700_000_000_123), false)));
        assert_eq!(read("@1700000000"), Ok((Begin::Time(1_700_000_000_000), false)));
        for wrong in ["", "x", "-", "+-1", "@", "@now", "99999999999999999999", "end:"] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
