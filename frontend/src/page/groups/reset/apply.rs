//! Doing what the plan shows: now, or when the group is empty; with its effect in numbers first.

use std::sync::Arc;

use leptos::{ev, prelude::*};
use ouzel_api::{
    clusters::Environment,
    resets::{PlanRow, ResetDone, ResetPlan, ResetRequest},
    session::Permission,
};

use super::{Answer, Page, plan::Sum};
use crate::{
    ask::Sending,
    cells, client,
    format::counted,
    load::load,
    session::use_session,
    ui::{
        Age, Button, Choice, Dialog, Field, Icon, Select, SubmitFoot, TextInput, Toasts, Tone,
        use_toasts,
    },
};

/// How long a reset may wait: minutes and their name.
const WAITS: &[(&str, &str)] =
    &[("15", "15 minutes"), ("60", "1 hour"), ("240", "4 hours"), ("1440", "1 day")];

/// The line above the table: what the plan comes to, and the button.
#[component]
pub fn ApplyBar(
    page: Page,
    answer: Memo<Arc<Answer>>,
    on_done: Callback<()>,
    #[prop(into)] again: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let open = RwSignal::new(false);
    let plan = Memo::new(move |_| answer.with(|answer| answer.plan.clone()));
    let sum = Memo::new(move |_| plan.with(|plan| Sum::of(&plan.rows)));
    let refusal = Signal::derive(move || {
        let nothing = || "The plan changes nothing.".to_owned();
        let refusal = session.refusal(Permission::ResetOffsets);
        let other = answer.with(|answer| page.asked.with(|asked| *asked != answer.asked));
        let later = || "The plan for what you have chosen is being made.".to_owned();
        let refusal = refusal.or_else(|| other.then(later));
        refusal.or_else(|| (sum.get().changed() == 0).then(nothing))
    });
    let waits = Memo::new(move |_| plan.with(must_wait));
    let label = move || if waits.get() { "Apply when empty…" } else { "Apply…" };
    let lags = move || {
        let (before, after) = plan.with(|plan| (plan.lag_before, plan.lag_after));
        view! {
            <span class="nowrap">
                "lag " {cells::lag(before)} " → " {cells::lag(after)}
            </span>
        }
    };
    let members = move || waits.get().then(|| in_the_way(&plan.get()));
    let planned = move || view! { <Age at_ms=plan.with(|it| it.read_at_ms)/> };
    // Known before the dialog opens, so that it can be answered at once.
    let clusters = load(client::clusters::list);
    let care = Memo::new(move |_| {
        let id = page.cluster.get_value();
        let here = clusters.latest().and_then(|all| all.iter().find(|it| it.id == id).cloned());
        match here {
            Some(cluster) if cluster.environment != Environment::Production => Care::None,
            Some(_) => Care::TypeName,
            None if clusters.error().is_some() => Care::TypeName,
            None => Care::Unknown,
        }
    });
    let title = Signal::derive(move || format!("Move the commits of {}", page.group.get_value()));
    view! {
        {members}
        <div class="bar">
            <span>{move || sum.get().effect()}</span>
            {lags}
            <span class="grow"></span>
            <span class="dim">"planned " {planned}</span>
            <Button icon="refresh-cw" on_press=move |_| again.run(())>"Plan again"</Button>
            <Button tone=Tone::Primary off=refusal on_press=move |_| open.set(true)>{label}</Button>
        </div>
        <Dialog open title=title>
            <Content form=Form::new(page, (open, care), answer.get_untracked(), on_done)/>
        </Dialog>
    }
}

/// Says that members stand in the way, and what can be done.
fn in_the_way(plan: &ResetPlan) -> impl IntoView + use<> {
    let (state, members) = (plan.state.clone(), plan.members);
    view! {
        <div class="note" role="status">
            <Icon name="triangle-alert"/>
            <span>
                "The group is "
                <b>{state} " with " {counted(members, "member", "members")}</b>
                ", who would commit over it. Stop them, or let the reset wait until "
                "the group is empty."
            </span>
        </div>
    }
}

/// Whether members stand in the way: what only deletes commits, the cluster decides.
fn must_wait(plan: &Arc<ResetPlan>) -> bool {
    let commits = |row: &PlanRow| row.change().is_some_and(|change| change.after.is_some());
    !matches!(plan.state.as_str(), "" | "Empty" | "Dead") && plan.rows.iter().any(commits)
}

