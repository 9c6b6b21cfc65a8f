//! Asks before several topics are changed: what it does in numbers, then what became of each.

use leptos::{ev, prelude::*};
use ouzel_api::{
    topic_config::TopicConfig,
    topics::{FIGURES_MAX, TopicFigures, TopicRow},
};

use super::{
    super::loss::about,
    act::{Act, Kind},
    run::{Item, Run, State},
};
use crate::{
    client::{self, ClientError},
    clusters::use_clusters,
    confirm::Confirm,
    format::{count, counted},
    load::{Load, Loaded, load},
    ui::{Badge, Button, Checkbox, Dialog, Field, Mood, SubmitFoot, TextInput, Tone, open_while},
};

/// Asks about the ticked topics while an act is set.
#[component]
pub fn BulkDialog(
    asked: RwSignal<Option<Kind>>,
    cluster: StoredValue<String>,
    chosen: Memo<Vec<TopicRow>>,
    /// Told when an act has ended.
    #[prop(into)]
    on_settled: Callback<()>,
) -> impl IntoView {
    let open = open_while(asked, Option::is_some);
    // As many as were asked about: those that are deleted meanwhile leave the list.
    let title = Memo::new(move |_| {
        let verb = asked.get().map(Kind::verb).unwrap_or_default();
        format!("{verb} {}", topics(chosen.with_untracked(Vec::len)))
    });
    view! {
        <Dialog open title wide=true>
            {move || {
                let kind = asked.get_untracked()?;
                // What is asked about stays the same, whatever the list does meanwhile.
                let rows = chosen.get_untracked();
                Some(view! { <Content open kind cluster rows on_settled/> })
            }}
        </Dialog>
    }
}

fn topics(many: usize) -> String {
    counted(many as i128, "topic", "topics")
}

#[derive(Clone, Copy)]
struct Form {
    open: RwSignal<bool>,
    kind: Kind,
    cluster: StoredValue<String>,
    rows: StoredValue<Vec<TopicRow>>,
    key: RwSignal<String>,
    value: RwSignal<String>,
    reset: RwSignal<bool>,
    confirm: Confirm,
    run: Run,
    on_settled: Callback<()>,
}

#[component]
fn Content(
    open: RwSignal<bool>,
    kind: Kind,
    cluster: StoredValue<String>,
    rows: Vec<TopicRow>,
    on_settled: Callback<()>,
) -> impl IntoView {
    let production = untrack(|| use_clusters().is_production());
    let needed = kind == Kind::Delete || (kind.loses() && production);
    let word = match production {
        true => cluster.get_value(),
        false => format!("delete {}", topics(rows.len())),
    };
    let text = || RwSignal::new(String::new());
    let form = Form {
        open,
        kind,
        cluster,
        rows: StoredValue::new(rows),
        key: text(),
        value: text(),
        reset: RwSignal::new(false),
        confirm: Confirm::new(word, needed),
        run: Run::new(),
        on_settled,
    };
    let begun = Memo::new(move |_| form.run.items.with(|items| !items.is_empty()));
    on_cleanup(move || form.run.stop());
    move || match begun.get() {
        false => view! { <Question form/> }.into_any(),
        true => view! { <Results form/> }.into_any(),
    }
}

#[component]
fn Question(form: Form) -> impl IntoView {
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        form.submit();
    };
    let off = move || form.act().is_none() || !form.confirm.given();
    let tone = if form.kind.loses() { Tone::Danger } else { Tone::Primary };
    let many = form.rows.with_value(Vec::len);
    view! {
        <form class="col" on:submit=submit>
            {match form.kind {
                Kind::Config => view! { <SettingFields form/> }.into_any(),
                kind => view! { <Loss form kind/> }.into_any(),
            }}
            <Names form/>
            {form.confirm.field()}
            <SubmitFoot open=form.open off tone>
                {format!("{} {}", form.kind.verb(), topics(many))}
            </SubmitFoot>
        </form>
    }
}

/// Which topics are meant.
#[component]
fn Names(form: Form) -> impl IntoView {
    let names =
        form.rows.with_value(|rows| rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>());
    let item = |name: String| view! { <li class="mono break">{name}</li> };
    view! {
        <ul class="listed names" aria-label="Topics">
            {names.into_iter().map(item).collect_view()}
        </ul>
    }
}

/// What is lost, in numbers.
#[component]
fn Loss(form: Form, kind: Kind) -> impl IntoView {
    let figures = load(move || {
        let names = form.rows.with_value(|rows| rows.iter().map(|row| row.name.clone()).collect());
        figures(form.cluster.get_value(), names)
    });
    let partitions: i128 =
        form.rows.with_value(|rows| rows.iter().map(|row| i128::from(row.partitions)).sum());
    view! {
        <Loaded from=figures let:figures>
            {move || {
                let figures = figures.get();
                let records = figures.iter().map(|it| it.messages).sum::<Option<i64>>();
                let read = figures.iter().filter(|it| it.groups.is_none_or(|groups| groups > 0));
                let read = read.count();
                let compacted = figures.iter().filter(|it| refuses(it)).count();
                let what = match kind {
                    Kind::Delete => "Deletes ",
                    _ => "Deletes the records of ",
                };
                view! {
                    <p>
                        {what}
                        <b>{topics(figures.len())}</b>
                        " with "
                        <b>{counted(partitions, "partition", "partitions")}</b>
                        " and "
                        <b>{about(records)}</b>
                        ". Consumer groups read "
                        {count(read as i128)}
                        " of them. This cannot be undone."
                    </p>
                    {(kind == Kind::Empty && compacted > 0).then(|| {
                        let text = counted(compacted as i128, "topic is", "topics are");
                        view! {
                            <p class="warn">
                                {text}
                                " only compacted: the cluster will refuse to empty them."
                            </p>
                        }
                    })}
                }
            }}
        </Loaded>
    }
}

