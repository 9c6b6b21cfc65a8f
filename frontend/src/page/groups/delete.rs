//! The dialog that deletes groups: says first what goes, then what became of each.

use leptos::{ev, prelude::*};
use ouzel_api::{groups::GroupRow, resets::DeletedGroup};

use crate::{
    ask::Sending,
    client,
    format::{count, counted},
    load::load,
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
    let known = load(move || client::groups::list(form.cluster.get_value()));
    let rows = move || {
        let all = known.latest()?;
        let doomed = |row: &&GroupRow| form.groups.with(|groups| groups.contains(&row.group));
        Some(all.groups.iter().filter(doomed).cloned().collect::<Vec<_>>())
    };
    view! {
        <form class="col" on:submit=submit>
            <p>
                "Deletes " <b>{wanted}</b> " and all that is committed there"
                {move || rows().and_then(|rows| loss(&rows))}
                ": whoever reads with such a group again begins anew. This cannot be undone."
            </p>
            {move || rows().and_then(|rows| held(&rows)).map(|text| view! {
                <p class="warn">{text}</p>
            })}
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

/// How much is committed there, as far as it is known of all of them.
fn loss(rows: &[GroupRow]) -> Option<String> {
    let topics = rows.iter().map(|row| row.topics).sum::<Option<u32>>()?;
    let each = if rows.len() > 1 { ", counted group by group" } else { "" };
    Some(format!(", on {}{each}", counted(topics, "topic", "topics")))
}

/// That the cluster will refuse some of them.
fn held(rows: &[GroupRow]) -> Option<String> {
    let held = rows.iter().filter(|row| row.members.is_some_and(|members| members > 0)).count();
    let told = || counted(held as i128, "group has", "groups have");
    (held > 0).then(|| format!("{} members, and the cluster refuses to delete such.", told()))
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

#[cfg(test)]
mod tests {
    use ouzel_api::Lag;

    use super::{GroupRow, held, loss};

    fn row(topics: Option<u32>, members: u32) -> GroupRow {
        GroupRow {
            group: "g".to_owned(),
            group_type: "classic".to_owned(),
            state: "Empty".to_owned(),
            protocol_type: String::new(),
            members: Some(members),
            topics,
            lag: Lag::NoCommit,
            without_commit: 0,
            error: None,
            progress: None,
            denied: Vec::new(),
        }
    }

    #[test]
    fn what_goes_with_groups_is_told_in_numbers_as_far_as_all_are_known() {
        assert_eq!(loss(&[row(Some(1), 0)]).as_deref(), Some(", on 1 topic"));
        let both = [row(Some(1), 0), row(Some(2), 3)];
        assert_eq!(loss(&both).as_deref(), Some(", on 3 topics, counted group by group"));
        assert_eq!(loss(&[row(Some(1), 0), row(None, 0)]), None);
        assert_eq!(held(&both[..1]), None);
        assert!(held(&both).is_some_and(|text| text.starts_with("1 group has members")));
    }
}
