//! Where `consume` begins and ends, in rpk's forms: `start`, `end`, `42`, `+10`, `-10` or `@TIME`;
//! behind a colon where it stops: `:end`, `42:55`, `@2021-03-24:1h`, `@-48h:-24h`.

use std::{str::FromStr, time::Duration};

use crate::cli::moment::{duration, moment};

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

/// Where to stop in each partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Nowhere.
    Never,
    /// At what is the end now.
    End,
    /// Before this offset.
    Offset(i64),
    /// Before the first record of this time or later, and at what is the end now.
    Time(i64),
}

/// A span of each partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where to begin.
    pub begin: Begin,
    /// Where to stop.
    pub until: Until,
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        Span::read(text, crate::clock::now_ms())
    }
}

impl Span {
    /// What `text` means at the time `now_ms`.
    fn read(text: &str, now_ms: i64) -> Result<Span, String> {
        let read = match text.strip_prefix('@') {
            Some(times) => between_times(times, now_ms),
            None => between_offsets(text),
        };
        let wrong = || {
            format!(
                "`{text}` is not start, end, N, +N, -N or @TIME, nor such a place and, behind a \
                 colon, `end`, N or a TIME to stop at; a TIME is a number of milliseconds or \
                 seconds, 2021-03-24, 2021-03-24T10:00:00Z, or 1h30m from the first time or from \
                 now, as in -1h"
            )
        };
        let span = read.ok_or_else(wrong)?;
        let is_empty = match (span.begin, span.until) {
            (Begin::Offset(from), Until::Offset(to)) => from >= to,
            (Begin::Time(from), Until::Time(to)) => from >= to,
            _ => false,
        };
        match is_empty {
            true => Err(format!("`{text}` stops before it begins")),
            false => Ok(span),
        }
    }
}

fn between_offsets(text: &str) -> Option<Span> {
    let (begin, until) = match text.split_once(':') {
        None => (begin(text)?, Until::Never),
        Some(("", "")) => return None,
        Some((from, "")) => (begin(from)?, Until::Never),
        Some((from, to)) => {
            let begin = if from.is_empty() { Begin::Start } else { begin(from)? };
            let until = if to == "end" { Until::End } else { Until::Offset(number(to)?) };
            (begin, until)
        }
    };
    let is_behind_the_end = begin == Begin::End && until != Until::Never;
    (!is_behind_the_end).then_some(Span { begin, until })
}

fn begin(text: &str) -> Option<Begin> {
    Some(match text {
        "start" | "oldest" => Begin::Start,
        "end" | "newest" => Begin::End,
        _ => match text.split_at_checked(1)? {
            ("+", count) => Begin::AfterStart(number(count)?),
            ("-", count) => Begin::BeforeEnd(number(count)?),
            _ => Begin::Offset(number(text)?),
        },
    })
}

