//! The next record with the key of the one that is open.

use std::sync::Arc;

use futures::future::{AbortHandle, abortable};
use leptos::{prelude::*, task::spawn_local};
use ouzel_api::{
    messages::{Encoding, Message, Payload},
    search::{FILTER_BYTES_MAX, Filter, From, Search, SearchEvent, Target, Test},
};

use super::Page;
use crate::{
    client::{self, ClientError},
    format::count,
    location::History,
    ui::{Toasts, use_toasts},
};

/// Candidates asked for at once; a key that is a part of others has some that are not meant.
const CANDIDATES: u32 = 500;

/// Looks for the next record. Cheap to copy.
#[derive(Clone, Copy)]
pub struct SameKey {
    page: Page,
    toasts: Toasts,
    /// Whether it is looking.
    pub looks: RwSignal<bool>,
    work: StoredValue<Option<AbortHandle>>,
}

impl SameKey {
    /// Not looking yet.
    pub fn new(page: Page) -> SameKey {
        let (toasts, looks) = (use_toasts(), RwSignal::new(false));
        let seeker = SameKey { page, toasts, looks, work: StoredValue::new(None) };
        on_cleanup(move || seeker.stop());
        seeker
    }

    /// Gives up.
    pub fn stop(self) {
        let work = self.work.try_update_value(Option::take).flatten();
        work.inspect(AbortHandle::abort);
        self.looks.try_set(false);
    }

    /// Looks, and opens what it finds.
    pub fn begin(self, message: Arc<Message>) {
        self.stop();
        let Ok(filter) = filter(&message.key) else { return };
        self.looks.set(true);
        let (work, handle) = abortable(async move {
            let partition = message.partition;
            match find(self.page, &message, filter).await {
                Ok(Some(offset)) => self.page.open(Some((partition, offset)), History::Push),
                Ok(None) => {
                    let after = count(message.offset);
                    let text = format!(
                        "Partition {partition} has no record with this key after offset {after}."
                    );
                    self.toasts.good(text);
                }
                Err(error) => self.toasts.bad(format!("{}. {}", error.title(), error.message())),
            }
            self.looks.try_set(false);
        });
        self.work.set_value(Some(handle));
        spawn_local(async move {
            work.await.ok();
        });
    }
}

/// What to search for, or why that cannot be.
pub fn filter(key: &Payload) -> Result<Filter, &'static str> {
    match key.encoding {
        Encoding::Null => Err("The record has no key"),
        _ if key.truncated || key.text.len() > FILTER_BYTES_MAX / 2 => {
            Err("The key is too long to be searched for")
        }
        Encoding::Hex => Err("A binary key cannot be searched for"),
        _ if key.raw.is_some() => Err("A decoded key cannot be searched for"),
        _ if key.text.is_empty() => Err("The key is empty"),
        _ => {
            let (target, text) = (Target::Key, key.text.clone());
            Ok(Filter::new(Test::Contains { target, text }))
        }
    }
}

/// The offset of the next one in its partition.
async fn find(page: Page, after: &Message, filter: Filter) -> Result<Option<i64>, ClientError> {
    let (cluster, topic) = page.names.try_get_value().unwrap_or_default();
    let offset = after.offset.saturating_add(1);
    let mut search = Search {
        partitions: Some(vec![after.partition]),
        filters: vec![filter],
        ..Search::new(From::Offset { offset }, CANDIDATES)
    };
    loop {
        let mut stream = client::messages::search(&cluster, &topic, &search).await?;
        loop {
            match stream.next().await.unwrap_or(Err(ClientError::NoAnswer))? {
                SearchEvent::Match { message } if message.key == after.key => {
                    return Ok(Some(message.offset));
                }
                SearchEvent::Match { .. } | SearchEvent::Progress { .. } => {}
                SearchEvent::Failed { error } => return Err(error.into()),
                SearchEvent::Done { resume: None, .. } => return Ok(None),
                SearchEvent::Done { resume, .. } => {
                    search.resume = resume;
                    break;
                }
            }
        }
    }
}
