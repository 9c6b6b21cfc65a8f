//! How far one's own exports of this topic are, as the server tells it: a line for each, with the
//! way to end it. The browser downloads on when the page is left, and the lines are there again
//! when somebody comes back.

use leptos::{prelude::*, task::spawn_local};
use ouzel_api::{
    exports::{Export, ExportState},
    search::ExportFormat,
};

use super::Page;
use crate::{
    client::{self, ClientError},
    format::{bytes, count, counted},
    load::sleep,
    ui::{Button, Coverage, Covered, IconButton, StatusLine, Toasts, now_ms, use_toasts},
};

/// How often a running export is asked after.
const EVERY_MS: i32 = 700;
/// How long one that was just started may take to be there: the server may wait for a broker first.
const BEGINS_WITHIN_MS: i64 = 20_000;

/// The exports that are known. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Exports {
    names: StoredValue<(String, String)>,
    known: RwSignal<Vec<Export>>,
    /// Whether somebody asks already.
    asks: StoredValue<bool>,
    /// One that is not there yet is waited for until then.
    expected_until_ms: StoredValue<i64>,
    /// Why nothing is known, while there is something to know.
    error: RwSignal<Option<ClientError>>,
}

impl Exports {
    /// Those of a topic; asks once, for some may be under way.
    pub fn of(names: StoredValue<(String, String)>) -> Exports {
        let exports = Exports {
            names,
            known: RwSignal::new(Vec::new()),
            asks: StoredValue::new(false),
            expected_until_ms: StoredValue::new(0),
            error: RwSignal::new(None),
        };
        exports.ask();
        exports
    }

    /// A download was started.
    pub fn expect(self) {
        self.expected_until_ms.set_value(now_ms() + BEGINS_WITHIN_MS);
        self.ask();
    }

    /// Asks until nothing goes on any more, or the page is left.
    fn ask(self) {
        if self.asks.try_get_value() != Some(false) {
            return;
        }
        self.asks.set_value(true);
        spawn_local(async move {
            while self.look().await == Some(true) {
                sleep(EVERY_MS).await;
            }
            self.asks.try_set_value(false);
        });
    }

    /// Asks once; whether to ask again. None if the page is left.
    async fn look(self) -> Option<bool> {
        let (cluster, topic) = self.names.try_get_value()?;
        let answer = client::messages::exports(&cluster, &topic).await;
        let before = self.known.try_get_untracked()?;
        let expected = now_ms() < self.expected_until_ms.try_get_value()?;
        match answer {
            Ok(list) => {
                let is_new = |it: &Export| before.iter().all(|known| known.id != it.id);
                if list.exports.iter().any(is_new) {
                    self.expected_until_ms.try_set_value(0);
                }
                let goes_on = list.exports.iter().any(is_running);
                let known = merged(before, list.exports);
                self.known.try_set(known);
                self.error.try_set(None);
                Some(goes_on || now_ms() < self.expected_until_ms.try_get_value()?)
            }
            Err(error) => {
                let matters = expected || before.iter().any(is_running);
                self.error.try_set(matters.then_some(error));
                Some(matters)
            }
        }
    }
}

/// What is told now, then those that have ended and are no longer told of, until somebody puts them
/// away. One that was running and is told of no more has ended unseen, and is not kept.
fn merged(before: Vec<Export>, now: Vec<Export>) -> Vec<Export> {
    let is_gone = |it: &Export| now.iter().all(|told| told.id != it.id);
    let ended: Vec<Export> =
        before.into_iter().filter(|it| !is_running(it) && is_gone(it)).collect();
    now.into_iter().chain(ended).collect()
}

fn is_running(export: &Export) -> bool {
    export.state == ExportState::Running
}

/// A line for each export.
#[component]
pub fn UnderWay(page: Page) -> impl IntoView {
    let Exports { known, error, .. } = page.exports;
    let ids = Memo::new(move |_| {
        known.with(|known| known.iter().map(|it| it.id.clone()).collect::<Vec<_>>())
    });
    let unknown = move || {
        let message = error.with(|error| error.as_ref().map(ClientError::message))?;
        let text = format!("How far the export is could not be read: {message}");
        Some(view! { <StatusLine><span class="warn">{text}</span></StatusLine> })
    };
    view! {
        {unknown}
        <For each=move || ids.get() key=String::clone let:id>
            <Line page id/>
        </For>
    }
}

