//! What somebody may do somewhere, and by which rule.

use leptos::prelude::*;
use ouzel_api::access::{Explained, ExplainedRight};

use crate::{
    client,
    listing::use_text,
    load::{Loaded, load},
    ui::{Badge, Choice, Column, Empty, Inline, Mood, Select, Table, TableSpec, TextInput},
};

/// Asks; the question lives in the address.
#[component]
pub fn Check() -> impl IntoView {
    let (user, cluster, resource) = (use_text("user"), use_text("cluster"), use_text("resource"));
    let users = load(client::access::users);
    let clusters = load(client::clusters::list);
    let choice = |name: String| Choice::new(name.clone(), name);
    let user_choices = Signal::derive(move || {
        let all = users.latest().map(|users| users.to_vec()).unwrap_or_default();
        let names = all.into_iter().map(|user| user.name);
        [Choice::new("", "choose…")].into_iter().chain(names.map(choice)).collect::<Vec<_>>()
    });
    let cluster_choices = Signal::derive(move || {
        let all = clusters.latest().map(|all| all.to_vec()).unwrap_or_default();
        let names = all.into_iter().map(|cluster| cluster.id);
        [Choice::new("", "all of them")].into_iter().chain(names.map(choice)).collect::<Vec<_>>()
    });
    let asked = move || !user.with(String::is_empty);
    view! {
        <div class="bar">
            <Inline label="what may">
                <Select value=user choices=user_choices on_pick=move |value| user.set(value)/>
            </Inline>
            <Inline label="do on cluster">
                <Select
                    value=cluster
                    choices=cluster_choices
                    on_pick=move |value| cluster.set(value)
                />
            </Inline>
            <Inline label="topic or group">
                <TextInput value=resource attr:size="24" placeholder="all of them"/>
            </Inline>
        </div>
        <Show
            when=asked
            fallback=|| view! {
                <div class="card">
                    <Empty icon="user" title="Whose rights?">
                        <p>"Choose a user to see what that person may do, and by which rule."</p>
                    </Empty>
                </div>
            }
        >
            <Answer user cluster resource/>
        </Show>
    }
}

#[component]
fn Answer(
    user: RwSignal<String>,
    cluster: RwSignal<String>,
    resource: RwSignal<String>,
) -> impl IntoView {
    let told = load(move || {
        client::access::explain(user.get(), cluster.get(), resource.get().trim().to_owned())
    });
    view! {
        <Loaded from=told let:told>
            <p>
                {move || told.with(|it| it.user.clone())} " has the role "
                <b>{move || told.with(|it| it.role.clone())}</b> "."
            </p>
            <div class="card">
                <Table
                    spec=TableSpec::new("Rights", columns())
                    rows=Signal::derive(move || told.with(|told: &std::sync::Arc<Explained>| {
                        told.decisions.clone()
                    }))
                />
            </div>
        </Loaded>
    }
}

fn columns() -> Vec<Column<ExplainedRight>> {
    vec![
        Column::new("right", "right", "minmax(240px, 2fr)", |it: &ExplainedRight| {
            let (short, more) = it.permission.words();
            view! {
                <span title=it.permission.name()>{short} ": " <span class="dim">{more}</span></span>
            }
        })
        .narrow("minmax(0, 1fr)"),
        Column::new("answer", "answer", "100px", |it: &ExplainedRight| match it.allowed {
            true => view! { <Badge mood=Mood::Good>"allowed"</Badge> }.into_any(),
            false => view! { <Badge mood=Mood::Bad>"denied"</Badge> }.into_any(),
        })
        .narrow("80px"),
        Column::new("rule", "because", "minmax(240px, 3fr)", |it: &ExplainedRight| {
            view! { <span title=it.rule.clone()>{it.rule.clone()}</span> }
        })
        .headline(),
    ]
}
