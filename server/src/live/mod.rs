//! The one WebSocket of a tab: tails of topics, many over one connection.
//!
//! Owns the conversation: frames both ways, whether the other side still lives, and the end when
//! the session ends or the server stops. What one tail does is in `tail`. Start at [`serve`].

mod tail;

use std::{collections::HashMap, time::Duration};

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use ouzel_api::live::{CREDITS_MAX, ClientFrame, ServerFrame, TAILS_MAX, WantedTail};
use tail::Command;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval},
};

use crate::{auth::Viewer, browse::limits::Limits, error::Error, state::AppState};

/// WebSockets: the listener counts a connection only until it becomes one, and each takes a file
/// descriptor from the broker beside it. A tab has one, and nobody looks at so many tabs.
pub const SOCKETS: Limits =
    Limits { in_all: 256, by_user: 32, what: "live connections", end: "close" };
/// Longest frame from a browser: a tail with all its filters.
pub const FRAME_BYTES_MAX: usize = 256 * 1024;
/// How often the browser is asked whether it is still there; proxies cut idle connections after a
/// minute or so.
const PING_EVERY: Duration = Duration::from_secs(20);
/// How long it may be silent.
const SILENT_MAX: Duration = Duration::from_secs(60);
/// How long one frame may take to be taken by the system. A browser that reads nothing for so long
/// is gone.
const SEND_MAX: Duration = Duration::from_secs(30);
/// Frames that may wait to be sent, over all tails; tails wait beyond that.
const FRAMES_MAX: usize = 256;
/// Commands that may wait for a tail; a browser sends a few a second.
const COMMANDS_MAX: usize = 16;

/// Why a conversation ends.
enum End {
    /// The browser left.
    Left,
    /// It is told so: a close code and a reason of at most 123 bytes.
    Told(u16, &'static str),
}

/// Holds the conversation until one side ends it. Tails and their audit rows end with it.
pub async fn serve(app: AppState, viewer: Viewer, request_id: String, mut socket: WebSocket) {
    let (frames, outgoing) = mpsc::channel(FRAMES_MAX);
    let (tails, tasks) = (HashMap::new(), JoinSet::new());
    let mut session = Session { app, viewer, request_id, frames, tails, tasks, begun: 0 };
    let end = session.converse(&mut socket, outgoing).await;
    // Without its commands each tail ends by itself and completes its audit row.
    session.tails.clear();
    if let End::Told(code, reason) = end {
        let frame = CloseFrame { code, reason: reason.into() };
        let _ = send(&mut socket, Message::Close(Some(frame))).await;
    }
    while session.tasks.join_next().await.is_some() {}
}

struct Session {
    app: AppState,
    viewer: Viewer,
    request_id: String,
    frames: mpsc::Sender<ServerFrame>,
    tails: HashMap<u32, Running>,
    /// Each ends with its id and its number.
    tasks: JoinSet<(u32, u64)>,
    /// Tails that were begun so far.
    begun: u64,
}

/// A tail under way.
struct Running {
    commands: mpsc::Sender<Command>,
    /// Tells it from a later one of its id: one that was stopped goes on for a moment.
    number: u64,
}

impl Session {
    async fn converse(
        &mut self,
        socket: &mut WebSocket,
        mut outgoing: mpsc::Receiver<ServerFrame>,
    ) -> End {
        let (auth, viewer) = (self.app.auth.clone(), self.viewer.clone());
        let mut signed_out = std::pin::pin!(auth.session_ended(&viewer));
        let stop = self.app.stop.clone();
        let mut pings = interval(PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        loop {
            tokio::select! {
                () = stop.cancelled() => return End::Told(close_code::AWAY, "the server stops"),
                () = &mut signed_out => {
                    return End::Told(close_code::POLICY, "the session has ended");
                }
                _ = pings.tick() => {
                    if heard.elapsed() > SILENT_MAX {
                        return End::Left;
                    }
                    if send(socket, Message::Ping(Default::default())).await.is_err() {
                        return End::Left;
                    }
                }
                Some(frame) = outgoing.recv() => {
                    let text = serde_json::to_string(&frame).expect("a frame is JSON");
                    if send(socket, Message::Text(text.into())).await.is_err() {
                        return End::Left;
                    }
                }
                Some(Ok((tail, number))) = self.tasks.join_next() => self.ended(tail, number),
                received = socket.recv() => {
                    heard = Instant::now();
                    if let Err(end) = self.take(received).await {
                        return end;
                    }
                }
            }
        }
    }

    async fn take(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        match received {
            Some(Ok(Message::Text(text))) => self.hear(&text).await,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Binary(_))) => {
                Err(End::Told(close_code::UNSUPPORTED, "frames are JSON text"))
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Left),
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), End> {
        let unreadable = |_| End::Told(close_code::POLICY, "a frame that cannot be read");
        match serde_json::from_str(text).map_err(unreadable)? {
            ClientFrame::Tail(wanted) => {
                let credits = wanted.credits.min(CREDITS_MAX);
                self.begin(WantedTail { credits, ..wanted }).await?;
            }
            ClientFrame::Credit { tail, credits } => self.command(tail, Command::Credit(credits)),
            ClientFrame::Stop { tail } => self.command(tail, Command::Stop),
        }
        Ok(())
    }

