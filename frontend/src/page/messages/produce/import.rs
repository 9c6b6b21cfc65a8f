//! The records of a file or a pasted text: chosen, checked, written, and gone on with where it
//! broke off.

use futures::future::{AbortHandle, abortable};
use js_sys::Reflect;
use leptos::{
    ev,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, JsValue},
};
use ouzel_api::{
    error::ApiError,
    produce::{
        Codec, IMPORT_BYTES_MAX, IMPORT_RECORDS_MAX, ImportCheck, ImportEvent, ImportFormat,
        WrittenPart,
    },
    topics::TopicList,
};
use web_sys::{Blob, HtmlInputElement};

use super::{
    super::Page,
    form::{CodecChoice, Partition},
    outcome::outcome,
};
use crate::{
    client::{self, ClientError, Raw, produce::ImportOptions},
    format::{bytes, count, counted},
    load::Load,
    ui::{Button, Choice, Field, Select, Tone, use_unsent},
};

/// What is being imported. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Import {
    pub(super) page: Page,
    format: RwSignal<ImportFormat>,
    partition: RwSignal<Option<i32>>,
    codec: RwSignal<Codec>,
    text: RwSignal<String>,
    file: RwSignal<Option<Blob>, LocalStorage>,
    step: RwSignal<Step>,
    work: StoredValue<Option<AbortHandle>>,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing was asked yet.
    Choosing,
    /// The server reads it.
    Checking,
    /// It was read.
    Checked(ImportCheck),
    /// It is being written.
    Writing { written: u64, of: u64 },
    /// All of it is on the cluster.
    Done { written: u64, partitions: Vec<WrittenPart> },
    /// It broke off; `left` are the records that are not on the cluster.
    Broken { error: ApiError, line: u64, written: u64, left: String, doubtful: bool },
    /// The server did not take it, or the person stopped it.
    Failed(ClientError),
    /// The person stopped it after so many records.
    Stopped { written: u64 },
}

impl Step {
    fn is_busy(&self) -> bool {
        matches!(self, Step::Checking | Step::Writing { .. })
    }

    /// How many records are known to be on the cluster by then.
    fn written(&self) -> u64 {
        match self {
            Step::Writing { written, .. }
            | Step::Done { written, .. }
            | Step::Broken { written, .. }
            | Step::Stopped { written } => *written,
            Step::Choosing | Step::Checking | Step::Checked(_) | Step::Failed(_) => 0,
        }
    }
}

impl Import {
    /// Nothing chosen yet.
    pub fn new(page: Page) -> Import {
        let import = Import {
            page,
            format: RwSignal::new(ImportFormat::Jsonl),
            partition: RwSignal::new(None),
            codec: RwSignal::new(Codec::Zstd),
            text: RwSignal::new(String::new()),
            file: RwSignal::new_local(None),
            step: RwSignal::new(Step::Choosing),
            work: StoredValue::new(None),
        };
        on_cleanup(move || import.abort());
        import
    }

    fn abort(self) {
        let work = self.work.try_update_value(Option::take).flatten();
        work.inspect(AbortHandle::abort);
    }

    /// Another text, or read in another way: what was said of the one before holds no longer.
    fn changed(self) {
        self.abort();
        self.step.set(Step::Choosing);
    }

    /// What is sent, or why nothing can be.
    fn raw(self) -> Result<Raw, String> {
        let size = match self.file.get() {
            Some(file) => file.size(),
            None => self.text.with(String::len) as f64,
        };
        match size {
            0.0 => Err("Choose a file, or paste a text.".to_owned()),
            size if size > IMPORT_BYTES_MAX as f64 => {
                Err(format!("An import takes at most {}.", bytes(IMPORT_BYTES_MAX as u64)))
            }
            _ => Ok(match self.file.get() {
                Some(file) => Raw::File(file),
                None => Raw::Text(self.text.get()),
            }),
        }
    }

    fn options(self, only: Option<String>) -> ImportOptions {
        ImportOptions {
            format: self.format.get_untracked(),
            partition: self.partition.get_untracked(),
            codec: self.codec.get_untracked(),
            only,
        }
    }

    fn check(self) {
        let Ok(raw) = untrack(|| self.raw()) else { return };
        let ((cluster, topic), options) = (self.page.names.get_value(), self.options(None));
        self.step.set(Step::Checking);
        self.begin(async move {
            let answer = client::produce::check((&cluster, &topic), &options, raw).await;
            self.step.try_set(match answer {
                Ok(check) => Step::Checked(check),
                Err(error) => Step::Failed(error),
            });
        });
    }

    fn write(self, only: Option<String>) {
        let Ok(raw) = untrack(|| self.raw()) else { return };
        let ((cluster, topic), options) = (self.page.names.get_value(), self.options(only));
        self.step.set(Step::Writing { written: 0, of: 0 });
        self.begin(async move {
            let end = match client::produce::import((&cluster, &topic), &options, raw).await {
                Ok(stream) => self.follow(stream).await,
                Err(error) => Step::Failed(error),
            };
            let told = self.step.try_with_untracked(Step::written).unwrap_or_default();
            self.page.writing.wrote(end.written().max(told));
            self.step.try_set(end);
        });
    }

    async fn follow(self, mut stream: client::produce::ImportStream) -> Step {
        while let Some(event) = stream.next().await {
            match event {
                Ok(ImportEvent::Progress { written, of }) => {
                    self.step.try_set(Step::Writing { written, of });
                }
                Ok(ImportEvent::Done { written, partitions }) => {
                    return Step::Done { written, partitions };
                }
                Ok(ImportEvent::Failed { error, line, written, left, doubtful, .. }) => {
                    return Step::Broken { error, line, written, left, doubtful };
                }
                Err(error) => return Step::Failed(error),
            }
        }
        Step::Failed(ClientError::NoAnswer)
    }

    fn begin(self, work: impl Future<Output = ()> + 'static) {
        self.abort();
        let (work, handle) = abortable(work);
        self.work.set_value(Some(handle));
        spawn_local(async move {
            work.await.ok();
        });
    }

    fn stop(self) {
        self.abort();
        let written = self.step.with_untracked(Step::written);
        self.page.writing.wrote(written);
        self.step.set(Step::Stopped { written });
    }
}

/// The form.
#[component]
pub fn Many(many: Import, topics: Load<TopicList>) -> impl IntoView {
    let topic = many.page.names.with_value(|(_, topic)| topic.clone());
    let busy = Memo::new(move |_| many.step.with(Step::is_busy));
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
            {move || many.step.with(|step| outcome(many, step))}
            <div class="dialog-foot">
                <Show when=move || busy.get()>
                    <Button icon="square" on_press=move |_| many.stop()>"Stop"</Button>
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
            Step::Broken { left, .. } => Some(("Write the rest".to_owned(), Some(left.clone()))),
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
