//! Where a table stands: which rows are on screen, which one is active, and moving both.

use std::ops::Range;

use leptos::{html, prelude::*};

/// Height of a row and of the head before the table was measured; `--row` in
/// `assets/css/00-tokens.css` says the same. On a phone rows may have two lines.
pub const ROW_PX: f64 = 30.0;

/// Rows drawn above and below the screen, so that quick scrolling shows no gaps.
const OVERSCAN: usize = 8;

/// The drawn window moves in steps of so many rows, so that most scroll events redraw nothing.
const STEP: usize = 4;

/// Most rows drawn at once, however high the container claims to be.
const DRAWN_MAX: usize = 200;

/// A table's position. Cheap to copy; its owner may keep it and steer the table.
#[derive(Clone, Copy)]
pub struct TableHandle {
    /// The row that the keyboard is on.
    pub active: RwSignal<Option<usize>>,
    /// Rows on screen, for owners that fetch figures only for them.
    pub visible: RwSignal<Range<usize>>,
    pub(super) place: RwSignal<Pixels>,
    pub(super) node: NodeRef<html::Div>,
}

/// The scroll container in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pixels {
    pub top: f64,
    pub height: f64,
    /// Height of a row and of the head; never zero.
    pub row: f64,
}

impl Default for Pixels {
    fn default() -> Pixels {
        Pixels { top: 0.0, height: 0.0, row: ROW_PX }
    }
}

impl Default for TableHandle {
    fn default() -> TableHandle {
        TableHandle {
            active: RwSignal::new(None),
            visible: RwSignal::new(0..0),
            place: RwSignal::new(Pixels::default()),
            node: NodeRef::new(),
        }
    }
}

impl TableHandle {
    /// Scrolls as little as possible to bring a row on screen.
    pub fn reveal(self, row: usize) {
        let Some(node) = self.node.try_get_untracked().flatten() else { return };
        let high = self.row_px();
        let top = row as f64 * high;
        let now = f64::from(node.scroll_top());
        let lowest = top + 2.0 * high - f64::from(node.client_height());
        if top < now || lowest > now {
            node.set_scroll_top(if top < now { top } else { lowest } as i32);
        }
    }

    /// Whether the last row is on screen, or the table is not drawn yet.
    pub fn is_at_end(self) -> bool {
        self.node.try_get_untracked().flatten().is_none_or(|node| {
            let below = node.scroll_height() - node.scroll_top() - node.client_height();
            f64::from(below) < self.row_px()
        })
    }

    /// Scrolls to the last row.
    pub fn to_end(self) {
        if let Some(node) = self.node.try_get_untracked().flatten() {
            node.set_scroll_top(node.scroll_height());
        }
    }

    /// Keeps the rows on screen in their place after `gone` rows above them were removed.
    pub fn rows_left_above(self, gone: usize) {
        if let Some(node) = self.node.try_get_untracked().flatten() {
            node.set_scroll_top(node.scroll_top() - (gone as f64 * self.row_px()) as i32);
        }
    }

    fn row_px(self) -> f64 {
        self.place.try_get_untracked().unwrap_or_default().row
    }

    /// Gives the table the keyboard.
    pub fn focus(self) {
        if let Some(node) = self.node.try_get_untracked().flatten() {
            // A table that cannot take the focus is no worse than before.
            node.focus().ok();
        }
    }

    /// Makes `row` the active one and shows it.
    pub fn activate(self, row: usize) {
        self.active.try_set(Some(row));
        self.reveal(row);
    }

    /// Moves the active row by `step`, within `count` rows; the first move lands on the first row
    /// on screen.
    pub fn walk(self, step: i64, count: usize) {
        let Some(last) = count.checked_sub(1) else { return };
        let to = match self.active.get_untracked() {
            None if step.abs() == 1 => self.visible.get_untracked().start,
            at => {
                let at = at.unwrap_or_default();
                let at = i64::try_from(at).unwrap_or(i64::MAX).saturating_add(step).max(0);
                usize::try_from(at).unwrap_or(last)
            }
        };
        self.activate(to.min(last));
    }
}

/// The rows on screen.
pub(super) fn on_screen(place: Pixels, count: usize) -> Range<usize> {
    let first = (place.top.max(0.0) / place.row) as usize;
    let rows = (place.height.max(0.0) / place.row).ceil() as usize;
    let end = first.saturating_add(rows.min(DRAWN_MAX)).min(count);
    first.min(end)..end
}

/// The rows to draw for those on screen.
pub(super) fn drawn(on_screen: &Range<usize>, count: usize) -> Range<usize> {
    let start = on_screen.start.saturating_sub(OVERSCAN) / STEP * STEP;
    let end = (on_screen.end + OVERSCAN).next_multiple_of(STEP).min(count);
    start.min(end)..end.min(start + DRAWN_MAX)
}

#[cfg(test)]
mod tests {
    use super::{DRAWN_MAX, Pixels, ROW_PX, drawn, on_screen};

    /// A container of that many rows, scrolled down by as many.
    fn rows(top: f64, high: f64) -> Pixels {
        Pixels { top: top * ROW_PX, height: high * ROW_PX, row: ROW_PX }
    }

    #[test]
    fn rows_of_two_lines_take_twice_the_height() {
        let place = Pixels { row: 2.0 * ROW_PX, ..rows(100.0, 20.0) };
        assert_eq!(on_screen(place, 10_000), 50..60);
    }

    #[test]
    fn only_rows_near_the_screen_are_drawn() {
        let place = rows(5_000.0, 20.0);
        let seen = on_screen(place, 10_000);
        assert_eq!(seen, 5_000..5_020);
        let drawn = drawn(&seen, 10_000);
        assert!(drawn.start < 5_000 && drawn.end > 5_020 && drawn.len() < 50, "{drawn:?}");
    }

    #[test]
    fn a_list_that_shrank_below_the_scroll_position_draws_its_end() {
        let place = rows(900.0, 20.0);
        assert_eq!(on_screen(place, 10), 10..10);
        assert_eq!(drawn(&(10..10), 10), 0..10);
        assert_eq!(drawn(&(0..0), 0), 0..0);
    }

    #[test]
    fn a_container_without_limit_draws_no_more_than_the_most() {
        let place = Pixels { height: 1e9, ..Pixels::default() };
        assert!(drawn(&on_screen(place, 100_000), 100_000).len() <= DRAWN_MAX);
    }

    #[test]
    fn a_small_scroll_redraws_nothing() {
        let at = |row: f64| drawn(&on_screen(rows(row, 20.0), 10_000), 10_000);
        assert_eq!(at(601.0), at(603.0));
    }
}
