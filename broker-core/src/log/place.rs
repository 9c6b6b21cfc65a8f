//! Places in a log, and the bytes between two of them.

use super::Segments;

/// A place between two batches: a segment, by its base offset, and a position in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub base: i64,
    pub position: u64,
}

impl Place {
    /// The bytes of log from here to `end`, as far as they are still there. Reads nothing.
    pub fn bytes_to(self, end: Place, segments: &Segments) -> u64 {
        if self.base == end.base {
            return end.position.saturating_sub(self.position);
        }
        let first = segments.partition_point(|segment| segment.base() < self.base);
        let whole = segments[first..].iter().take_while(|segment| segment.base() < end.base);
        let before = |base| if base == self.base { self.position } else { 0 };
        let between: u64 = whole.map(|s| s.len().saturating_sub(before(s.base()))).sum();
        between + end.position
    }
}
