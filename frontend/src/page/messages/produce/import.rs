//! The records of a file or a pasted text: chosen, checked, written, stopped, and gone on with
//! where it broke off. `many.rs` is its form, `outcome.rs` says how it stands.

use futures::future::{AbortHandle, abortable};
use leptos::{prelude::*, task::spawn_local};
use ouzel_api::{
    ErrorCode,
    error::ApiError,
    produce::{Codec, IMPORT_BYTES_MAX, ImportCheck, ImportEvent, ImportFormat, WrittenPart},
};
use web_sys::Blob;

use super::super::{Page, wait::wait};
use crate::{
    client::{self, ClientError, Raw, produce::ImportOptions},
    format::{bytes, counted},
    ui::{use_toasts, use_unsent},
};

/// How often the server is asked about an import whose connection broke.
const ASK_MS: u64 = 1_000;

/// What is asked before an import that runs is left.
const STILL_RUNS: &str = "The import still runs. Leaving stops it.";

/// What is being imported. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Import {
    pub(super) page: Page,
    pub(super) format: RwSignal<ImportFormat>,
    pub(super) partition: RwSignal<Option<i32>>,
    pub(super) codec: RwSignal<Codec>,
    pub(super) text: RwSignal<String>,
    pub(super) file: RwSignal<Option<Blob>, LocalStorage>,
    /// The numbers of the records that somebody names who knows what is left.
    pub(super) only: RwSignal<String>,
    pub(super) step: RwSignal<Step>,
    /// The name by which the server knows the one that runs.
    id: StoredValue<String>,
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
    /// It is being written; `stopping` if the person has enough.
    Writing { written: u64, of: u64, stopping: bool },
    /// The connection broke off when so many were known to be written; the server is asked.
    Cut { written: u64 },
    /// All of it is on the cluster.
    Done { written: u64, partitions: Vec<WrittenPart> },
    /// It broke off; `left` are the records that are not on the cluster.
    Broken { error: ApiError, line: u64, written: u64, left: String, doubtful: bool },
    /// It was stopped; `left` are the records that are not on the cluster.
    Stopped { written: u64, left: String },
    /// It broke off, at least so many are on the cluster, and the server cannot tell how many.
    Unknown { written: u64 },
    /// The server did not take it, and nothing was written.
    Failed(ClientError),
}

impl Step {
    pub(super) fn is_busy(&self) -> bool {
        matches!(self, Step::Checking) || self.is_writing()
    }

    fn is_writing(&self) -> bool {
        matches!(self, Step::Writing { .. } | Step::Cut { .. })
    }

    /// How many records are known to be on the cluster by then.
    fn written(&self) -> u64 {
        match self {
            Step::Writing { written, .. }
            | Step::Cut { written }
            | Step::Done { written, .. }
            | Step::Broken { written, .. }
            | Step::Stopped { written, .. }
            | Step::Unknown { written } => *written,
            Step::Choosing | Step::Checking | Step::Checked(_) | Step::Failed(_) => 0,
        }
    }

