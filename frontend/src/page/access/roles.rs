//! The roles, and one of them beside the list.

use leptos::{ev, prelude::*};
use ouzel_api::{
    access::RoleRow,
    session::{Grant, Permission},
};

use super::role_editor::{Draft, EditRole};
use crate::{
    ask::{Ask, Question},
    client,
    format::count,
    listing::use_flag,
    load::{Loaded, load},
    location::{History, use_location},
    ui::{
        Badge, Button, Column, Drawer, Empty, Table, TableHandle, TableSpec, Time, Tone, use_toasts,
    },
};

/// Name of the open role in the address.
const ROLE: &str = "role";

/// In the address while the dialog is open that makes one.
const CREATE: &str = "create";

/// In the address while the open role is changed.
const EDIT: &str = "edit";

/// The list, and the open role beside it.
#[component]
pub fn Roles() -> impl IntoView {
    let all = load(client::access::roles);
    let location = use_location();
    let draft = RwSignal::new(None::<Draft>);
    let creating = new_while_asked(draft);
    let editing = use_flag(EDIT);
    ends_with(draft, editing);
    let doomed = RwSignal::new(None::<Question<String>>);
    let toasts = use_toasts();
    let handle = TableHandle::default();
    let choose = move |name: Option<String>| {
        let query = location.query.get_untracked().with(ROLE, name.unwrap_or_default());
        location.set_query(&query, History::Replace);
    };
    let close = move || {
        choose(None);
        handle.focus();
    };
    let removed = move |name: String| {
        toasts.good(format!("The role {name} was removed."));
        choose(None);
        all.reload();
    };
    view! {
        <div class="bar">
            <span class="dim">"A role allows what its lines say; all else is denied."</span>
            <span class="grow"></span>
            <Button tone=Tone::Primary icon="plus" on_press=move |_| creating.set(true)>
                "New role"
            </Button>
        </div>
        <Loaded from=all let:roles>
            {
                let rows = Memo::new(move |_| roles.with(|roles| roles.to_vec()));
                let spec = TableSpec::new("Roles", columns()).on_open(move |at| {
                    choose(rows.with_untracked(|rows| rows.get(at).map(|row| row.name.clone())));
                });
                let chosen = Memo::new(move |_| {
                    let name = location.query.with(|it| it.get(ROLE).map(str::to_owned))?;
                    rows.with(|rows| rows.iter().find(|role| role.name == name).cloned())
                });
                let open = move || chosen.with(Option::is_some);
                let escape = move |event: ev::KeyboardEvent| {
                    if event.key() == "Escape" && untrack(open) {
                        close();
                    }
                };
                view! {
                    <div class="fill" on:keydown=escape>
                        <div class="split" class:open=open>
                            <div class="card">
                                <Table spec rows handle empty=|| view! {
                                    <Empty icon="lock" title="There is no role"/>
                                }/>
                            </div>
                            {move || chosen.get().map(|role| view! {
                                <RoleDrawer role draft editing doomed on_close=close/>
                            })}
                        </div>
                    </div>
                }
            }
        </Loaded>
        <EditRole draft on_saved=move |()| all.reload()/>
        <Ask question=doomed act=client::access::delete_role done=removed/>
    }
}

/// Whether the address asks for a new role: then there is a draft of one, until that goes.
fn new_while_asked(draft: RwSignal<Option<Draft>>) -> RwSignal<bool> {
    let creating = use_flag(CREATE);
    Effect::new(move |_| {
        if creating.get() && draft.with_untracked(Option::is_none) {
            draft.set(Some(Draft::new()));
        }
    });
    ends_with(draft, creating);
    creating
}

/// The address asks for a draft no longer than there is one.
fn ends_with(draft: RwSignal<Option<Draft>>, asked: RwSignal<bool>) {
    Effect::new(move |before: Option<bool>| {
        let now = draft.with(Option::is_some);
        if before == Some(true) && !now {
            asked.set(false);
        }
        now
    });
}

fn columns() -> Vec<Column<RoleRow>> {
    vec![
        Column::new("name", "name", "minmax(150px, 1fr)", |role: &RoleRow| {
            view! { <b>{role.name.clone()}</b> }
        })
        .narrow("minmax(0, 1fr)"),
        Column::new("kind", "kind", "100px", |role: &RoleRow| {
            let kind = if role.built_in { "built in" } else { "made here" };
            view! { <span class="dim">{kind}</span> }
        })
        .narrow("86px"),
        Column::new("users", "users", "70px", |role: &RoleRow| count(role.users))
            .right()
            .narrow("64px"),
        Column::new("grants", "allows", "minmax(260px, 3fr)", |role: &RoleRow| {
            let text = summary(&role.grants);
            view! { <span title=text.clone()>{text.clone()}</span> }
        }),
        Column::new("changed", "changed", "215px", |role: &RoleRow| match role.changed_ms {
            Some(at_ms) => view! { <Time at_ms/> }.into_any(),
            None => view! { <span class="dim">"never"</span> }.into_any(),
        }),
    ]
}

