//! The dialog in which a role is written, line by line.

use leptos::{ev, prelude::*};
use ouzel_api::{
    access::{ChangeRole, CreateRole, GRANTS_MAX, RoleRow},
    session::{Grant, Permission, Scope},
};

use crate::{
    ask::Sending,
    client,
    ui::{
        Checkbox, Dialog, Field, Icon, IconButton, SubmitFoot, TextInput, Tone, open_while,
        use_toasts,
    },
};

/// A role while it is written. Cheap to copy.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Draft {
    /// It is there already and keeps its name.
    exists: bool,
    name: RwSignal<String>,
    lines: RwSignal<Vec<Line>>,
}

/// One line while it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Line {
    id: usize,
    rights: RwSignal<Vec<Permission>>,
    cluster: RwSignal<String>,
    resource: RwSignal<String>,
}

impl Draft {
    /// A new role with one line to fill in.
    pub fn new() -> Draft {
        let line = Grant::everywhere(&[Permission::ViewCluster, Permission::ReadMessages]);
        Draft::from(false, String::new(), &[line])
    }

    /// A role to be changed.
    pub fn of(role: &RoleRow) -> Draft {
        Draft::from(true, role.name.clone(), &role.grants)
    }

    /// A new role that begins as a copy.
    pub fn like(role: &RoleRow) -> Draft {
        Draft::from(false, format!("{}-copy", role.name), &role.grants)
    }

    fn from(exists: bool, name: String, grants: &[Grant]) -> Draft {
        let line = |(id, grant): (usize, &Grant)| Line {
            id,
            rights: RwSignal::new(grant.permissions.clone()),
            cluster: RwSignal::new(grant.cluster.clone()),
            resource: RwSignal::new(grant.resource.clone()),
        };
        let lines = grants.iter().enumerate().map(line).collect();
        Draft { exists, name: RwSignal::new(name), lines: RwSignal::new(lines) }
    }

    /// The lines as they would be sent; reactive.
    fn grants(self) -> Vec<Grant> {
        let grant = |line: &Line| Grant {
            permissions: line.rights.get(),
            cluster: line.cluster.get().trim().to_owned(),
            resource: line.resource.get().trim().to_owned(),
        };
        self.lines.with(|lines| lines.iter().map(grant).collect())
    }

    fn add(self) {
        self.lines.update(|lines| {
            let id = lines.iter().map(|line| line.id + 1).max().unwrap_or_default();
            let all = || RwSignal::new("*".to_owned());
            let rights = RwSignal::new(Vec::new());
            lines.push(Line { id, rights, cluster: all(), resource: all() });
        });
    }
}

/// The dialog, open while there is a draft.
#[component]
pub fn EditRole(
    draft: RwSignal<Option<Draft>>,
    #[prop(into)] on_saved: Callback<()>,
) -> impl IntoView {
    let open = open_while(draft, Option::is_some);
    let title = Signal::derive(move || {
        let exists = draft.get().is_some_and(|draft| draft.exists);
        if exists { "Edit role".to_owned() } else { "New role".to_owned() }
    });
    view! {
        <Dialog open title wide=true>
            {move || draft.get().map(|draft| view! { <Form open draft on_saved/> })}
        </Dialog>
    }
}

#[component]
fn Form(open: RwSignal<bool>, draft: Draft, on_saved: Callback<()>) -> impl IntoView {
    let sending = Sending::new();
    let toasts = use_toasts();
    let whole = move || draft.name.with(|name| !name.trim().is_empty());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !untrack(whole) {
            return;
        }
        let name = draft.name.get_untracked().trim().to_owned();
        let grants = untrack(|| draft.grants());
        let told = name.clone();
        let request = async move {
            match draft.exists {
                true => client::access::change_role(name, ChangeRole { grants }).await,
                false => client::access::create_role(CreateRole { name, grants }).await,
            }
        };
        sending.send(request, move |()| {
            open.try_set(false);
            toasts.good(format!("The role {told} was saved."));
            on_saved.try_run(());
        });
    };
    let full = move || draft.lines.with(Vec::len) >= GRANTS_MAX;
    view! {
        <form class="col" on:submit=submit>
            <Field label="Name">
                <TextInput
                    value=draft.name
                    attr:name="name"
                    attr:maxlength="64"
                    attr:autofocus=!draft.exists
                    off=draft.exists
                />
            </Field>
            <For each=move || draft.lines.get() key=|line| line.id
                children=move |line| view! { <LineFields draft line/> }/>
            <div>
                <button class="btn" type="button" disabled=full on:click=move |_| draft.add()>
                    <Icon name="plus"/>
                    "Another line"
                </button>
            </div>
            {sending.refusal()}
            <SubmitFoot open off=move || !whole() || sending.busy() tone=Tone::Primary>
                "Save the role"
            </SubmitFoot>
        </form>
    }
}

#[component]
fn LineFields(draft: Draft, line: Line) -> impl IntoView {
    let right = move |permission: Permission| {
        let ticked = RwSignal::new(line.rights.with_untracked(|it| it.contains(&permission)));
        Effect::new(move |before: Option<bool>| {
            let now = ticked.get();
            if before.is_some_and(|before| before != now) {
                line.rights.update(|rights| match now {
                    true => rights.push(permission),
                    false => rights.retain(|it| *it != permission),
                });
            }
            now
        });
        let (short, more) = permission.words();
        let label = format!("{short}: {more}");
        view! { <Checkbox value=ticked label hint=permission.name()/> }
    };
    let console = move || {
        let console = |it: &Permission| it.scope() == Scope::Console;
        line.rights.with(|rights| rights.iter().any(console)) && line.cluster.get().trim() != "*"
    };
    let wrong = Signal::derive(move || {
        let told = || "A right that is about the whole console needs the pattern *.".to_owned();
        console().then(told)
    });
    let remove = move |_| draft.lines.update(|lines| lines.retain(|it| it.id != line.id));
    view! {
        <fieldset class="role-line">
            <legend class="unseen">"A line of the role"</legend>
            <div class="rights">
                {Permission::ALL.iter().copied().map(right).collect_view()}
            </div>
            <div class="pair">
                <Field label="Clusters" error=wrong>
                    <TextInput value=line.cluster placeholder="*"/>
                </Field>
                <Field label="Topics and groups">
                    <TextInput value=line.resource placeholder="*"/>
                </Field>
            </div>
            <span class="remove">
                <IconButton icon="x" label="Remove this line" on_press=remove/>
            </span>
        </fieldset>
    }
}