    /// How it ended, or the progress of one that did not.
    fn ended(event: ImportEvent) -> Result<Step, (u64, u64)> {
        Ok(match event {
            ImportEvent::Progress { written, of } => return Err((written, of)),
            ImportEvent::Done { written, partitions } => Step::Done { written, partitions },
            ImportEvent::Stopped { written, left, .. } => Step::Stopped { written, left },
            ImportEvent::Failed { error, line, written, left, doubtful, .. } => {
                Step::Broken { error, line, written, left, doubtful }
            }
        })
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
            only: RwSignal::new(String::new()),
            step: RwSignal::new(Step::Choosing),
            id: StoredValue::new(String::new()),
            work: StoredValue::new(None),
        };
        let (unsent, toasts) = (use_unsent(), use_toasts());
        let runs = Memo::new(move |_| import.step.with(Step::is_writing));
        Effect::new(move |_| {
            unsent.runs(runs.get().then_some(STILL_RUNS));
            page.writing.runs.set(runs.get());
        });
        on_cleanup(move || {
            page.writing.runs.try_set(false);
            let left = import.step.try_with_untracked(|it| (it.is_writing(), it.written()));
            if let Some((true, written)) = left {
                let records = counted(i128::from(written), "record", "records");
                toasts.bad(format!(
                    "The import was left, and stops after about {records}. The audit log has the \
                     exact count."
                ));
            }
            import.abort();
        });
        import
    }

    fn abort(self) {
        let work = self.work.try_update_value(Option::take).flatten();
        work.inspect(AbortHandle::abort);
    }

    /// Another text, or read in another way: what was said of the one before holds no longer.
    pub(super) fn changed(self) {
        self.abort();
        self.step.set(Step::Choosing);
    }

    /// What is sent, or why nothing can be.
    pub(super) fn raw(self) -> Result<Raw, String> {
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

    pub(super) fn check(self) {
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

    pub(super) fn write(self, only: Option<String>) {
        let Ok(raw) = untrack(|| self.raw()) else { return };
        let ((cluster, topic), options) = (self.page.names.get_value(), self.options(only));
        let id = client::produce::new_id();
        self.id.set_value(id.clone());
        self.step.set(Step::Writing { written: 0, of: 0, stopping: false });
        self.begin(async move {
            let begun = client::produce::import((&cluster, &topic), &id, &options, raw).await;
            let end = match begun {
                Ok(stream) => self.follow(stream).await,
                Err(ClientError::Answered(error)) => Some(Step::Failed(error.into())),
                Err(_) => None,
            };
            let end = match end {
                Some(end) => end,
                None => self.ask_how_it_ended().await,
            };
            self.page.writing.wrote(end.written());
            self.only.try_set(String::new());
            self.step.try_set(end);
        });
    }

    /// How it ended; none if the connection broke before it did.
    async fn follow(self, mut stream: client::produce::ImportStream) -> Option<Step> {
        while let Some(Ok(event)) = stream.next().await {
            match Step::ended(event) {
                Ok(end) => return Some(end),
                Err((so_far, all)) => drop(self.step.try_update(|step| {
                    if let Step::Writing { written, of, .. } = step {
                        (*written, *of) = (so_far, all);
                    }
                })),
            }
        }
        None
    }

    /// Asks the server, until it is there and the import has ended.
    async fn ask_how_it_ended(self) -> Step {
        let mut written = self.step.try_with_untracked(Step::written).unwrap_or_default();
        let ((cluster, topic), id) = (self.page.names.get_value(), self.id.get_value());
        loop {
            self.step.try_set(Step::Cut { written });
            match client::produce::import_run((&cluster, &topic), &id).await.map(Step::ended) {
                Ok(Ok(end)) => return end,
                Ok(Err((so_far, _))) => written = written.max(so_far),
                Err(error) if !error.may_pass() => return Step::Unknown { written },
                Err(error) if error.code() == Some(ErrorCode::Unauthenticated) => {
                    return Step::Unknown { written };
                }
                Err(_) => {}
            }
            wait(ASK_MS).await;
        }
    }

    fn begin(self, work: impl Future<Output = ()> + 'static) {
        self.abort();
        let (work, handle) = abortable(work);
        self.work.set_value(Some(handle));
        spawn_local(async move {
            work.await.ok();
        });
    }

    /// Stops it. Of one that writes the server says what is left; nothing is lost by waiting.
    pub(super) fn stop(self) {
        if self.step.with_untracked(|step| *step == Step::Checking) {
            return self.changed();
        }
        self.step.update(|step| {
            if let Step::Writing { stopping, .. } = step {
                *stopping = true;
            }
        });
        let ((cluster, topic), id) = (self.page.names.get_value(), self.id.get_value());
        spawn_local(async move {
            let runs = || self.step.try_with_untracked(Step::is_writing).unwrap_or(false);
            while runs()
                && self.id.try_with_value(|now| *now == id).unwrap_or(false)
                && client::produce::stop_import((&cluster, &topic), &id).await.is_err()
            {
                wait(ASK_MS).await;
            }
        });
    }
}