#[component]
fn Line(page: Page, id: String) -> impl IntoView {
    let known = page.exports.known;
    let own = id.clone();
    let export =
        Memo::new(move |_| known.with(|known| known.iter().find(|it| it.id == own).cloned()));
    let running = Memo::new(move |_| export.with(|it| it.as_ref().is_some_and(is_running)));
    let (id, toasts) = (StoredValue::new(id), use_toasts());
    let parts = move || export.with(|it| it.as_ref().map(covered).into_iter().collect::<Vec<_>>());
    let known_share =
        Memo::new(move |_| export.with(|it| it.as_ref().is_some_and(|it| it.per_mille.is_some())));
    // Cancels it while it runs.
    let put_away = move |_| end(page, id.get_value(), toasts);
    view! {
        <div role="group" aria-label="Export">
            <StatusLine>
                {move || export.get().map(|it| head(&it))}
                {move || export.get().map(|it| figures(&it))}
                <Show when=move || running.get() && known_share.get()>
                    <Coverage parts=Signal::derive(parts)/>
                </Show>
                <span class="grow"></span>
                <Show
                    when=move || running.get()
                    fallback=move || {
                        view! { <IconButton icon="x" label="Put away" on_press=put_away/> }
                    }
                >
                    <Button on_press=put_away>"Cancel export"</Button>
                </Show>
            </StatusLine>
        </div>
    }
}

/// What becomes of it.
fn head(export: &Export) -> AnyView {
    let format = match export.format {
        ExportFormat::Jsonl => "JSON Lines",
        ExportFormat::Csv => "CSV",
    };
    match &export.state {
        ExportState::Running => {
            let share = export.per_mille.map(|share| format!(", {} %", share / 10));
            view! { <b>"Export to " {format} {share}</b> }.into_any()
        }
        ExportState::Done => view! { <span class="good">"Exported to " {format}</span> }.into_any(),
        ExportState::Cancelled => {
            let title = "What the browser has is not all";
            view! { <span class="warn" title=title>"Export cancelled"</span> }.into_any()
        }
        ExportState::Failed { message } => {
            let text = format!("Export failed: {message}. What the browser has is not all.");
            view! { <span class="bad">{text}</span> }.into_any()
        }
    }
}

fn figures(export: &Export) -> impl IntoView + use<> {
    let matched = counted(export.matched, "record", "records");
    view! {
        <span>{format!("{matched} of {} read", count(export.read))}</span>
        <span title="Bytes of the file that were sent">{bytes(export.bytes)}</span>
    }
}

fn covered(export: &Export) -> Covered {
    let share = f64::from(export.per_mille.unwrap_or(0)) / 1000.0;
    Covered { label: "Offsets that were passed".to_owned(), from: 0.0, share }
}

/// Ends a running one, or puts away one that has ended.
fn end(page: Page, id: String, toasts: Toasts) {
    let (cluster, topic) = page.names.get_value();
    let exports = page.exports;
    let was_running = exports
        .known
        .with_untracked(|known| known.iter().find(|it| it.id == id).is_some_and(is_running));
    spawn_local(async move {
        let done = client::messages::end_export(&cluster, &topic, &id).await;
        match done {
            Err(error) if was_running => {
                toasts.bad(format!("The export was not cancelled. {}", error.message()));
            }
            // The server forgets it by itself, if it has not already.
            _ if !was_running => {
                exports.known.try_update(|known| known.retain(|it| it.id != id));
            }
            _ => exports.ask(),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn export(id: &str, state: ExportState) -> Export {
        Export {
            id: id.to_owned(),
            format: ExportFormat::Csv,
            begun_ms: 1,
            read: 0,
            matched: 0,
            bytes: 0,
            per_mille: None,
            state,
        }
    }

    #[test]
    fn what_has_ended_stays_until_it_is_put_away_and_what_is_told_is_believed() {
        let before = vec![
            export("runs", ExportState::Running),
            export("lost", ExportState::Running),
            export("old", ExportState::Done),
        ];
        let now = vec![export("new", ExportState::Running), export("runs", ExportState::Cancelled)];
        let merged = merged(before, now);
        let told: Vec<_> = merged.iter().map(|it| (it.id.as_str(), is_running(it))).collect();
        assert_eq!(told, [("new", true), ("runs", false), ("old", false)]);
    }
}
