//! JSON text being written from other formats, cut after so many bytes.
//!
//! Owns the cut, and how things are written that JSON has no form for. What lies behind the cut is
//! still read by the decoders, so that a value is known to be whole, but kept nowhere.

use std::fmt::Write;

use base64::{Engine, prelude::BASE64_STANDARD};

/// Deepest nesting of what is turned into JSON. It bounds our recursion.
pub const DEPTH_MAX: usize = 64;

/// See the module.
#[derive(Debug)]
pub struct Out {
    text: String,
    bytes_max: usize,
    is_cut: bool,
}

impl Out {
    /// Keeps at most so many bytes.
    pub fn new(bytes_max: usize) -> Out {
        Out { text: String::new(), bytes_max, is_cut: false }
    }

    /// Adds text as it is.
    pub fn push(&mut self, text: &str) {
        let left = self.bytes_max - self.text.len();
        if self.is_cut || text.len() > left {
            let kept = if self.is_cut { 0 } else { text.floor_char_boundary(left) };
            self.text.push_str(&text[..kept]);
            self.is_cut = true;
            return;
        }
        self.text.push_str(text);
    }

    /// Adds a string in quotes, escaped.
    pub fn string(&mut self, text: &str) {
        // Far more than is kept need not be escaped to be thrown away.
        let text = &text[..text.floor_char_boundary(self.bytes_max.saturating_add(1))];
        self.push(&serde_json::to_string(text).expect("a string is JSON"));
    }

    /// Adds anything that prints as a JSON number, or as a word of JSON.
    pub fn plain(&mut self, value: impl std::fmt::Display) {
        let mut text = String::new();
        let _ = write!(text, "{value}");
        self.push(&text);
    }

    /// Adds a float with the fewest digits that give it back; JSON knows neither infinity nor NaN,
    /// so they become strings.
    pub fn float(&mut self, value: f64) {
        match value.is_finite() {
            true => self.push(&format!("{value:?}")),
            false => self.push(&format!("\"{value}\"")),
        }
    }

    /// The same of a float of four bytes, whose fewest digits are fewer.
    pub fn float_short(&mut self, value: f32) {
        match value.is_finite() {
            true => self.push(&format!("{value:?}")),
            false => self.push(&format!("\"{value}\"")),
        }
    }

    /// Adds bytes as `{"$bytes":"…"}`, in base64.
    pub fn bytes(&mut self, bytes: &[u8]) {
        let bytes = &bytes[..bytes.len().min(self.bytes_max.saturating_add(1))];
        self.push("{\"$bytes\":\"");
        self.push(&BASE64_STANDARD.encode(bytes));
        self.push("\"}");
    }

    /// What was kept, and whether it was cut.
    pub fn finish(self) -> (String, bool) {
        (self.text, self.is_cut)
    }
}

#[cfg(test)]
mod tests {
    use super::Out;

    #[test]
    fn a_cut_falls_between_characters_and_nothing_is_added_behind_it() {
        let mut out = Out::new(4);
        out.string("äöü");
        out.push("x");
        assert_eq!(out.finish(), ("\"ä".to_owned(), true));
    }

    #[test]
    fn a_float_is_written_so_that_it_can_be_read_back_exactly() {
        for value in [0.1, 1e300, -0.0, 5e-324, 1.0] {
            let mut out = Out::new(100);
            out.float(value);
            let (text, _) = out.finish();
            assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(value.to_bits()), "{text}");
        }
    }
}
