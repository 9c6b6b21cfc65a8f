//! Bytes of a binary format, taken from the front: where a reader stands, how deep, and what it
//! lacks.

use super::{Unfit, out::DEPTH_MAX};

/// What is left of a value to be read.
#[derive(Debug)]
pub struct Taken<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Taken<'a> {
    /// All of them.
    pub fn new(bytes: &'a [u8]) -> Taken<'a> {
        Taken { bytes, at: 0, depth: 0 }
    }

    /// Where the next byte stands.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Fails unless nothing is left.
    pub fn end(&self) -> Result<(), Unfit> {
        if self.at == self.bytes.len() { Ok(()) } else { self.fail("the end") }
    }

    /// The next byte, left where it is.
    pub fn next(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, Unfit> {
        Ok(self.take(1)?[0])
    }

    /// The next `N` bytes.
    pub fn array_of<const N: usize>(&mut self) -> Result<[u8; N], Unfit> {
        let bytes = self.take(N)?;
        Ok(*bytes.first_chunk().expect("so many were taken"))
    }

    /// The next bytes, so many.
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], Unfit> {
        let rest = &self.bytes[self.at..];
        let Some(bytes) = rest.get(..length) else { return self.fail("more bytes") };
        self.at += length;
        Ok(bytes)
    }

    /// Goes a level deeper.
    pub fn enter(&mut self) -> Result<(), Unfit> {
        self.depth += 1;
        if self.depth > DEPTH_MAX { self.fail("less nesting") } else { Ok(()) }
    }

    /// Comes back from it.
    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Something else should stand here.
    pub fn fail<T>(&self, expected: &'static str) -> Result<T, Unfit> {
        Err(Unfit::At { at: self.at, expected })
    }

    /// Something else should stand where the byte was that was taken last.
    pub fn fail_before<T>(&self, expected: &'static str) -> Result<T, Unfit> {
        Err(Unfit::At { at: self.at.saturating_sub(1), expected })
    }
}
