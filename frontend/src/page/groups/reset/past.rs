//! What was done to the group's commits, and what waits: undone or taken back from here.

use leptos::{ev, prelude::*, task::spawn_local};
use ouzel_api::{
    resets::{Reset, ResetState, ResetTo},
    session::Permission,
};

use super::{Page, query::ResetQuery};
use crate::{
    cells, client,
    format::count,
    load::Loaded,
    query::Query,
    route::Route,
    session::use_session,
    ui::{
        Age, Badge, Clock, Column, Empty, Mood, Panel, Table, TableSpec, Time, use_clock,
        use_toasts,
    },
};

/// The list.
#[component]
pub fn Past(page: Page) -> impl IntoView {
    view! {
        <Panel title="Earlier resets">
            <Loaded from=page.past let:list>
                {
                    let rows = Memo::new(move |_| list.with(|list| list.resets.clone()));
                    let spec = TableSpec::new("Earlier resets", columns(page));
                    let empty = || view! {
                        <Empty icon="clock" title="Nothing was reset here">
                            <p>"What is moved by this console is listed here and can be undone."</p>
                        </Empty>
                    };
                    view! { <Table spec rows empty/> }
                }
            </Loaded>
        </Panel>
    }
}

fn columns(page: Page) -> Vec<Column<Reset>> {
    let clock = use_clock();
    vec![
        Column::new("to", "what", "minmax(200px, 2fr)", move |reset: &Reset| {
            let title = reset.problem.clone();
            let text = text(&reset.to, clock);
            view! { <span title=title>{text}</span> " " {audited(reset.act)} }
        })
        .headline(),
        Column::new("state", "state", "minmax(150px, 1fr)", state).narrow("minmax(0, 1fr)"),
        Column::new("partitions", "partitions", "100px", |it: &Reset| cells::number(it.partitions))
            .right(),
        Column::new("user", "by", "minmax(100px, 1fr)", |reset: &Reset| reset.user.clone()),
        Column::new("at", "when", "minmax(190px, 1fr)", |reset: &Reset| {
            view! { <Time at_ms=reset.ended_ms.unwrap_or(reset.asked_ms)/> }
        }),
        Column::new("acts", "", "110px", move |reset: &Reset| acts(page, reset))
            .narrow("96px")
            .right(),
    ]
}

/// What was done, with times in the viewer's zone.
fn text(to: &ResetTo, clock: Clock) -> String {
    match to {
        ResetTo::Time { at_ms } => format!("to {}", clock.date_time(*at_ms)),
        other => other.text(),
    }
}

/// The way to its row in the audit log, for whoever may read that.
fn audited(act: i64) -> impl IntoView + use<> {
    let session = use_session();
    let query = Query::default().with("before", (act + 1).to_string());
    let href = format!("{}?{}", Route::Audit.path(), query.with("row", act.to_string()));
    let may = move || session.refusal(Permission::ReadAudit).is_none();
    (act > 0).then(|| {
        view! {
            <Show when=may>
                <a class="dim" href=href.clone() title="Its row in the audit log">
                    {format!("#{}", count(act))}
                </a>
            </Show>
        }
    })
}

fn state(reset: &Reset) -> impl IntoView + use<> {
    let (mood, text) = match (reset.state, &reset.problem) {
        (ResetState::Waiting, _) => (Mood::Warn, "waiting"),
        (ResetState::Done, None) => (Mood::Good, "done"),
        (ResetState::Done, Some(_)) => (Mood::Warn, "done in part"),
        (ResetState::Failed, _) => (Mood::Bad, "failed"),
        (ResetState::Cancelled, _) => (Mood::Neutral, "cancelled"),
        (ResetState::Expired, _) => (Mood::Neutral, "expired"),
    };
    let until = reset.expires_ms.filter(|_| reset.state == ResetState::Waiting);
    let title = reset.problem.clone();
    view! {
        <span title=title><Badge mood=mood>{text}</Badge></span>
        {until.map(|at_ms| view! { " ends " <span class="dim"><Age at_ms/></span> })}
    }
}

fn acts(page: Page, reset: &Reset) -> impl IntoView + use<> {
    let session = use_session();
    let refusal = Signal::derive(move || session.refusal(Permission::ResetOffsets));
    let id = reset.id;
    match reset.state {
        ResetState::Waiting => {
            let toasts = use_toasts();
            let cancel = move |_| {
                let (cluster, group) = page.names();
                spawn_local(async move {
                    match client::groups::cancel_reset(cluster, group, id).await {
                        Ok(()) => toasts.good("The reset waits no longer."),
                        Err(error) => toasts.bad(error.message()),
                    }
                    page.past.reload();
                });
            };
            act("Cancel", refusal, cancel).into_any()
        }
        ResetState::Done => {
            let undo = move |_| {
                let to = Some(ResetTo::Undo { reset: id });
                page.ask(&ResetQuery { to, ..ResetQuery::default() });
            };
            act("Undo…", refusal, undo).into_any()
        }
        _ => ().into_any(),
    }
}

/// A button that is as low as a row.
fn act(
    name: &'static str,
    refusal: Signal<Option<String>>,
    act: impl Fn(ev::MouseEvent) + 'static,
) -> impl IntoView {
    let off = move || refusal.get().is_some();
    view! {
        <button type="button" class="link" disabled=off title=refusal on:click=act>{name}</button>
    }
}