/// How careful one must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    /// Nobody knows yet what the cluster is for.
    Unknown,
    /// A click will do: it can be undone.
    None,
    /// Customers depend on it, or nobody can tell.
    TypeName,
}

#[derive(Clone, Copy)]
struct Form {
    page: Page,
    open: RwSignal<bool>,
    care: Memo<Care>,
    answer: StoredValue<Arc<Answer>>,
    minutes: RwSignal<String>,
    typed: RwSignal<String>,
    sending: Sending,
    on_done: Callback<()>,
    toasts: Toasts,
}

#[component]
fn Content(form: Form) -> impl IntoView {
    let page = form.page;
    let named = move || form.typed.with(|it| form.page.group.with_value(|name| it.trim() == name));
    let off = move || form.sending.busy() || (form.care.get() != Care::None && !named());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !untrack(off) {
            form.submit();
        }
    };
    let waits = form.answer.with_value(|answer| must_wait(&answer.plan));
    let sum = form.answer.with_value(|answer| Sum::of(&answer.plan.rows));
    let choices: Vec<Choice> =
        WAITS.iter().map(|(value, name)| Choice::new(*value, *name)).collect();
    let name = page.group.get_value();
    let face = move || match (form.sending.busy(), waits) {
        (true, _) => "Applying…",
        (false, true) => "Apply when empty",
        (false, false) => "Apply",
    };
    let confirm = move || {
        (form.care.get() == Care::TypeName).then(|| {
            view! {
                <Field label=format!("Type {} to confirm", page.group.get_value())>
                    <TextInput value=form.typed attr:autofocus=true attr:name="confirm"/>
                </Field>
            }
        })
    };
    view! {
        <form class="col" on:submit=submit>
            <p>"In group " <b>{name}</b> ": " {sum.effect()} "."</p>
            {(sum.clamped > 0).then(|| {
                let partitions = counted(sum.clamped, "partition", "partitions");
                view! { <p class="warn">{partitions} " cannot go where asked; see the notes."</p> }
            })}
            {if waits {
                view! {
                    <Field
                        label="Wait for the group to be empty at most"
                        hint="Then exactly the offsets shown are committed."
                    >
                        <Select
                            value=form.minutes
                            choices
                            on_pick=move |value| form.minutes.set(value)
                        />
                    </Field>
                }
                .into_any()
            } else {
                view! { <p class="dim">"What is committed now is kept: you can undo it."</p> }
                    .into_any()
            }}
            {confirm}
            {form.sending.refusal()}
            <SubmitFoot open=form.open off tone=Tone::Primary focused=true>
                {face}
            </SubmitFoot>
        </form>
    }
}

impl Form {
    fn new(
        page: Page,
        (open, care): (RwSignal<bool>, Memo<Care>),
        answer: Arc<Answer>,
        on_done: Callback<()>,
    ) -> Form {
        Form {
            page,
            open,
            care,
            answer: StoredValue::new(answer),
            minutes: RwSignal::new(WAITS[0].0.to_owned()),
            typed: RwSignal::new(String::new()),
            sending: Sending::new(),
            on_done,
            toasts: use_toasts(),
        }
    }

    fn submit(self) {
        let answer = self.answer.get_value();
        let Some(to) = answer.asked.to.clone() else { return };
        let waits = must_wait(&answer.plan);
        let minutes = self.minutes.get_untracked().parse().ok();
        let wanted = ResetRequest {
            to,
            changes: answer.plan.rows.iter().filter_map(PlanRow::change).collect(),
            wait_minutes: minutes.filter(|_| waits),
        };
        let (cluster, group) = self.page.names();
        self.sending.send(client::groups::reset(cluster, group, wanted), move |done| {
            self.open.try_set(false);
            self.tell(&done);
            self.on_done.try_run(());
        });
    }

    fn tell(self, done: &ResetDone) {
        if done.waits {
            self.toasts.good("The reset waits until the group is empty.");
            return;
        }
        if done.changed > 0 {
            let partitions = counted(done.changed, "partition was", "partitions were");
            self.toasts.good(format!("{partitions} changed. “Earlier resets” can undo it."));
        }
        if let Some(first) = done.failed.first() {
            let partitions = counted(done.failed.len() as i128, "partition was", "partitions were");
            let at = format!("{}-{}: {}", first.topic, first.partition, first.error);
            self.toasts.bad(format!("{partitions} not changed, such as {at}"));
        }
    }
}
