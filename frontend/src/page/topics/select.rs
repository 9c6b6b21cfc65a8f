//! Which topics are ticked, for what is done to several at once.

use std::collections::BTreeSet;

use leptos::prelude::*;
use ouzel_api::topics::TopicRow;

use crate::ui::Column;

/// The ticked topics by name. Cheap to copy.
///
/// Those that the list does not show now stay ticked and are not counted: nothing is done to what
/// nobody sees.
#[derive(Clone, Copy)]
pub struct Selection(RwSignal<BTreeSet<String>>);

impl Selection {
    /// No topic.
    pub fn none() -> Selection {
        Selection(RwSignal::new(BTreeSet::new()))
    }

    /// The ticked ones among the rows, in their order; reactive.
    pub fn among(self, rows: Memo<Vec<TopicRow>>) -> Vec<TopicRow> {
        self.0.with(|ticked| {
            if ticked.is_empty() {
                return Vec::new();
            }
            rows.with(|rows| {
                rows.iter().filter(|row| ticked.contains(&row.name)).cloned().collect()
            })
        })
    }

    /// Takes all ticks away.
    pub fn clear(self) {
        self.0.set(BTreeSet::new());
    }

    /// Ticks the row at an index, or takes its tick away. The cluster's own topics have none.
    pub fn toggle_at(self, rows: Memo<Vec<TopicRow>>, at: usize) {
        let row = rows.with_untracked(|rows| rows.get(at).cloned());
        if let Some(row) = row.filter(|row| !row.internal) {
            self.toggle(row.name);
        }
    }

    fn toggle(self, name: String) {
        self.0.update(|ticked| {
            if !ticked.remove(&name) {
                ticked.insert(name);
            }
        });
    }

    /// The column of boxes.
    pub fn column(self, rows: Memo<Vec<TopicRow>>) -> Column<TopicRow> {
        let cell = move |row: &TopicRow| {
            let (name, own) = (row.name.clone(), row.name.clone());
            let label = format!("Tick {}", row.name);
            let ticked = move || self.0.with(|ticked| ticked.contains(&own));
            (!row.internal).then(|| {
                view! {
                    <input
                        type="checkbox"
                        class="tick"
                        aria-label=label
                        prop:checked=ticked
                        on:change=move |_| self.toggle(name.clone())
                    />
                }
            })
        };
        Column::new("select", "", "40px", cell).narrow("32px").head(move || self.all(rows))
    }

    /// The box in the head ticks all rows that are shown.
    fn all(self, rows: Memo<Vec<TopicRow>>) -> impl IntoView {
        let own = |rows: &Vec<TopicRow>| -> BTreeSet<String> {
            rows.iter().filter(|row| !row.internal).map(|row| row.name.clone()).collect()
        };
        let whole = Memo::new(move |_| {
            self.0.with(|ticked| {
                !ticked.is_empty()
                    && rows.with(|rows| {
                        rows.iter().all(|row| row.internal || ticked.contains(&row.name))
                    })
            })
        });
        let toggle = move |_| {
            let all =
                if whole.get_untracked() { BTreeSet::new() } else { rows.with_untracked(own) };
            self.0.set(all);
        };
        view! {
            <input
                type="checkbox"
                class="tick"
                aria-label="Tick all topics shown"
                prop:checked=whole
                on:change=toggle
            />
        }
    }
}
