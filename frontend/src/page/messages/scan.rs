//! Runs one search and fills the feed with what it finds.

use futures::future::{AbortHandle, abortable};
use leptos::{prelude::*, task::spawn_local};
use ouzel_api::search::{Search, SearchEvent};

use super::{
    feed::{Feed, Phase},
    figures::Figures,
    wait::wait,
};
use crate::{client, client::ClientError, ui::now_ms};

/// Longest stretch of work on arrived lines before the page may draw and react: half a frame.
const SLICE_MS: i64 = 8;

/// Starts the search; aborting the handle cancels it here and on the server. `carried` are the
/// figures of the searches that this one continues.
pub fn start(
    feed: Feed,
    (cluster, topic): (String, String),
    search: Search,
    carried: Figures,
) -> AbortHandle {
    feed.phase.try_set(Phase::Searching);
    let (work, handle) = abortable(async move {
        let end = match client::messages::search(&cluster, &topic, &search).await {
            Ok(stream) => read(feed, stream, carried).await,
            Err(error) => Phase::Failed(error),
        };
        feed.show();
        feed.phase.try_set(end);
    });
    spawn_local(async move {
        // An abort is the person's wish, or the page is gone.
        work.await.ok();
    });
    handle
}

async fn read(feed: Feed, mut stream: client::messages::SearchStream, carried: Figures) -> Phase {
    let mut slice = now_ms();
    while let Some(event) = stream.next().await {
        match event {
            Ok(SearchEvent::Match { message }) => feed.push(*message),
            Ok(SearchEvent::Progress { progress }) => feed.reached(carried.plus(&progress)),
            Ok(SearchEvent::Done { reason, resume }) => return Phase::Done { reason, resume },
            Ok(SearchEvent::Failed { error }) => return Phase::Failed(error.into()),
            Err(error) => return Phase::Failed(error),
        }
        if now_ms() - slice > SLICE_MS {
            wait(0).await;
            slice = now_ms();
        }
    }
    // The server always says how a search ended; silence means the connection broke.
    Phase::Failed(ClientError::NoAnswer)
}
