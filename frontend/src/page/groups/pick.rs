//! Which groups of the list are picked, to be deleted together: by a box in each row, by `x` on the
//! row that the keyboard is on, or all that are shown.

use std::collections::BTreeSet;

use leptos::{ev, prelude::*};
use ouzel_api::{groups::GroupRow, session::Permission};

use crate::{
    format::count,
    session::use_session,
    ui::{Button, TableHandle, Tone},
};

/// The groups that are picked. Cheap to copy.
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

    /// `x` picks the row that the keyboard is on.
    pub fn key(self, event: &ev::KeyboardEvent, rows: Memo<Vec<GroupRow>>, handle: TableHandle) {
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if event.key() != "x" || modified {
            return;
        }
        let group = handle
            .active
            .get_untracked()
            .and_then(|at| rows.with_untracked(|rows| rows.get(at).map(|row| row.group.clone())));
        if let Some(group) = group {
            event.prevent_default();
            self.toggle(&group);
        }
    }

    /// How many are picked, and what can be done with them; nothing while none is.
    pub fn bar(self, rows: Memo<Vec<GroupRow>>, doomed: RwSignal<Vec<String>>) -> impl IntoView {
        let session = use_session();
        let refusal = Signal::derive(move || {
            self.0.with(|picked| {
                rows.with(|rows| {
                    let rows = rows.iter().filter(|row| picked.contains(&row.group));
                    let rows = rows.map(|row| (row.group.as_str(), row.denied.as_slice()));
                    session.refusal_among(Permission::DeleteGroup, rows)
                })
            })
        });
        let any = Memo::new(move |_| self.0.with(|picked| !picked.is_empty()));
        let number = move || self.0.with(|picked| count(picked.len() as i128));
        let all = move |_| {
            let shown = rows.with_untracked(|rows| {
                rows.iter().map(|row| row.group.clone()).collect::<BTreeSet<_>>()
            });
            self.0.set(shown);
        };
        let delete = move |_| {
            doomed.set(self.0.with_untracked(|picked| picked.iter().cloned().collect()));
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
