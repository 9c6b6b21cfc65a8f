//! Follows topics live and fills whoever shows them; reconnects by itself and says what it missed.
//!
//! The server sends one record per credit. Credits are given back as records arrive, but not while
//! the person has paused: then the server counts what it drops. All topics share one connection.

use futures::{
    channel::mpsc,
    future::{AbortHandle, Either, abortable, select},
    stream::StreamExt,
};
use leptos::{prelude::*, task::spawn_local};
use ouzel_api::{
    ApiError, ErrorCode,
    live::{ClientFrame, ServerFrame, WantedTail},
    messages::Message,
};

use super::{
    feed::{Feed, Phase},
    figures::Figures,
    query::Asked,
    wait::wait,
};
use crate::{
    client::{self, ClientError, live},
    ui::now_ms,
};

/// Records that may be on their way or waiting: more than a person reads in a second, few enough
/// that a flood does not fill the tab.
const CREDITS: u32 = 500;

/// Credits are given back in lots of this share of them.
const LOTS: u32 = 4;

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

/// What shows records as they come; tails are counted from 0.
pub trait Sink: Copy + 'static {
    /// What goes on now.
    fn phase(self, phase: Phase);
    /// Whether the person holds everything still.
    fn is_paused(self) -> bool;
    /// Takes a record.
    fn push(self, tail: usize, message: Message);
    /// Shows at once what waits.
    fn show(self);
    /// The figures of a tail.
    fn figures(self, tail: usize) -> Figures;
    /// Changes the figures of a tail.
    fn change(self, tail: usize, change: impl FnOnce(&mut Figures));
    /// One of several tails has ended for good; the others go on.
    fn ended(self, tail: usize, error: ApiError);
}

impl Sink for Feed {
    fn phase(self, phase: Phase) {
        self.phase.try_set(phase);
    }

    fn is_paused(self) -> bool {
        self.paused.try_get_untracked().unwrap_or(true)
    }

    fn push(self, _tail: usize, message: Message) {
        Feed::push(self, message);
    }

    fn show(self) {
        Feed::show(self);
    }

    fn figures(self, _tail: usize) -> Figures {
        self.figures.try_get_untracked().unwrap_or_default()
    }

    fn change(self, _tail: usize, change: impl FnOnce(&mut Figures)) {
        self.figures.try_update(change);
    }

    /// Of one alone, the end is the end of all.
    fn ended(self, _tail: usize, _error: ApiError) {}
}

/// One topic to follow.
pub struct Wanted {
    pub cluster: String,
    pub topic: String,
    pub asked: Asked,
}

/// How one connection ended.
enum End {
    /// The server refuses, and would again.
    Refused(ApiError),
    /// It broke off at that time; `started` tells whether it had worked.
    Broken { started: bool },
}

/// Starts following one topic.
pub fn start(feed: Feed, (cluster, topic): (String, String), asked: &Asked) -> Tail {
    start_all(feed, vec![Wanted { cluster, topic, asked: asked.clone() }])
}

/// Starts following all of these, each as one tail.
pub fn start_all(sink: impl Sink, wanted: Vec<Wanted>) -> Tail {
    let credits = share(wanted.len());
    let frame = |(at, wanted): (usize, Wanted)| WantedTail {
        tail: number(at),
        cluster: wanted.cluster,
        topic: wanted.topic,
        partitions: wanted.asked.partitions.clone(),
        filters: wanted.asked.filters(),
        credits,
        decode: wanted.asked.decode,
        isolation: wanted.asked.isolation,
    };
    let frames: Vec<ClientFrame> =
        wanted.into_iter().enumerate().map(frame).map(ClientFrame::Tail).collect();
    sink.phase(Phase::Connecting);
    let (resumed, news) = mpsc::channel(1);
    let (work, handle) = abortable(keep_following(sink, frames, news));
    spawn_local(async move {
        work.await.ok();
    });
    Tail { work: handle, resumed }
}

