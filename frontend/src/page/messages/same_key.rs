//! The next record with the key of the one that is open.

use std::sync::Arc;

use futures::future::{AbortHandle, abortable};
use leptos::{prelude::*, task::spawn_local};
use ouzel_api::{
    messages::{Encoding, Message, Payload},
    search::{FILTER_BYTES_MAX, Filter, From, Search, SearchEvent, Target, Test},
};

use super::{Page, bytes};
use crate::{
    client::{self, ClientError},
    format::count,
    location::History,
    ui::{Toasts, use_toasts},
};

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

/// What to search for, or why that cannot be: the bytes of the key, however they are shown.
pub fn filter(key: &Payload) -> Result<Filter, &'static str> {
    if key.encoding == Encoding::Null {
        return Err("The record has no key");
    }
    let base64 = bytes::base64(&bytes::of(key));
    if key.truncated || base64.len() > FILTER_BYTES_MAX {
        return Err("The key is too long to be searched for");
    }
    Ok(Filter::new(Test::Bytes { target: Target::Key, base64 }))
}

/// The offset of the next one in its partition.
async fn find(page: Page, after: &Message, filter: Filter) -> Result<Option<i64>, ClientError> {
    let (cluster, topic) = page.names.try_get_value().unwrap_or_default();
    let offset = after.offset.saturating_add(1);
    let mut search = Search {
        partitions: Some(vec![after.partition]),
        filters: vec![filter],
        ..Search::new(From::Offset { offset }, 1)
    };
    loop {
        let mut stream = client::messages::search(&cluster, &topic, &search).await?;
        loop {
            match stream.next().await.unwrap_or(Err(ClientError::NoAnswer))? {
                SearchEvent::Match { message } => return Ok(Some(message.offset)),
                SearchEvent::Progress { .. } => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(key: &Payload) -> Result<String, &'static str> {
        filter(key).map(|filter| match filter.test {
            Test::Bytes { base64, target: Target::Key } => base64,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn a_key_is_searched_by_its_bytes_however_it_is_shown() {
        let key = |encoding, text: &str| Payload {
            encoding,
            text: text.to_owned(),
            ..Payload::default()
        };
        assert_eq!(asked(&key(Encoding::Text, "ab")), Ok("YWI=".to_owned()));
        assert_eq!(asked(&key(Encoding::Text, "")), Ok(String::new()));
        assert_eq!(asked(&key(Encoding::Hex, "00ff")), Ok("AP8=".to_owned()));
        let raw = Some("AAAAKg==".to_owned());
        let number = Payload { raw, ..key(Encoding::Json, "42") };
        assert_eq!(asked(&number), Ok("AAAAKg==".to_owned()));
        assert!(asked(&key(Encoding::Null, "")).is_err());
        assert!(asked(&Payload { truncated: true, ..key(Encoding::Text, "a") }).is_err());
    }
}
