//! The record that the drawer shows: named by the address, taken from the rows or fetched whole.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use ouzel_api::messages::Message;

use super::{Page, body::Body, table::id, value::Part};
use crate::{client, client::ClientError, location::History};

/// Most bytes that are held and shown here; larger values can still be downloaded.
const SHOWN_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// Partition and offset.
pub type Id = (i32, i64);

/// What the server said of a record.
type Answer = (Id, Result<Arc<Message>, ClientError>);

/// The open record. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Record {
    page: Page,
    /// Partition and offset, while one is open.
    pub id: Memo<Option<Id>>,
    /// What is known of it.
    pub shown: Memo<Shown>,
    fetched: RwSignal<Option<Answer>>,
    /// Every byte of a part that came cut.
    whole: RwSignal<Option<(Id, Part, Arc<Body>)>>,
    /// The record that is on its way.
    pub fetching: RwSignal<Option<Id>>,
}

/// What is known of the open record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Nothing yet.
    Waiting,
    /// It, or its beginning.
    Ready(Arc<Message>),
    /// It could not be read.
    Failed(ClientError),
}

/// Follows the address from here on.
pub fn follow(page: Page) -> Record {
    let id = Memo::new(move |_| page.view.with(|view| view.open));
    let fetched = RwSignal::new(None::<Answer>);
    let shown = Memo::new(move |_| {
        let Some(id) = id.get() else { return Shown::Waiting };
        let answer = fetched.get().filter(|(of, _)| *of == id).map(|(_, answer)| answer);
        match (answer, row(page, id)) {
            (Some(Ok(message)), _) | (_, Some(message)) => Shown::Ready(message),
            (Some(Err(error)), None) => Shown::Failed(error),
            (None, None) => Shown::Waiting,
        }
    });
    let whole = RwSignal::new(None);
    let record = Record { page, id, shown, fetched, whole, fetching: RwSignal::new(None) };
    record.fetch_what_is_not_in_the_rows();
    // A tail of several topics keeps its active row itself: its rows are not those of the page.
    if page.beside.is_none() {
        record.keep_the_active_row();
    }
    record.take_the_keyboard();
    record
}

/// The row of that record; reactive.
fn row(page: Page, record: Id) -> Option<Arc<Message>> {
    page.feed.rows.with(|rows| rows.iter().find(|row| id(row) == record).cloned())
}

impl Record {
    /// Whether a record is open.
    pub fn is_open(self) -> bool {
        self.id.with(Option::is_some)
    }

    /// What is here of a part of the open record; reactive.
    pub fn body(self, part: Part) -> Option<Arc<Body>> {
        let Shown::Ready(message) = self.shown.get() else { return None };
        let id = (message.partition, message.offset);
        let whole = self.whole.with(|whole| match whole {
            Some((of, which, body)) if (*of, *which) == (id, part) => Some(body.clone()),
            _ => None,
        });
        whole.or_else(|| Some(Arc::new(Body::of(part.of(&message)))))
    }

    /// Every byte of a part; what came cut is fetched.
    pub async fn whole_body(self, message: Arc<Message>, part: Part) -> Result<Arc<Body>, String> {
        let id = (message.partition, message.offset);
        let payload = part.of(&message);
        if !payload.truncated {
            return Ok(Arc::new(Body::of(payload)));
        }
        let kept = self.whole.try_get_untracked().flatten();
        if let Some((.., body)) = kept.filter(|(of, which, _)| (*of, *which) == (id, part)) {
            return Ok(body);
        }
        if u64::from(payload.size_bytes) > SHOWN_BYTES_MAX {
            return Err(format!("The {} is too large to be shown; download it.", part.name()));
        }
        self.fetching.try_set(Some(id));
        let names = self.page.names.try_get_value().unwrap_or_default();
        let bytes = client::messages::whole((&names.0, &names.1), id, part.name()).await;
        self.fetching.try_update(|fetching| {
            if *fetching == Some(id) {
                *fetching = None;
            }
        });
        let bytes = bytes.map_err(|error| format!("{}. {}", error.title(), error.message()))?;
        let body = Arc::new(Body::whole(payload, bytes));
        self.whole.try_set(Some((id, part, body.clone())));
        Ok(body)
    }

    fn fetch_what_is_not_in_the_rows(self) {
        Effect::new(move |_| {
            let id = self.id.get();
            if id.is_some_and(|id| untrack(|| row(self.page, id)).is_none()) {
                self.fetch();
            }
        });
    }

    /// The drawer follows the active row, and the active row follows the drawer.
    fn keep_the_active_row(self) {
        let (rows, table) = (self.page.feed.rows, self.page.feed.table);
        Effect::new(move |_| {
            let active = table.active.get();
            let wanted = active.and_then(|at| rows.with_untracked(|rows| rows.get(at).map(id)));
            let open = self.id.get_untracked();
            if open.is_some() && wanted.is_some() && wanted != open {
                self.page.open(wanted, History::Replace);
            }
        });
        Effect::new(move |_| {
            let Some(open) = self.id.get() else { return };
            let place = |rows: &Vec<Arc<Message>>| rows.iter().position(|row| id(row) == open);
            let known = table.active.get_untracked().is_some();
            // Rows that arrive later matter only until the record is found among them.
            let at = if known { rows.with_untracked(place) } else { rows.with(place) };
            if at.is_some() && at != table.active.get_untracked() {
                table.active.set(at);
            }
        });
    }

    /// Whoever comes by a link to a record can go on to its neighbours at once.
    fn take_the_keyboard(self) {
        if self.id.with_untracked(Option::is_some) {
            request_animation_frame(move || self.page.feed.table.focus());
        }
    }

    /// Reads the open record whole.
    pub fn fetch(self) {
        if let Some(id) = self.id.get_untracked() {
            spawn_local(async move {
                // The answer is kept for the drawer; nobody else waits for it.
                self.whole(id).await.ok();
            });
        }
    }

    /// The record with that id, whole.
    pub async fn whole(self, id: Id) -> Result<Arc<Message>, ClientError> {
        let (cluster, topic) = self.page.names.try_get_value().unwrap_or_default();
        self.fetching.try_set(Some(id));
        let answer = client::messages::get(cluster, topic, id.0, id.1).await.map(Arc::new);
        self.fetching.try_update(|fetching| {
            if *fetching == Some(id) {
                *fetching = None;
            }
        });
        self.fetched.try_set(Some((id, answer.clone())));
        answer
    }
}
