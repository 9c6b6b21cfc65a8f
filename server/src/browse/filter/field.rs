//! A test of the fields of a key or value that is JSON, or is decoded into it.
//!
//! Owns which of them a look at the bytes lets through. How two values compare is `compare`'s, and
//! whether there was such a field at all `sight`'s.

use std::borrow::Cow;

use memchr::{memchr, memmem::Finder};
use ouzel_api::search::{Side, Unseen};
use ouzel_wire::batch::RecordRef;

use super::{compare::Comparison, sight::Sight};
use crate::browse::{
    decode::{Decoding, Unfit},
    json::{
        self,
        path::{Path, Step},
    },
};

/// A test of the fields at a path.
#[derive(Debug)]
pub struct Field {
    of: Side,
    path: Path,
    comparison: Comparison,
    /// What the raw text has to hold, if it has no backslash, for the test to hold.
    needles: Vec<Finder<'static>>,
    /// Whether there was such a field at all.
    sight: Sight,
}

impl Field {
    /// For the filter `at`, counted from 1.
    pub fn new(of: Side, path: Path, comparison: Comparison, at: usize) -> Field {
        let needles = needles(&path, &comparison);
        let sight = Sight::of(at, name(&path));
        Field { of, path, comparison, needles, sight }
    }

    /// The field, if it was looked for and never seen.
    pub fn unseen(&self) -> Option<Unseen> {
        self.sight.unseen()
    }

    /// A tombstone has no fields, and nobody meant it to have any.
    pub fn holds(&self, texts: &mut Texts<'_>) -> Result<bool, Unfit> {
        let Some(bytes) = texts.bytes(self.of) else {
            self.sight.note(false);
            return Ok(false);
        };
        if self.is_ruled_out(bytes, texts.decoding) {
            // By a value that is nowhere; the field may be there all the same.
            if self.sight.may_be_in(bytes) {
                let text = texts.text(self.of, bytes)?;
                self.sight.note(json::any(text, &self.path, &mut |_| true)?);
            } else {
                self.sight.note(false);
            }
            return Ok(false);
        }
        let text = texts.text(self.of, bytes)?;
        let mut there = false;
        let holds = json::any(text, &self.path, &mut |found| {
            there = true;
            self.comparison.holds(found)
        })?;
        self.sight.note(there);
        Ok(holds)
    }

    /// Whether a look at the bytes is enough. JSON holds a text as it is, or with a backslash in
    /// it; other formats are left to their decoders.
    fn is_ruled_out(&self, bytes: &[u8], decoding: &Decoding) -> bool {
        decoding.keeps_text(self.of)
            && !self.needles.is_empty()
            && bytes.trim_ascii_start().first().is_some_and(|first| b"{[".contains(first))
            && !self.needles.iter().any(|needle| needle.find(bytes).is_some())
            && memchr(b'\\', bytes).is_none()
    }
}

/// Key and value of one record as text, each made at most once.
pub struct Texts<'a> {
    decoding: &'a Decoding,
    record: &'a RecordRef<'a>,
    key: Option<Result<Cow<'a, str>, Unfit>>,
    value: Option<Result<Cow<'a, str>, Unfit>>,
}

impl<'a> Texts<'a> {
    /// Of this record; nothing is made yet.
    pub fn of(decoding: &'a Decoding, record: &'a RecordRef<'a>) -> Texts<'a> {
        Texts { decoding, record, key: None, value: None }
    }

    fn bytes(&self, side: Side) -> Option<&'a [u8]> {
        match side {
            Side::Key => self.record.key,
            Side::Value => self.record.value,
        }
    }

    fn text(&mut self, side: Side, bytes: &'a [u8]) -> Result<&str, Unfit> {
        let made = match side {
            Side::Key => &mut self.key,
            Side::Value => &mut self.value,
        };
        let make = || self.decoding.text(side, self.record.key, bytes);
        made.get_or_insert_with(make).as_deref().map_err(Clone::clone)
    }
}

/// Texts one of which has to be in JSON for which the comparison holds: what it compares with, or
/// else the last name of the path.
fn needles(path: &Path, comparison: &Comparison) -> Vec<Finder<'static>> {
    let finder = |needle: &[u8]| Finder::new(needle).into_owned();
    match comparison.needles() {
        Some(needles) => needles.into_iter().map(finder).collect(),
        None => name(path).into_iter().collect(),
    }
}

/// The last name of the path as JSON without escapes writes it; none in a path of places alone.
fn name(path: &Path) -> Option<Finder<'static>> {
    let name = path.steps().iter().rev().find_map(Step::name)?;
    Some(Finder::new(format!("\"{name}\"").as_bytes()).into_owned())
}
