//! JSON read as text: what a path leads to, and whether the whole is JSON at all.
//!
//! Owns a scanner that goes through the text once, copies nothing and never turns a number into a
//! float. Comparing what it finds is [`number`]'s and the filter's work; paths are [`path`]'s.
//! Start at [`any`].

pub mod number;
pub mod path;

use std::borrow::Cow;

use path::{Path, Step};

/// Deepest nesting that is still read as JSON. It bounds our recursion; serde_json stops here too.
pub const DEPTH_MAX: usize = 128;

/// Why a text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not JSON: {expected} expected at byte {at}")]
pub struct NotJson {
    /// Where the scanner stopped.
    pub at: usize,
    /// What would have fitted there.
    pub expected: &'static str,
}

/// A value as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// A string, without its quotes, escapes still in it.
    String(&'a str),
    /// A number, digit for digit.
    Number(&'a str),
    /// `true`, `false` or `null`.
    Word(&'a str),
    /// An object or array, as written.
    Nested(&'a str),
}

/// Says whether `text` is one JSON value and nothing else.
pub fn check(text: &str) -> Result<(), NotJson> {
    Scanner { text, at: 0, depth: 0, hit: true, test: &mut |_| true }.document(None)
}

/// Whether `test` holds for any value that `path` leads to. Of repeated keys each is tried. The
/// whole text is checked even after a hit: the answer must not depend on the order of fields.
pub fn any<'a>(
    text: &'a str,
    path: &Path,
    test: &mut dyn FnMut(Found<'a>) -> bool,
) -> Result<bool, NotJson> {
    let mut scanner = Scanner { text, at: 0, depth: 0, hit: false, test };
    scanner.document(Some(path.steps()))?;
    Ok(scanner.hit)
}

/// The text of a string: escapes resolved, half surrogate pairs as U+FFFD.
pub fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut units: Vec<u16> = Vec::with_capacity(raw.len());
    let mut rest = raw.chars();
    while let Some(c) = rest.next() {
        match (c, c == '\\') {
            (_, true) => units.push(escaped(&mut rest)),
            (c, false) => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
        }
    }
    Cow::Owned(String::from_utf16_lossy(&units))
}

/// The UTF-16 unit that an escape stands for; `rest` begins after the backslash.
fn escaped(rest: &mut std::str::Chars<'_>) -> u16 {
    match rest.next() {
        Some('b') => 8,
        Some('t') => 9,
        Some('n') => 10,
        Some('f') => 12,
        Some('r') => 13,
        Some('u') => {
            let hex = rest.as_str().get(..4).unwrap_or_default();
            *rest = rest.as_str().get(4..).unwrap_or_default().chars();
            u16::from_str_radix(hex, 16).unwrap_or(0xFFFD)
        }
        Some(other) => u16::try_from(u32::from(other)).unwrap_or(0xFFFD),
        None => 0xFFFD,
    }
}

/// One pass over one text. `steps` is `Some` while the value being read lies on the wanted path.
struct Scanner<'a, 't> {
    text: &'a str,
    at: usize,
    depth: usize,
    hit: bool,
    test: &'t mut dyn FnMut(Found<'a>) -> bool,
}

impl<'a> Scanner<'a, '_> {
    fn document(&mut self, steps: Option<&[Step]>) -> Result<(), NotJson> {
        self.value(steps)?;
        self.space();
        if self.at == self.text.len() { Ok(()) } else { self.fail("the end") }
    }

    fn value(&mut self, steps: Option<&[Step]>) -> Result<(), NotJson> {
        self.space();
        let start = self.at;
        let found = match self.peek() {
            Some(b'{') => self.nested(steps, start, Self::object)?,
            Some(b'[') => self.nested(steps, start, Self::array)?,
            Some(b'"') => Found::String(self.string()?),
            Some(b't') => self.word("true")?,
            Some(b'f') => self.word("false")?,
            Some(b'n') => self.word("null")?,
            _ => self.number()?,
        };
        if !self.hit && steps.is_some_and(<[Step]>::is_empty) {
            self.hit = (self.test)(found);
        }
        Ok(())
    }

    fn nested(
        &mut self,
        steps: Option<&[Step]>,
        start: usize,
        read: fn(&mut Self, Option<&[Step]>) -> Result<(), NotJson>,
    ) -> Result<Found<'a>, NotJson> {
        if self.depth == DEPTH_MAX {
            return self.fail("less nesting");
        }
        self.depth += 1;
        self.at += 1;
        read(self, steps)?;
        self.depth -= 1;
        Ok(Found::Nested(&self.text[start..self.at]))
    }

    fn object(&mut self, steps: Option<&[Step]>) -> Result<(), NotJson> {
        self.space();
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return self.fail("a key in quotes");
            }
            let key = self.string()?;
            self.space();
            if !self.take(b':') {
                return self.fail("a colon");
            }
            self.value(steps.and_then(|steps| path::under_key(steps, key)))?;
            self.space();
            match (self.take(b','), self.take(b'}')) {
                (true, false) => {}
                (false, true) => return Ok(()),
                _ => return self.fail("a comma or `}`"),
            }
        }
    }

    fn array(&mut self, steps: Option<&[Step]>) -> Result<(), NotJson> {
        self.space();
        if self.take(b']') {
            return Ok(());
        }
        for index in 0.. {
            self.value(steps.and_then(|steps| path::under_index(steps, index)))?;
            self.space();
            match (self.take(b','), self.take(b']')) {
                (true, false) => {}
                (false, true) => break,
                _ => return self.fail("a comma or `]`"),
            }
        }
        Ok(())
    }

    fn string(&mut self) -> Result<&'a str, NotJson> {
        let start = self.at + 1;
        self.at = start;
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            self.at +=
                rest.iter().position(|&byte| ENDS_RUN[usize::from(byte)]).unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                _ => return self.fail("the end of a string"),
            }
        }
        self.at += 1;
        Ok(&self.text[start..self.at - 1])
    }

    fn escape(&mut self) -> Result<(), NotJson> {
        let rest = &self.text.as_bytes()[self.at + 1..];
        let length = match rest {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|x| x.is_ascii_hexdigit()) => 6,
            _ => return self.fail("an escape"),
        };
        self.at += length;
        Ok(())
    }

    fn number(&mut self) -> Result<Found<'a>, NotJson> {
        let rest = &self.text[self.at..];
        match number::length(rest.as_bytes()) {
            0 => self.fail("a value"),
            length => {
                self.at += length;
                Ok(Found::Number(&rest[..length]))
            }
        }
    }

    fn word(&mut self, word: &'static str) -> Result<Found<'a>, NotJson> {
        let rest = &self.text[self.at..];
        if !rest.starts_with(word) {
            return self.fail("a value");
        }
        self.at += word.len();
        Ok(Found::Word(&rest[..word.len()]))
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fail<T>(&self, expected: &'static str) -> Result<T, NotJson> {
        Err(NotJson { at: self.at, expected })
    }
}

/// The bytes at which a run of plain string content ends: quote, backslash, control characters.
const ENDS_RUN: [bool; 256] = {
    let mut ends = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        ends[byte] = true;
        byte += 1;
    }
    ends[b'"' as usize] = true;
    ends[b'\\' as usize] = true;
    ends
};

#[cfg(test)]
mod tests;
