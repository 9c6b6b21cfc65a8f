//! The dialog in which a filter in JavaScript is written, changed and tried on one record.
//!
//! What is applied is a condition like any other, in the address; `chips` keeps its limits. What
//! is not applied is lost with the dialog.

use leptos::{ev, prelude::*, task::spawn_local};
use ouzel_api::{
    script::{Outcome, ScriptTried, TryScript},
    search::{FILTER_BYTES_MAX, Filter, Test},
};

use super::{
    Page,
    chips::{self, Place},
};
use crate::{
    client::{self, ClientError},
    format::count,
    load::refused,
    ui::{Button, Dialog, Field},
};

/// What stands in an empty editor.
const EXAMPLE: &str = "return value.amount > 100";

/// The id of the hint that names what a script sees.
const NAMES: &str = "script-names";

/// What a script sees, and what it is.
const SEEN: [(&str, &str); 8] = [
    ("value, key", "what their JSON holds, else their text; null where there is none"),
    ("valueText, keyText", "the same, exactly as written"),
    ("headers", "an object: headers.name"),
    ("partitionID", "a number"),
    ("keySchemaID, valueSchemaID", "undefined: no schema registry is asked"),
    ("offset", "a number"),
    ("timestamp", "a Date"),
    ("console.log(…)", "is shown when the script is tried"),
];

/// What is being written, and where it goes. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Script {
    open: RwSignal<bool>,
    text: RwSignal<String>,
    place: RwSignal<Place>,
}

impl Script {
    /// Nothing.
    pub fn new() -> Script {
        Script {
            open: RwSignal::new(false),
            text: RwSignal::new(String::new()),
            place: RwSignal::new(Place::Last),
        }
    }

    /// Opens the dialog for a new condition.
    pub fn begin(self) {
        self.edit(Place::Last, String::new());
    }

    /// Opens the dialog for the condition at `place`, which is `text`.
    pub fn edit(self, place: Place, text: String) {
        self.place.set(place);
        self.text.set(text);
        self.open.set(true);
    }

    /// Whether the dialog is open; reactive.
    pub fn is_open(self) -> bool {
        self.open.get()
    }
}

/// How a trial stands.
#[derive(Clone)]
enum Trial {
    Nothing,
    Busy,
    Told((i32, i64), ScriptTried),
    Refused(ClientError),
}

/// The dialog.
#[component]
pub fn ScriptDialog(page: Page) -> impl IntoView {
    let title = move || match page.script.place.get() {
        Place::Last => "Add a filter in JavaScript".to_owned(),
        Place::At(_) => "Change the filter in JavaScript".to_owned(),
    };
    view! {
        <Dialog open=page.script.open title=Signal::derive(title) wide=true>
            <Editor page/>
        </Dialog>
    }
}

#[component]
fn Editor(page: Page) -> impl IntoView {
    let Script { open, text, .. } = page.script;
    let trial = RwSignal::new(Trial::Nothing);
    let refusal = RwSignal::new(None::<String>);
    let wrong = Memo::new(move |_| text.with(|text| wrong(text)));
    let apply = move || {
        if wrong.with_untracked(Option::is_some) {
            return;
        }
        match apply(page) {
            Ok(()) => open.set(false),
            Err(reason) => refusal.set(Some(reason)),
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        apply();
    };
    // Enter makes a line; with Ctrl it applies.
    let enter = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            apply();
        }
    };
    view! {
        <form class="col script-form" on:submit=submit on:keydown=enter>
            <Field label="Function body; it returns true or false">
                <textarea
                    class="input mono"
                    rows="8"
                    autofocus
                    spellcheck="false"
                    placeholder=EXAMPLE
                    aria-describedby=NAMES
                    prop:value=text
                    on:input=move |event| text.set(event_target_value(&event))
                ></textarea>
            </Field>
            <Names/>
            {move || {
                refusal.get().map(|reason| view! { <p class="error" role="alert">{reason}</p> })
            }}
            <div role="status" class="col">{move || trial_of(trial.get())}</div>
            <div class="dialog-foot">
                <Try page trial off=wrong/>
                <button
                    class="btn primary"
                    type="submit"
                    disabled=move || wrong.with(Option::is_some)
                    title=move || wrong.get().unwrap_or_else(|| "Apply it (Ctrl Enter)".to_owned())
                >
                    "Apply"
                </button>
            </div>
        </form>
    }
}

/// What is wrong with a script before anybody runs it.
fn wrong(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some("Write the script first".to_owned());
    }
    let most = count(FILTER_BYTES_MAX as i64);
    (text.len() > FILTER_BYTES_MAX).then(|| format!("A script takes at most {most} bytes"))
}

