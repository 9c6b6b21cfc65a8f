//! The difference before it is saved: each key with what it is and what it becomes.

use leptos::{ev, prelude::*};

use super::{
    Editing,
    draft::{Change, Draft},
    meaning::{Warning, warning},
};
use crate::{
    ask::Sending,
    client,
    clusters::use_clusters,
    confirm::Confirm,
    format::counted,
    setting::told,
    ui::{Button, Dialog, Note, Toasts, use_toasts},
};

/// The dialog.
#[component]
pub fn ReviewDialog(editing: Editing, replicas: Signal<Option<usize>>) -> impl IntoView {
    let title = editing.names.with_value(|(_, topic)| format!("Change the settings of {topic}"));
    view! {
        <Dialog open=editing.reviewing title=title wide=true>
            <Content editing replicas/>
        </Dialog>
    }
}

#[derive(Clone, Copy)]
struct Form {
    editing: Editing,
    /// What was shown is what is sent, whatever is read meanwhile.
    changes: StoredValue<Vec<Change>>,
    sending: Sending,
    toasts: Toasts,
}

#[component]
fn Content(editing: Editing, replicas: Signal<Option<usize>>) -> impl IntoView {
    let changes = untrack(|| {
        let config = editing.config.latest();
        let settings = config.as_ref().map(|config| config.settings.as_slice()).unwrap_or_default();
        editing.draft.with(|draft| draft.changes(settings))
    });
    let warned = |change: &Change| warning(change, replicas.get_untracked());
    let warnings: Vec<Warning> = changes.iter().filter_map(warned).collect();
    let loses = warnings.iter().any(|warning| warning.loses);
    let needed = loses && use_clusters().is_production();
    let topic = editing.names.with_value(|(_, topic)| topic.clone());
    let confirm = Confirm::new(topic, needed);
    let save = format!("Save {}", counted(changes.len() as i128, "setting", "settings"));
    let lines = changes.iter().map(line).collect_view();
    let form = Form {
        editing,
        changes: StoredValue::new(changes),
        sending: Sending::new(),
        toasts: use_toasts(),
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if untrack(|| confirm.given()) {
            form.submit();
        }
    };
    let off = move || form.sending.busy() || !confirm.given();
    let note = |it: Warning| {
        let mood = if it.loses { "bad" } else { "" };
        view! { <Note mood><span>{it.text}</span></Note> }
    };
    view! {
        <form class="col" on:submit=submit>
            <table class="diff">
                <thead><tr><th>"setting"</th><th>"now"</th><th>"after"</th></tr></thead>
                <tbody>{lines}</tbody>
            </table>
            {warnings.into_iter().map(note).collect_view()}
            <p class="dim">"All other settings stay as they are."</p>
            {confirm.field()}
            {form.sending.refusal()}
            <div class="dialog-foot">
                <Button on_press=move |_| editing.reviewing.set(false)>"Back"</Button>
                <button class="btn primary" type="submit" disabled=off autofocus=true>
                    {move || if form.sending.busy() { "Saving…".to_owned() } else { save.clone() }}
                </button>
            </div>
        </form>
    }
}

fn line(change: &Change) -> impl IntoView + use<> {
    let Change { setting, own } = change;
    let before = match setting.sensitive {
        true => view! { <span class="dim">"secret"</span> }.into_any(),
        false => told(&setting.name, setting.value.as_deref()).into_any(),
    };
    let inherits = own.is_none().then(|| view! { <span class="dim">" (inherited)"</span> });
    view! {
        <tr>
            <th class="mono break" scope="row">{setting.name.clone()}</th>
            <td class="before">{before}</td>
            <td class="after">{told(&setting.name, change.after())} {inherits}</td>
        </tr>
    }
}

impl Form {
    fn submit(self) {
        let changes = self.changes.with_value(|all| all.iter().map(Change::to_send).collect());
        let many = self.changes.with_value(Vec::len);
        let (cluster, topic) = self.editing.names.get_value();
        let request = client::topics::change_config(cluster, topic.clone(), changes);
        self.sending.send(request, move |shown| {
            self.editing.draft.try_set(Draft::default());
            self.editing.reviewing.try_set(false);
            self.editing.config.reload();
            let settings = counted(many as i128, "setting", "settings");
            let were = if many == 1 { "was" } else { "were" };
            let told = format!("{settings} of {topic} {were} changed.");
            self.toasts.good(shown.told(told));
        });
    }
}
