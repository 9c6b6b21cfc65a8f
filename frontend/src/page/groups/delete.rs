//! The dialog that deletes groups: says first what goes, then what became of each.

use leptos::{ev, prelude::*};
use ouzel_api::resets::DeletedGroup;

use crate::{
    ask::Sending,
    client,
    format::{count, counted},
    ui::{Dialog, Field, Icon, SubmitFoot, TextInput, Toasts, Tone, open_while, use_toasts},
};

/// Most groups that are named before they are deleted; the rest are counted.
const NAMED_MAX: usize = 12;

/// Asks about `groups` while there are any.
#[component]
pub fn DeleteGroupsDialog(
    cluster: StoredValue<String>,
    /// The groups in question.
    groups: RwSignal<Vec<String>>,
    /// Told when at least one is gone.
    #[prop(into)]
    on_deleted: Callback<()>,
) -> impl IntoView {
    let open = open_while(groups, |groups| !groups.is_empty());
    let title = move || groups.with(|groups| format!("Delete {}", what(groups)));
    view! {
        <Dialog open title=Signal::derive(title)>
            <Content form=Form::new(open, cluster, groups.get_untracked(), on_deleted)/>
        </Dialog>
    }
}

/// The name of one group, or how many they are: also what is typed to confirm.
fn what(groups: &[String]) -> String {
    match groups {
        [one] => one.clone(),
        many => counted(many.len() as i128, "group", "groups"),
    }
}

#[derive(Clone, Copy)]
struct Form {
    open: RwSignal<bool>,
    cluster: StoredValue<String>,
    /// Those that are still to be deleted.
    groups: RwSignal<Vec<String>>,
    typed: RwSignal<String>,
    sending: Sending,
    /// Those that are still there after they were to be deleted.
    left: RwSignal<Vec<DeletedGroup>>,
    on_deleted: Callback<()>,
    toasts: Toasts,
}

#[component]
fn Content(form: Form) -> impl IntoView {
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        form.submit();
    };
    let off = move || !form.confirmed() || form.sending.busy();
    let named = move || {
        form.groups.with(|groups| {
            let name = |name: &String| view! { <li class="mono break">{name.clone()}</li> };
            let more = groups.len().saturating_sub(NAMED_MAX);
            let names = groups.iter().take(NAMED_MAX).map(name).collect_view();
            let more = (more > 0).then(|| format!("and {} more", count(more as i128)));
            view! { <ul>{names}{more.map(|more| view! { <li class="dim">{more}</li> })}</ul> }
        })
    };
    let wanted = move || form.groups.with(|groups| what(groups));
    let label = move || if form.left.with(Vec::is_empty) { "Delete" } else { "Try again" };
    view! {
        <form class="col" on:submit=submit>
            <p>
                "Deletes " <b>{wanted}</b> " and all that is committed there: whoever reads with "
                "such a group again begins anew. A group with members is refused. This cannot be "
                "undone."
            </p>
            {move || (form.groups.with(Vec::len) > 1).then(named)}
            {move || left(form.left.get())}
            {move || view! {
                <Field label=format!("Type {} to confirm", wanted())>
                    <TextInput value=form.typed attr:autofocus=true attr:name="confirm"/>
                </Field>
            }}
            {form.sending.refusal()}
            <SubmitFoot open=form.open off tone=Tone::Danger>
                {move || if form.sending.busy() { "Deleting…" } else { label() }}
            </SubmitFoot>
        </form>
    }
}

/// The groups that could not be deleted, each with its reason.
fn left(left: Vec<DeletedGroup>) -> Option<impl IntoView> {
    let row = |DeletedGroup { group, error }: DeletedGroup| {
        view! { <li class="break"><b class="mono">{group}</b> " " {error}</li> }
    };
    (!left.is_empty()).then(|| {
        view! {
            <div class="note bad" role="alert">
                <Icon name="triangle-alert"/>
                <ul class="grow">{left.into_iter().map(row).collect_view()}</ul>
            </div>
        }
    })
}

impl Form {
    fn new(
        open: RwSignal<bool>,
        cluster: StoredValue<String>,
        groups: Vec<String>,
        on_deleted: Callback<()>,
    ) -> Form {
        Form {
            open,
            cluster,
            groups: RwSignal::new(groups),
            typed: RwSignal::new(String::new()),
            sending: Sending::new(),
            left: RwSignal::new(Vec::new()),
            on_deleted,
            toasts: use_toasts(),
        }
    }

    /// Whether it was typed what is deleted; reactive.
    fn confirmed(self) -> bool {
        self.groups.with(|groups| self.typed.with(|typed| typed.trim() == what(groups)))
    }

    fn submit(self) {
        if !untrack(|| self.confirmed()) {
            return;
        }
        let (cluster, groups) = (self.cluster.get_value(), self.groups.get_untracked());
        let request = client::groups::delete(cluster, groups);
        self.sending.send(request, move |deleted| self.take(deleted));
    }

    /// Keeps what is left, to be tried again.
    fn take(self, deleted: Vec<DeletedGroup>) {
        let (left, gone): (Vec<_>, Vec<_>) = deleted.into_iter().partition(|it| it.error.is_some());
        if !gone.is_empty() {
            let groups = counted(gone.len() as i128, "group was", "groups were");
            self.toasts.good(format!("{groups} deleted."));
            self.on_deleted.try_run(());
        }
        if left.is_empty() {
            self.open.try_set(false);
            return;
        }
        self.groups.try_set(left.iter().map(|it| it.group.clone()).collect());
        self.typed.try_set(String::new());
        self.left.try_set(left);
    }
}
