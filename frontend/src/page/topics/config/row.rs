//! One setting: what it is, where that comes from, and the control that changes it.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use ouzel_api::topic_config::{SettingKind, TopicSetting};

use web_sys::HtmlElement;

use super::{Editing, draft, meaning};
use crate::{
    setting::{meaning_of, origin, readable, told},
    ui::{Badge, Choice, Copyable, Mood, Select},
};

/// The row.
#[component]
pub fn Row(setting: TopicSetting, editing: Editing) -> impl IntoView {
    let documentation = setting.documentation.clone();
    let kind = setting.kind.name();
    let key = StoredValue::new(setting.name.clone());
    let edited = Memo::new(move |_| {
        editing.draft.with(|draft| key.with_value(|key| draft.of(key).map(Option::is_some)))
    });
    let of = StoredValue::new(setting.clone());
    let value = move || match edited.get() {
        Some(true) => view! { <Control setting=of.get_value() editing/> }.into_any(),
        Some(false) => inheriting(&of.get_value(), editing).into_any(),
        None => in_force(&of.get_value(), editing).into_any(),
    };
    let name = setting.name.clone();
    let (copied, shown) = (name.clone(), name.clone());
    view! {
        <li class:modified=setting.modified data-key=name>
            <div class="setting-name">
                <Copyable text=copied what="the key"><span class="mono">{shown}</span></Copyable>
                <span class="dim">{kind}</span>
                {origin(&setting.source, setting.modified)}
            </div>
            <div class="setting-value">{value}</div>
            {documentation.as_deref().map(meaning_of)}
        </li>
    }
}

/// The value, and the buttons that begin to change it.
fn in_force(setting: &TopicSetting, editing: Editing) -> impl IntoView + use<> {
    let value = match setting.sensitive {
        true => view! { <span class="dim">"secret"</span> }.into_any(),
        false => told(&setting.name, setting.value.as_deref()).into_any(),
    };
    let otherwise = setting.modified.then(|| {
        let inherited = told(&setting.name, setting.inherited.as_deref());
        view! { <span class="otherwise dim">"otherwise " {inherited}</span> }
    });
    let (key, current) = (setting.name.clone(), setting.value.clone().unwrap_or_default());
    let edit = {
        let key = key.clone();
        move |_| editing.draft.update(|draft| draft.set(&key, current.clone()))
    };
    let labels = (format!("Edit {key}"), format!("Reset {key}"));
    let reset = move |_| editing.draft.update(|draft| draft.reset(&key));
    let read_only = setting.read_only;
    let off = Signal::derive(move || {
        let fixed = || "The cluster lets this be set in a broker's files only.".to_owned();
        editing.refusal.get().or_else(|| read_only.then(fixed))
    });
    view! {
        <span class="setting-text">{value} {otherwise}</span>
        {button("Edit", labels.0, off, edit)}
        {setting.modified.then(|| button("Reset", labels.1, off, reset))}
    }
}

/// What becomes of a setting that is to be inherited.
fn inheriting(setting: &TopicSetting, editing: Editing) -> impl IntoView + use<> {
    let inherited = told(&setting.name, setting.inherited.as_deref());
    let key = setting.name.clone();
    let label = format!("Keep {key}");
    let keep = move |_| editing.draft.update(|draft| draft.leave(&key));
    view! {
        <span class="setting-text"><Badge mood=Mood::Warn>"reset to"</Badge> " " {inherited}</span>
        {button("Keep", label, Signal::derive(|| None), keep)}
    }
}

/// Brings the keyboard to a part of a setting's control, once it is drawn.
fn focus(key: &str, part: &str) {
    let wanted = format!("[data-key=\"{key}\"] .setting-value :is({part})");
    request_animation_frame(move || {
        let found = document().query_selector(&wanted).ok().flatten();
        if let Some(part) = found.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            // A part that cannot take the focus is no worse than before.
            part.focus().unwrap_or_default();
        }
    });
}

fn button(
    text: &'static str,
    label: String,
    off: Signal<Option<String>>,
    act: impl Fn(ev::MouseEvent) + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="link"
            aria-label=label
            disabled=move || off.get().is_some()
            title=move || off.get()
            on:click=act
        >
            {text}
        </button>
    }
}

/// The field or the choice while a value is edited. Escape leaves the value as it was, Enter goes
/// on to the difference.
#[component]
fn Control(setting: TopicSetting, editing: Editing) -> impl IntoView {
    let key = StoredValue::new(setting.name.clone());
    let typed =
        move || editing.draft.with(|it| key.with_value(|key| it.of(key).cloned().flatten()));
    let write = move |value: String| {
        editing.draft.update(|draft| key.with_value(|key| draft.set(key, value)));
    };
    let leave = move || {
        editing.draft.update(|draft| key.with_value(|key| draft.leave(key)));
        key.with_value(|key| focus(key, "button.link"));
    };
    // Whoever asked for the field wants to type into it.
    Effect::new(move |_| key.with_value(|key| focus(key, "input, select")));
    let kind = setting.kind;
    let problem = move || typed().and_then(|value| draft::problem(kind, &value));
    let help = move || {
        let value = typed()?;
        key.with_value(|key| readable(key, &value))
    };
    let control = match options(&setting) {
        Some(choices) => {
            let value = Signal::derive(move || typed().unwrap_or_default());
            let label = setting.name.clone();
            view! { <Select value choices on_pick=write label/> }.into_any()
        }
        None => text_field(setting.name.clone(), typed, write).into_any(),
    };
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.stop_propagation();
            leave();
        }
        "Enter" => {
            event.prevent_default();
            let ready = editing.config.latest().is_some_and(|config| {
                editing.draft.with_untracked(|draft| {
                    let settings = &config.settings;
                    draft.wrong(settings).is_none() && !draft.changes(settings).is_empty()
                })
            });
            editing.reviewing.set(ready);
        }
        _ => {}
    };
    let label = format!("Cancel: leave {} as it is", setting.name);
    view! {
        <span class="setting-text editing" on:keydown=on_key>
            {control}
            {move || match problem() {
                Some(problem) => {
                    view! { <span class="bad" role="alert">{problem}</span> }.into_any()
                }
                None => view! { <span class="dim">{help}</span> }.into_any(),
            }}
        </span>
        {button("Cancel", label, Signal::derive(|| None), move |_| leave())}
    }
}

fn text_field(
    label: String,
    typed: impl Fn() -> Option<String> + Copy + Send + Sync + 'static,
    write: impl Fn(String) + 'static,
) -> impl IntoView {
    let first = untrack(|| typed().unwrap_or_default());
    view! {
        <input
            class="input mono"
            type="text"
            autocomplete="off"
            spellcheck="false"
            aria-label=label
            value=first
            on:input=move |event| write(event_target_value(&event))
        />
    }
}

/// The choices of a key that has few, what is in force among them.
fn options(setting: &TopicSetting) -> Option<Vec<Choice>> {
    let known: &[&str] = match setting.kind {
        SettingKind::Boolean => &["true", "false"],
        _ => meaning::choices(&setting.name),
    };
    if known.is_empty() {
        return None;
    }
    let mut words: Vec<String> = known.iter().map(|word| (*word).to_owned()).collect();
    if let Some(value) = setting.value.clone().filter(|value| !words.contains(value)) {
        words.insert(0, value);
    }
    Some(words.into_iter().map(|word| Choice::new(word.clone(), word)).collect())
}
