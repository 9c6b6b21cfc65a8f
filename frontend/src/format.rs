//! Numbers, sizes and times as text. Pure: the zone's offset and the time now come from outside.

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// With a comma between thousands: `18,446,744`.
pub fn count(n: impl Into<i128>) -> String {
    let n: i128 = n.into();
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    if n < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// With its noun, `one` or `many`: `1 partition`, `12 partitions`.
pub fn counted(n: impl Into<i128>, one: &str, many: &str) -> String {
    let n: i128 = n.into();
    format!("{} {}", count(n), noun(n, one, many))
}

/// The noun alone, for where the number stands apart from it.
pub fn noun<'a>(n: impl Into<i128>, one: &'a str, many: &'a str) -> &'a str {
    if n.into() == 1 { one } else { many }
}

/// So many topics, those of the cluster itself apart, which lists leave out unless asked for them:
/// `5`, `5 + 1 internal`.
pub fn topics(all: impl Into<i128>, internal: impl Into<i128>) -> String {
    let (all, internal) = (all.into(), internal.into());
    match internal {
        0 => count(all),
        _ => format!("{} + {} internal", count(all - internal), count(internal)),
    }
}

/// Sorted numbers, with what follows one another written once, as `0–3, 7`: `to` stands within a
/// range, `and` between ranges.
pub fn ranges(numbers: &[i32], to: &str, and: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = numbers;
    while let Some(&first) = rest.first() {
        let run = rest.iter().zip(first..).take_while(|(number, wanted)| **number == *wanted);
        let run = run.count();
        let last = rest[run - 1];
        parts.push(if last == first { first.to_string() } else { format!("{first}{to}{last}") });
        rest = &rest[run..];
    }
    parts.join(and)
}

/// Three or four digits and a decimal power: `18.4 M`. Exact below ten thousand.
pub fn count_short(n: impl Into<i128>) -> String {
    let n: i128 = n.into();
    match n.unsigned_abs() {
        0..10_000 => count(n),
        _ => scaled(n as f64, 1000.0, &["", " k", " M", " G", " T", " P", " E"]),
    }
}

/// How many a second, over a stretch of time: `0`, `0.25/s`, `3.1/s`, `1,204/s`.
pub fn per_second(n: i64, over_ms: i64) -> String {
    let rate = n as f64 * 1000.0 / over_ms.max(1) as f64;
    match rate {
        _ if n == 0 => "0".to_owned(),
        ..1.0 => format!("{rate:.2}/s"),
        ..100.0 => format!("{rate:.1}/s"),
        // Far below what an i64 holds, for offsets are i64 themselves.
        _ => format!("{}/s", count_short(rate.round() as i64)),
    }
}

/// How often something happens: `0/s`, `0.04/s`, `12.4/s`, `1,204/s`, `48.9 k/s`.
pub fn rate(per_s: f64) -> String {
    match per_s {
        ..0.005 => "0/s".to_owned(),
        0.005..1.0 => format!("{per_s:.2}/s"),
        1.0..100.0 => format!("{per_s:.1}/s"),
        _ => format!("{}/s", count_short(per_s.round() as i64)),
    }
}

/// In binary units: `338 B`, `1.2 GiB`.
pub fn bytes(n: u64) -> String {
    scaled(n as f64, 1024.0, &[" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"])
}

/// One decimal below a hundred, none from there on, and the first unit that leaves less than
/// `step`.
fn scaled(mut value: f64, step: f64, units: &[&str]) -> String {
    let mut unit = 0;
    // What would be rounded up to a whole step belongs to the next unit.
    while value.abs() >= step - 0.5 && unit + 1 < units.len() {
        value /= step;
        unit += 1;
    }
    let decimals = usize::from(unit > 0 && value.abs() < 99.95);
    format!("{value:.decimals$}{}", units[unit])
}

/// How long something takes or took: `180 ms`, `2.4 s`, `3 min 20 s`, `5 h 2 min`, `3 d 4 h`.
pub fn duration(ms: i64) -> String {
    let seconds = ms / 1000;
    match ms {
        ..1000 => format!("{ms} ms"),
        1000..60_000 => format!("{}.{} s", seconds, ms % 1000 / 100),
        60_000..3_600_000 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600_000..DAY_MS => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

/// How long ago, or how far ahead, a time is: `just now`, `14 s ago`, `in 3 h`.
pub fn relative(at_ms: i64, now_ms: i64) -> String {
    let past = now_ms.saturating_sub(at_ms);
    let seconds = past.saturating_abs() / 1000;
    let text = match seconds {
        0..2 => return "just now".to_owned(),
        2..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        86_400..31_536_000 => format!("{} d", seconds / 86_400),
        _ => format!("{} y", seconds / 31_536_000),
    };
    if past < 0 { format!("in {text}") } else { format!("{text} ago") }
}

/// A moment in a zone, taken apart.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    ms_of_day: i64,
}

/// Days to year, month, day in the proleptic Gregorian calendar, with years that begin in March.
fn civil(at_ms: i64, offset_min: i32) -> Civil {
    let local = at_ms.saturating_add(i64::from(offset_min) * 60_000);
    let days = local.div_euclid(DAY_MS) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month,
        day: day_of_year - (153 * shifted + 2) / 5 + 1,
        ms_of_day: local.rem_euclid(DAY_MS),
    }
}

/// `14:03:27.118`.
pub fn time_of_day(at_ms: i64, offset_min: i32) -> String {
    let ms = civil(at_ms, offset_min).ms_of_day;
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{hour:02}:{minute:02}:{second:02}.{:03}", ms % 1000)
}

/// `2026-11-23`.
pub fn date(at_ms: i64, offset_min: i32) -> String {
    let Civil { year, month, day, .. } = civil(at_ms, offset_min);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2026-11-23 14:03:27.118`.
pub fn date_time(at_ms: i64, offset_min: i32) -> String {
    format!("{} {}", date(at_ms, offset_min), time_of_day(at_ms, offset_min))
}

/// `UTC`, `UTC+1`, `UTC+5:30`.
pub fn zone_name(offset_min: i32) -> String {
    let (hours, minutes) = (offset_min.unsigned_abs() / 60, offset_min.unsigned_abs() % 60);
    let sign = if offset_min < 0 { '-' } else { '+' };
    match (hours, minutes) {
        (0, 0) => "UTC".to_owned(),
        (_, 0) => format!("UTC{sign}{hours}"),
        _ => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// ISO 8601 in UTC: `2026-11-23T14:03:27.118Z`.
pub fn iso(at_ms: i64) -> String {
    format!("{}T{}Z", date(at_ms, 0), time_of_day(at_ms, 0))
}

/// Reads `2026-11-23`, `2026-11-23 14:03[:27[.118]]` (or with `T`) in a zone; a trailing `Z` means
/// UTC whatever the zone; a whole number is milliseconds since the epoch.
pub fn parse_time(text: &str, offset_min: i32) -> Option<i64> {
    let text = text.trim();
    if let Ok(ms) = text.parse::<i64>() {
        return Some(ms);
    }
    let (text, offset_min) = match text.strip_suffix(['Z', 'z']) {
        Some(utc) => (utc, 0),
        None => (text, offset_min),
    };
    let (date, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, "0:0"));
    let ms = parse_days(date)?.checked_mul(DAY_MS)?.checked_add(parse_ms_of_day(time.trim())?)?;
    ms.checked_sub(i64::from(offset_min) * 60_000)
}

fn parse_days(date: &str) -> Option<i64> {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let plausible = (0..=9999).contains(&year) && (1..=12).contains(&month);
    if parts.next().is_some() || !plausible || !(1..=31).contains(&day) {
        return None;
    }
    let shifted = year - i64::from(month <= 2);
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    // The 31st of a month of thirty days would be the first of the next one.
    (civil(days * DAY_MS, 0).day == day).then_some(days)
}

fn parse_ms_of_day(time: &str) -> Option<i64> {
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = clock.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let in_range = (0..24).contains(&hour) && (0..60).contains(&minute);
    let digits = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || !in_range || !(0..60).contains(&second) || !digits {
        return None;
    }
    let ms = format!("{fraction:0<3}").parse::<i64>().ok()?;
    Some(((hour * 60 + minute) * 60 + second) * 1000 + ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_keep_every_digit() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(-1_000), "-1,000");
        assert_eq!(count(i64::MAX), "9,223,372,036,854,775,807");
        assert_eq!(counted(1, "record", "records"), "1 record");
        assert_eq!(counted(0, "record", "records"), "0 records");
        assert_eq!(
            [0, 1, 2].map(|n| noun(n, "broker", "brokers")),
            ["brokers", "broker", "brokers"]
        );
    }

    #[test]
    fn internal_topics_stand_apart() {
        assert_eq!(topics(1_005, 0), "1,005");
        assert_eq!(topics(6, 1), "5 + 1 internal");
    }

    #[test]
    fn short_counts_and_sizes_round_to_the_unit_a_reader_expects() {
        assert_eq!(count_short(9_999), "9,999");
        assert_eq!(count_short(18_446_744), "18.4 M");
        assert_eq!(count_short(999_999), "1.0 M");
        assert_eq!(count_short(48_900), "48.9 k");
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1024), "1.0 KiB");
        assert_eq!(bytes(1_288_490_189), "1.2 GiB");
        assert_eq!(bytes(u64::MAX), "16.0 EiB");
    }

    #[test]
    fn rates_have_as_many_digits_as_they_deserve() {
        assert_eq!(per_second(0, 10_000), "0");
        assert_eq!(per_second(5, 10_000), "0.50/s");
        assert_eq!(per_second(31, 10_000), "3.1/s");
        assert_eq!(per_second(12_040, 10_000), "1,204/s");
        assert_eq!(per_second(1_000_000, 10_000), "100 k/s");
    }

    #[test]
    fn slow_and_quick_rates_keep_the_digits_that_matter() {
        let rates = [-1.0, 0.0, 0.04, 12.44, 1_204.0, 48_900.0].map(rate);
        assert_eq!(rates, ["0/s", "0/s", "0.04/s", "12.4/s", "1,204/s", "48.9 k/s"]);
    }

    #[test]
    fn durations_and_ages_name_their_two_largest_units() {
        assert_eq!(duration(0), "0 ms");
        assert_eq!(duration(2_450), "2.4 s");
        assert_eq!(duration(200_000), "3 min 20 s");
        assert_eq!(duration(90_000_000), "1 d 1 h");
        assert_eq!(relative(1_000, 1_900), "just now");
        assert_eq!(relative(0, 14_000), "14 s ago");
        assert_eq!(relative(7_200_000, 0), "in 2 h");
        assert_eq!(relative(i64::MIN, i64::MAX), "292471208 y ago");
    }

    #[test]
    fn times_are_written_in_their_zone_to_the_millisecond() {
        let at = 1_795_442_607_118;
        assert_eq!(iso(at), "2026-11-23T14:03:27.118Z");
        assert_eq!(date_time(at, 60), "2026-11-23 15:03:27.118");
        assert_eq!(date_time(at, -870), "2026-11-22 23:33:27.118");
        assert_eq!(date_time(-1, 0), "1969-12-31 23:59:59.999");
        assert_eq!(date(951_782_400_000, 0), "2000-02-29");
        assert_eq!(zone_name(330), "UTC+5:30");
        assert_eq!(zone_name(0), "UTC");
    }

    #[test]
    fn a_time_that_was_written_is_read_back() {
        let at = 1_795_442_607_118;
        assert_eq!(parse_time(&iso(at), 60), Some(at));
        assert_eq!(parse_time(&date_time(at, 60), 60), Some(at));
        assert_eq!(parse_time("2026-11-23 14:03", 0), Some(1_795_442_580_000));
        assert_eq!(parse_time("2026-11-23", 0), Some(1_795_392_000_000));
        assert_eq!(parse_time("1795442607118", 60), Some(at));
        for wrong in
            ["", "yesterday", "2026-02-30", "2026-13-01", "2026-01-01 24:00", "2026-01-01 1"]
        {
            assert_eq!(parse_time(wrong, 0), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_that_follow_one_another_are_written_as_a_range() {
        assert_eq!(ranges(&[0, 1, 2, 3, 7, 9, 10], "–", ", "), "0–3, 7, 9–10");
        assert_eq!(ranges(&[4, 6, 7], "-", ","), "4,6-7");
        assert_eq!(ranges(&[], "–", ", "), "");
    }
}
