//! Stopping while somebody is connected.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::app::{App, console};

/// Far below what requests under way are given to end by themselves.
const PROMPT: Duration = Duration::from_secs(5);

/// A WebSocket that is open, with nothing said on it.
async fn web_socket(app: &App) -> TcpStream {
    let client = app.administrator().await;
    let mut stream = TcpStream::connect(app.http()).await.unwrap();
    let head = format!(
        "GET /api/v1/live HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        app.http(),
        client.sends("cookie"),
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 101");
    stream
}

#[tokio::test]
async fn open_streams_end_at_once() {
    let app = console().await;
    let mut stream = web_socket(&app).await;
    let since = Instant::now();
    app.server.stop().await;
    assert!(since.elapsed() < PROMPT, "{:?}", since.elapsed());
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(PROMPT, stream.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "the socket is still open");
}
