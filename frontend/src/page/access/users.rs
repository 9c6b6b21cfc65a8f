//! The users, and the dialog that makes one.

use leptos::{ev, prelude::*};
use ouzel_api::access::{CreateUser, FirstPassword, RoleRow, User};

use super::{
    secret::Secret,
    user::{UserDrawer, role_choices, state},
};
use crate::{
    ask::Sending,
    client,
    format::count,
    listing::{ascending, use_flag, use_listing},
    load::{Load, Loaded, load},
    location::{History, use_location},
    ui::{
        Age, Badge, Button, Column, Dialog, Empty, Field, FilterBox, Select, SubmitFoot, Table,
        TableHandle, TableSpec, TextInput, Tone,
    },
};

/// Name of the open user in the address.
const USER: &str = "user";

/// In the address while the dialog is open that makes one.
const CREATE: &str = "create";

/// The list, and the open user beside it.
#[component]
pub fn Users() -> impl IntoView {
    let all = load(client::access::users);
    let roles = load(client::access::roles);
    let location = use_location();
    let listing = use_listing(ascending("name"));
    let creating = use_flag(CREATE);
    let handle = TableHandle::default();
    let choose = move |name: Option<String>| {
        let query = location.query.get_untracked().with(USER, name.unwrap_or_default());
        location.set_query(&query, History::Replace);
    };
    let close = move || {
        choose(None);
        handle.focus();
    };
    view! {
        <div class="bar">
            <FilterBox value=listing.filter label="Filter by name or role"/>
            <span class="grow"></span>
            <Button tone=Tone::Primary icon="plus" on_press=move |_| creating.set(true)>
                "Create user"
            </Button>
        </div>
        <Loaded from=all let:users>
            {
                let rows = Memo::new(move |_| {
                    let narrowing = listing.narrowing();
                    let fits =
                        |user: &&User| narrowing.keeps(&format!("{} {}", user.name, user.role));
                    users.with(|users| users.iter().filter(fits).cloned().collect::<Vec<_>>())
                });
                let spec = TableSpec::new("Users", columns()).on_open(move |at| {
                    choose(rows.with_untracked(|rows| rows.get(at).map(|row| row.name.clone())));
                });
                let chosen = Memo::new(move |_| {
                    let name = location.query.with(|it| it.get(USER).map(str::to_owned))?;
                    users.with(|users| users.iter().find(|user| user.name == name).cloned())
                });
                let open = move || chosen.with(Option::is_some);
                let escape = move |event: ev::KeyboardEvent| {
                    if event.key() == "Escape" && untrack(open) {
                        close();
                    }
                };
                let changed = move |()| all.reload();
                view! {
                    <div class="fill" on:keydown=escape>
                        <div class="split" class:open=open>
                            <div class="card">
                                <Table spec rows handle empty=|| view! {
                                    <Empty icon="users" title="No user fits the filter"/>
                                }/>
                            </div>
                            {move || chosen.get().map(|user| view! {
                                <UserDrawer user roles on_close=close on_changed=changed/>
                            })}
                        </div>
                    </div>
                }
            }
        </Loaded>
        <CreateUserDialog open=creating roles on_made=move |()| all.reload()/>
    }
}

fn columns() -> Vec<Column<User>> {
    vec![
        Column::new("name", "name", "minmax(160px, 1.5fr)", |user: &User| {
            view! { <b>{user.name.clone()}</b> }
        })
        .narrow("minmax(0, 1fr)"),
        Column::new("role", "role", "minmax(136px, 1fr)", |user: &User| {
            let role = user.role.clone();
            view! { <Badge>{role}</Badge> }
        })
        .narrow("minmax(0, 1fr)"),
        Column::new("state", "state", "150px", state).narrow("112px"),
        Column::new("sessions", "sessions", "90px", |user: &User| count(user.sessions)).right(),
        Column::new("tokens", "tokens", "80px", |user: &User| count(user.tokens)).right(),
        Column::new("seen", "last seen", "120px", |user: &User| match user.seen_ms {
            Some(at_ms) => view! { <Age at_ms/> }.into_any(),
            None => view! { <span class="dim">"no session"</span> }.into_any(),
        }),
        Column::new("changed", "password set", "120px", |user: &User| {
            view! { <Age at_ms=user.password_changed_ms/> }
        }),
    ]
}

#[component]
fn CreateUserDialog(
    open: RwSignal<bool>,
    roles: Load<Vec<RoleRow>>,
    #[prop(into)] on_made: Callback<()>,
) -> impl IntoView {
    view! { <Dialog open title="Create user"><Creation open roles on_made/></Dialog> }
}

#[component]
fn Creation(
    open: RwSignal<bool>,
    roles: Load<Vec<RoleRow>>,
    on_made: Callback<()>,
) -> impl IntoView {
    let made = RwSignal::new(None::<FirstPassword>);
    move || match made.get() {
        None => view! { <CreateForm open roles made on_made/> }.into_any(),
        Some(FirstPassword { user, password }) => {
            let text = format!("{user} signs in with this password and must change it then.");
            let done = move || open.set(false);
            view! { <Secret text secret=password label="The password" on_done=done/> }.into_any()
        }
    }
}

#[component]
fn CreateForm(
    open: RwSignal<bool>,
    roles: Load<Vec<RoleRow>>,
    made: RwSignal<Option<FirstPassword>>,
    on_made: Callback<()>,
) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let role = RwSignal::new("viewer".to_owned());
    let sending = Sending::new();
    let whole = move || name.with(|name| !name.trim().is_empty());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !untrack(whole) {
            return;
        }
        let name = name.get_untracked().trim().to_owned();
        let asked = CreateUser { name, role: role.get_untracked() };
        sending.send(client::access::create_user(asked), move |first| {
            made.try_set(Some(first));
            on_made.try_run(());
        });
    };
    view! {
        <form class="col" on:submit=submit>
            <Field label="Name" hint="Letters, digits and . _ - @ +">
                <TextInput value=name attr:autofocus=true attr:name="name" attr:maxlength="64"/>
            </Field>
            <Field label="Role">
                <Select
                    value=role
                    choices=role_choices(roles, role)
                    on_pick=move |value| role.set(value)
                />
            </Field>
            {sending.refusal()}
            <SubmitFoot open off=move || !whole() || sending.busy() tone=Tone::Primary>
                "Create user"
            </SubmitFoot>
        </form>
    }
}
