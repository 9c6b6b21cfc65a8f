//! Times and durations as they are typed, and times as they are printed: UTC, by the Gregorian
//! calendar.

use std::time::Duration;

/// Numbers below are seconds, as in rpk: as milliseconds they would lie in 1970 to 1973.
const SECONDS_BELOW: i64 = 100_000_000_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The units of durations, in milliseconds; `ms` before `m`, which it begins with.
const UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1000), ("m", 60 * 1000), ("h", 3_600_000), ("d", 86_400_000)];

/// `3ms`, `10s`, `9m`, `1h`, `7d`, or several of them in a row: `1m30s`.
pub fn duration(text: &str) -> Option<Duration> {
    let (mut rest, mut sum) = (text, 0u64);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let (unit, ms) = UNITS.iter().find(|(unit, _)| rest.starts_with(unit))?;
        sum = sum.checked_add(count.checked_mul(*ms)?)?;
        rest = &rest[unit.len()..];
    }
    let is_time = i64::try_from(sum).is_ok() && !text.is_empty();
    is_time.then(|| Duration::from_millis(sum))
}

/// Milliseconds since 1970 of `1700000000` (seconds), `1700000000123`, `2021-03-24`, or RFC 3339
/// such as `2021-03-24T10:00:00.5Z` and `2021-03-24T10:00:00+02:00`.
pub fn moment(text: &str) -> Option<i64> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(match text.parse().ok()? {
            seconds @ 0..SECONDS_BELOW => seconds * 1000,
            milliseconds => milliseconds,
        });
    }
    let day = day(text.get(..10)?)?.checked_mul(DAY_MS)?;
    match text.get(10..)? {
        "" => Some(day),
        rest => Some(day + time_of_day(rest.strip_prefix(['T', 't'])?)?),
    }
}

/// Days since 1970 of `2021-03-24`.
fn day(text: &str) -> Option<i64> {
    let [year, month, day]: [&str; 3] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
    let (year, month, day) = (digits(year, 4)?, digits(month, 2)?, digits(day, 2)?);
    let days = days(year, month, day);
    // A day that there is not, such as the 30th of February, would come back as another.
    (date(days) == (year, month, day)).then_some(days)
}

