//! The conditions of a search, compiled, and whether a record meets them.
//!
//! Owns what each kind of filter means. All work on raw bytes; only field filters look into JSON,
//! and they come last, when the cheap ones have let a record through. Start at [`Filters::compile`]
//! and [`Filters::judge`]; [`Filters::can_match`] rules out a whole batch at once.

use std::cmp::Ordering;

use memchr::memmem::Finder;
use ouzel_api::search::{FILTER_BYTES_MAX, FILTERS_MAX, Filter, Operator, Target};
use ouzel_wire::batch::RecordRef;
use regex::bytes::{Regex, RegexBuilder};

use super::json::{
    self, Found, NotJson,
    number::Decimal,
    path::{Path, PathError},
};

/// Memory of one compiled pattern and, again, of the cache it runs with: enough for long
/// alternations, too little to matter for twenty filters in sixteen searches.
const REGEX_BYTES_MAX: usize = 1024 * 1024;

/// Why filters cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// More of them than allowed.
    #[error("{0} filters are too many; at most {FILTERS_MAX} are taken")]
    TooMany(usize),
    /// One is too long.
    #[error("filter {at} holds {bytes} bytes; at most {FILTER_BYTES_MAX} are taken")]
    TooLong {
        /// Which one, counted from 1.
        at: usize,
        /// Its length.
        bytes: usize,
    },
    /// A search for nothing.
    #[error("filter {at} has no text to look for")]
    NoText {
        /// Which one, counted from 1.
        at: usize,
    },
    /// The pattern is no regular expression, or too large a one.
    #[error("filter {at}: {reason}")]
    Pattern {
        /// Which one, counted from 1.
        at: usize,
        /// What the regex crate says.
        reason: String,
    },
    /// The path is none.
    #[error("filter {at}: {source}")]
    Path {
        /// Which one, counted from 1.
        at: usize,
        /// What is wrong with it.
        source: PathError,
    },
}

/// What the filters say of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All hold.
    Match,
    /// One does not.
    NoMatch,
    /// A field filter cannot tell: there is a value, but it is not JSON.
    NotJson(NotJson),
}

/// Filters ready to be used, all of which must hold.
#[derive(Debug, Default)]
pub struct Filters {
    texts: Vec<(Target, Finder<'static>)>,
    patterns: Vec<(Target, Regex)>,
    fields: Vec<Field>,
}

#[derive(Debug)]
struct Field {
    path: Path,
    op: Operator,
    operand: Operand,
}

impl Filters {
    /// Checks and prepares filters as they came.
    pub fn compile(filters: &[Filter]) -> Result<Filters, FilterError> {
        if filters.len() > FILTERS_MAX {
            return Err(FilterError::TooMany(filters.len()));
        }
        let mut compiled = Filters::default();
        for (filter, at) in filters.iter().zip(1..) {
            compiled.add(filter, at)?;
        }
        Ok(compiled)
    }

    fn add(&mut self, filter: &Filter, at: usize) -> Result<(), FilterError> {
        let bytes = match filter {
            Filter::Contains { text, .. } => text.len(),
            Filter::Regex { pattern, .. } => pattern.len(),
            Filter::Field { path, value, .. } => path.len().max(value.len()),
        };
        if bytes > FILTER_BYTES_MAX {
            return Err(FilterError::TooLong { at, bytes });
        }
        match filter {
            Filter::Contains { text, .. } if text.is_empty() => Err(FilterError::NoText { at }),
            Filter::Contains { target, text } => {
                self.texts.push((*target, Finder::new(text).into_owned()));
                Ok(())
            }
            Filter::Regex { target, pattern } => {
                let regex = RegexBuilder::new(pattern)
                    .size_limit(REGEX_BYTES_MAX)
                    .dfa_size_limit(REGEX_BYTES_MAX)
                    .build();
                let reason = |wrong: regex::Error| wrong.to_string();
                let regex =
                    regex.map_err(|wrong| FilterError::Pattern { at, reason: reason(wrong) })?;
                self.patterns.push((*target, regex));
                Ok(())
            }
            Filter::Field { path, op, value } => {
                let path = Path::parse(path).map_err(|source| FilterError::Path { at, source })?;
                self.fields.push(Field { path, op: *op, operand: Operand::read(value) });
                Ok(())
            }
        }
    }

