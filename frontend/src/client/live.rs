//! The WebSocket of a tab: frames to the server and from it.

use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use gloo_net::websocket::{Message, futures::WebSocket};
use leptos::prelude::window;
use ouzel_api::{
    live::{ClientFrame, ServerFrame},
    route,
};

use super::{ClientError, send};

/// The way to the server.
pub struct Sender(SplitSink<WebSocket, Message>);

/// The way from the server. The connection closes when both ways are dropped.
pub struct Receiver(SplitStream<WebSocket>);

/// Connects. Whether that worked shows at the first frame.
pub fn connect() -> Result<(Sender, Receiver), ClientError> {
    let location = window().location();
    let host = location.host().map_err(|_| ClientError::NoAnswer)?;
    let secure = location.protocol().is_ok_and(|protocol| protocol == "https:");
    let scheme = if secure { "wss" } else { "ws" };
    let socket = WebSocket::open(&format!("{scheme}://{host}{}", route::LIVE))
        .map_err(|_| ClientError::NoAnswer)?;
    let (sender, receiver) = socket.split();
    Ok((Sender(sender), Receiver(receiver)))
}

/// Why no WebSocket comes about: what its address answers to a plain request, which is never a
/// success.
pub async fn refusal() -> ClientError {
    match send::get::<serde_json::Value>(route::LIVE).await {
        Err(error) => error,
        Ok(_) => ClientError::Unreadable { status: 200, reason: "no WebSocket".to_owned() },
    }
}

impl Sender {
    /// Sends, as soon as the connection stands.
    pub async fn send(&mut self, frame: &ClientFrame) -> Result<(), ClientError> {
        let text = serde_json::to_string(frame)
            .map_err(|error| ClientError::Unreadable { status: 0, reason: error.to_string() })?;
        self.0.send(Message::Text(text)).await.map_err(|_| ClientError::NoAnswer)
    }
}

impl Receiver {
    /// The next frame; `None` when the connection is gone.
    pub async fn next(&mut self) -> Option<Result<ServerFrame, ClientError>> {
        let text = match self.0.next().await? {
            Ok(Message::Text(text)) => text,
            Ok(Message::Bytes(_)) => return Some(Err(unreadable("a binary frame"))),
            Err(_) => return None,
        };
        Some(serde_json::from_str(&text).map_err(|error| unreadable(&error.to_string())))
    }
}

fn unreadable(reason: &str) -> ClientError {
    // 101 is the status that opened the connection.
    ClientError::Unreadable { status: 101, reason: reason.to_owned() }
}
