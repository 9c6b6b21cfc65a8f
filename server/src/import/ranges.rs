//! Numbers of records, as an import names those that are left: `3,70001-80000`.

use std::fmt;

/// Numbers, counted from 1.
///
/// Invariant: the ranges are sorted, none is empty, and between two there is a gap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ranges(Vec<(u64, u64)>);

/// The text is no list of numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no list of record numbers such as 3,70001-80000 in rising order")]
pub struct RangesError(String);

impl Ranges {
    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Result<Ranges, RangesError> {
        let wrong = || RangesError(text.chars().take(60).collect());
        let mut ranges = Ranges::default();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let first: u64 = first.trim().parse().map_err(|_| wrong())?;
            let last: u64 = last.trim().parse().map_err(|_| wrong())?;
            let after = ranges.0.last().map_or(1, |(_, last)| last.saturating_add(1));
            if first < after || last < first {
                return Err(wrong());
            }
            ranges.push_all(first, last);
        }
        Ok(ranges)
    }

    /// Adds numbers greater than all so far.
    pub fn push_all(&mut self, first: u64, last: u64) {
        if first > last {
            return;
        }
        match self.0.last_mut() {
            Some((_, end)) if end.saturating_add(1) == first => *end = last,
            _ => self.0.push((first, last)),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many numbers these are up to `most`.
    pub fn count_up_to(&self, most: u64) -> u64 {
        let within = self.0.iter().filter(|(first, _)| *first <= most);
        within.map(|(first, last)| (*last).min(most) - first + 1).sum()
    }

    /// Whether `number` is one of them.
    pub fn holds(&self, number: u64) -> bool {
        let at = self.0.partition_point(|(_, last)| *last < number);
        self.0.get(at).is_some_and(|(first, _)| *first <= number)
    }
}

impl fmt::Display for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (first, last)) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            match first == last {
                true => write!(f, "{comma}{first}")?,
                false => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let mut ranges = Ranges::default();
        for (first, last) in [(3, 3), (4, 9), (70_001, 80_000), (5, 4)] {
            ranges.push_all(first, last);
        }
        assert_eq!(ranges.to_string(), "3-9,70001-80000");
        assert_eq!(Ranges::parse("3-9,70001-80000"), Ok(ranges.clone()));
        assert_eq!(ranges.count_up_to(70_002), 9);
        let held: Vec<u64> = (0..12).filter(|number| ranges.holds(*number)).collect();
        assert_eq!(held, [3, 4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn what_does_not_rise_is_refused() {
        for wrong in ["", "0", "2,1", "1,1", "3-2", "a", "1-", "1,,2", "-1"] {
            assert!(Ranges::parse(wrong).is_err(), "{wrong}");
        }
    }
}
