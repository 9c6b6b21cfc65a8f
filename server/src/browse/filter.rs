//! The conditions of a search, compiled, and whether a record meets them.
//!
//! Owns what each kind of filter means and in which order they are asked: what needs no more than
//! the raw bytes first, fields of JSON later, and of those only what a look at the bytes lets
//! through. Start at [`Filters::compile`] and [`Filters::judge`]; [`Filters::can_match`] rules out
//! a whole batch at once. How two values compare is `compare`'s. Scripts come last of all, and are
//! asked elsewhere (`foresee`), about many records at once.

mod compare;
mod field;
mod sight;

use base64::{DecodeError, Engine, prelude::BASE64_STANDARD};
use compare::{Comparison, Operand};
use field::{Field, Texts};
use memchr::memmem::Finder;
use ouzel_api::search::{
    FILTER_BYTES_MAX, FILTERS_MAX, Filter, Operator, Side, Target, Test, Unseen,
};
use ouzel_wire::batch::RecordRef;
use regex::bytes::{Regex, RegexBuilder};

use super::{
    decode::{Decoding, Unfit},
    json::path::{Path, PathError},
};
use crate::script::{Pool, Script, ScriptError};

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
    /// The bytes are not written as base64.
    #[error("filter {at} is no base64 with its padding: {reason}")]
    Base64 {
        /// Which one, counted from 1.
        at: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The pattern is no regular expression, or too large a one.
    #[error("filter {at}: {reason}")]
    Pattern {
        /// Which one, counted from 1.
        at: usize,
        /// What the regex crate says.
        reason: String,
    },
    /// A script does not compile, or cannot be run.
    #[error(transparent)]
    Script(#[from] ScriptError),
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All hold.
    Match,
    /// One does not.
    NoMatch,
    /// A filter cannot tell: what it looks at is there, but cannot be read as it has to be.
    Unjudged(Unfit),
}

/// Filters ready to be used, all of which must hold.
#[derive(Debug, Default)]
pub struct Filters {
    /// On bytes.
    raw: Vec<Asked<Raw>>,
    /// On parts as they are shown.
    parts: Vec<Asked<(Target, Comparison)>>,
    /// On fields of JSON.
    fields: Vec<Asked<Field>>,
    /// In JavaScript, as they came.
    sources: Vec<Script>,
    /// What runs those that are switched on; see [`Filters::ready`].
    scripts: Option<Pool>,
    decoding: Decoding,
}

/// A test, and whether it must not hold.
#[derive(Debug)]
struct Asked<T> {
    test: T,
    negate: bool,
}

#[derive(Debug)]
enum Raw {
    Text(Target, Box<Finder<'static>>),
    Pattern(Target, Regex),
    /// The part is these bytes.
    Exact(Target, Box<Finder<'static>>),
}

impl Filters {
    /// Checks and prepares filters as they came; those that are switched off, too, so that none is
    /// found wrong only when it is switched on.
    pub fn compile(filters: &[Filter], decoding: Decoding) -> Result<Filters, FilterError> {
        if filters.len() > FILTERS_MAX {
            return Err(FilterError::TooMany(filters.len()));
        }
        let mut compiled = Filters { decoding, ..Filters::default() };
        let mut unused = Filters::default();
        for (filter, at) in filters.iter().zip(1..) {
            let into = if filter.enabled { &mut compiled } else { &mut unused };
            into.add(filter, at)?;
        }
        compiled.sources.append(&mut unused.sources);
        Ok(compiled)
    }

    /// Compiles the scripts and starts what runs them. Until then records are judged without them.
    pub async fn ready(mut self) -> Result<Filters, FilterError> {
        let sources = std::mem::take(&mut self.sources);
        if sources.is_empty() {
            return Ok(self);
        }
        let is_used = sources.iter().any(|script| script.enabled);
        let opened = tokio::task::spawn_blocking(move || Pool::open(sources, false)).await;
        let opened =
            opened.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
        self.scripts = is_used.then_some(opened);
        Ok(self)
    }

    /// What runs the scripts, if there are some.
    pub fn scripts(&self) -> Option<&Pool> {
        self.scripts.as_ref()
    }

    fn add(&mut self, filter: &Filter, at: usize) -> Result<(), FilterError> {
        let bytes = written_bytes(&filter.test);
        if bytes > FILTER_BYTES_MAX {
            return Err(FilterError::TooLong { at, bytes });
        }
        let negate = filter.negate;
        match &filter.test {
            Test::Contains { text, .. } if text.is_empty() => {
                return Err(FilterError::NoText { at });
            }
            Test::Contains { target, text } => {
                let test = Raw::Text(target.clone(), Box::new(Finder::new(text).into_owned()));
                self.raw.push(Asked { test, negate });
            }
            Test::Regex { target, pattern } => {
                let test = Raw::Pattern(target.clone(), regex(pattern, at)?);
                self.raw.push(Asked { test, negate });
            }
            Test::Bytes { target, base64 } => {
                let bytes = BASE64_STANDARD.decode(base64);
                let wrong =
                    |error: DecodeError| FilterError::Base64 { at, reason: error.to_string() };
                let bytes = Box::new(Finder::new(&bytes.map_err(wrong)?).into_owned());
                self.raw.push(Asked { test: Raw::Exact(target.clone(), bytes), negate });
            }
            Test::Part { target, op, value } => {
                let test = (target.clone(), comparison(*op, value, at)?);
                self.parts.push(Asked { test, negate });
            }
            Test::Field { of, path, op, value } => {
                let path = Path::parse(path).map_err(|source| FilterError::Path { at, source })?;
                let comparison = comparison(*op, value, at)?;
                let test = Field::new(*of, path, comparison, at);
                self.fields.push(Asked { test, negate });
            }
            Test::Javascript { script } if script.trim().is_empty() => {
                return Err(FilterError::NoText { at });
            }
            Test::Javascript { script } => {
                let (source, enabled) = (script.clone(), filter.enabled);
                self.sources.push(Script { at, source, negate, enabled });
            }
        }
        Ok(())
    }

    /// Whether every record matches.
    pub fn is_empty(&self) -> bool {
        let native = self.raw.is_empty() && self.parts.is_empty() && self.fields.is_empty();
        native && self.scripts.is_none()
    }

    /// How records are read.
    pub fn decoding(&self) -> &Decoding {
        &self.decoding
    }

    /// Whether a batch whose unpacked records are `bytes` can hold a match. Keys, values and
    /// headers lie in it unbroken, so a text that is nowhere in it is in none of them.
    pub fn can_match(&self, bytes: &[u8]) -> bool {
        let nowhere = |asked: &Asked<Raw>| match &asked.test {
            Raw::Text(_, text) | Raw::Exact(_, text) => !asked.negate && text.find(bytes).is_none(),
            Raw::Pattern(..) => false,
        };
        !self.raw.iter().any(nowhere)
    }

    /// The fields that were in none of the records in which they were looked for.
    pub fn unseen(&self) -> Vec<Unseen> {
        self.fields.iter().filter_map(|asked| asked.test.unseen()).collect()
    }

    /// Tests one record by all filters but scripts.
    pub fn judge(&self, record: &RecordRef<'_>) -> Verdict {
        let holds = |asked: &Asked<Raw>| asked.negate != asked.test.holds(record);
        if !self.raw.iter().all(holds) {
            return Verdict::NoMatch;
        }
        for Asked { test: (target, comparison), negate } in &self.parts {
            match self.holds_of_part(record, target, comparison) {
                Ok(holds) if holds != *negate => {}
                Ok(_) => return Verdict::NoMatch,
                Err(unfit) => return Verdict::Unjudged(unfit),
            }
        }
        let mut texts = Texts::of(&self.decoding, record);
        for Asked { test, negate } in &self.fields {
            match test.holds(&mut texts) {
                Ok(holds) if holds != *negate => {}
                Ok(_) => return Verdict::NoMatch,
                Err(unfit) => return Verdict::Unjudged(unfit),
            }
        }
        Verdict::Match
    }

    /// Parts are compared as they are shown: a number of eight bytes as a number.
    fn holds_of_part(
        &self,
        record: &RecordRef<'_>,
        target: &Target,
        comparison: &Comparison,
    ) -> Result<bool, Unfit> {
        let side = |side: Side, bytes: Option<&[u8]>| {
            let Some(bytes) = bytes else { return Ok::<_, Unfit>(false) };
            let text = self.decoding.text(side, record.key, bytes)?;
            Ok(comparison.holds_bytes(text.as_bytes()))
        };
        let headers = || any_part(record, &Target::Headers, |bytes| comparison.holds_bytes(bytes));
        Ok(match target {
            Target::Key => side(Side::Key, record.key)?,
            Target::Value => side(Side::Value, record.value)?,
            Target::Any => {
                side(Side::Key, record.key)? || headers() || side(Side::Value, record.value)?
            }
            Target::Headers | Target::Header(_) => {
                any_part(record, target, |bytes| comparison.holds_bytes(bytes))
            }
        })
    }
}

impl Raw {
    fn holds(&self, record: &RecordRef<'_>) -> bool {
        match self {
            Raw::Text(target, text) => any_part(record, target, |bytes| text.find(bytes).is_some()),
            Raw::Pattern(target, regex) => any_part(record, target, |bytes| regex.is_match(bytes)),
            Raw::Exact(target, wanted) => {
                any_part(record, target, |bytes| bytes == wanted.needle())
            }
        }
    }
}

fn comparison(op: Operator, value: &str, at: usize) -> Result<Comparison, FilterError> {
    Ok(match op {
        Operator::Exists => Comparison::Exists,
        Operator::Regex => Comparison::Matches(regex(value, at)?),
        Operator::Contains => match Operand::read(value).text {
            text if text.is_empty() => return Err(FilterError::NoText { at }),
            text => Comparison::Contains(Box::new(Finder::new(&text).into_owned())),
        },
        Operator::In => match Operand::read_list(value) {
            operands if operands.is_empty() => return Err(FilterError::NoText { at }),
            operands => Comparison::In(operands),
        },
        _ => Comparison::Order(op, Operand::read(value)),
    })
}

/// How much was written for a test.
fn written_bytes(test: &Test) -> usize {
    match test {
        Test::Contains { text, .. } => text.len(),
        Test::Regex { pattern, .. } => pattern.len(),
        Test::Bytes { base64, .. } => base64.len(),
        Test::Part { value, .. } => value.len(),
        Test::Field { path, value, .. } => path.len().max(value.len()),
        Test::Javascript { script } => script.len(),
    }
}

fn regex(pattern: &str, at: usize) -> Result<Regex, FilterError> {
    let regex = RegexBuilder::new(pattern)
        .size_limit(REGEX_BYTES_MAX)
        .dfa_size_limit(REGEX_BYTES_MAX)
        .build();
    regex.map_err(|wrong| FilterError::Pattern { at, reason: wrong.to_string() })
}

/// Whether `test` holds for any of the bytes that `target` names.
fn any_part(record: &RecordRef<'_>, target: &Target, test: impl Fn(&[u8]) -> bool) -> bool {
    let key = || record.key.is_some_and(&test);
    let value = || record.value.is_some_and(&test);
    let headers =
        || record.headers.into_iter().any(|part| test(part.key) || part.value.is_some_and(&test));
    match target {
        Target::Key => key(),
        Target::Value => value(),
        Target::Headers => headers(),
        Target::Header(name) => record
            .headers
            .into_iter()
            .any(|part| part.key == name.as_bytes() && part.value.is_some_and(&test)),
        Target::Any => value() || key() || headers(),
    }
}

#[cfg(test)]
mod tests;
