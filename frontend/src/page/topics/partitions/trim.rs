//! The dialog that deletes the oldest records, or all of them: up to where, what goes, and then
//! exactly that.

mod effect;

use leptos::{ev, prelude::*};
use ouzel_api::{
    topics::Topic,
    trim::{TrimPlan, TrimQuestion, TrimTo, Trimmed},
};

use self::effect::effect;
pub use self::effect::offsets;
use crate::{
    ask::Sending,
    client::{self, ClientError},
    clusters::use_clusters,
    confirm::Confirm,
    format::counted,
    load::{Load, broken, load, sleep},
    ui::{
        Choice, Clock, Dialog, Field, Note, Select, Skeleton, SubmitFoot, TextInput, Toasts, Tone,
        use_clock, use_toasts,
    },
};

/// Typing must rest for so long before the cluster is asked.
const SETTLE_MS: i32 = 300;

/// The dialog; `all` is the one that only empties the topic.
#[component]
pub fn TrimDialog(
    open: RwSignal<bool>,
    cluster: StoredValue<String>,
    data: Load<Topic>,
    all: bool,
) -> impl IntoView {
    let title = Signal::derive(move || {
        let name = data.latest().map(|topic| topic.name.clone()).unwrap_or_default();
        if all { format!("Empty {name}") } else { format!("Delete the oldest records of {name}") }
    });
    view! {
        <Dialog open title wide=true>
            <Content open cluster data all/>
        </Dialog>
    }
}

#[derive(Clone, Copy)]
struct Form {
    open: RwSignal<bool>,
    cluster: StoredValue<String>,
    data: Load<Topic>,
    topic: StoredValue<String>,
    clock: Clock,
    /// `offset`, `time` or `end`.
    up_to: RwSignal<String>,
    offset: RwSignal<String>,
    time: RwSignal<String>,
    partitions: RwSignal<String>,
    confirm: Confirm,
    sending: Sending,
    /// Partitions that failed, while the others did not.
    failed: RwSignal<Vec<String>>,
    toasts: Toasts,
}

#[component]
fn Content(
    open: RwSignal<bool>,
    cluster: StoredValue<String>,
    data: Load<Topic>,
    all: bool,
) -> impl IntoView {
    let Some(topic) = untrack(|| data.latest()) else { return ().into_any() };
    let text = || RwSignal::new(String::new());
    let form = Form {
        open,
        cluster,
        data,
        topic: StoredValue::new(topic.name.clone()),
        clock: use_clock(),
        up_to: RwSignal::new(if all { "end" } else { "offset" }.to_owned()),
        offset: text(),
        time: text(),
        partitions: text(),
        confirm: Confirm::new(topic.name.clone(), untrack(|| use_clusters().is_production())),
        sending: Sending::new(),
        failed: RwSignal::new(Vec::new()),
        toasts: use_toasts(),
    };
    let plan = load(move || form.plan());
    let ready = move || {
        let question = form.question().ok()?;
        let latest = plan.latest()?;
        let (asked, plan) = latest.as_ref().as_ref()?;
        // Numbers of another question must never stand beside the button.
        (*asked == question).then(|| plan.clone())
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if let Some(shown) = untrack(ready) {
            form.submit(&shown, plan);
        }
    };
    let off = move || {
        form.sending.busy()
            || !form.confirm.given()
            || form.question().is_err()
            || plan.error().is_some()
            || ready().is_none_or(|plan| plan.refusal.is_some() || plan.records == 0)
    };
    let label = if all { "Empty topic" } else { "Delete records" };
    view! {
        <form class="col" on:submit=submit>
            {(!all).then(|| fields(form))}
            <div class="effect col" role="status">
                {move || match (form.question(), plan.error(), ready()) {
                    (Err(hint), ..) => view! { <p class="dim">{hint}</p> }.into_any(),
                    (_, Some(error), _) => broken(&error, move || plan.reload()),
                    (_, _, Some(plan)) => effect(&plan).into_any(),
                    _ => view! { <Skeleton lines=3/> }.into_any(),
                }}
            </div>
            {move || form.failed.get().into_iter().map(failure).collect_view()}
            {form.confirm.field()}
            {form.sending.refusal()}
            <SubmitFoot open off tone=Tone::Danger>
                {move || if form.sending.busy() { "Deleting…" } else { label }}
            </SubmitFoot>
        </form>
    }
    .into_any()
}

fn failure(text: String) -> impl IntoView {
    view! { <Note mood="bad"><span>{text}</span></Note> }
}

/// The plan and the question that it answers; none while nothing can be asked.
type Planned = Option<(TrimQuestion, TrimPlan)>;