/// The credits of each of so many tails: together no more than of one.
fn share(tails: usize) -> u32 {
    CREDITS / u32::try_from(tails).unwrap_or(u32::MAX).clamp(1, CREDITS / LOTS)
}

/// On the wire, tails are counted from 1.
fn number(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}

fn place(tail: u32) -> usize {
    usize::try_from(tail).unwrap_or_default().saturating_sub(1)
}

async fn keep_following(sink: impl Sink, frames: Vec<ClientFrame>, mut news: mpsc::Receiver<()>) {
    let mut attempt = 0;
    let mut lost_at = None;
    let mut why = None;
    let mut ended = vec![false; frames.len()];
    loop {
        let before = (0..frames.len()).map(|tail| sink.figures(tail)).collect();
        let owed = vec![0; frames.len()];
        let connection = Connection { sink, owed, lost_at, before, ended: &mut ended };
        match connection.follow(&frames, &mut news).await {
            End::Refused(error) => {
                sink.show();
                sink.phase(Phase::Failed(error.into()));
                return;
            }
            End::Broken { started: true } => {
                attempt = 0;
                why = None;
                lost_at = Some(now_ms());
            }
            End::Broken { started: false } => {}
        }
        let pause = RETRY_MS[RETRY_MS.len().min(attempt + 1) - 1];
        attempt += 1;
        let retry_at_ms = now_ms().saturating_add_unsigned(pause);
        sink.phase(Phase::Lost { retry_at_ms, why: why.take() });
        wait(pause).await;
        // A WebSocket does not tell why it was refused; a plain request does.
        match reason(client::live::refusal().await) {
            Reason::Final(error) => {
                sink.phase(Phase::Failed(error));
                return;
            }
            Reason::Passes(words) => why = words,
        }
    }
}

/// Why a WebSocket does not come about.
#[derive(Debug, PartialEq, Eq)]
enum Reason {
    /// It will not, whatever is tried: nobody is signed in any more, or the right is gone.
    Final(ClientError),
    /// It may later; the words, if the reason is known.
    Passes(Option<String>),
}

fn reason(answer: ClientError) -> Reason {
    match answer.code() {
        Some(ErrorCode::Unauthenticated | ErrorCode::Forbidden) => Reason::Final(answer),
        // There would be a place: what asks for a WebSocket does not come through.
        Some(ErrorCode::Invalid) => Reason::Passes(Some(
            "the server answers, but no WebSocket comes about (is there a proxy without them?)"
                .to_owned(),
        )),
        Some(_) => {
            // The sentence goes on.
            let (title, message) = (answer.title(), answer.message());
            Reason::Passes(Some(format!("{title}: {}", message.trim_end_matches('.'))))
        }
        None => match answer {
            ClientError::Unreadable { status, .. } => {
                Reason::Passes(Some(format!("something before the server answers {status}")))
            }
            _ => Reason::Passes(None),
        },
    }
}

/// One connection's life.
struct Connection<'a, S> {
    sink: S,
    /// Credits of each tail that were used and not yet given back.
    owed: Vec<u32>,
    /// When the connection before this one broke.
    lost_at: Option<i64>,
    /// The figures of the connections before: the server counts anew for each.
    before: Vec<Figures>,
    /// Tails that have ended for good.
    ended: &'a mut [bool],
}

