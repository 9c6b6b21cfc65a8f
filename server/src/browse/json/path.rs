//! Where in a JSON value a filter looks: `user.address.city`, `items[0].sku`, `items[*].qty`,
//! `["odd key"].x`.
//!
//! Owns the words of a path; walking a text by it is the scanner's work. Start at [`Path::parse`].

/// A path of at least one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path(Vec<Step>);

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into the field of an object.
    Key(String),
    /// Into one element of an array, counted from 0.
    Index(usize),
    /// Into every element of an array.
    Each,
}

impl Step {
    /// The name of the field it leads into.
    pub fn name(&self) -> Option<&str> {
        match self {
            Step::Key(name) => Some(name),
            Step::Index(_) | Step::Each => None,
        }
    }
}

/// Why a path cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// There is nothing to look for.
    #[error("the path is empty")]
    Empty,
    /// A dot without a name after it.
    #[error("a field name is missing at byte {at}; write odd names as [\"name\"]")]
    NoName {
        /// Where.
        at: usize,
    },
    /// A bracket that holds neither a number, `*` nor a name in quotes.
    #[error("`[` at byte {at} must hold a number, `*` or a name in double quotes, then `]`")]
    BadBracket {
        /// Where.
        at: usize,
    },
    /// Something other than `.` or `[` after a bracket.
    #[error("`.` or `[` expected at byte {at}")]
    NoSeparator {
        /// Where.
        at: usize,
    },
}

impl Path {
    /// Reads a path. A bare name is everything up to the next `.` or `[`.
    pub fn parse(text: &str) -> Result<Path, PathError> {
        let mut steps = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let (step, length) = match &text[at..] {
                rest if rest.starts_with('[') => bracket(rest, at)?,
                rest if steps.is_empty() => name(rest, at)?,
                rest if rest.starts_with('.') => {
                    let (step, length) = name(&rest[1..], at + 1)?;
                    (step, length + 1)
                }
                _ => return Err(PathError::NoSeparator { at }),
            };
            steps.push(step);
            at += length;
        }
        if steps.is_empty() { Err(PathError::Empty) } else { Ok(Path(steps)) }
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

fn name(rest: &str, at: usize) -> Result<(Step, usize), PathError> {
    match rest.find(['.', '[']).unwrap_or(rest.len()) {
        0 => Err(PathError::NoName { at }),
        end => Ok((Step::Key(rest[..end].to_owned()), end)),
    }
}

/// Reads `[…]`; `rest` begins with the bracket.
fn bracket(rest: &str, at: usize) -> Result<(Step, usize), PathError> {
    let bad = PathError::BadBracket { at };
    if rest[1..].starts_with('"') {
        let end = closing_quote(&rest[2..]).ok_or(bad.clone())? + 2;
        let key = super::unescape(&rest[2..end]).into_owned();
        return match rest[end + 1..].starts_with(']') {
            true => Ok((Step::Key(key), end + 2)),
            false => Err(bad),
        };
    }
    let end = rest.find(']').ok_or(bad.clone())?;
    let step = match &rest[1..end] {
        "*" => Step::Each,
        digits => Step::Index(digits.parse().map_err(|_| bad)?),
    };
    Ok((step, end + 1))
}

/// The first quote that no backslash precedes.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

/// The steps that remain inside the field `raw_key`, if the path goes there.
pub(super) fn under_key<'s>(steps: &'s [Step], raw_key: &str) -> Option<&'s [Step]> {
    match steps {
        [Step::Key(key), rest @ ..] if super::unescape(raw_key) == key.as_str() => Some(rest),
        _ => None,
    }
}

/// The steps that remain inside element `index`, if the path goes there.
pub(super) fn under_index(steps: &[Step], index: usize) -> Option<&[Step]> {
    match steps {
        [Step::Each, rest @ ..] => Some(rest),
        [Step::Index(wanted), rest @ ..] if *wanted == index => Some(rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Path, PathError, Step};

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    #[test]
    fn every_form_of_step_is_read() {
        let path = Path::parse(r#"items[*].sub[12]["odd.\"key]"].x y"#).unwrap();
        let wanted =
            [key("items"), Step::Each, key("sub"), Step::Index(12), key("odd.\"key]"), key("x y")];
        assert_eq!(path.steps(), wanted);
        assert_eq!(Path::parse("[\"a\"].b").unwrap().steps(), [key("a"), key("b")]);
        assert_eq!(Path::parse("[0]").unwrap().steps(), [Step::Index(0)]);
    }

    #[test]
    fn a_wrong_path_names_the_place() {
        let error = |text| Path::parse(text).unwrap_err();
        assert_eq!(error(""), PathError::Empty);
        assert_eq!(error("a..b"), PathError::NoName { at: 2 });
        assert_eq!(error("a."), PathError::NoName { at: 2 });
        assert_eq!(error("a[x]"), PathError::BadBracket { at: 1 });
        assert_eq!(error("a[-1]"), PathError::BadBracket { at: 1 });
        assert_eq!(error("a[\"b\"x"), PathError::BadBracket { at: 1 });
        assert_eq!(error("a["), PathError::BadBracket { at: 1 });
        assert_eq!(error("a[0]b"), PathError::NoSeparator { at: 4 });
    }
}