/// A role in one line.
fn summary(grants: &[Grant]) -> String {
    let line = |grant: &Grant| {
        let rights: Vec<&str> = grant.permissions.iter().map(|it| it.words().0).collect();
        match (grant.cluster.as_str(), grant.resource.as_str()) {
            ("*", "*") => rights.join(", "),
            (cluster, resource) => format!("{} on {cluster}/{resource}", rights.join(", ")),
        }
    };
    match grants.is_empty() {
        true => "nothing".to_owned(),
        false => grants.iter().map(line).collect::<Vec<_>>().join("; "),
    }
}

/// A role's lines one below the other.
pub fn grant_lines(grants: Vec<Grant>) -> impl IntoView {
    let right = |right: &Permission| {
        let (short, more) = right.words();
        let title = format!("{}: {more}", right.name());
        view! { <span title=title><Badge>{short}</Badge></span> }
    };
    let line = move |grant: Grant| {
        view! {
            <li class="grant">
                <span class="rights">{grant.permissions.iter().map(right).collect_view()}</span>
                <span class="dim">
                    {pattern(grant.cluster, "every cluster", "clusters ")} ", "
                    {pattern(grant.resource, "every topic and group", "topics and groups ")}
                </span>
            </li>
        }
    };
    match grants.is_empty() {
        true => view! { <p class="dim">"It allows nothing."</p> }.into_any(),
        false => view! { <ul class="grants">{grants.into_iter().map(line).collect_view()}</ul> }
            .into_any(),
    }
}

/// A pattern, or that it is all of them.
fn pattern(pattern: String, all: &'static str, some: &'static str) -> impl IntoView {
    match pattern.as_str() {
        "*" => view! { <span title="*">{all}</span> }.into_any(),
        _ => view! { {some} <code>{pattern}</code> }.into_any(),
    }
}

#[component]
fn RoleDrawer(
    role: RoleRow,
    draft: RwSignal<Option<Draft>>,
    /// Whether the address asks to change it.
    editing: RwSignal<bool>,
    doomed: RwSignal<Option<Question<String>>>,
    on_close: impl Fn() + Send + Sync + 'static,
) -> impl IntoView {
    let fixed = role.built_in.then(|| "It is built in. Copy it to make your own.".to_owned());
    let used = (role.users > 0).then(|| "Users have it: give them another one first.".to_owned());
    let kept = fixed.clone().or(used);
    let title = role.name.clone();
    let head = move || view! { <b class="break">{title.clone()}</b> };
    let lines = role.grants.clone();
    let role = StoredValue::new(role);
    let changeable = fixed.is_none();
    Effect::new(move |_| {
        if editing.get() && changeable && draft.with_untracked(Option::is_none) {
            draft.set(role.with_value(|role| Some(Draft::of(role))));
        }
    });
    let copy = move |_| draft.set(role.with_value(|role| Some(Draft::like(role))));
    let remove = move |_| {
        let name = role.with_value(|role| role.name.clone());
        doomed.set(Some(Question {
            title: format!("Remove the role {name}"),
            text: "Nobody has it. It can be made again, by hand.".to_owned(),
            act: "Remove the role",
            about: name,
        }));
    };
    let foot = move || {
        view! {
            <Button off=fixed.clone() on_press=move |_| editing.set(true)>"Edit…"</Button>
            <Button icon="copy" on_press=copy>"Copy…"</Button>
            <span class="grow"></span>
            <Button tone=Tone::Danger icon="trash-2" off=kept.clone() on_press=remove>
                "Remove…"
            </Button>
        }
    };
    let label = format!("Role {}", role.with_value(|role| role.name.clone()));
    view! {
        <Drawer label head foot on_close>
            <div class="drawer-body padded">{grant_lines(lines)}</div>
        </Drawer>
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::session::{Grant, Permission};

    use super::summary;

    #[test]
    fn a_role_is_told_in_one_line() {
        let all = Grant::everywhere(&[Permission::ViewCluster, Permission::ReadMessages]);
        let some = Grant {
            permissions: vec![Permission::CreateTopic],
            cluster: "dev".to_owned(),
            resource: "team-*".to_owned(),
        };
        let told = summary(&[all, some]);
        assert_eq!(told, "see clusters, read messages; create topics on dev/team-*");
        assert_eq!(summary(&[]), "nothing");
    }
}
