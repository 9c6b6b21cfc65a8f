//! The clusters: one card each, which asks for itself, so that one that cannot be reached holds up
//! nothing; adding, trying out, changing and removing them.

mod card;
mod draft;
mod editor;
mod steps;

use leptos::prelude::*;
use ouzel_api::session::Permission;

use self::{card::Card, draft::Draft, editor::Editor};
use crate::{
    ask::{Ask, Question},
    client,
    listing::{ascending, use_flag, use_listing, use_text},
    load::{Loaded, load},
    session::use_session,
    ui::{Button, Empty, FilterBox, Tone, use_toasts},
};

/// In the address while the dialog is open that adds one.
const ADD: &str = "add";

/// In the address: the cluster that is changed, and the one that is tried out.
const EDIT: &str = "edit";
const TEST: &str = "test";

/// The ids of the clusters about which the address asks something.
#[derive(Clone, Copy)]
struct Asked {
    edit: RwSignal<String>,
    test: RwSignal<String>,
}

impl Asked {
    /// No cluster is changed any more once there is no `draft`.
    fn while_there_is(draft: RwSignal<Option<Draft>>) -> Asked {
        let asked = Asked { edit: use_text(EDIT), test: use_text(TEST) };
        Effect::new(move |before: Option<bool>| {
            let now = draft.with(Option::is_some);
            if before == Some(true) && !now {
                asked.edit.set(String::new());
            }
            now
        });
        asked
    }
}

/// The page.
#[component]
pub fn Clusters() -> impl IntoView {
    let all = load(client::clusters::list);
    let listing = use_listing(ascending("name"));
    let session = use_session();
    let toasts = use_toasts();
    let off = Signal::derive(move || session.refusal(Permission::ManageClusters));
    let draft = RwSignal::new(None::<Draft>);
    let adding = adding(off, draft);
    let asked = Asked::while_there_is(draft);
    let doomed = RwSignal::new(None::<Question<String>>);
    // Counts what was saved: of a password alone the list tells nothing new.
    let saved = RwSignal::new(0_u32);
    let kept = move |()| {
        saved.update(|times| *times += 1);
        all.reload();
    };
    let removed = move |id: String| {
        toasts.good(format!("{id} was removed from the console."));
        all.reload();
    };
    view! {
        <header class="head">
            <h1>"Clusters"</h1>
            <span class="grow"></span>
            <Button
                tone=Tone::Primary
                icon="plus"
                off
                on_press=move |_| adding.set(true)
            >
                "Add cluster"
            </Button>
        </header>
        <div class="bar">
            <FilterBox value=listing.filter label="Filter by name, label or broker"/>
        </div>
        <Loaded from=all let:clusters>
            {
                let shown = move || {
                    let narrowing = listing.narrowing();
                    clusters.with(|clusters| {
                        let fits = |it: &&ouzel_api::clusters::Cluster| {
                            let label = it.label.clone().unwrap_or_default();
                            let text = format!("{} {label} {}", it.id, it.bootstrap.join(" "));
                            narrowing.keeps(&text)
                        };
                        clusters.iter().filter(fits).cloned().collect::<Vec<_>>()
                    })
                };
                view! {
                    <div class="cluster-cards">
                        <For each=shown key=|it| format!("{it:?}")
                            children=move |cluster| view! {
                                <Card cluster saved asked draft doomed/>
                            }/>
                    </div>
                    <Show when=move || shown().is_empty()>
                        <div class="card">
                            <Empty icon="server" title="No cluster to show">
                                <p>"None fits the filter, or none is known that you may see."</p>
                            </Empty>
                        </div>
                    </Show>
                }
            }
        </Loaded>
        <Editor draft on_saved=kept/>
        <Ask question=doomed act=client::clusters::remove done=removed/>
    }
}

/// Whether the address asks for the dialog that adds one; a draft is open while it does.
fn adding(off: Signal<Option<String>>, draft: RwSignal<Option<Draft>>) -> RwSignal<bool> {
    let adding = use_flag(ADD);
    Effect::new(move |_| {
        let wanted = adding.get() && off.with(Option::is_none);
        if wanted && draft.with_untracked(Option::is_none) {
            draft.set(Some(Draft::new()));
        }
    });
    Effect::new(move |before: Option<bool>| {
        let now = draft.with(Option::is_some);
        if before == Some(true) && !now {
            adding.set(false);
        }
        now
    });
    adding
}
