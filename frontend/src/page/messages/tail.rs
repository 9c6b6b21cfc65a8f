//! Follows a topic live and fills the feed; reconnects by itself and says what it missed.
//!
//! The server sends one record per credit. Credits are given back as records arrive, but not while
//! the person has paused: then the server counts what it drops.

use futures::{
    channel::mpsc,
    future::{AbortHandle, Either, abortable, select},
    stream::StreamExt,
};
use leptos::{prelude::*, task::spawn_local};
use ouzel_api::{
    ApiError, ErrorCode,
    live::{ClientFrame, ServerFrame},
};

use super::{
    feed::{Feed, Figures, Phase},
    query::Asked,
    wait::wait,
};
use crate::{client, client::live, ui::now_ms};

/// Records that may be on their way or waiting: more than a person reads in a second, few enough
/// that a flood does not fill the tab.
const CREDITS: u32 = 500;

/// Credits are given back in lots of this many.
const CREDITS_LOT: u32 = CREDITS / 4;

/// The only tail on this connection.
const TAIL: u32 = 1;

/// Waits before the first and later attempts to connect again.
const RETRY_MS: [u64; 5] = [500, 1_000, 2_000, 5_000, 10_000];

/// A running tail.
pub struct Tail {
    work: AbortHandle,
    resumed: mpsc::Sender<()>,
}

impl Tail {
    /// Ends it, here and on the server.
    pub fn stop(&self) {
        self.work.abort();
    }

    /// Tells it that the person goes on reading after a pause.
    pub fn resumed(&mut self) {
        // A full channel already holds the same news.
        self.resumed.try_send(()).ok();
    }
}

/// How one connection ended.
enum End {
    /// The server refuses, and would again.
    Refused(ApiError),
    /// It broke off at that time; `started` tells whether it had worked.
    Broken { started: bool },
}

/// Starts following.
pub fn start(feed: Feed, (cluster, topic): (String, String), asked: &Asked) -> Tail {
    let frame = ClientFrame::Tail {
        tail: TAIL,
        cluster,
        topic,
        partitions: asked.partitions.clone(),
        filters: asked.filters(),
        credits: CREDITS,
        decode: asked.decode,
    };
    feed.phase.try_set(Phase::Connecting);
    let (resumed, news) = mpsc::channel(1);
    let (work, handle) = abortable(keep_following(feed, frame, news));
    spawn_local(async move {
        work.await.ok();
    });
    Tail { work: handle, resumed }
}

async fn keep_following(feed: Feed, frame: ClientFrame, mut news: mpsc::Receiver<()>) {
    let mut attempt = 0;
    let mut lost_at = None;
    loop {
        let before = feed.figures.try_get_untracked().unwrap_or_default();
        let connection = Connection { feed, owed: 0, lost_at, before };
        match connection.follow(&frame, &mut news).await {
            End::Refused(error) => {
                feed.show();
                feed.phase.try_set(Phase::Failed(error.into()));
                return;
            }
            End::Broken { started: true } => {
                attempt = 0;
                lost_at = Some(now_ms());
            }
            End::Broken { started: false } => {}
        }
        let pause = RETRY_MS[RETRY_MS.len().min(attempt + 1) - 1];
        attempt += 1;
        let retry_at_ms = now_ms().saturating_add_unsigned(pause);
        feed.phase.try_set(Phase::Lost { retry_at_ms });
        wait(pause).await;
        // A WebSocket does not tell why it was refused; the session does, and an ended one leads
        // to the sign-in.
        if let Err(error) = client::session::current().await
            && error.code() == Some(ErrorCode::Unauthenticated)
        {
            feed.phase.try_set(Phase::Failed(error));
            return;
        }
    }
}

/// One connection's life.
struct Connection {
    feed: Feed,
    /// Credits that were used and not yet given back.
    owed: u32,
    /// When the connection before this one broke.
    lost_at: Option<i64>,
    /// The figures of the connections before: the server counts anew for each.
    before: Figures,
}

impl Connection {
    async fn follow(mut self, frame: &ClientFrame, news: &mut mpsc::Receiver<()>) -> End {
        let mut started = false;
        let Ok((mut sender, mut receiver)) = live::connect() else {
            return End::Broken { started };
        };
        if sender.send(frame).await.is_err() {
            return End::Broken { started };
        }
        loop {
            let arrived = select(Box::pin(receiver.next()), news.next()).await;
            match arrived {
                Either::Left((Some(Ok(frame)), _)) => {
                    started |= matches!(frame, ServerFrame::Started { .. });
                    if let Some(error) = self.take(frame) {
                        return End::Refused(error);
                    }
                }
                Either::Left(_) => return End::Broken { started },
                Either::Right((Some(()), _)) => {}
                // The sender lives in the handle of this very work; without it, nobody looks.
                Either::Right((None, _)) => return End::Broken { started },
            }
            let paused = self.feed.paused.try_get_untracked().unwrap_or(true);
            if self.owed >= CREDITS_LOT && !paused {
                let credits = std::mem::take(&mut self.owed);
                if sender.send(&ClientFrame::Credit { tail: TAIL, credits }).await.is_err() {
                    return End::Broken { started };
                }
            }
        }
    }

    /// Takes one frame; answers an error if it ended the tail.
    fn take(&mut self, frame: ServerFrame) -> Option<ApiError> {
        match frame {
            ServerFrame::Started { .. } => {
                self.feed.phase.try_set(Phase::Following);
                if let Some(lost_at) = self.lost_at.take() {
                    let gap = (lost_at, now_ms());
                    self.feed.figures.try_update(|figures| figures.gaps.push(gap));
                }
            }
            ServerFrame::Record { message, .. } => {
                self.owed += 1;
                self.feed.push(*message);
            }
            ServerFrame::Tally { read, matched, dropped, .. } => {
                self.feed.figures.try_update(|figures| {
                    figures.read = self.before.read + read;
                    figures.matched = self.before.matched + matched;
                    figures.dropped = self.before.dropped + dropped;
                });
            }
            ServerFrame::Lost { partitions, .. } => {
                self.feed.figures.try_update(|figures| figures.lost = partitions);
            }
            ServerFrame::Stopped { error, .. } => return error,
        }
        None
    }
}
