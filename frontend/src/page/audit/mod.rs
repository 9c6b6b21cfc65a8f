//! The audit log: who did what, and whether the record of it is whole.

mod change;
mod entry;
mod filters;
mod query;
mod verify;

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{
    audit::{AuditPage, AuditQuery, AuditRow, ExportFormat, Outcome},
    session::Permission,
};

use self::{entry::Entry, filters::Filters, verify::Verify};
use crate::{
    client,
    format::{count, counted, duration},
    load::{Loaded, load},
    location::{History, use_location},
    query::Query,
    session::use_session,
    ui::{
        Badge, Button, Column, Empty, Forbidden, Icon, Menu, Mood, Table, TableHandle, TableSpec,
        Time,
    },
};

/// Names in the address.
const USER: &str = "user";
const ACTION: &str = "action";
const CLUSTER: &str = "cluster";
const RESOURCE: &str = "resource";
const OUTCOME: &str = "outcome";
const SINCE: &str = "since";
const UNTIL: &str = "until";
const BEFORE: &str = "before";
const ROW: &str = "row";

/// The page.
#[component]
pub fn Audit() -> impl IntoView {
    if let Some(reason) = use_session().refusal(Permission::ReadAudit) {
        return view! {
            <header class="head"><h1>"Audit"</h1></header>
            <div class="card"><Forbidden title="You may not read the audit log" reason/></div>
        }
        .into_any();
    }
    let location = use_location();
    let wanted = Memo::new(move |_| location.query.with(query::read));
    let page = load(move || client::audit::page(wanted.get()));
    view! {
        <header class="head">
            <h1>"Audit"</h1>
            <span class="grow"></span>
            <Verify/>
            <ExportMenu wanted/>
        </header>
        <Filters/>
        <Loaded from=page let:rows>
            <Rows page=rows again=move || page.reload()/>
        </Loaded>
    }
    .into_any()
}

/// The rows that fit the conditions, all pages of them, as a file.
#[component]
fn ExportMenu(wanted: Memo<AuditQuery>) -> impl IntoView {
    let face =
        || view! { <Icon name="download"/> "Export" <Icon name="chevron-down" size="small"/> };
    let item = move |format: ExportFormat, text: &'static str| {
        let href = move || wanted.with(|wanted| client::audit::export_path(wanted, format));
        view! {
            <a class="menu-item" role="menuitem" href=href download="" target="_self">
                <Icon name="download"/>
                {text}
            </a>
        }
    };
    view! {
        <Menu label="Export what fits" face=face>
            <div class="menu-head">"All rows that fit, as"</div>
            {item(ExportFormat::Csv, "CSV")}
            {item(ExportFormat::Jsonl, "JSON lines")}
        </Menu>
    }
}

#[component]
fn Rows(page: Memo<Arc<AuditPage>>, #[prop(into)] again: Callback<()>) -> impl IntoView {
    let location = use_location();
    let rows = Memo::new(move |_| page.with(|page| page.rows.clone()));
    let handle = TableHandle::default();
    let chosen = Memo::new(move |_| {
        let id = location.query.with(|query| query.get(ROW).and_then(|id| id.parse::<i64>().ok()));
        rows.with(|rows| rows.iter().find(|row| Some(row.id) == id).cloned())
    });
    let choose = move |id: Option<i64>| {
        let id = id.map(|id| id.to_string()).unwrap_or_default();
        location.set_query(&location.query.get_untracked().with(ROW, id), History::Replace);
    };
    let spec = TableSpec::new("Audit log", columns()).on_open(move |at| {
        choose(rows.with_untracked(|rows| rows.get(at).map(|row| row.id)));
    });
    let close = move || {
        choose(None);
        handle.focus();
    };
    let open = move || chosen.with(Option::is_some);
    let on_escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && untrack(open) {
            close();
        }
    };
    let empty = move || {
        let (icon, title) = match location.query.with(Query::is_empty) {
            true => ("scroll-text", "Nothing has been recorded yet"),
            false => ("text-search", "No act matches these conditions"),
        };
        view! { <Empty icon title/> }
    };
    view! {
        <div class="fill" on:keydown=on_escape>
            <div class="split" class:open=open>
                <div class="card rows" style=("--slim", SLIM) style=("--slim-min", SLIM_MIN)>
                    <Table spec rows handle empty/>
                    <Pager page again/>
                </div>
                {move || chosen.get().map(|row| view! { <Entry row on_close=close/> })}
            </div>
        </div>
    }
}

