//! JSON numbers compared as exact decimals of any length.
//!
//! Owns the grammar of a number and its order. Nothing is converted: two numbers are compared by
//! the place of their first digit that is not zero, then digit by digit. Start at [`Decimal`].

use std::cmp::Ordering;

/// Exponents are read up to here; beyond, two numbers can compare as equal. A number that large
/// would need more digits than there are atoms in a data centre.
const EXPONENT_MAX: i128 = 10i128.pow(30);

/// A number, borrowed from its text.
#[derive(Debug, Clone, Copy)]
pub struct Decimal<'a> {
    negative: bool,
    /// Digits from the first that is not zero, perhaps with the point among them; none for zero.
    digits: &'a [u8],
    /// The power of ten of the first of `digits`, plus one.
    magnitude: i128,
}

impl<'a> Decimal<'a> {
    /// Reads `text` if all of it is one JSON number.
    pub fn parse(text: &'a str) -> Option<Decimal<'a>> {
        let bytes = text.as_bytes();
        if bytes.is_empty() || length(bytes) != bytes.len() {
            return None;
        }
        let negative = bytes[0] == b'-';
        let unsigned = &bytes[usize::from(negative)..];
        let mantissa_end =
            unsigned.iter().position(|byte| matches!(byte, b'e' | b'E')).unwrap_or(unsigned.len());
        let (mantissa, exponent) = unsigned.split_at(mantissa_end);
        let whole = mantissa.iter().position(|&byte| byte == b'.').unwrap_or(mantissa.len());
        let first = mantissa.iter().position(|byte| matches!(byte, b'1'..=b'9'));
        let digits = first.map_or(&[][..], |first| &mantissa[first..]);
        // After the point, the point itself takes one place.
        let first = first.unwrap_or(0);
        let place = whole as i128 - first as i128 + i128::from(first > whole);
        Some(Decimal { negative, digits, magnitude: place + power(exponent) })
    }

    fn cmp_unsigned(&self, other: &Decimal<'_>) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self
                .magnitude
                .cmp(&other.magnitude)
                .then_with(|| same_place(self.digits, other.digits)),
        }
    }

    fn is_negative(&self) -> bool {
        self.negative && !self.digits.is_empty()
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative(), other.is_negative()) {
            (false, false) => self.cmp_unsigned(other),
            (true, true) => other.cmp_unsigned(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal<'_> {}

/// Compares digits whose first ones stand at the same place; the shorter ends in zeros.
fn same_place(left: &[u8], right: &[u8]) -> Ordering {
    let mut left = left.iter().filter(|&&byte| byte != b'.');
    let mut right = right.iter().filter(|&&byte| byte != b'.');
    loop {
        let (a, b) = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => (a.unwrap_or(&b'0'), b.unwrap_or(&b'0')),
        };
        if a != b {
            return a.cmp(b);
        }
    }
}

/// The value of `e…`, or 0 without one.
fn power(exponent: &[u8]) -> i128 {
    let negative = exponent.get(1) == Some(&b'-');
    let digits = exponent.iter().filter(|byte| byte.is_ascii_digit());
    let size =
        digits.fold(0i128, |sum, digit| (sum * 10 + i128::from(digit - b'0')).min(EXPONENT_MAX));
    if negative { -size } else { size }
}

/// The length of the JSON number at the start of `bytes`; 0 if there is none.
pub(super) fn length(bytes: &[u8]) -> usize {
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = match bytes.get(sign) {
        Some(b'0') => 1,
        _ => digits(&bytes[sign..]),
    };
    if whole == 0 {
        return 0;
    }
    let mut end = sign + whole;
    if bytes.get(end) == Some(&b'.') {
        match digits(&bytes[end + 1..]) {
            0 => return 0,
            fraction => end += 1 + fraction,
        }
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        match digits(&bytes[end + 1 + sign..]) {
            0 => return 0,
            exponent => end += 1 + sign + exponent,
        }
    }
    end
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::cmp::Ordering::{Equal, Greater, Less};

    use proptest::prelude::*;

    use super::Decimal;

    fn order(left: &str, right: &str) -> std::cmp::Ordering {
        Decimal::parse(left).unwrap().cmp(&Decimal::parse(right).unwrap())
    }

    #[test]
    fn every_digit_counts_beyond_what_a_float_holds() {
        assert_eq!(order("9007199254740993", "9007199254740992"), Greater);
        assert_eq!(order("0.1000000000000000000000000001", "0.1"), Greater);
        assert_eq!(order("1e400", "1e401"), Less);
        assert_eq!(order("-1e400", "-1e401"), Greater);
        assert_eq!(order("1e-400", "0"), Greater);
    }

    #[test]
    fn one_value_written_in_many_ways_is_equal() {
        for same in ["100", "1e2", "1.00e+2", "100.000", "0.1E3", "1000e-1", "0.00001e7"] {
            assert_eq!(order(same, "100"), Equal, "{same}");
        }
        for zero in ["0", "-0", "0.000", "0e5", "-0.0e-9"] {
            assert_eq!(order(zero, "0"), Equal, "{zero}");
        }
    }

    #[test]
    fn what_json_does_not_call_a_number_is_none() {
        for text in ["", "-", "01", "1.", ".5", "1e", "+1", "1 ", "NaN", "0x1", "1e+", "--1"] {
            assert!(Decimal::parse(text).is_none(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn order_agrees_with_scaled_integers(
            a in -1_000_000_000i64..1_000_000_000, b in -1_000_000_000i64..1_000_000_000,
            shift_a in 0u32..6, shift_b in 0u32..6,
        ) {
            let text = |n: i64, shift: u32| format!("{n}e-{shift}");
            let scaled = |n: i64, shift: u32| i128::from(n) * 10i128.pow(6 - shift);
            let wanted = scaled(a, shift_a).cmp(&scaled(b, shift_b));
            prop_assert_eq!(order(&text(a, shift_a), &text(b, shift_b)), wanted);
        }
    }
}
