//! The form of an import: what is written, from where, and what can be done next.

use js_sys::Reflect;
use leptos::{
    ev,
    prelude::*,
    wasm_bindgen::{JsCast, JsValue},
};
use ouzel_api::{
    produce::{IMPORT_BYTES_MAX, IMPORT_RECORDS_MAX, ImportFormat},
    topics::TopicList,
};
use web_sys::{Blob, HtmlInputElement};

use super::{
    form::{CodecChoice, Partition},
    import::{Import, Step},
    outcome::outcome,
};
use crate::{
    format::{bytes, count, counted},
    load::Load,
    ui::{Button, Choice, Field, Select, Tone, use_unsent},
};

/// The form.
#[component]
pub fn Many(many: Import, topics: Load<TopicList>) -> impl IntoView {
    let topic = many.page.names.with_value(|(_, topic)| topic.clone());
    let busy = Memo::new(move |_| many.step.with(Step::is_busy));
    let stopping = Signal::derive(move || {
        let asked = many.step.with(|step| matches!(step, Step::Writing { stopping: true, .. }));
        asked.then(|| "It stops as soon as the cluster has answered.".to_owned())
    });
    let limits = format!(
        "At most {} and {} records. Nothing is written while a line is broken.",
        bytes(IMPORT_BYTES_MAX as u64),
        count(i128::from(IMPORT_RECORDS_MAX)),
    );
    let unsent = use_unsent();
    Effect::new(move |_| {
        if many.step.with(|step| matches!(step, Step::Done { .. })) {
            unsent.sent();
        }
    });
    view! {
        <div class="col produce-form">
            // What is being written stays what it is until it is.
            <fieldset class="whole" disabled=busy>
                <div class="triple">
                    <Field label="Each record is"><Format many/></Field>
                    <Field label="Partition">
                        <Partition partition=many.partition topic=Signal::stored(topic) topics/>
                    </Field>
                    <Field label="Compression"><CodecChoice codec=many.codec/></Field>
                </div>
                <p class="hint">{move || explained(many.format.get())}</p>
                <Source many/>
                <p class="hint">{limits}</p>
            </fieldset>
            {move || many.step.with(|step| outcome(many, step))}
            <div class="dialog-foot">
                <Show when=move || busy.get()>
                    <Button icon="square" off=stopping on_press=move |_| many.stop()>"Stop"</Button>
                </Show>
                <Acts many busy/>
            </div>
        </div>
    }
}

fn explained(format: ImportFormat) -> &'static str {
    match format {
        ImportFormat::Jsonl => {
            "{\"key\": \"k\", \"value\": {…}, \"headers\": {\"h\": \"v\"}, \"partition\": 0}. A \
             string is its text, other JSON is written as it stands, null is a tombstone; \
             key_base64 and value_base64 hold bytes."
        }
        ImportFormat::Csv => {
            "A first row of names: key, value, partition, timestamp_ms, header.NAME, key_base64, \
             value_base64. A field without anything is null, \"\" is empty."
        }
        ImportFormat::Lines => "Each line is the value of a record without a key.",
    }
}

#[component]
fn Format(many: Import) -> impl IntoView {
    let label = |format: ImportFormat| match format {
        ImportFormat::Jsonl => "a JSON object (JSONL)",
        ImportFormat::Csv => "a row of CSV",
        ImportFormat::Lines => "a line, which is its value",
    };
    let choices = ImportFormat::ALL.map(|it| Choice::new(it.name(), label(it))).to_vec();
    let pick = move |picked: String| {
        let format = ImportFormat::ALL.into_iter().find(|it| it.name() == picked);
        many.format.set(format.unwrap_or(ImportFormat::Jsonl));
        many.changed();
    };
    view! {
        <Select
            value=Signal::derive(move || many.format.get().name().to_owned())
            choices
            on_pick=pick
            label="Each record is"
        />
    }
}

/// A file, or a text while there is none.
#[component]
fn Source(many: Import) -> impl IntoView {
    let choose = move |event: ev::Event| {
        let (name, file) = chosen(&event_target::<HtmlInputElement>(&event)).unzip();
        // The name tells the format as a rule; the person can still choose another.
        match name.as_deref().and_then(|name| name.rsplit_once('.')) {
            Some((_, "csv")) => many.format.set(ImportFormat::Csv),
            Some((_, "jsonl" | "ndjson")) => many.format.set(ImportFormat::Jsonl),
            _ => {}
        }
        many.file.set(file);
        many.changed();
    };
    let typed = move |event: ev::Event| {
        many.text.set(event_target_value(&event));
        many.changed();
    };
    let has_file = move || many.file.with(Option::is_some);
    view! {
        <Field label="File">
            <input class="input file" type="file" accept=".jsonl,.ndjson,.json,.csv,.txt"
                on:change=choose/>
        </Field>
        <Show when=move || !has_file()>
            <textarea
                class="input mono grows"
                rows="6"
                spellcheck="false"
                aria-label="Text to import"
                placeholder="… or paste it here"
                prop:value=many.text
                on:input=typed
            ></textarea>
        </Show>
    }
}

/// The file that was chosen, and its name in small letters.
fn chosen(input: &HtmlInputElement) -> Option<(String, Blob)> {
    let of = |from: &JsValue, name: &str| Reflect::get(from, &JsValue::from_str(name)).ok();
    let file = of(&of(input, "files")?, "0")?;
    let name = of(&file, "name")?.as_string()?.to_lowercase();
    Some((name, file.dyn_into().ok()?))
}

/// What can be done next.
#[component]
fn Acts(many: Import, busy: Memo<bool>) -> impl IntoView {
    let off = Signal::derive(move || {
        let why = busy.get().then(|| "It is under way".to_owned());
        why.or_else(|| many.raw().err())
    });
    let next = move || {
        many.step.with(|step| match step {
            Step::Checked(check) if check.broken == 0 && check.records > 0 => {
                let label =
                    format!("Write {}", counted(i128::from(check.records), "record", "records"));
                Some((label, None))
            }
            Step::Broken { left, .. } | Step::Stopped { left, .. } => {
                Some(("Write the rest".to_owned(), Some(left.clone())))
            }
            Step::Unknown { .. } => {
                let only = many.only.get().trim().to_owned();
                (!only.is_empty()).then(|| ("Write these records".to_owned(), Some(only)))
            }
            _ => None,
        })
    };
    move || match next() {
        Some((label, only)) => view! {
            <Button off=off on_press=move |_| many.check()>"Check again"</Button>
            <Button tone=Tone::Primary off=off on_press=move |_| many.write(only.clone())>
                {label}
            </Button>
        }
        .into_any(),
        None => view! {
            <Button tone=Tone::Primary off=off on_press=move |_| many.check()>"Check it"</Button>
        }
        .into_any(),
    }
}