/// Makes what is written a condition of the search.
fn apply(page: Page) -> Result<(), String> {
    let script = page.script.text.get_untracked();
    let test = Test::Javascript { script };
    chips::accept(page, Filter::new(test), page.script.place.get_untracked())
}

/// What a script sees.
#[component]
fn Names() -> impl IntoView {
    let name = |(name, what): (&'static str, &'static str)| {
        view! {
            <div>
                <dt><code>{name}</code></dt>
                <dd>{what}</dd>
            </div>
        }
    };
    view! {
        <div id=NAMES class="script-names">
            <dl>{SEEN.map(name).collect_view()}</dl>
            <p>
                "Numbers are JavaScript’s: whole ones beyond 2"<sup>"53"</sup>
                " and decimals of more than 15 digits are rounded in " <code>"value"</code>
                ", and exact in " <code>"valueText"</code> "."
            </p>
        </div>
    }
}

/// The button that runs the script on one record.
#[component]
fn Try(page: Page, trial: RwSignal<Trial>, off: Memo<Option<String>>) -> impl IntoView {
    let record = Memo::new(move |_| record(page));
    let off = move || {
        let none = || record.get().is_none().then(|| "No record is on screen".to_owned());
        let busy = trial.with(|trial| matches!(trial, Trial::Busy)).then(|| "It runs".to_owned());
        off.get().or_else(none).or(busy)
    };
    let run = move |_| {
        let Some(record) = record.get_untracked() else { return };
        trial.set(Trial::Busy);
        let (cluster, topic) = page.names.get_value();
        let decode = page.view.with_untracked(|view| view.asked.decode);
        let tried = TryScript { script: page.script.text.get_untracked(), decode };
        spawn_local(async move {
            let answer = client::messages::try_script((&cluster, &topic), record, &tried).await;
            trial.try_set(match answer {
                Ok(told) => Trial::Told(record, told),
                Err(error) => Trial::Refused(error),
            });
        });
    };
    let on = move || match record.get() {
        Some((partition, offset)) => {
            format!("Try on partition {partition}, offset {}", count(offset))
        }
        None => "Try on a record".to_owned(),
    };
    view! { <Button icon="play" off=Signal::derive(off) on_press=run>{on}</Button> }
}

/// The record that is open, or else the newest one on screen.
fn record(page: Page) -> Option<(i32, i64)> {
    let open = page.view.with(|view| view.open);
    open.or_else(|| {
        page.feed.rows.with(|rows| {
            let newest = rows.iter().max_by_key(|row| (row.timestamp_ms, row.offset))?;
            Some((newest.partition, newest.offset))
        })
    })
}

fn trial_of(trial: Trial) -> AnyView {
    let ((partition, offset), told) = match trial {
        Trial::Nothing => return ().into_any(),
        Trial::Busy => return view! { <p class="hint">"Running…"</p> }.into_any(),
        Trial::Refused(error) => return refused(error).into_any(),
        Trial::Told(record, told) => (record, told),
    };
    let place = format!("Partition {partition}, offset {}: ", count(offset));
    let (mood, text) = says(&told.outcome);
    let log = (!told.log.is_empty()).then(|| {
        view! { <pre class="mono script-log" tabindex="0">{told.log.join("\n")}</pre> }
    });
    view! {
        <div class=format!("note {mood}")><span><b>{place}</b>{text}</span></div>
        {log}
    }
    .into_any()
}

/// What an outcome means for a search; its mood is that of a note.
fn says(outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Match => ("good", "it matches.".to_owned()),
        Outcome::NoMatch => ("plain", "it does not match.".to_owned()),
        Outcome::Error { message } => {
            ("bad", format!("it cannot be judged, and would count as such. {message}"))
        }
        Outcome::Stopped { message } => ("bad", format!("a search would end here. {message}")),
        Outcome::Broken { line, column, message } => {
            let place = match (line, column) {
                (Some(line), Some(column)) => format!("line {line}, column {column}: "),
                _ => String::new(),
            };
            ("bad", format!("this is no JavaScript. {place}{message}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_must_be_there_and_short_enough_for_a_link() {
        assert!(wrong(" \n ").is_some());
        assert!(wrong(&"x".repeat(FILTER_BYTES_MAX + 1)).is_some());
        assert_eq!(wrong(&"x".repeat(FILTER_BYTES_MAX)), None);
    }

    #[test]
    fn a_script_that_is_no_javascript_is_told_with_its_place() {
        let message = "SyntaxError: no".to_owned();
        let broken = Outcome::Broken { line: Some(2), column: Some(5), message };
        let (mood, text) = says(&broken);
        assert_eq!(mood, "bad");
        assert!(text.ends_with("line 2, column 5: SyntaxError: no"), "{text}");
    }
}
