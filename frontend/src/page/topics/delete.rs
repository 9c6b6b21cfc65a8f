//! The dialog that deletes a topic: says first, in numbers, what is lost.

use leptos::{ev, prelude::*};

use super::loss::{about, told_groups};
use crate::{
    ask::Sending,
    client::{self, ClientError},
    format::counted,
    load::{Load, Loaded, load},
    ui::{Dialog, Field, SubmitFoot, TextInput, Toasts, Tone, open_while, use_toasts},
};

/// What goes with the topic.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Loss {
    partitions: usize,
    /// `None`: could not be read.
    records: Option<i64>,
    groups: Option<u32>,
}

/// Asks about `topic` while it is set.
#[component]
pub fn DeleteTopicDialog(
    cluster: StoredValue<String>,
    /// The topic in question.
    topic: RwSignal<Option<String>>,
    /// Told afterwards.
    #[prop(into)]
    on_deleted: Callback<()>,
) -> impl IntoView {
    let open = open_while(topic, Option::is_some);
    let name = Signal::derive(move || topic.get().unwrap_or_default());
    view! {
        <Dialog open title=Signal::derive(move || format!("Delete {}", name.get()))>
            <Content form=Form::new(open, cluster.get_value(), name.get_untracked(), on_deleted)/>
        </Dialog>
    }
}

#[derive(Clone, Copy)]
struct Form {
    open: RwSignal<bool>,
    cluster: StoredValue<String>,
    topic: StoredValue<String>,
    typed: RwSignal<String>,
    sending: Sending,
    on_deleted: Callback<()>,
    toasts: Toasts,
}

#[component]
fn Content(form: Form) -> impl IntoView {
    let loss = load(move || loss(form.cluster.get_value(), form.topic.get_value()));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        form.submit();
    };
    let off = move || !form.confirmed() || form.sending.busy();
    view! {
        <form class="col" on:submit=submit>
            <LossText of=loss/>
            <Field label=format!("Type {} to confirm", form.topic.get_value())>
                <TextInput value=form.typed attr:autofocus=true attr:name="confirm"/>
            </Field>
            {form.sending.refusal()}
            <SubmitFoot open=form.open off tone=Tone::Danger>
                {move || if form.sending.busy() { "Deleting…" } else { "Delete topic" }}
            </SubmitFoot>
        </form>
    }
}

/// What is lost, in numbers.
#[component]
fn LossText(of: Load<Loss>) -> impl IntoView {
    view! {
        <Loaded from=of let:loss>
            {move || {
                let Loss { partitions, records, groups } = *loss.get();
                let partitions = counted(partitions as i128, "partition", "partitions");
                let (records, groups) = (about(records), told_groups(groups));
                view! {
                    <p>
                        "Deletes " <b>{partitions}</b> " with " <b>{records}</b> ". " {groups}
                        " This cannot be undone."
                    </p>
                }
            }}
        </Loaded>
    }
}

/// Asks what goes with the topic. Figures that cannot be had do not hide the rest.
async fn loss(cluster: String, topic: String) -> Result<Loss, ClientError> {
    let figures = client::topics::figures_now(cluster.clone(), vec![topic.clone()]);
    let (topic, figures) =
        futures::future::join(client::topics::get(cluster, topic), figures).await;
    let figures = figures.ok().and_then(|answer| answer.figures.into_iter().next());
    Ok(Loss {
        partitions: topic?.partitions.len(),
        records: figures.as_ref().and_then(|figures| figures.messages),
        groups: figures.as_ref().and_then(|figures| figures.groups),
    })
}

impl Form {
    fn new(open: RwSignal<bool>, cluster: String, topic: String, on_deleted: Callback<()>) -> Form {
        Form {
            open,
            cluster: StoredValue::new(cluster),
            topic: StoredValue::new(topic),
            typed: RwSignal::new(String::new()),
            sending: Sending::new(),
            on_deleted,
            toasts: use_toasts(),
        }
    }

    /// Whether the name was typed; reactive.
    fn confirmed(self) -> bool {
        self.topic.with_value(|topic| self.typed.with(|typed| typed.trim() == topic))
    }

    fn submit(self) {
        if !untrack(|| self.confirmed()) {
            return;
        }
        let (cluster, topic) = (self.cluster.get_value(), self.topic.get_value());
        self.sending.send(client::topics::delete(cluster, topic.clone()), move |shown| {
            self.open.try_set(false);
            self.toasts.good(shown.told(format!("Topic {topic} was deleted.")));
            self.on_deleted.try_run(());
        });
    }
}
