//! One comparison: an operator with what it compares with, applied to JSON or to bytes.
//!
//! Owns what "equal" and "less" mean. Numbers compare as exact decimals of any length, never as
//! floats; everything else as text.

use std::cmp::Ordering;

use memchr::memmem::Finder;
use ouzel_api::search::Operator;
use regex::bytes::Regex;

use crate::browse::json::{self, Found, number::Decimal};

/// See the module.
#[derive(Debug)]
pub enum Comparison {
    /// Whatever is there.
    Exists,
    /// Equal, or before or behind it.
    Order(Operator, Operand),
    /// Holds this text.
    Contains(Box<Finder<'static>>),
    /// Matches this pattern.
    Matches(Regex),
    /// Equal to one of these.
    In(Vec<Operand>),
}

impl Comparison {
    /// Whether it holds for a value in JSON.
    pub fn holds(&self, found: Found<'_>) -> bool {
        match self {
            Comparison::Exists => true,
            Comparison::Order(op, operand) => is(*op, operand.order(found)),
            Comparison::In(operands) => {
                operands.iter().any(|operand| is(Operator::Eq, operand.order(found)))
            }
            Comparison::Contains(text) => with_text(found, |bytes| text.find(bytes).is_some()),
            Comparison::Matches(regex) => with_text(found, |bytes| regex.is_match(bytes)),
        }
    }

    /// Whether it holds for a part as a whole.
    pub fn holds_bytes(&self, bytes: &[u8]) -> bool {
        match self {
            Comparison::Exists => true,
            Comparison::Order(op, operand) => is(*op, Some(operand.order_bytes(bytes))),
            Comparison::In(operands) => {
                operands.iter().any(|operand| operand.order_bytes(bytes).is_eq())
            }
            Comparison::Contains(text) => text.find(bytes).is_some(),
            Comparison::Matches(regex) => regex.is_match(bytes),
        }
    }

    /// Texts one of which stands unescaped in the JSON of every field for which it holds, unless
    /// that JSON has a backslash. None if there are no such texts.
    pub fn needles(&self) -> Option<Vec<&[u8]>> {
        let operands = match self {
            Comparison::Contains(text) => return Some(vec![text.needle()]),
            Comparison::Order(Operator::Eq, operand) => std::slice::from_ref(operand),
            Comparison::In(operands) => operands,
            _ => return None,
        };
        // A number can be written in many ways.
        let text = |operand: &'_ Operand| !operand.is_number;
        let all = operands.iter().all(text);
        all.then(|| operands.iter().map(|operand| operand.text.as_bytes()).collect())
    }
}

/// The text of a value, escapes resolved.
fn with_text(found: Found<'_>, test: impl Fn(&[u8]) -> bool) -> bool {
    match found {
        Found::String(raw) => test(json::unescape(raw).as_bytes()),
        Found::Number(raw) | Found::Word(raw) | Found::Nested(raw) => test(raw.as_bytes()),
    }
}

/// Whether an order satisfies an operator. What cannot be compared is unequal, and nothing else.
fn is(op: Operator, order: Option<Ordering>) -> bool {
    match op {
        Operator::Eq => order == Some(Ordering::Equal),
        Operator::Ne => order != Some(Ordering::Equal),
        Operator::Gt => order == Some(Ordering::Greater),
        Operator::Ge => order.is_some_and(Ordering::is_ge),
        Operator::Lt => order == Some(Ordering::Less),
        Operator::Le => order.is_some_and(Ordering::is_le),
        Operator::Contains | Operator::Exists | Operator::Regex | Operator::In => false,
    }
}

/// What is compared with. In double quotes it is text and nothing else, so that `"5"` finds the
/// string; bare it is a number if it looks like one.
#[derive(Debug, PartialEq, Eq)]
pub struct Operand {
    /// Without quotes, escapes resolved.
    pub text: String,
    /// Whether it compares as a number.
    pub is_number: bool,
}

impl Operand {
    /// Reads one as people type it.
    pub fn read(typed: &str) -> Operand {
        let typed = typed.trim();
        let inside = typed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match inside {
            Some(inside) if json::check(typed).is_ok() => {
                Operand { text: json::unescape(inside).into_owned(), is_number: false }
            }
            _ => Operand { is_number: Decimal::parse(typed).is_some(), text: typed.to_owned() },
        }
    }

    /// Reads several, with commas between them; a comma inside of double quotes is none.
    pub fn read_list(typed: &str) -> Vec<Operand> {
        let (mut quoted, mut escaped) = (false, false);
        let separates = |c: char| {
            let is_quote = c == '"' && !escaped;
            escaped = c == '\\' && quoted && !escaped;
            quoted ^= is_quote;
            c == ',' && !quoted
        };
        let parts = typed.split(separates).map(Operand::read);
        parts.filter(|operand| *operand != Operand::read("")).collect()
    }

    /// How what was found stands to the operand; `None` where the two cannot be compared. A
    /// string that is a number as a whole, as many systems write money, compares as that number.
    fn order(&self, found: Found<'_>) -> Option<Ordering> {
        match found {
            Found::Number(raw) => self.order_numbers(raw),
            Found::String(raw) => {
                let text = json::unescape(raw);
                Some(self.order_numbers(&text).unwrap_or_else(|| (*text).cmp(&self.text)))
            }
            Found::Word(raw) | Found::Nested(raw) => (raw == self.text).then_some(Ordering::Equal),
        }
    }

    fn order_bytes(&self, bytes: &[u8]) -> Ordering {
        let number = || self.order_numbers(std::str::from_utf8(bytes).ok()?);
        number().unwrap_or_else(|| bytes.cmp(self.text.as_bytes()))
    }

    fn order_numbers(&self, found: &str) -> Option<Ordering> {
        let wanted = self.is_number.then(|| Decimal::parse(&self.text)).flatten()?;
        Some(Decimal::parse(found)?.cmp(&wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, is_number: bool) -> Operand {
        Operand { text: text.to_owned(), is_number }
    }

    #[test]
    fn a_list_is_split_at_commas_outside_of_quotes() {
        let read = Operand::read_list(r#" paid, "a, \"b", 5 ,, "7" "#);
        let wanted =
            [text("paid", false), text("a, \"b", false), text("5", true), text("7", false)];
        assert_eq!(read, wanted);
        assert!(Operand::read_list(" , ").is_empty());
    }

    #[test]
    fn bytes_compare_as_numbers_only_where_both_are() {
        let is = |op, typed: &str, bytes: &[u8]| {
            Comparison::Order(op, Operand::read(typed)).holds_bytes(bytes)
        };
        assert!(is(Operator::Eq, "7", b"7.0"));
        assert!(!is(Operator::Eq, "\"7\"", b"7.0"));
        assert!(is(Operator::Lt, "10", b"9"));
        assert!(is(Operator::Gt, "\"10\"", b"9"));
        assert!(is(Operator::Ne, "7", b"\xff"));
        assert!(is(Operator::Gt, "9007199254740992", b"9007199254740993"));
    }
}