    /// Whether every record matches.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.patterns.is_empty() && self.fields.is_empty()
    }

    /// Whether a batch whose unpacked records are `bytes` can hold a match. Keys, values and
    /// headers lie in it unbroken, so a text that is nowhere in it is in none of them.
    pub fn can_match(&self, bytes: &[u8]) -> bool {
        self.texts.iter().all(|(_, text)| text.find(bytes).is_some())
    }

    /// Tests one record.
    pub fn judge(&self, record: &RecordRef<'_>) -> Verdict {
        let cheap =
            self.texts.iter().all(|(target, text)| {
                any_part(record, *target, |bytes| text.find(bytes).is_some())
            }) && self
                .patterns
                .iter()
                .all(|(target, regex)| any_part(record, *target, |bytes| regex.is_match(bytes)));
        match (cheap, self.fields.is_empty(), record.value) {
            (false, ..) => Verdict::NoMatch,
            (true, true, _) => Verdict::Match,
            // A tombstone has no fields, and nobody meant it to have any.
            (true, false, None) => Verdict::NoMatch,
            (true, false, Some(value)) => self.judge_fields(value),
        }
    }

    fn judge_fields(&self, value: &[u8]) -> Verdict {
        let text = match std::str::from_utf8(value) {
            Ok(text) => text,
            Err(wrong) => {
                let at = wrong.valid_up_to();
                return Verdict::NotJson(NotJson { at, expected: "UTF-8" });
            }
        };
        for field in &self.fields {
            let test = &mut |found| field.operand.holds(field.op, found);
            match json::any(text, &field.path, test) {
                Ok(true) => {}
                Ok(false) => return Verdict::NoMatch,
                Err(not_json) => return Verdict::NotJson(not_json),
            }
        }
        Verdict::Match
    }
}

/// Whether `test` holds for any of the bytes that `target` names.
fn any_part(record: &RecordRef<'_>, target: Target, test: impl Fn(&[u8]) -> bool) -> bool {
    let key = || record.key.is_some_and(&test);
    let value = || record.value.is_some_and(&test);
    let headers =
        || record.headers.into_iter().any(|part| test(part.key) || part.value.is_some_and(&test));
    match target {
        Target::Key => key(),
        Target::Value => value(),
        Target::Headers => headers(),
        Target::Any => value() || key() || headers(),
    }
}

/// What a field is compared with. In double quotes it is text and nothing else, so that `"5"`
/// finds the string; bare it is a number if it looks like one.
#[derive(Debug)]
struct Operand {
    text: String,
    is_number: bool,
}

impl Operand {
    fn read(typed: &str) -> Operand {
        let typed = typed.trim();
        let inside = typed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match inside {
            Some(inside) if json::check(typed).is_ok() => {
                Operand { text: json::unescape(inside).into_owned(), is_number: false }
            }
            _ => Operand { is_number: Decimal::parse(typed).is_some(), text: typed.to_owned() },
        }
    }

    fn holds(&self, op: Operator, found: Found<'_>) -> bool {
        let order = || self.order(found);
        match op {
            Operator::Exists => true,
            Operator::Eq => order() == Some(Ordering::Equal),
            Operator::Ne => order() != Some(Ordering::Equal),
            Operator::Gt => order() == Some(Ordering::Greater),
            Operator::Ge => order().is_some_and(Ordering::is_ge),
            Operator::Lt => order() == Some(Ordering::Less),
            Operator::Le => order().is_some_and(Ordering::is_le),
            Operator::Contains => match found {
                Found::String(raw) => json::unescape(raw).contains(&self.text),
                Found::Number(raw) | Found::Word(raw) | Found::Nested(raw) => {
                    raw.contains(&self.text)
                }
            },
        }
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

    fn order_numbers(&self, found: &str) -> Option<Ordering> {
        let wanted = self.is_number.then(|| Decimal::parse(&self.text)).flatten()?;
        Some(Decimal::parse(found)?.cmp(&wanted))
    }
}

#[cfg(test)]
mod tests;