fn number(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

/// A time may hold colons itself, so each of them is tried.
fn between_times(text: &str, now_ms: i64) -> Option<Span> {
    if let Some(from) = from(text, now_ms) {
        return Some(Span { begin: Begin::Time(from.ms), until: Until::Never });
    }
    text.match_indices(':').find_map(|(at, _)| {
        let (left, right) = (&text[..at], &text[at + 1..]);
        if left.is_empty() {
            let now = From { ms: now_ms, is_relative: true };
            return Some(Span { begin: Begin::Start, until: until(right, now, now_ms)? });
        }
        let from = from(left, now_ms)?;
        Some(Span { begin: Begin::Time(from.ms), until: until(right, from, now_ms)? })
    })
}

/// A first time, and whether it was said by how long ago it was.
#[derive(Clone, Copy)]
struct From {
    ms: i64,
    is_relative: bool,
}

fn from(text: &str, now_ms: i64) -> Option<From> {
    match text.strip_prefix('-') {
        Some(ago) => Some(From { ms: before(now_ms, duration(ago)?), is_relative: true }),
        None => Some(From { ms: moment(text)?, is_relative: false }),
    }
}

/// A duration counts from the first time, or from now if that one does too.
fn until(text: &str, from: From, now_ms: i64) -> Option<Until> {
    if text == "end" {
        return Some(Until::End);
    }
    let base = if from.is_relative { now_ms } else { from.ms };
    let ms = match (text.strip_prefix('-'), duration(text)) {
        (Some(ago), _) => before(base, duration(ago)?),
        (None, Some(later)) => base.saturating_add(ms(later)),
        (None, None) => moment(text)?,
    };
    Some(Until::Time(ms))
}

fn before(ms: i64, by: Duration) -> i64 {
    ms.saturating_sub(self::ms(by))
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Begin, Span, Until};

    const NOW: i64 = 1_700_000_000_000;
    const HOUR: i64 = 3_600_000;

    fn read(text: &str) -> Result<(Begin, Until), String> {
        Span::read(text, NOW).map(|span| (span.begin, span.until))
    }

    #[test]
    fn offsets_are_read_with_and_without_an_end() {
        for (text, begin, until) in [
            ("start", Begin::Start, Until::Never),
            ("oldest", Begin::Start, Until::Never),
            (":end", Begin::Start, Until::End),
            ("start:end", Begin::Start, Until::End),
            (":7", Begin::Start, Until::Offset(7)),
            ("end", Begin::End, Until::Never),
            ("newest", Begin::End, Until::Never),
            ("42", Begin::Offset(42), Until::Never),
            ("42:", Begin::Offset(42), Until::Never),
            ("42:end", Begin::Offset(42), Until::End),
            ("42:55", Begin::Offset(42), Until::Offset(55)),
            ("+10", Begin::AfterStart(10), Until::Never),
            ("-10", Begin::BeforeEnd(10), Until::Never),
            ("-10:end", Begin::BeforeEnd(10), Until::End),
        ] {
            assert_eq!(read(text), Ok((begin, until)), "{text}");
        }
    }

    #[test]
    fn times_are_absolute_or_from_now_or_from_the_first() {
        let day = 1_616_544_000_000;
        for (text, begin, until) in [
            ("@1700000000123", NOW + 123, Until::Never),
            ("@1700000000", NOW, Until::Never),
            ("@2021-03-24", day, Until::Never),
            ("@2021-03-24:2021-03-25", day, Until::Time(day + 24 * HOUR)),
            ("@2021-03-24:1h", day, Until::Time(day + HOUR)),
            ("@2021-03-24T10:00:00Z", day + 10 * HOUR, Until::Never),
            ("@2021-03-24T10:00:00+05:00:2h", day + 5 * HOUR, Until::Time(day + 7 * HOUR)),
            ("@2021-03-24:2021-03-24T01:00:00Z", day, Until::Time(day + HOUR)),
            ("@-1h", NOW - HOUR, Until::Never),
            ("@-48h:-24h", NOW - 48 * HOUR, Until::Time(NOW - 24 * HOUR)),
            ("@-1m:end", NOW - 60_000, Until::End),
        ] {
            assert_eq!(read(text), Ok((Begin::Time(begin), until)), "{text}");
        }
        assert_eq!(read("@:-1h"), Ok((Begin::Start, Until::Time(NOW - HOUR))));
    }

    #[test]
    fn what_is_none_of_them_or_runs_backwards_is_refused() {
        for wrong in [
            "",
            "x",
            "-",
            "+-1",
            "@",
            "@now",
            "99999999999999999999",
            "end:5",
            "end:end",
            ":",
            "@:",
            "1:x",
            "@1h",
            "@-1",
            "@2021-03-24T10:00",
            "@2021-02-30",
            "1:+2",
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
        for backwards in ["5:5", "6:5", "@-1h:-2h", "@2021-03-24:2021-03-23", "@2021-03-24:-1h"] {
            let told = format!("`{backwards}` stops before it begins");
            assert_eq!(read(backwards), Err(told));
        }
    }
}
