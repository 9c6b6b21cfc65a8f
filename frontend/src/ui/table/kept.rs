//! Which rows are in the page, so that only those that are new or have changed are drawn.

use std::ops::Range;

/// A row that is drawn.
#[derive(Clone)]
pub struct Place<R> {
    /// Its index in the list.
    pub at: usize,
    /// Its content.
    pub row: R,
    /// Changes whenever the content at that index does.
    version: u64,
}

impl<R> Place<R> {
    /// Equal only for the same content at the same index.
    pub fn key(&self) -> (usize, u64) {
        (self.at, self.version)
    }
}

/// The rows that were drawn last: a run without gaps.
pub struct Kept<R> {
    last: Vec<Place<R>>,
    versions: u64,
}

impl<R> Default for Kept<R> {
    fn default() -> Self {
        Kept { last: Vec::new(), versions: 0 }
    }
}

impl<R: Clone + PartialEq> Kept<R> {
    /// The rows to draw now. A row that was drawn before, and is the same, keeps its key.
    pub fn renew(&mut self, rows: &[R], range: Range<usize>) -> Vec<Place<R>> {
        let range = range.start.min(rows.len())..range.end.min(rows.len());
        let places: Vec<Place<R>> = range.map(|at| self.place(at, &rows[at])).collect();
        self.last.clone_from(&places);
        places
    }

    fn place(&mut self, at: usize, row: &R) -> Place<R> {
        let first = self.last.first().map_or(0, |place| place.at);
        let before = at.checked_sub(first).and_then(|index| self.last.get(index));
        if let Some(same) = before.filter(|place| place.row == *row) {
            return same.clone();
        }
        self.versions += 1;
        Place { at, row: row.clone(), version: self.versions }
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;

    fn keys(kept: &mut Kept<char>, rows: &str, from: usize, to: usize) -> Vec<(usize, u64)> {
        let rows: Vec<char> = rows.chars().collect();
        kept.renew(&rows, from..to).iter().map(super::Place::key).collect()
    }

    #[test]
    fn scrolling_keeps_the_rows_that_stay() {
        let mut kept = Kept::default();
        let first = keys(&mut kept, "abcdef", 0, 4);
        let second = keys(&mut kept, "abcdef", 2, 6);
        assert_eq!(first[2..], second[..2]);
        let back = keys(&mut kept, "abcdef", 0, 4);
        assert_eq!(back[2..], first[2..]);
        assert_ne!(back[0], first[0], "it was not in the page any more");
    }

    #[test]
    fn appending_keeps_all_rows_and_a_change_draws_one() {
        let mut kept = Kept::default();
        let first = keys(&mut kept, "abc", 0, 3);
        let second = keys(&mut kept, "abcd", 0, 4);
        assert_eq!(first[..], second[..3]);
        let third = keys(&mut kept, "axcd", 0, 4);
        assert_eq!((third[0], third[2], third[3]), (second[0], second[2], second[3]));
        assert_ne!(third[1], second[1]);
    }

    #[test]
    fn a_list_that_became_shorter_than_its_window_draws_what_is_there() {
        let mut kept = Kept::default();
        keys(&mut kept, "abcdef", 2, 6);
        assert_eq!(keys(&mut kept, "abc", 2, 6).len(), 1);
        assert!(keys(&mut kept, "", 2, 6).is_empty());
    }
}
