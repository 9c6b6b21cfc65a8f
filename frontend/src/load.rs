//! One panel's data: asked for, waited for, kept while it is asked for again, and the one place
//! that draws waiting, failed and forbidden.
//!
//! A page says [`load`] and draws `<Loaded from=…>`; what is inside sees data only.

use std::{sync::Arc, time::Duration};

use futures::future::{AbortHandle, abortable};
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*, task::spawn_local};
use ouzel_api::ErrorCode;

use crate::{
    client::ClientError,
    ui::{Age, Empty, Failure, Forbidden, Icon, Note, Skeleton, now_ms},
};

/// Data that is asked for now, again when what it depends on changes, and on demand. Cheap to copy.
pub struct Load<T: 'static> {
    state: RwSignal<State<T>>,
    again: RwSignal<u32>,
}

impl<T> Clone for Load<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Load<T> {}

struct State<T> {
    /// The last good answer; stays while newer ones fail.
    value: Option<Arc<T>>,
    received_ms: i64,
    /// Why the last request brought nothing.
    error: Option<ClientError>,
    busy: bool,
}

/// Asks by `fetch`, and again whenever a signal it reads changes; the earlier request is aborted
/// then, and when the page is left.
pub fn load<T, Fetch, Answer>(fetch: Fetch) -> Load<T>
where
    T: Send + Sync + 'static,
    Fetch: Fn() -> Answer + 'static,
    Answer: Future<Output = Result<T, ClientError>> + 'static,
{
    let first = State { value: None, received_ms: 0, error: None, busy: true };
    let load = Load { state: RwSignal::new(first), again: RwSignal::new(0) };
    let running = StoredValue::new(None::<AbortHandle>);
    Effect::new(move |_| {
        load.again.track();
        let (answer, handle) = abortable(fetch());
        let earlier = running.try_update_value(|slot| slot.replace(handle)).flatten();
        earlier.inspect(AbortHandle::abort);
        load.state.try_update(|state| state.busy = true);
        spawn_local(async move {
            if let Ok(answer) = answer.await {
                load.state.try_update(|state| state.take(answer));
            }
        });
    });
    on_cleanup(move || {
        running.try_with_value(|slot| slot.as_ref().inspect(|handle| handle.abort()).is_some());
    });
    load
}

impl<T> State<T> {
    fn take(&mut self, answer: Result<T, ClientError>) {
        self.busy = false;
        match answer {
            Ok(value) => {
                self.value = Some(Arc::new(value));
                self.received_ms = now_ms();
                self.error = None;
            }
            Err(error) => self.error = Some(error),
        }
    }
}

impl<T: Send + Sync + 'static> Load<T> {
    /// Asks again now.
    pub fn reload(&self) {
        self.again.try_update(|times| *times = times.wrapping_add(1));
    }

    /// Asks again every `seconds`, unless nobody looks at the tab or an answer is still out.
    pub fn every(self, seconds: u64) -> Load<T> {
        let tick = move || {
            let busy = self.state.try_with_untracked(|state| state.busy).unwrap_or(true);
            if !busy && !document().hidden() {
                self.reload();
            }
        };
        if let Ok(interval) = set_interval_with_handle(tick, Duration::from_secs(seconds)) {
            on_cleanup(move || interval.clear());
        }
        self
    }

    /// The last good answer, for what may show it or do without.
    pub fn latest(&self) -> Option<Arc<T>> {
        self.state.try_with(|state| state.value.clone()).flatten()
    }

    /// Why the last request brought nothing, if it did not.
    pub fn error(&self) -> Option<ClientError> {
        self.state.try_with(|state| state.error.clone()).flatten()
    }

    /// Why there is no such thing, or none any more: nothing can be done to it.
    pub fn gone(&self) -> Option<ClientError> {
        self.error().filter(|error| error.code() == Some(ErrorCode::NotFound))
    }

    fn received_ms(&self) -> i64 {
        self.state.try_with(|state| state.received_ms).unwrap_or_default()
    }
}

/// Which look a panel has.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    Waiting,
    Failed(ClientError),
    Forbidden(ClientError),
    /// The server knows no such cluster, topic or group.
    Missing(ClientError),
    Ready,
}

