//! The dialog that adds partitions: says first, in numbers, what becomes of the order of keys.

use leptos::{ev, prelude::*};
use ouzel_api::topics::Topic;

use super::super::{detail::records, loss::readers};
use crate::{
    ask::Sending,
    client,
    clusters::use_clusters,
    confirm::Confirm,
    format::{count, counted},
    load::{Load, load},
    ui::{Dialog, Field, Note, SubmitFoot, TextInput, Toasts, Tone, use_toasts},
};

/// Most partitions that are asked of a cluster at once; Kafka's own advice ends far below.
const PARTITIONS_MAX: u32 = 100_000;

/// The dialog.
#[component]
pub fn GrowDialog(
    open: RwSignal<bool>,
    cluster: StoredValue<String>,
    data: Load<Topic>,
) -> impl IntoView {
    let name = move || data.latest().map(|topic| topic.name.clone()).unwrap_or_default();
    view! {
        <Dialog open title=Signal::derive(move || format!("Add partitions to {}", name()))>
            <Content open cluster data/>
        </Dialog>
    }
}

#[derive(Clone, Copy)]
struct Form {
    open: RwSignal<bool>,
    cluster: StoredValue<String>,
    data: Load<Topic>,
    topic: StoredValue<String>,
    /// How many there are, as they are shown.
    present: u32,
    typed: RwSignal<String>,
    confirm: Confirm,
    sending: Sending,
    toasts: Toasts,
}

#[component]
fn Content(open: RwSignal<bool>, cluster: StoredValue<String>, data: Load<Topic>) -> impl IntoView {
    let Some(topic) = untrack(|| data.latest()) else { return ().into_any() };
    let present = u32::try_from(topic.partitions.len()).unwrap_or(u32::MAX);
    let held = records(&topic.partitions);
    let name = topic.name.clone();
    let of = (cluster.get_value(), name.clone());
    let groups = load(move || readers(of.0.clone(), of.1.clone()));
    let form = Form {
        open,
        cluster,
        data,
        topic: StoredValue::new(name.clone()),
        present,
        typed: RwSignal::new(present.saturating_add(1).to_string()),
        confirm: Confirm::new(name, untrack(|| use_clusters().is_production())),
        sending: Sending::new(),
        toasts: use_toasts(),
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        form.submit();
    };
    let error = Signal::derive(move || form.wanted().err());
    let off = move || form.wanted().is_err() || !form.confirm.given() || form.sending.busy();
    let effect = move || {
        form.wanted()
            .ok()
            .map(|wanted| effect(present, wanted, held).into_iter().map(line).collect_view())
    };
    view! {
        <form class="col" on:submit=submit>
            <Field label=format!("Partitions in all, {} now", count(present)) error=error>
                <TextInput
                    value=form.typed
                    attr:name="partitions"
                    attr:inputmode="numeric"
                    attr:autofocus=true
                />
            </Field>
            <div class="effect col" role="status">
                {effect}
                {move || groups.latest().map(|groups| groups_line(*groups))}
            </div>
            {form.confirm.field()}
            {form.sending.refusal()}
            <SubmitFoot open off tone=Tone::Primary>
                {move || if form.sending.busy() { "Adding…" } else { "Add partitions" }}
            </SubmitFoot>
        </form>
    }
    .into_any()
}

fn line(text: String) -> impl IntoView {
    view! { <Note><span>{text}</span></Note> }
}

fn groups_line(groups: Option<u32>) -> impl IntoView {
    let text = match groups {
        Some(0) => "No consumer group reads it.".to_owned(),
        Some(some) => format!(
            "{} it; members find the new partitions within minutes.",
            counted(some, "consumer group reads", "consumer groups read"),
        ),
        None => "Which groups read it could not be found out.".to_owned(),
    };
    view! { <p>{text}</p> }
}

/// What happens, in numbers. Of all keys those stay whose hash leaves the same remainder with both
/// counts: `present` of every least common multiple.
fn effect(present: u32, wanted: u32, held: Option<i64>) -> Vec<String> {
    let common = lcm(present.into(), wanted.into());
    let moving = 100.0 * (1.0 - f64::from(present) / common as f64);
    let records = match held {
        Some(0) => "No record is there yet.".to_owned(),
        Some(some) => format!(
            "The {} there stay where they are, so the order within a key is lost across the \
             change.",
            counted(some, "record", "records"),
        ),
        None => "The records there stay where they are.".to_owned(),
    };
    vec![format!(
        "Adds {}. About {moving:.0}% of all keys go to another partition than before. {records} A \
         topic never gets fewer partitions again.",
        counted(wanted - present, "partition", "partitions"),
    )]
}

fn lcm(a: u64, b: u64) -> u64 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x.max(1)).saturating_mul(b).max(1)
}

impl Form {
    /// How many there shall be, or what is wrong with what was typed; reactive.
    fn wanted(self) -> Result<u32, String> {
        let typed = self.typed.get();
        let number = typed.trim().parse::<u32>().ok().filter(|it| *it <= PARTITIONS_MAX);
        let number = number.ok_or_else(|| "A whole number.".to_owned())?;
        match number > self.present {
            true => Ok(number),
            false => Err(format!("More than the {} there are.", count(self.present))),
        }
    }

    fn submit(self) {
        let Ok(wanted) = untrack(|| self.wanted()) else { return };
        if !untrack(|| self.confirm.given()) {
            return;
        }
        let (cluster, topic) = (self.cluster.get_value(), self.topic.get_value());
        let (present, name) = (self.present, topic.clone());
        self.sending.send(client::topics::grow(cluster, topic, (present, wanted)), move |shown| {
            self.open.try_set(false);
            self.data.reload();
            let told = format!("{name} has {} now.", counted(wanted, "partition", "partitions"));
            self.toasts.good(shown.told(told));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{effect, lcm};

    #[test]
    fn the_share_of_keys_that_move_follows_from_both_counts() {
        assert_eq!((lcm(3, 6), lcm(3, 4), lcm(1, 5)), (6, 12, 5));
        let told = |present, wanted| effect(present, wanted, Some(7)).concat();
        assert!(told(3, 6).contains("About 50%"), "{}", told(3, 6));
        assert!(told(3, 4).contains("About 75%"));
        assert!(told(1, 10).contains("About 90%"));
        assert!(told(1, 10).contains("7 records"));
    }
}
