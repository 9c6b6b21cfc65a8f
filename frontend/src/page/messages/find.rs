//! Finding a text within the record that is open: all its places, and which of them is looked at.

use std::{ops::Range, sync::Arc};

use leptos::prelude::*;

use super::body::Body;

/// Places that are marked and can be walked; the count then says that there are more.
pub const FOUND_MAX: usize = 10_000;

/// What is looked for, and where it is. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Find {
    /// What is looked for; empty for nothing.
    pub wanted: RwSignal<String>,
    /// Its places in the body, sorted.
    pub found: Memo<Arc<Vec<Range<usize>>>>,
    at: RwSignal<usize>,
}

impl Find {
    /// Looks in `body` for what will be typed.
    pub fn within(body: Memo<Option<Arc<Body>>>) -> Find {
        let wanted = RwSignal::new(String::new());
        let at = RwSignal::new(0);
        let found = Memo::new(move |_| {
            let wanted = wanted.get();
            let places = body.with(|body| match body {
                Some(body) if !wanted.is_empty() => places(body.legible(), &wanted),
                _ => Vec::new(),
            });
            Arc::new(places)
        });
        Effect::new(move |_| {
            found.track();
            at.set(0);
        });
        Find { wanted, found, at }
    }

    /// The place that is looked at; reactive.
    pub fn now(self) -> Option<Range<usize>> {
        let at = self.at.get();
        self.found.with(|found| found.get(at).cloned())
    }

    /// Goes to the next place, or the one before; round at the ends.
    pub fn step(self, by: isize) {
        let count = self.found.with_untracked(|found| found.len());
        self.at.update(|at| *at = stepped(*at, by, count));
    }

    /// `2 of 17`; reactive.
    pub fn count(self) -> Option<String> {
        let at = self.at.get();
        if self.wanted.with(String::is_empty) {
            return None;
        }
        Some(self.found.with(|found| match found.len() {
            0 => "none".to_owned(),
            FOUND_MAX => format!("{} of more than {FOUND_MAX}", at + 1),
            count => format!("{} of {count}", at + 1),
        }))
    }
}

fn stepped(at: usize, by: isize, count: usize) -> usize {
    match count {
        0 => 0,
        _ => (at + count).saturating_add_signed(by % count as isize) % count,
    }
}

/// Where `wanted` stands, whether its letters of ASCII are large or small.
fn places(text: &[u8], wanted: &str) -> Vec<Range<usize>> {
    let wanted = wanted.as_bytes();
    let Some((first, rest)) = wanted.split_first() else { return Vec::new() };
    let (small, large) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let mut places = Vec::new();
    let mut at = 0;
    while places.len() < FOUND_MAX
        && let Some(step) = text[at..].iter().position(|byte| *byte == small || *byte == large)
    {
        at += step;
        let end = at + wanted.len();
        if text.get(at + 1..end).is_some_and(|here| here.eq_ignore_ascii_case(rest)) {
            places.push(at..end);
            at = end;
        } else {
            at += 1;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    // One stretch is meant, not all numbers in it.
    #![allow(clippy::single_range_in_vec_init)]
    use super::{FOUND_MAX, places, stepped};

    #[test]
    fn letters_are_found_large_or_small_and_never_over_one_another() {
        assert_eq!(places(b"Anna ANNA anan", "anna"), [0..4, 5..9]);
        assert_eq!(places(b"aaaa", "aa"), [0..2, 2..4]);
        assert_eq!(places("grüße".as_bytes(), "ü"), [2..4]);
        assert!(places(b"ann", "anna").is_empty() && places(b"x", "").is_empty());
        assert_eq!(places(&vec![b'x'; FOUND_MAX * 2], "x").len(), FOUND_MAX);
    }

    #[test]
    fn a_step_beyond_an_end_comes_in_at_the_other() {
        assert_eq!((stepped(0, -1, 3), stepped(2, 1, 3), stepped(1, 1, 3)), (2, 0, 2));
        assert_eq!(stepped(5, 1, 0), 0);
    }
}
