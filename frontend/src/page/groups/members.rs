//! Who is in a group.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::groups::{Assignment, Group, Member};

use crate::{
    cells,
    format::ranges,
    ui::{Column, Copyable, Empty, Table, TableSpec},
};

/// The tab.
#[component]
pub fn Members(group: Memo<Arc<Group>>) -> impl IntoView {
    let rows = Memo::new(move |_| group.with(|group| group.members.clone()));
    let columns = vec![
        Column::new("client", "client id", "minmax(160px, 1fr)", |row: &Member| {
            let id = row.client_id.clone();
            view! { <Copyable text=id.clone() what="the client id">{id}</Copyable> }
        })
        .headline(),
        Column::new("member", "member id", "minmax(280px, 2fr)", |row: &Member| {
            cells::mono(row.member_id.clone(), "the member's id")
        }),
        Column::new("instance", "instance id", "minmax(120px, 1fr)", |row: &Member| {
            match row.instance_id.clone() {
                Some(id) => id.into_any(),
                None => view! { <span class="dim">"dynamic"</span> }.into_any(),
            }
        })
        .hint("group.instance.id of a static member"),
        Column::new("host", "host", "160px", |row: &Member| {
            cells::mono(row.host.clone(), "the host")
        })
        .narrow("minmax(0, 1fr)"),
        Column::new("assigned", "partitions", "90px", |row: &Member| cells::number(row.assigned))
            .narrow("90px")
            .right()
            .hint("Partitions assigned to it"),
        Column::new("assignment", "assignment", "minmax(220px, 2fr)", assignment),
    ];
    let empty = move || {
        let told = group.with(|group| nobody(group.partitions.is_empty()));
        view! { <Empty icon="users" title="Nobody is in this group"><p>{told}</p></Empty> }
    };
    view! {
        <div class="card">
            <Table spec=TableSpec::new("Members", columns) rows empty/>
        </div>
    }
}

/// What is so while nobody is in a group, and what can be done then.
pub fn nobody(has_no_place: bool) -> &'static str {
    match has_no_place {
        true => {
            "No client is connected with this group id, and nothing is committed under it. Whoever \
             joins begins where the client's own auto.offset.reset says, or where “Reset offsets” \
             has put the group before. What nobody needs can be deleted."
        }
        false => {
            "No client is connected with this group id. How far it has read is kept until that \
             expires, and whoever joins goes on from there. While nobody is in it, its offsets can \
             be reset, and it can be deleted."
        }
    }
}

/// What it holds, as `orders 0–3, 7`.
fn assignment(member: &Member) -> impl IntoView + use<> {
    let text =
        |held: &Assignment| format!("{} {}", held.topic, ranges(&held.partitions, "–", ", "));
    let text = member.assignment.iter().map(text).collect::<Vec<_>>().join(" · ");
    let title = text.clone();
    view! { <span class="mono" title=title>{text}</span> }
}
