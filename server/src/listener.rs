//! The console's connections: accepted up to a limit, dropped when they dawdle, ended in order.
//! WebSockets leave here when they begin; `live` bounds them.
//!
//! A client that reads nothing is dropped as well: what it asked for holds memory and a search.
//!
//! Broker and console share one process and its file descriptors, so a flood of connections here
//! must not take them all.

mod stall;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use stall::Patient;

/// What clients may use up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; a browser opens six. One that becomes a WebSocket leaves this count and
    /// enters that of `live::SOCKETS`.
    pub connections: usize,
    /// How long the head of a request may take to arrive, and how long a connection is kept for
    /// the next one.
    pub head: Duration,
    /// How long a client may take nothing of what waits for it. A stream of lines is held back by
    /// its reader for as long as that, and no longer.
    pub write_stall: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        let write_stall = Duration::from_secs(30);
        Limits { connections: 1_000, head: Duration::from_secs(30), write_stall }
    }
}

/// How long to wait when the system has no more file descriptors: trying at once would only spin.
const OUT_OF_FILES_PAUSE: Duration = Duration::from_millis(500);

/// Serves until `stop`, then lets each connection finish the request it is at.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let permits = Arc::new(Semaphore::new(limits.connections));
    // HTTP/2 needs TLS in browsers, and we have none.
    let mut http = Builder::new(TokioExecutor::new()).http1_only();
    http.http1().timer(TokioTimer::new()).header_read_timeout(limits.head);
    let open = GracefulShutdown::new();
    while let Some((stream, peer, permit)) = next(&listener, &permits, &stop).await {
        // Tells each request where it comes from.
        let service = router.clone().layer(Extension(ConnectInfo(peer)));
        let service = TowerToHyperService::new(service);
        let stream = TokioIo::new(Patient::new(stream, limits.write_stall));
        let connection = http.serve_connection_with_upgrades(stream, service);
        let connection = open.watch(connection.into_owned());
        tokio::spawn(async move {
            // Ends with the connection, or when it is handed over to a WebSocket.
            let _permit = permit;
            if let Err(error) = connection.await {
                debug!(%peer, "Connection from {peer} ended: {error}");
            }
        });
    }
    drop(listener);
    open.shutdown().await;
}

/// The next connection, or none when it is time to stop.
async fn next(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    stop.run_until_cancelled(async {
        if permits.available_permits() == 0 {
            warn!("As many connections as are allowed are open; the next one waits");
        }
        let permit = permits.clone().acquire_owned().await;
        let permit = permit.expect("the semaphore is never closed");
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return (stream, peer, permit),
                Err(error) => accept_failed(&error).await,
            }
        }
    })
    .await
}

async fn accept_failed(error: &io::Error) {
    // These concern one connection that is gone already.
    if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
        return;
    }
    warn!("A connection could not be accepted: {error}");
    tokio::time::sleep(OUT_OF_FILES_PAUSE).await;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::{body::Body, routing::get};
    use bytes::Bytes;
    use futures::stream;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn start(limits: Limits) -> (SocketAddr, CancellationToken) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let peer = async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string();
        let stop = CancellationToken::new();
        let router = Router::new().route("/peer", get(peer)).route("/flood", get(flood));
        tokio::spawn(serve(listener, router, limits, stop.clone()));
        (address, stop)
    }

    /// Lines without end, as of a search.
    async fn flood() -> Body {
        let lines = Bytes::from(vec![b'\n'; 64 * 1024]);
        Body::from_stream(stream::repeat_with(move || Ok::<_, io::Error>(lines.clone())))
    }

    async fn ask(stream: &mut TcpStream) -> String {
        let request = b"GET /peer HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        rest(stream).await
    }

    async fn rest(stream: &mut TcpStream) -> String {
        let mut answer = String::new();
        let reading = stream.read_to_string(&mut answer);
        let _ = tokio::time::timeout(Duration::from_secs(30), reading).await.expect("it is closed");
        answer
    }

    #[tokio::test]
    async fn a_request_knows_where_it_comes_from() {
        let (address, _stop) = start(Limits::default()).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let own = stream.local_addr().unwrap().to_string();
        assert!(ask(&mut stream).await.ends_with(&own));
    }

    #[tokio::test]
    async fn whoever_never_finishes_a_request_makes_room_for_the_next() {
        let head = Duration::from_millis(50);
        let limits = Limits { connections: 1, head, ..Limits::default() };
        let (address, _stop) = start(limits).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET /peer HTTP/1.1\r\nhost: x\r\nx-y: ").await.unwrap();
        let mut next = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut next).await.contains("200 OK"));
        assert!(!rest(&mut slow).await.contains("200 OK"));
    }

    #[tokio::test]
    async fn whoever_takes_nothing_of_a_stream_makes_room_for_the_next() {
        let write_stall = Duration::from_millis(100);
        let limits = Limits { connections: 1, write_stall, ..Limits::default() };
        let (address, _stop) = start(limits).await;
        let mut deaf = TcpStream::connect(address).await.unwrap();
        deaf.write_all(b"GET /flood HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut next = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut next).await.contains("200 OK"));
    }

    #[tokio::test]
    async fn stopping_closes_what_is_idle_and_accepts_no_more() {
        let (address, stop) = start(Limits::default()).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET /peer HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        idle.readable().await.unwrap();
        stop.cancel();
        assert!(rest(&mut idle).await.contains("200 OK"));
        let refused = async || TcpStream::connect(address).await.is_err().then_some(());
        while refused().await.is_none() {
            tokio::task::yield_now().await;
        }
    }
}