    /// With the rights of now: those of the upgrade may be hours old.
    async fn begin(&mut self, wanted: WantedTail) -> Result<(), End> {
        let tail = wanted.tail;
        let refusal = match self.app.auth.again(&self.viewer).await {
            Ok(Some(viewer)) => match self.expect_room(tail) {
                Ok(()) => {
                    self.spawn(viewer, wanted);
                    return Ok(());
                }
                Err(refusal) => refusal,
            },
            Ok(None) => return Err(End::Told(close_code::POLICY, "the session has ended")),
            Err(error) => error.into(),
        };
        let error = Some(refusal.to_api(self.request_id.clone()));
        // Never waits for itself: if the queue is full, the tails that filled it will be told.
        let _ = self.frames.try_send(ServerFrame::Stopped { tail, error });
        Ok(())
    }

    fn expect_room(&self, tail: u32) -> Result<(), Error> {
        if self.tails.contains_key(&tail) {
            return Err(Error::Conflict(format!("tail {tail} runs already")));
        }
        if self.tails.len() >= TAILS_MAX {
            let told = format!("{TAILS_MAX} tails run here already; stop one of them first");
            return Err(Error::Busy(told));
        }
        Ok(())
    }

    fn spawn(&mut self, viewer: Viewer, wanted: WantedTail) {
        self.begun += 1;
        let (tail, number) = (wanted.tail, self.begun);
        let (sender, received) = mpsc::channel(COMMANDS_MAX);
        self.tails.insert(tail, Running { commands: sender, number });
        let app = self.app.clone();
        let told = tail::Told { frames: self.frames.clone(), request_id: self.request_id.clone() };
        self.tasks.spawn(async move {
            tail::run(app, viewer, wanted, received, told).await;
            (tail, number)
        });
    }

    /// Its id is free again, and so is its place, unless another one has taken it already.
    fn ended(&mut self, tail: u32, number: u64) {
        if self.tails.get(&tail).is_some_and(|running| running.number == number) {
            self.tails.remove(&tail);
        }
    }

    /// A tail that has just ended may still be named; one that does not listen cannot be helped.
    fn command(&mut self, tail: u32, command: Command) {
        match (self.tails.get(&tail), command) {
            (Some(running), Command::Credit(credits)) => {
                let _ = running.commands.try_send(Command::Credit(credits));
            }
            // Even if its queue is full: without a sender it ends.
            (Some(_), Command::Stop) => drop(self.tails.remove(&tail)),
            (None, _) => {}
        }
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), ()> {
    match tokio::time::timeout(SEND_MAX, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(()),
    }
}