fn refuses(figures: &TopicFigures) -> bool {
    let policy = figures.cleanup_policy.as_deref();
    policy.is_some_and(|policy| !policy.split(',').any(|word| word.trim() == "delete"))
}

async fn figures(cluster: String, names: Vec<String>) -> Result<Vec<TopicFigures>, ClientError> {
    let mut all = Vec::with_capacity(names.len());
    for names in names.chunks(FIGURES_MAX) {
        all.extend(client::topics::figures_now(cluster.clone(), names.to_vec()).await?.figures);
    }
    Ok(all)
}

/// Which setting, and what it becomes. The first topic tells which keys there are.
#[component]
fn SettingFields(form: Form) -> impl IntoView {
    let first = form.rows.with_value(|rows| rows.first().map(|row| row.name.clone()));
    let config: Load<TopicConfig> = load(move || {
        client::topics::config(form.cluster.get_value(), first.clone().unwrap_or_default())
    });
    let keys = move || {
        let settings = config.latest().map(|config| config.settings.clone()).unwrap_or_default();
        let writable = settings.into_iter().filter(|setting| !setting.read_only);
        writable.map(|it| view! { <option value=it.name></option> }).collect_view()
    };
    let meaning = move || {
        let config = config.latest()?;
        let key = form.key.get();
        let setting = config.settings.iter().find(|setting| setting.name == key.trim())?;
        setting.documentation.clone()
    };
    let many = form.rows.with_value(Vec::len);
    view! {
        <Field label="Setting">
            <TextInput
                value=form.key
                attr:name="key"
                attr:list="bulk-keys"
                placeholder="retention.ms"
                attr:autofocus=true
            />
        </Field>
        <datalist id="bulk-keys">{keys}</datalist>
        <p class="dim">{meaning}</p>
        <Show when=move || !form.reset.get()>
            <Field label="Value">
                <TextInput value=form.value attr:name="value"/>
            </Field>
        </Show>
        <Checkbox value=form.reset label="Take the topics' own value away, so that they inherit"/>
        <p>
            {format!(
                "Changes this one setting of {}; all others stay. Topics that have the value \
                 already are left alone, and each result tells what it was.",
                topics(many),
            )}
        </p>
    }
}

/// What became of each topic.
#[component]
fn Results(form: Form) -> impl IntoView {
    let run = form.run;
    let summary = move || {
        let (done, failed, waiting) = run.counts();
        let mut text = format!("{} done", count(done as i128));
        if failed > 0 {
            text += &format!(", {} failed", count(failed as i128));
        }
        if waiting > 0 {
            let what = if run.busy.get() { "to come" } else { "not begun" };
            text += &format!(", {} {what}", count(waiting as i128));
        }
        text
    };
    let undone = move || {
        let (_, failed, waiting) = run.counts();
        failed + waiting
    };
    let items = move || {
        let mut items = run.items.get();
        // What needs a look comes first; the order stays otherwise.
        items.sort_by_key(|item| !matches!(item.state, State::Failed(_)));
        items.into_iter().map(line).collect_view()
    };
    view! {
        <p><b role="status">{summary}</b></p>
        <ul class="listed results" aria-label="Results">{items}</ul>
        <div class="dialog-foot">
            <Show when=move || run.busy.get()>
                <Button on_press=move |_| run.stop()>"Stop"</Button>
            </Show>
            <Show when=move || !run.busy.get() && undone() != 0>
                <Button tone=Tone::Primary icon="refresh-cw" on_press=move |_| form.retry()>
                    {move || format!("Try {} again", topics(undone()))}
                </Button>
            </Show>
            <Button on_press=move |_| form.open.set(false)>"Close"</Button>
        </div>
    }
}

fn line(item: Item) -> impl IntoView {
    let (mood, state, text) = match item.state {
        State::Waiting => (Mood::Neutral, "waiting", String::new()),
        State::Done(text) => (Mood::Good, "done", text),
        State::Failed(text) => (Mood::Bad, "failed", text),
    };
    view! {
        <li>
            <Badge mood=mood>{state}</Badge>
            <span class="mono break">{item.topic}</span>
            <span class="dim break">{text}</span>
        </li>
    }
}

impl Form {
    /// What is asked for; none while something is missing. Reactive.
    fn act(self) -> Option<Act> {
        match self.kind {
            Kind::Delete => Some(Act::Delete),
            Kind::Empty => Some(Act::Empty),
            Kind::Config => {
                let key = self.key.get().trim().to_owned();
                let value = (!self.reset.get()).then(|| self.value.get().trim().to_owned());
                let nothing = key.is_empty() || value.as_ref().is_some_and(String::is_empty);
                (!nothing).then_some(Act::Config { key, value })
            }
        }
    }

    fn submit(self) {
        let Some(act) = untrack(|| self.act()) else { return };
        if !untrack(|| self.confirm.given()) {
            return;
        }
        let names = self.rows.with_value(|rows| rows.iter().map(|row| row.name.clone()).collect());
        let settled = self.on_settled;
        self.run.start(self.cluster.get_value(), act, names, move || {
            settled.try_run(());
        });
    }

    fn retry(self) {
        let Some(act) = untrack(|| self.act()) else { return };
        let settled = self.on_settled;
        self.run.go_on(self.cluster.get_value(), act, move || {
            settled.try_run(());
        });
    }
}