/// Milliseconds of `10:00:00.5Z`; what an offset from UTC makes of them may lie in another day.
fn time_of_day(text: &str) -> Option<i64> {
    let (clock, rest) = text.split_at_checked(8)?;
    let [hour, minute, second]: [&str; 3] = clock.split(':').collect::<Vec<_>>().try_into().ok()?;
    let (hour, minute, second) = (digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let end = rest.find(['Z', 'z', '+', '-'])?;
    let (fraction, zone) = rest.split_at(end);
    let ms = match fraction.strip_prefix('.') {
        // Whatever is smaller than a millisecond is cut off, as Kafka knows none.
        Some(parts) if !parts.is_empty() && parts.bytes().all(|it| it.is_ascii_digit()) => {
            format!("{parts:0<3}")[..3].parse().ok()?
        }
        None if fraction.is_empty() => 0,
        _ => return None,
    };
    let east_minutes = match zone.split_at_checked(1)? {
        ("Z" | "z", "") => 0,
        ("+", far) => offset(far)?,
        ("-", far) => -offset(far)?,
        _ => return None,
    };
    Some(((hour * 60 + minute - east_minutes) * 60 + second) * 1000 + ms)
}

/// Minutes of `05:30`.
fn offset(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

/// Days from 1970 to a date. Years begin in March here, so that the leap day is their last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let before = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    before + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// Year, month and day of a number of days since 1970.
fn date(days: i64) -> (i64, i64, i64) {
    // The year is guessed from the mean length of one, and set right by at most one.
    let mut year = (days * 400).div_euclid(146_097) + 1970;
    while days < self::days(year, 1, 1) {
        year -= 1;
    }
    while days >= self::days(year + 1, 1, 1) {
        year += 1;
    }
    let month = (1..=12).rev().find(|month| days >= self::days(year, *month, 1)).unwrap_or(1);
    (year, month, days - self::days(year, month, 1) + 1)
}

/// A time by a pattern of strftime's most used letters: `%Y %m %d %H %M %S %F %T %s %%`.
///
/// Invariant: what [`Pattern::read`] took can be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Fails with the first letter that is unknown.
    pub fn read(text: &str) -> Result<Pattern, String> {
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            if c == '%' {
                let letter = rest.next().map(String::from).unwrap_or_default();
                if letter.is_empty() || !"YmdHMSFTs%".contains(&letter) {
                    return Err(format!("%{letter}"));
                }
            }
        }
        Ok(Pattern(text.to_owned()))
    }

    /// Of milliseconds since 1970.
    pub fn print(&self, ms: i64) -> String {
        let seconds = ms.div_euclid(1000);
        let (year, month, day) = date(ms.div_euclid(DAY_MS));
        let time = ms.rem_euclid(DAY_MS) / 1000;
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        let (mut out, mut rest) = (String::new(), self.0.chars());
        while let Some(c) = rest.next() {
            let letter = if c == '%' { rest.next() } else { None };
            match letter {
                None => out.push(c),
                Some('Y') => out += &format!("{year:04}"),
                Some('m') => out += &format!("{month:02}"),
                Some('d') => out += &format!("{day:02}"),
                Some('H') => out += &format!("{hour:02}"),
                Some('M') => out += &format!("{minute:02}"),
                Some('S') => out += &format!("{second:02}"),
                Some('F') => out += &format!("{year:04}-{month:02}-{day:02}"),
                Some('T') => out += &format!("{hour:02}:{minute:02}:{second:02}"),
                Some('s') => out += &seconds.to_string(),
                Some(other) => out.push(other),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_sums_of_units() {
        let ms = |text| duration(text).map(|it| it.as_millis());
        assert_eq!(ms("3ms"), Some(3));
        assert_eq!(ms("1m3ms"), Some(60_003));
        assert_eq!(ms("1h30m"), Some(5_400_000));
        assert_eq!(ms("7d"), Some(604_800_000));
        for wrong in
            ["", "5", "s", "1x", "-1h", "1h2", "99999999999999999999h", "9999999999999999h"]
        {
            assert_eq!(ms(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn times_are_numbers_days_or_rfc_3339() {
        for (text, wanted) in [
            ("1700000000", 1_700_000_000_000),
            ("1700000000123", 1_700_000_000_123),
            ("1970-01-01", 0),
            ("2021-03-24", 1_616_544_000_000),
            ("2023-11-14T22:13:20Z", 1_700_000_000_000),
            ("2023-11-14T22:13:20.1239Z", 1_700_000_000_123),
            ("2023-11-15T00:13:20.5+02:00", 1_700_000_000_500),
            ("2000-02-29", 951_782_400_000),
            ("1969-12-31T23:59:59Z", -1_000),
        ] {
            assert_eq!(moment(text), Some(wanted), "{text}");
        }
        for wrong in [
            "",
            "x",
            "2021-02-29",
            "2021-13-01",
            "2021-3-4",
            "2021-03-24T10:00",
            "2021-03-24T25:00:00Z",
            "2021-03-24T10:00:00",
            "2021-03-24T10:00:00.Z",
            "2021-03-24 10:00:00Z",
            "ä021-03-24",
        ] {
            assert_eq!(moment(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_date_and_its_days_are_the_same() {
        for days in (-800_000..800_000).step_by(13) {
            let (year, month, day) = date(days);
            assert_eq!(self::days(year, month, day), days);
            assert!((1..=12).contains(&month) && (1..=31).contains(&day), "{year}-{month}-{day}");
        }
    }

    #[test]
    fn a_pattern_prints_a_time_and_names_what_it_cannot() {
        let print = |text: &str, ms| Pattern::read(text).map(|it| it.print(ms));
        let ms = 1_700_000_000_123;
        assert_eq!(print("%FT%TZ", ms), Ok("2023-11-14T22:13:20Z".to_owned()));
        assert_eq!(
            print("%d.%m.%Y %H:%M:%S %s%%", ms),
            Ok("14.11.2023 22:13:20 1700000000%".to_owned())
        );
        assert_eq!(print("%F", -1), Ok("1969-12-31".to_owned()));
        assert_eq!(print("%Q", ms), Err("%Q".to_owned()));
        assert_eq!(print("%", ms), Err("%".to_owned()));
    }
}
