//! Fields of a JSON text by their path: `user.address.city`, `items[0].sku`, `items[*].qty`,
//! `["odd key"].x`, as the server's filters write them. Pure and lossless: a value is a stretch of
//! the text it was found in.
//!
//! The text may be cut anywhere; then fields behind the cut are not found.

use std::{borrow::Cow, collections::BTreeSet, ops::Range};

use super::json::{self, Kind};

/// Bytes of a value in which fields are looked for: what a row comes with (see `PREVIEW_BYTES_MAX`
/// of the API). More would make a table of large values slow.
const LOOKED_AT_BYTES: usize = 64 * 1024;

/// Deepest field that is named or found; deeper ones are no columns for people.
const DEPTH_MAX: usize = 32;

/// A way into a JSON value; at least one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
    /// Every element.
    Each,
}

/// One step on the way to a value that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place<'t> {
    /// A member's name between its quotes, as it was written.
    Key(&'t str),
    /// A member whose name was not met yet.
    Unnamed,
    Index(usize),
}

impl Path {
    /// Reads a path; `None` if it is none.
    pub fn parse(text: &str) -> Option<Path> {
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (step, length) = match rest.as_bytes()[0] {
                b'[' => bracket(rest)?,
                b'.' if !steps.is_empty() => {
                    let (step, length) = name(&rest[1..])?;
                    (step, length + 1)
                }
                _ if steps.is_empty() => name(rest)?,
                _ => return None,
            };
            steps.push(step);
            rest = &rest[length..];
        }
        (!steps.is_empty() && steps.len() <= DEPTH_MAX).then_some(Path(steps))
    }

    fn leads_to(&self, places: &[Place]) -> bool {
        let fits = |(step, place): (&Step, &Place)| match (step, place) {
            (Step::Key(wanted), Place::Key(raw)) => unescaped(raw) == wanted.as_str(),
            (Step::Index(wanted), Place::Index(at)) => wanted == at,
            (Step::Each, Place::Index(_)) => true,
            _ => false,
        };
        self.0.len() == places.len() && self.0.iter().zip(places).all(fits)
    }
}

fn name(rest: &str) -> Option<(Step, usize)> {
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    (end > 0).then(|| (Step::Key(rest[..end].to_owned()), end))
}

/// Reads `[3]`, `[*]` or `["name"]`; `rest` begins with the bracket.
fn bracket(rest: &str) -> Option<(Step, usize)> {
    if let Some(quoted) = rest.strip_prefix("[\"") {
        let mut escaped = false;
        let end = quoted.bytes().position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        })?;
        let key = unescaped(&quoted[..end]).into_owned();
        return quoted[end + 1..].starts_with(']').then_some((Step::Key(key), end + 4));
    }
    let end = rest.find(']')?;
    let step = match &rest[1..end] {
        "*" => Step::Each,
        digits => Step::Index(digits.parse().ok()?),
    };
    Some((step, end + 1))
}

fn unescaped(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    match serde_json::from_str::<String>(&format!("\"{raw}\"")) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(raw),
    }
}

/// Where the values at `path` stand in `text`, at most `most` of them.
pub fn find(text: &str, path: &Path, most: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    walk(text, |places, at, _| {
        if path.leads_to(places) {
            found.push(at);
        }
        found.len() < most
    });
    found
}

/// Adds the paths of the values in `text` that hold no others, until `names` has `most`; elements
/// of arrays are `[*]`.
pub fn name_all(text: &str, names: &mut BTreeSet<String>, most: usize) {
    walk(text, |places, _, is_leaf| {
        if is_leaf && !places.is_empty() {
            names.insert(written(places));
        }
        names.len() < most
    });
}

fn written(places: &[Place]) -> String {
    let mut path = String::new();
    for place in places {
        match place {
            Place::Index(_) => path.push_str("[*]"),
            Place::Unnamed => panic!("{places:?} leads to a value without a name"),
            Place::Key(raw) if raw.is_empty() || raw.contains(['.', '[', ']', '"', '\\']) => {
                path.push_str("[\"");
                path.push_str(raw);
                path.push_str("\"]");
            }
            Place::Key(raw) => {
                path.push_str(if path.is_empty() { "" } else { "." });
                path.push_str(raw);
            }
        }
    }
    path
}