/// The way to older rows and back; on the newest page, to what was done meanwhile.
#[component]
fn Pager(page: Memo<Arc<AuditPage>>, again: Callback<()>) -> impl IntoView {
    let location = use_location();
    let go = move |before: Option<i64>| {
        let before = before.map(|id| id.to_string()).unwrap_or_default();
        let query = location.query.get_untracked().with(BEFORE, before).without(ROW);
        location.set_query(&query, History::Push);
    };
    let older = move || page.with(|page| page.next_before);
    let paged = move || location.query.with(|query| query.get(BEFORE).is_some());
    let rows = move || page.with(|page| counted(page.rows.len() as i128, "row", "rows"));
    let newest = move |_| if untrack(paged) { go(None) } else { again.run(()) };
    let oldest =
        Signal::derive(move || older().is_none().then(|| "There are no older rows.".to_owned()));
    view! {
        <footer class="pager">
            <span class="dim">{rows} ", newest first"</span>
            <span class="grow"></span>
            <Button on_press=newest>{move || if paged() { "Newest" } else { "Read again" }}</Button>
            <Button off=oldest on_press=move |_| go(older())>"Older"</Button>
        </footer>
    }
}

/// The tracks beside the drawer, and the least width of them together: when, who, what, on what,
/// and how it ended. The drawer tells the others.
const SLIM: &str =
    "minmax(110px, 215px) minmax(72px, 0.4fr) minmax(110px, 150px) minmax(90px, 1fr) 86px";
const SLIM_MIN: &str = "468px";

fn columns() -> Vec<Column<AuditRow>> {
    let optional = |text: &Option<String>| match text.clone() {
        Some(text) => view! { <span title=text.clone()>{text.clone()}</span> }.into_any(),
        None => view! { <span class="dim">"–"</span> }.into_any(),
    };
    vec![
        Column::new("id", "#", "80px", |row: &AuditRow| {
            view! { <span class="mono dim">{count(row.id)}</span> }
        })
        .right()
        .gives_way(),
        Column::new("at", "time", "215px", |row: &AuditRow| view! { <Time at_ms=row.at_ms/> })
            .headline(),
        Column::new("user", "user", "minmax(100px, 0.4fr)", |row: &AuditRow| row.user.clone())
            .narrow("minmax(0, 1fr)"),
        Column::new("action", "action", "150px", |row: &AuditRow| {
            view! { <span class="mono">{row.action.clone()}</span> }
        })
        .narrow("136px"),
        Column::new("cluster", "cluster", "110px", move |row: &AuditRow| optional(&row.cluster))
            .gives_way(),
        Column::new("resource", "resource", "minmax(140px, 1fr)", move |row: &AuditRow| {
            optional(&row.resource)
        }),
        Column::new("outcome", "outcome", "90px", |row: &AuditRow| outcome(row.outcome))
            .narrow("86px"),
        Column::new("result", "result", "minmax(160px, 3fr)", move |row: &AuditRow| {
            optional(&row.result)
        })
        .gives_way(),
        Column::new("took", "took", "90px", |row: &AuditRow| {
            row.duration_ms.map(|ms| view! { <span class="mono">{duration(ms)}</span> })
        })
        .right()
        .gives_way(),
    ]
}

/// How an act ended, in its colour.
fn outcome(outcome: Outcome) -> impl IntoView + use<> {
    let mood = match outcome {
        Outcome::Begun => Mood::Neutral,
        Outcome::Done => Mood::Good,
        Outcome::Failed => Mood::Warn,
        Outcome::Denied => Mood::Bad,
    };
    view! { <Badge mood=mood>{client::audit::outcome_name(outcome)}</Badge> }
}

/// A row of the head and its value, if there is one.
fn pair(name: &'static str, value: Option<String>) -> impl IntoView {
    value.map(|value| view! { <dt>{name}</dt> <dd>{value}</dd> })
}
