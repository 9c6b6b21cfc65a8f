//! What is done to several topics at once: deleting, emptying, one setting.
//!
//! Each topic is a request of its own, with its own right, its own audit row and its own result,
//! so what fails for one is told beside it and can be tried again alone. `act.rs` does it to one
//! topic, `run.rs` to all, `dialog.rs` asks first.

mod act;
mod dialog;
mod run;

use leptos::prelude::*;
use ouzel_api::{
    live::TAILS_MAX,
    session::Permission,
    topics::{TopicList, TopicRow},
};

use self::{act::Kind, dialog::BulkDialog};
use super::select::Selection;
use crate::{
    format::{count, counted},
    load::Load,
    location::{History, use_location},
    query::Query,
    route::Route,
    session::use_session,
    ui::{Button, Tone},
};

/// Most topics of one act: each is a request, and a list of results that nobody can read helps
/// nobody.
const TOPICS_MAX: usize = 1_000;

/// The bar over the list while topics are ticked.
#[component]
pub fn BulkBar(
    cluster: StoredValue<String>,
    chosen: Memo<Vec<TopicRow>>,
    selection: Selection,
    topics: Load<TopicList>,
) -> impl IntoView {
    let session = use_session();
    let asked = RwSignal::new(None::<Kind>);
    let off = move |permission: Permission| {
        Signal::derive(move || {
            let many = chosen.with(Vec::len);
            let too_many = || format!("At most {} topics at once.", count(TOPICS_MAX as i128));
            let refusal = chosen.with(|rows| {
                let rows = rows.iter().map(|row| (row.name.as_str(), row.denied.as_slice()));
                session.refusal_among(permission, rows)
            });
            refusal.or_else(|| (many > TOPICS_MAX).then(too_many))
        })
    };
    let told = move || {
        chosen.with(|rows| {
            let partitions: i128 = rows.iter().map(|row| i128::from(row.partitions)).sum();
            format!(
                "{} ticked, {}",
                counted(rows.len() as i128, "topic", "topics"),
                counted(partitions, "partition", "partitions"),
            )
        })
    };
    let settled = move || topics.reload();
    view! {
        <Show when=move || !chosen.with(Vec::is_empty)>
            <div class="bar chosen" role="region" aria-label="Ticked topics">
                <b role="status">{told}</b>
                <span class="grow"></span>
                <TailTogether cluster chosen barred=off(Permission::ReadMessages)/>
                <Button
                    off=off(Permission::AlterTopic)
                    on_press=move |_| asked.set(Some(Kind::Config))
                >
                    "Set a setting…"
                </Button>
                <Button
                    tone=Tone::Danger
                    off=off(Permission::DeleteRecords)
                    on_press=move |_| asked.set(Some(Kind::Empty))
                >
                    "Empty…"
                </Button>
                <Button
                    tone=Tone::Danger
                    icon="trash-2"
                    off=off(Permission::DeleteTopic)
                    on_press=move |_| asked.set(Some(Kind::Delete))
                >
                    "Delete…"
                </Button>
                <Button on_press=move |_| selection.clear()>"Untick all"</Button>
            </div>
        </Show>
        <BulkDialog asked cluster chosen on_settled=settled/>
    }
}

/// Opens the page on which they are followed together; `barred` says why not.
#[component]
fn TailTogether(
    cluster: StoredValue<String>,
    chosen: Memo<Vec<TopicRow>>,
    barred: Signal<Option<String>>,
) -> impl IntoView {
    let location = use_location();
    let off = Signal::derive(move || {
        let too_many = chosen.with(Vec::len) > TAILS_MAX;
        let told = || format!("At most {TAILS_MAX} topics are followed at once.");
        barred.get().or_else(|| too_many.then(told))
    });
    let follow = move |_| {
        let names = chosen.with_untracked(|rows| {
            rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>().join(",")
        });
        let path = cluster.with_value(|it| Route::Tail { cluster: it.clone() }.path());
        let query = Query::default().with("topics", names);
        location.go(&format!("{path}?{query}"), History::Push);
    };
    view! { <Button icon="radio" off=off on_press=follow>"Tail together"</Button> }
}