/// Draws waiting, failed and forbidden; draws its children as soon as there is data, and keeps
/// them, with a line that says so, while newer data cannot be had.
#[component]
pub fn Loaded<T, V, F>(
    /// What is drawn.
    from: Load<T>,
    /// What is drawn of the data.
    children: F,
) -> impl IntoView
where
    T: PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
    F: Fn(Memo<Arc<T>>) -> V + Send + Sync + 'static,
{
    let phase = Memo::new(move |_| phase(&from));
    move || match phase.get() {
        Phase::Waiting => view! { <div class="card"><Skeleton/></div> }.into_any(),
        Phase::Failed(error) => {
            view! { <div class="card">{broken(&error, move || from.reload())}</div> }.into_any()
        }
        Phase::Forbidden(error) => view! {
            <div class="card"><Forbidden title=error.title() reason=error.message()/></div>
        }
        .into_any(),
        Phase::Missing(error) => missing(&error).into_any(),
        Phase::Ready => match from.state.with_untracked(|state| state.value.clone()) {
            Some(first) => {
                let data = Memo::new(move |last: Option<&Arc<T>>| {
                    from.latest().or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
                });
                view! { <Stale of=from/> {children(data)} }.into_any()
            }
            None => ().into_any(),
        },
    }
}

fn phase<T: Send + Sync + 'static>(from: &Load<T>) -> Phase {
    if from.latest().is_some() {
        return Phase::Ready;
    }
    match from.error() {
        None => Phase::Waiting,
        Some(error) => match error.code() {
            Some(ErrorCode::Forbidden) => Phase::Forbidden(error),
            Some(ErrorCode::NotFound) => Phase::Missing(error),
            _ => Phase::Failed(error),
        },
    }
}

/// Where somebody goes on who found nothing: an address and what stands on the link.
#[derive(Clone, Copy)]
pub struct WayBack(pub Signal<Option<(String, &'static str)>>);

/// There is nothing by that name: not a failure, and nothing to retry.
pub fn missing(error: &ClientError) -> impl IntoView + use<> {
    let reason = error.message();
    let back = use_context::<WayBack>();
    let link = move || {
        back.and_then(|back| back.0.get())
            .map(|(href, label)| view! { <a class="btn" href=href>{label}</a> })
    };
    view! {
        <div class="card">
            <Empty icon="file-question" title="Nothing by that name">
                <p>{reason}</p>
                {link}
            </Empty>
        </div>
    }
}

/// A failure with its words, the request's id and a way to try again.
pub fn broken(error: &ClientError, retry: impl Fn() + Send + Sync + 'static) -> AnyView {
    let (title, reason) = (error.title(), error.message());
    match error.request_id() {
        "" => view! { <Failure title reason on_retry=retry/> }.into_any(),
        id => {
            let detail = format!("Request {id}");
            view! { <Failure title reason detail on_retry=retry/> }.into_any()
        }
    }
}

/// What a form says when its request was refused.
pub fn refused(error: ClientError) -> impl IntoView {
    let (title, message) = (error.title(), error.message());
    // Some messages begin with the words of their title.
    let title = (!message.starts_with(title)).then(|| view! { <b>{title} ". "</b> });
    view! {
        <div class="note bad" role="alert">
            <Icon name="triangle-alert"/>
            <span class="grow">{title} {message}</span>
        </div>
    }
}

/// The line over data that could not be refreshed.
#[component]
fn Stale<T: Send + Sync + 'static>(of: Load<T>) -> impl IntoView {
    let line = move |error: ClientError| {
        view! {
            <Note>
                <span>
                    <b>{error.title()}</b>
                    ". Shown is what was read "
                    <Age at_ms=of.received_ms()/>
                    ". "
                    {error.message()}
                </span>
                <button class="link" on:click=move |_| of.reload()>"Try again"</button>
            </Note>
        }
    };
    move || of.error().map(line)
}

/// Waits. Dropping it waits no longer.
pub async fn sleep(ms: i32) {
    let mut start = |resolve: js_sys::Function, _| {
        // A page without timers does not wait.
        let timers = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
        if timers.is_err() {
            resolve.call0(&wasm_bindgen::JsValue::NULL).ok();
        }
    };
    // The promise cannot be refused, so there is nothing to tell.
    wasm_bindgen_futures::JsFuture::from(js_sys::Promise::new(&mut start)).await.ok();
}
