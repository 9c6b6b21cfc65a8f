//! What a table shows: its columns, how it is sorted, what opening a row does.

use std::{borrow::Cow, cmp::Ordering, sync::Arc};

use leptos::prelude::*;

/// Draws one cell of a row.
type Cell<R> = Arc<dyn Fn(&R) -> AnyView + Send + Sync>;

/// One column.
#[derive(Clone)]
pub struct Column<R> {
    /// Its name in addresses and classes.
    pub id: &'static str,
    pub(super) title: Cow<'static, str>,
    /// A track of a CSS grid, such as `minmax(160px, 2fr)` or `80px`.
    pub(super) track: &'static str,
    pub(super) right: bool,
    pub(super) sortable: bool,
    pub(super) hint: Option<&'static str>,
    /// Its track on a phone; without one it is left out there.
    narrow: Option<&'static str>,
    /// Whether it is the first line of a row on a phone.
    headline: bool,
    /// Whether it is left out where the list is narrow, such as beside a drawer.
    gives_way: bool,
    /// What stands in the head instead of the title.
    pub(super) head: Option<ViewFn>,
    pub(super) cell: Cell<R>,
}

impl<R> Column<R> {
    /// A column of text.
    pub fn new<V: IntoView + 'static>(
        id: &'static str,
        title: impl Into<Cow<'static, str>>,
        track: &'static str,
        cell: impl Fn(&R) -> V + Send + Sync + 'static,
    ) -> Column<R> {
        let cell: Cell<R> = Arc::new(move |row| cell(row).into_any());
        let (right, sortable, hint) = (false, false, None);
        let (narrow, headline, title) = (None, false, title.into());
        let (head, gives_way) = (None, false);
        Column { id, title, track, right, sortable, hint, narrow, headline, gives_way, head, cell }
    }

    /// The heading is a control of its own, such as one that ticks all rows.
    pub fn head(mut self, head: impl Into<ViewFn>) -> Column<R> {
        self.head = Some(head.into());
        self
    }

    /// Numbers: aligned right, sorted largest first.
    pub fn right(mut self) -> Column<R> {
        self.right = true;
        self
    }

    /// The heading sorts.
    pub fn sortable(mut self) -> Column<R> {
        self.sortable = true;
        self
    }

    /// Stays on a phone, with this track. Columns that say nothing are left out there, as soon as
    /// one of the table stays.
    pub fn narrow(mut self, track: &'static str) -> Column<R> {
        self.narrow = Some(track);
        self
    }

    /// On a phone it has a line of its own, above the columns that stay.
    pub fn headline(mut self) -> Column<R> {
        self.headline = true;
        self
    }

    /// Is left out where the list is narrow, such as beside a drawer that tells it anyway. The
    /// owner of the table says which tracks are left then (`--slim`).
    pub fn gives_way(mut self) -> Column<R> {
        self.gives_way = true;
        self
    }

    pub(super) fn class(&self) -> String {
        let staying = match (self.headline, self.narrow) {
            (true, _) => " headline",
            (false, Some(_)) => "",
            (false, None) => " left-out",
        };
        let giving = if self.gives_way { " gives-way" } else { "" };
        format!("cell{}{staying}{giving}", if self.right { " r" } else { "" })
    }

    /// What the heading means, on hover.
    pub fn hint(mut self, hint: &'static str) -> Column<R> {
        self.hint = Some(hint);
        self
    }
}

/// By which column rows are sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// The column's id.
    pub column: String,
    /// Largest first.
    pub descending: bool,
}

impl Sort {
    /// An order from small to large, as it is wanted.
    pub fn directed(&self, order: Ordering) -> Ordering {
        if self.descending { order.reverse() } else { order }
    }
}

/// The order now, and who is told of another. The owner of the rows sorts them.
#[derive(Clone, Copy)]
pub struct Sorting {
    /// The order now.
    pub now: Signal<Option<Sort>>,
    /// Told what a heading asks for.
    pub pick: Callback<Sort>,
}

