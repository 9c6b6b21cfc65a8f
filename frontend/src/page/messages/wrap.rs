//! A text cut into lines of so many columns, so that each has the same height. Pure.

use std::ops::Range;

/// Where each line begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    starts: Vec<u32>,
    length: u32,
}

impl Wrapped {
    /// Cuts at line ends, and after `columns` characters. Of a text beyond 4 GiB only that much.
    pub fn new(text: &str, columns: usize) -> Wrapped {
        let columns = columns.max(1);
        let mut starts = vec![0];
        let mut width = 0;
        for (at, byte) in text.bytes().enumerate() {
            let Ok(at) = u32::try_from(at) else { break };
            // The bytes within a character take no column of their own.
            if byte & 0xc0 == 0x80 {
                continue;
            }
            if width == columns && byte != b'\n' {
                starts.push(at);
                width = 0;
            }
            width += 1;
            if byte == b'\n' {
                starts.push(at + 1);
                width = 0;
            }
        }
        Wrapped { starts, length: u32::try_from(text.len()).unwrap_or(u32::MAX) }
    }

    /// How many lines there are.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of a line, its end included.
    pub fn line(&self, at: usize) -> Range<usize> {
        let start = self.starts.get(at).copied().unwrap_or(self.length);
        let end = self.starts.get(at + 1).copied().unwrap_or(self.length);
        start as usize..end as usize
    }

    /// The line that holds a byte.
    pub fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= byte).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::Wrapped;

    #[test]
    fn lines_are_cut_at_their_ends_and_at_the_width_and_hold_all_of_the_text() {
        let text = "abcdef\n\nüüüü\nab";
        let wrapped = Wrapped::new(text, 3);
        let lines: Vec<&str> = (0..wrapped.count()).map(|at| &text[wrapped.line(at)]).collect();
        assert_eq!(lines, ["abc", "def\n", "\n", "üüü", "ü\n", "ab"]);
        assert_eq!(lines.concat(), text);
        let found = text.find("üü").unwrap_or_default();
        assert_eq!((wrapped.line_of(0), wrapped.line_of(4), wrapped.line_of(found)), (0, 1, 3));
        assert_eq!(Wrapped::new("", 80).count(), 1);
    }
}
