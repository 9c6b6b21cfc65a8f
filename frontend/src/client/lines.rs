//! Cuts a stream of bytes into lines. Pure.

/// Longest line that is taken: a record with both previews as hex, escaped, and many headers stays
/// far below; a server gone wrong must not fill the tab's memory.
pub const LINE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes that have arrived but are not yet a whole line.
#[derive(Debug, Default)]
pub struct Lines {
    buffer: Vec<u8>,
    /// Bytes of `buffer` that were given out or are known to hold no line end.
    taken: usize,
    searched: usize,
}

impl Lines {
    /// Adds what has arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.taken);
        self.searched -= self.taken;
        self.taken = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole line, without its end; empty lines are skipped.
    pub fn next_line(&mut self) -> Option<&[u8]> {
        loop {
            let rest = &self.buffer[self.searched..];
            let Some(length) = rest.iter().position(|&byte| byte == b'\n') else {
                self.searched = self.buffer.len();
                return None;
            };
            let (from, to) = (self.taken, self.searched + length);
            self.taken = to + 1;
            self.searched = self.taken;
            if from < to {
                return Some(&self.buffer[from..to]);
            }
        }
    }

    /// Bytes that wait for the end of their line.
    pub fn waiting(&self) -> usize {
        self.buffer.len() - self.taken
    }

    /// What is left when the stream ends: a last line without an end.
    pub fn rest(&mut self) -> Option<&[u8]> {
        let from = self.taken;
        self.taken = self.buffer.len();
        self.searched = self.taken;
        (from < self.taken).then(|| &self.buffer[from..])
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    fn drain(lines: &mut Lines) -> Vec<String> {
        let mut out = Vec::new();
        while let Some(line) = lines.next_line() {
            out.push(String::from_utf8_lossy(line).into_owned());
        }
        out
    }

    #[test]
    fn lines_come_out_whole_however_the_stream_is_cut() {
        let text = "{\"a\":1}\n\n{\"ü\":2}\n{\"c\":3}";
        for size in 1..text.len() {
            let mut lines = Lines::default();
            let mut out = Vec::new();
            for chunk in text.as_bytes().chunks(size) {
                lines.push(chunk);
                out.extend(drain(&mut lines));
            }
            assert_eq!(out, ["{\"a\":1}", "{\"ü\":2}"], "chunks of {size}");
            assert_eq!(lines.waiting(), 7);
            assert_eq!(lines.rest(), Some(&b"{\"c\":3}"[..]));
            assert_eq!(lines.rest(), None);
        }
    }
}
