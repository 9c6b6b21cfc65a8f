//! Which groups of the list are picked, to be deleted together: by a box in each row, by the space
//! bar or `x` on the row that the keyboard is on, or all that are shown.

use std::collections::BTreeSet;

use leptos::prelude::*;
use ouzel_api::{groups::GroupRow, session::Permission};

use crate::{
    format::count,
    session::use_session,
    ui::{Button, Tone},
};

/// The groups that are picked. Cheap to copy.
///
/// Those that the list does not show now stay picked and are not counted: nothing is done to what
/// nobody sees.
#[derive(Clone, Copy)]
pub struct Picked(RwSignal<BTreeSet<String>>);

impl Picked {
    /// Nothing yet.
    pub fn none() -> Picked {
        Picked(RwSignal::new(BTreeSet::new()))
    }

    /// Picks a group, or leaves it out again.
    fn toggle(self, group: &str) {
        self.0.update(|picked| {
            if !picked.remove(group) {
                picked.insert(group.to_owned());
            }
        });
    }

    /// Leaves all out.
    pub fn clear(self) {
        self.0.set(BTreeSet::new());
    }

    /// The box in a row.
    pub fn cell(self, row: &GroupRow) -> impl IntoView + use<> {
        let (group, own) = (row.group.clone(), row.group.clone());
        let label = format!("Pick {group}");
        let picked = move || self.0.with(|picked| picked.contains(&own));
        view! {
            <input
                type="checkbox"
                class="pick"
                aria-label=label
                tabindex="-1"
                prop:checked=picked
                on:change=move |_| self.toggle(&group)
            />
        }
    }

    /// Picks the row at an index, or leaves it out again.
    pub fn toggle_at(self, rows: Memo<Vec<GroupRow>>, at: usize) {
        let group = rows.with_untracked(|rows| rows.get(at).map(|row| row.group.clone()));
        if let Some(group) = group {
            self.toggle(&group);
        }
    }

    /// The picked ones among the rows, in their order; reactive.
    fn among(self, rows: Memo<Vec<GroupRow>>) -> Vec<GroupRow> {
        self.0.with(|picked| {
            let here = |row: &&GroupRow| picked.contains(&row.group);
            rows.with(|rows| rows.iter().filter(here).cloned().collect())
        })
    }

    /// How many are picked, and what can be done with them; nothing while none is.
    pub fn bar(self, rows: Memo<Vec<GroupRow>>, doomed: RwSignal<Vec<String>>) -> impl IntoView {
        let session = use_session();
        let chosen = Memo::new(move |_| self.among(rows));
        let refusal = Signal::derive(move || {
            chosen.with(|chosen| {
                let rows = chosen.iter().map(|row| (row.group.as_str(), row.denied.as_slice()));
                session.refusal_among(Permission::DeleteGroup, rows)
            })
        });
        let any = Memo::new(move |_| chosen.with(|chosen| !chosen.is_empty()));
        let number = move || chosen.with(|chosen| count(chosen.len() as i128));
        let all = move |_| {
            let shown = rows.with_untracked(|rows| {
                rows.iter().map(|row| row.group.clone()).collect::<BTreeSet<_>>()
            });
            self.0.set(shown);
        };
        let delete = move |_| {
            let names =
                |chosen: &Vec<GroupRow>| chosen.iter().map(|row| row.group.clone()).collect();
            doomed.set(chosen.with_untracked(names));
        };
        view! {
            <Show when=move || any.get()>
                <span class="row" role="status">
                    <b>{number} " picked"</b>
                    <Button on_press=all>"Pick all shown"</Button>
                    <Button on_press=move |_| self.clear()>"Pick none"</Button>
                    <Button tone=Tone::Danger icon="trash-2" off=refusal on_press=delete>
                        "Delete…"
                    </Button>
                </span>
            </Show>
        }
    }
}
