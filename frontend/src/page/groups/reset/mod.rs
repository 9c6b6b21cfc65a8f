//! Moving what a group has committed: where and whereto, before and after, doing it, undoing it.
//!
//! The address holds the whole question, so a plan can be shown to a colleague before it is done.

mod apply;
mod controls;
mod past;
mod plan;
mod query;

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{
    groups::Group,
    resets::{ResetAsk, ResetList, ResetPlan},
};

use crate::{
    client,
    load::{Load, Loaded, load},
    location::{History, Location, use_location},
    ui::{Button, Empty},
};
use apply::ApplyBar;
use controls::Controls;
use past::Past;
use plan::PlanTable;
use query::{ResetQuery, Unread};

/// How often what waits is looked at.
const REFRESH_SECONDS: u64 = 5;

/// What the parts of this page share. Cheap to copy.
#[derive(Clone, Copy)]
struct Page {
    cluster: StoredValue<String>,
    group: StoredValue<String>,
    location: Location,
    /// The question, as the address has it.
    asked: Memo<ResetQuery>,
    /// What somebody wants to add and nobody can read: it belongs to the question, too.
    refused: RwSignal<Option<String>>,
    past: Load<ResetList>,
}

impl Page {
    /// Asks another question.
    fn ask(self, asked: &ResetQuery) {
        self.location.set_query(&asked.write(), History::Replace);
    }

    fn names(self) -> (String, String) {
        (self.cluster.get_value(), self.group.get_value())
    }
}

/// The tab.
#[component]
pub fn Reset(
    group: Memo<Arc<Group>>,
    cluster: StoredValue<String>,
    /// Told when commits were changed.
    #[prop(into)]
    on_changed: Callback<()>,
) -> impl IntoView {
    let location = use_location();
    let name = StoredValue::new(group.with_untracked(|group| group.group.clone()));
    let asked = Memo::new(move |_| location.query.with(ResetQuery::read));
    let past = load(move || client::groups::resets(cluster.get_value(), name.get_value()));
    let past = past.every(REFRESH_SECONDS);
    let refused = RwSignal::new(None);
    let page = Page { cluster, group: name, location, asked, refused, past };
    let is_asked = Memo::new(move |_| asked.with(ResetQuery::is_complete));
    let unread = Memo::new(move |_| {
        let typed = refused.get();
        asked.with(|asked| asked.unread.iter().map(told).chain(typed).collect::<Vec<_>>())
    });
    let planned = move || match (is_asked.get(), unread.with(Vec::is_empty)) {
        (true, true) => view! { <Planned page on_changed/> }.into_any(),
        (_, false) => view! { <NotUnderstood page unread/> }.into_any(),
        (false, true) => view! {
            <div class="card">
                <Empty icon="list-filter" title="Choose where the commits are moved to">
                    <p>
                        "What would happen is shown first, partition by partition. Nothing is "
                        "changed until you apply it."
                    </p>
                </Empty>
            </div>
        }
        .into_any(),
    };
    view! {
        <Controls page group/>
        {planned}
        <Past page/>
    }
}

/// A part of the address as it stands there.
fn told((name, text): &Unread) -> String {
    format!("{name}={text}")
}

/// Says what is not understood, in the place of a plan that would do more than was meant.
#[component]
fn NotUnderstood(page: Page, unread: Memo<Vec<String>>) -> impl IntoView {
    let leave_out = move |_| {
        page.refused.set(None);
        let asked = page.asked.get_untracked();
        page.ask(&ResetQuery { unread: Vec::new(), ..asked });
    };
    view! {
        <div class="note bad" role="alert">
            <span class="grow">
                "Nothing is planned, because this could not be understood: "
                <code>{move || unread.with(|unread| unread.join(", "))}</code>
                ". Without it the reset may reach further than was meant."
            </span>
            <Button on_press=leave_out>"Leave it out"</Button>
        </div>
    }
}

/// A plan and the question that it answers, which may be another one by now.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    asked: ResetQuery,
    plan: Arc<ResetPlan>,
}

/// The plan and what can be done with it.
#[component]
fn Planned(page: Page, on_changed: Callback<()>) -> impl IntoView {
    let answer: Load<Answer> = load(move || {
        let asked = page.asked.get();
        let (cluster, group) = page.names();
        async move {
            let ResetQuery { scope, to, .. } = asked.clone();
            let ask = match to {
                Some(to) => ResetAsk { scope, to },
                // The strategy was cleared; this part goes with it.
                None => std::future::pending().await,
            };
            let plan = client::groups::plan_reset(cluster, group, ask).await?;
            Ok(Answer { asked, plan: Arc::new(plan) })
        }
    });
    let done = Callback::new(move |()| {
        page.past.reload();
        answer.reload();
        on_changed.run(());
    });
    view! {
        <Loaded from=answer let:shown>
            <ApplyBar page answer=shown on_done=done again=move || answer.reload()/>
            <PlanTable page answer=shown/>
        </Loaded>
    }
}