/// Meets every value with the way to it, inner ones first, for as long as `meet` says so. The last
/// argument tells whether it holds no other values.
fn walk(text: &str, mut meet: impl FnMut(&[Place], Range<usize>, bool) -> bool) {
    let text = &text[..text.floor_char_boundary(LOOKED_AT_BYTES)];
    let mut starts = Vec::new();
    let mut places = Vec::new();
    for token in json::tokens(text) {
        let shown = &text[token.at.clone()];
        // What would have been a name, and was cut before its colon; or no JSON.
        if places.last() == Some(&Place::Unnamed) && begins_value(token.kind, shown) {
            return;
        }
        let goes_on = match (token.kind, shown) {
            (Kind::Mark, "{" | "[") => {
                starts.push(token.at.start);
                places.push(if shown == "{" { Place::Unnamed } else { Place::Index(0) });
                true
            }
            (Kind::Mark, "}" | "]") => {
                let Some(start) = starts.pop() else { return };
                places.pop();
                let is_leaf = text[start + 1..token.at.start].trim().is_empty();
                places.len() > DEPTH_MAX || meet(&places, start..token.at.end, is_leaf)
            }
            (Kind::Mark, _) => {
                match (shown, places.last_mut()) {
                    (",", Some(Place::Index(at))) => *at += 1,
                    (",", Some(last)) => *last = Place::Unnamed,
                    _ => {}
                }
                true
            }
            (Kind::Key, _) => {
                if let Some(last @ (Place::Key(_) | Place::Unnamed)) = places.last_mut() {
                    *last = Place::Key(&shown[1..shown.len() - 1]);
                }
                true
            }
            (Kind::Text, _) => return,
            _ => places.len() > DEPTH_MAX || meet(&places, token.at, true),
        };
        if !goes_on {
            return;
        }
    }
}

fn begins_value(kind: Kind, shown: &str) -> bool {
    !matches!((kind, shown), (Kind::Key, _) | (Kind::Mark, "}" | "]" | "," | ":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"id":9007199254740993,"user":{"a.b":{"x":"ü"},"tags":["p","q"]},
        "items":[{"qty":1.50},{"qty":2}],"none":{},"\u0061":true}"#;

    fn values(path: &str) -> Vec<&'static str> {
        let path = Path::parse(path).expect(path);
        find(TEXT, &path, 10).into_iter().map(|at| &TEXT[at]).collect()
    }

    #[test]
    fn a_path_finds_what_was_written_to_the_last_digit() {
        assert_eq!(values("id"), ["9007199254740993"]);
        assert_eq!(values(r#"user["a.b"].x"#), ["\"ü\""]);
        assert_eq!(values("user.tags[1]"), ["\"q\""]);
        assert_eq!(values("items[*].qty"), ["1.50", "2"]);
        assert_eq!(values("items[0]"), [r#"{"qty":1.50}"#]);
        assert_eq!(values("a"), ["true"]);
        assert_eq!(values("user.missing"), Vec::<&str>::new());
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for wrong in ["", ".", "a.", "a..b", "[", "[x]", "a[1", "[\"a]", "a]b.", "[0]x"] {
            assert_eq!(Path::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Path::parse(&"a.".repeat(40)), None);
    }

    #[test]
    fn every_named_field_is_found_again_by_its_name() {
        let mut names = BTreeSet::new();
        name_all(TEXT, &mut names, 100);
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let wanted =
            [r#"["\u0061"]"#, "id", "items[*].qty", "none", "user.tags[*]", r#"user["a.b"].x"#];
        assert_eq!(all, wanted);
        assert!(all.iter().all(|name| !values(name).is_empty()));
        let mut few = BTreeSet::new();
        name_all(TEXT, &mut few, 2);
        assert_eq!(few.len(), 2);
    }

    #[test]
    fn a_name_that_is_cut_is_no_field() {
        for cut in [r#"{"qty":1,"s"#, r#"{"qty":1,"sku""#, r#"{"qty":1,""#, r#"{"qty":1,"#] {
            let mut names = BTreeSet::new();
            name_all(cut, &mut names, 10);
            assert_eq!(names.into_iter().collect::<Vec<_>>(), ["qty"], "{cut}");
        }
        let mut names = BTreeSet::new();
        name_all(r#"{"":{"":1}}"#, &mut names, 10);
        assert_eq!(names.into_iter().collect::<Vec<_>>(), [r#"[""][""]"#]);
    }

    #[test]
    fn a_text_that_is_cut_or_nested_too_deep_ends_quietly() {
        for cut in (0..TEXT.len()).filter(|&cut| TEXT.is_char_boundary(cut)) {
            find(&TEXT[..cut], &Path(vec![Step::Key("id".to_owned())]), 1);
        }
        let deep = "[".repeat(60_000) + &"]".repeat(60_000);
        let mut names = BTreeSet::new();
        name_all(&deep, &mut names, 10);
        assert!(names.is_empty());
        for no_json in [r#"{{"a":1}}"#, r#"{["a"]}"#, r#"{,:"a"}"#] {
            name_all(no_json, &mut names, 10);
            assert!(names.is_empty(), "{no_json}");
        }
        let found = find("]]}", &Path(vec![Step::Each]), 1);
        assert!(found.is_empty());
    }
}