fn fields(form: Form) -> impl IntoView {
    let choices = vec![
        Choice::new("offset", "an offset"),
        Choice::new("time", "a time"),
        Choice::new("end", "the end: everything"),
    ];
    let where_ = move || match form.up_to.get().as_str() {
        "offset" => view! {
            <Field label="First offset that stays">
                <TextInput
                    value=form.offset
                    attr:name="offset"
                    attr:inputmode="numeric"
                    attr:autofocus=true
                />
            </Field>
        }
        .into_any(),
        "time" => view! {
            <Field label="First time that stays">
                <TextInput
                    value=form.time
                    attr:name="time"
                    placeholder="2026-11-23 14:03"
                />
            </Field>
        }
        .into_any(),
        _ => ().into_any(),
    };
    view! {
        <div class="pair">
            <Field label="Delete up to">
                <Select value=form.up_to choices on_pick=move |value| form.up_to.set(value)/>
            </Field>
            {where_}
        </div>
        <Field label="Partitions" hint="All, or numbers and ranges such as 0, 3-5">
            <TextInput value=form.partitions attr:name="partitions" placeholder="all"/>
        </Field>
    }
}

impl Form {
    /// What is asked of the cluster, or what is still missing; reactive.
    fn question(self) -> Result<TrimQuestion, &'static str> {
        let up_to = match self.up_to.get().as_str() {
            "offset" => {
                let offset = self.offset.get().trim().replace([',', '_'], "").parse::<i64>();
                let offset = offset.ok().filter(|offset| *offset >= 0);
                TrimTo::Offset { offset: offset.ok_or("Say up to which offset.")? }
            }
            "time" => {
                let at_ms = self.clock.parse(&self.time.get());
                TrimTo::Time { at_ms: at_ms.ok_or("Say up to which time, in the zone above.")? }
            }
            _ => TrimTo::End,
        };
        let partitions = parse_partitions(&self.partitions.get())
            .ok_or("Partitions are numbers and ranges, such as 0, 3-5.")?;
        Ok(TrimQuestion { partitions, up_to })
    }

    /// Asks what would go; reactive.
    fn plan(self) -> impl Future<Output = Result<Planned, ClientError>> {
        let question = self.question();
        let (cluster, topic) = (self.cluster.get_value(), self.topic.get_value());
        async move {
            sleep(SETTLE_MS).await;
            let Ok(question) = question else { return Ok(None) };
            let plan = client::topics::trim_plan(cluster, topic, question.clone()).await?;
            Ok(Some((question, plan)))
        }
    }

    /// Deletes exactly what was shown.
    fn submit(self, shown: &TrimPlan, plan: Load<Planned>) {
        if !untrack(|| self.confirm.given()) {
            return;
        }
        self.failed.set(Vec::new());
        let (offsets, records) = (offsets(shown), shown.records);
        let (cluster, topic) = (self.cluster.get_value(), self.topic.get_value());
        let trim = client::topics::trim(cluster, topic.clone(), offsets);
        let request = async move {
            let answer = trim.await;
            // Some of them may be gone, whatever the answer.
            self.data.reload();
            answer
        };
        self.sending.send(request, move |answer| {
            let failed = failures(&answer);
            if !failed.is_empty() {
                self.failed.try_set(failed);
                plan.reload();
                return;
            }
            self.open.try_set(false);
            let told = counted(records, "record", "records");
            let were = if records == 1 { "was" } else { "were" };
            self.toasts.good(format!("About {told} of {topic} {were} deleted."));
        });
    }
}

/// What did not become of partitions, a sentence each.
pub fn failures(answer: &Trimmed) -> Vec<String> {
    let failed = answer.partitions.iter().filter_map(|part| Some((part, part.error.as_ref()?)));
    failed.map(|(part, error)| format!("Partition {}: {error}", part.partition)).collect()
}

/// `0, 3-5` as numbers; nothing for all.
fn parse_partitions(text: &str) -> Option<Vec<i32>> {
    let mut numbers = Vec::new();
    if text.trim() == "all" {
        return Some(numbers);
    }
    for word in text.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty()) {
        let (from, to) = word.split_once('-').unwrap_or((word, word));
        let (from, to) = (from.parse::<i32>().ok()?, to.parse::<i32>().ok()?);
        // More than any topic has would only fill memory.
        let legal = (0..=100_000).contains(&from) && (from..=100_000).contains(&to);
        numbers.extend(legal.then_some(from..=to)?);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::parse_partitions;

    #[test]
    fn partitions_are_numbers_and_ranges() {
        assert_eq!(parse_partitions(" "), Some(Vec::new()));
        assert_eq!(parse_partitions("all"), Some(Vec::new()));
        assert_eq!(parse_partitions("0, 3-5 9"), Some(vec![0, 3, 4, 5, 9]));
        for wrong in ["-1", "5-3", "a", "1-", "0-999999999"] {
            assert_eq!(parse_partitions(wrong), None, "{wrong}");
        }
    }
}