impl Sorting {
    /// What a click on `column` asks for: the other way round, or its natural way first.
    pub(super) fn toggled(self, column: &'static str, right: bool) -> Sort {
        let now = self.now.get_untracked().filter(|sort| sort.column == column);
        let descending = now.map_or(right, |sort| !sort.descending);
        Sort { column: column.to_owned(), descending }
    }

    /// The value of `aria-sort` for `column`.
    pub(super) fn aria(self, column: &'static str) -> Option<&'static str> {
        let sort = self.now.get().filter(|sort| sort.column == column)?;
        Some(if sort.descending { "descending" } else { "ascending" })
    }
}

/// All that is fixed about a table.
#[derive(Clone)]
pub struct TableSpec<R> {
    pub(super) label: String,
    pub(super) columns: Vec<Column<R>>,
    pub(super) sorting: Option<Sorting>,
    pub(super) open: Option<Callback<usize>>,
    pub(super) select: Option<Callback<usize>>,
}

impl<R> TableSpec<R> {
    /// A table that is only read.
    pub fn new(label: impl Into<String>, columns: Vec<Column<R>>) -> TableSpec<R> {
        TableSpec { label: label.into(), columns, sorting: None, open: None, select: None }
    }

    /// Its sortable headings sort.
    pub fn sorted(mut self, sorting: Sorting) -> TableSpec<R> {
        self.sorting = Some(sorting);
        self
    }

    /// Enter or a click opens the row at that index.
    pub fn on_open(mut self, open: impl Fn(usize) + Send + Sync + 'static) -> TableSpec<R> {
        self.open = Some(Callback::new(open));
        self
    }

    /// The space bar, or `x`, ticks the row at that index, or takes its tick away.
    pub fn on_select(mut self, select: impl Fn(usize) + Send + Sync + 'static) -> TableSpec<R> {
        self.select = Some(Callback::new(select));
        self
    }

    pub(super) fn tracks(&self) -> String {
        self.columns.iter().map(|column| column.track).collect::<Vec<_>>().join(" ")
    }

    /// The tracks on a phone; `None` for a table that is the same everywhere.
    pub(super) fn narrow_tracks(&self) -> Option<String> {
        let staying = self.columns.iter().filter(|column| !column.headline);
        let tracks: Vec<&str> = staying.filter_map(|column| column.narrow).collect();
        (!tracks.is_empty()).then(|| tracks.join(" "))
    }

    /// Whether a row has two lines on a phone.
    pub(super) fn is_tall(&self) -> bool {
        self.columns.iter().any(|column| column.headline)
    }

    /// The least width of a row: below it the table scrolls sideways.
    pub(super) fn least_width(&self) -> String {
        format!("{}px", self.columns.iter().map(|column| least_px(column.track)).sum::<u32>())
    }
}

/// The first number of pixels in a track: 160 of `minmax(160px, 2fr)`.
fn least_px(track: &str) -> u32 {
    let before = track.split_once("px").map_or("", |(before, _)| before);
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Column, TableSpec, least_px};

    #[test]
    fn on_a_phone_only_the_columns_that_say_so_stay_below_their_headline() {
        let column = |id| Column::new(id, id, "100px", |_: &()| ());
        let spec = TableSpec::new("all", vec![column("a"), column("b")]);
        assert_eq!((spec.narrow_tracks(), spec.is_tall()), (None, false));
        let columns = vec![column("a").headline(), column("b"), column("c").right().narrow("1fr")];
        let classes: Vec<String> = columns.iter().map(Column::class).collect();
        assert_eq!(classes, ["cell headline", "cell left-out", "cell r"]);
        let giving = column("d").gives_way().narrow("1fr");
        assert_eq!(giving.class(), "cell gives-way");
        let spec = TableSpec::new("some", columns);
        assert_eq!((spec.narrow_tracks().as_deref(), spec.is_tall()), (Some("1fr"), true));
    }

    #[test]
    fn the_least_width_of_a_track_is_its_first_number_of_pixels() {
        assert_eq!(least_px("minmax(160px, 2fr)"), 160);
        assert_eq!(least_px("80px"), 80);
        assert_eq!(least_px("1fr"), 0);
    }
}
