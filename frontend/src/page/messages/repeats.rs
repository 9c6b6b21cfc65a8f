//! Which records a search that goes on after a break sends a second time. Pure.

use std::collections::HashSet;

/// Tells records apart that a search sends a second time because its connection broke between them
/// and the line that would have told where it stood.
#[derive(Default)]
pub struct Repeats {
    /// Arrived since the last place from which the search could go on.
    since: Vec<(i32, i64)>,
    /// Are on screen already.
    known: HashSet<(i32, i64)>,
}

impl Repeats {
    /// Whether a record, by partition and offset, is not on screen yet.
    pub fn is_new(&mut self, id: (i32, i64)) -> bool {
        let new = !self.known.contains(&id);
        if new {
            self.since.push(id);
        }
        new
    }

    /// The search told a place from which it could go on.
    pub fn reached(&mut self) {
        self.since.clear();
    }

    /// It goes on from the last such place.
    pub fn goes_on(&mut self) {
        self.known.extend(self.since.drain(..));
    }
}

#[cfg(test)]
mod tests {
    use super::Repeats;

    #[test]
    fn what_comes_a_second_time_after_a_break_is_no_new_row() {
        let mut repeats = Repeats::default();
        assert!(repeats.is_new((0, 1)));
        repeats.reached();
        assert!(repeats.is_new((0, 2)) && repeats.is_new((1, 2)));
        repeats.goes_on();
        assert!(!repeats.is_new((0, 2)) && !repeats.is_new((1, 2)) && repeats.is_new((0, 3)));
        // It breaks again before a line told how far it was: the same place, and one more row.
        repeats.goes_on();
        assert!(!repeats.is_new((0, 2)) && !repeats.is_new((0, 3)) && repeats.is_new((0, 4)));
    }
}