impl<S: Sink> Connection<'_, S> {
    async fn follow(mut self, frames: &[ClientFrame], news: &mut mpsc::Receiver<()>) -> End {
        let mut started = false;
        let Ok((mut sender, mut receiver)) = live::connect() else {
            return End::Broken { started };
        };
        for (at, frame) in frames.iter().enumerate() {
            if !self.ended[at] && sender.send(frame).await.is_err() {
                return End::Broken { started };
            }
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
            if self.give_back(&mut sender).await.is_err() {
                return End::Broken { started };
            }
        }
    }

    /// Gives credits back, unless everything is held still.
    async fn give_back(&mut self, sender: &mut live::Sender) -> Result<(), ClientError> {
        if self.sink.is_paused() {
            return Ok(());
        }
        let lot = share(self.owed.len()) / LOTS;
        for (at, owed) in self.owed.iter_mut().enumerate() {
            if *owed >= lot {
                let credits = std::mem::take(owed);
                sender.send(&ClientFrame::Credit { tail: number(at), credits }).await?;
            }
        }
        Ok(())
    }

    /// Takes one frame; answers an error if it ended the last tail.
    fn take(&mut self, frame: ServerFrame) -> Option<ApiError> {
        match frame {
            ServerFrame::Started { .. } => {
                self.sink.phase(Phase::Following);
                if let Some(lost_at) = self.lost_at.take() {
                    let gap = (lost_at, now_ms());
                    self.sink.change(0, |figures| figures.gaps.push(gap));
                }
            }
            ServerFrame::Record { tail, message } => {
                if let Some(owed) = self.owed.get_mut(place(tail)) {
                    *owed += 1;
                }
                self.sink.push(place(tail), *message);
            }
            ServerFrame::Tally { tail, read, matched, dropped } => {
                let before = self.before.get(place(tail)).cloned().unwrap_or_default();
                self.sink.change(place(tail), |figures| {
                    figures.read = before.read + read;
                    figures.matched = before.matched + matched;
                    figures.dropped = before.dropped + dropped;
                });
            }
            ServerFrame::Unjudged { tail, filter_errors, first } => {
                let before = self.before.get(place(tail)).map_or(0, |it| it.filter_errors);
                self.sink.change(place(tail), |figures| {
                    figures.filter_errors = before + filter_errors;
                    figures.first_filter_error.get_or_insert(first);
                });
            }
            ServerFrame::Lost { tail, partitions } => {
                self.sink.change(place(tail), |figures| figures.lost = partitions);
            }
            ServerFrame::Stopped { tail, error } => return self.end(place(tail), error?),
        }
        None
    }

    fn end(&mut self, tail: usize, error: ApiError) -> Option<ApiError> {
        if let Some(ended) = self.ended.get_mut(tail) {
            *ended = true;
        }
        self.sink.ended(tail, error.clone());
        self.ended.iter().all(|ended| *ended).then_some(error)
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::{ApiError, ErrorCode};

    use super::{CREDITS, ClientError, LOTS, Reason, reason, share};

    #[test]
    fn why_no_websocket_comes_about_is_said_and_ends_it_only_where_waiting_is_no_use() {
        let answered = |code| {
            let (message, request_id) = ("why".to_owned(), String::new());
            ClientError::from(ApiError { code, message, kafka_error: None, request_id })
        };
        for code in [ErrorCode::Unauthenticated, ErrorCode::Forbidden] {
            assert_eq!(reason(answered(code)), Reason::Final(answered(code)));
        }
        let passes = |error| match reason(error) {
            Reason::Passes(words) => words,
            Reason::Final(error) => panic!("{error:?}"),
        };
        assert!(passes(answered(ErrorCode::Busy)).is_some_and(|it| it.ends_with(": Why")));
        assert!(passes(answered(ErrorCode::Invalid)).is_some_and(|it| it.contains("proxy")));
        let proxy = ClientError::Unreadable { status: 502, reason: String::new() };
        assert!(passes(proxy).is_some_and(|it| it.contains("502")));
        assert_eq!(passes(ClientError::NoAnswer), None);
    }

    #[test]
    fn several_tails_have_no_more_credits_than_one_and_can_always_give_some_back() {
        assert_eq!(share(1), CREDITS);
        for tails in 0..1_000 {
            assert!(share(tails) >= LOTS, "{tails}");
        }
        assert!(share(8) * 8 <= CREDITS);
    }
}
