//! The door: lets clients in, up to a number, and writes down why each one left.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;

use super::Shared;
use super::call::Ends;
use super::closed::{Closed, Weight};
use super::connection::serve;
use super::meter::Inside;

/// How long to wait when the system has no descriptor left: others may close one meanwhile.
const NO_DESCRIPTOR_PAUSE: Duration = Duration::from_millis(100);

/// Accepts until the broker stops.
pub(super) async fn run(socket: TcpListener, shared: Arc<Shared>, tasks: TaskTracker) {
    // Every connection holds one of these, and nobody else does.
    let open = Arc::new(());
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            () = shared.stop.cancelled() => return,
        };
        let (stream, client) = match accepted {
            Ok(accepted) => accepted,
            Err(failure) => {
                tracing::error!(%failure, "a connection could not be accepted");
                tokio::time::sleep(NO_DESCRIPTOR_PAUSE).await;
                continue;
            }
        };
        let most = shared.node.live().config.limits.connections_max;
        if Arc::strong_count(&open) > most {
            shared.counters.refused.add(1);
            tracing::warn!(%client, most, "refused {client}: {most} connections are open already");
            continue;
        }
        let place = open.clone();
        let shared = shared.clone();
        let inside = Inside::enter(&shared.counters);
        tasks.spawn(async move {
            let end = shared.end.clone();
            tokio::select! {
                () = welcome(shared, stream, client) => {}
                () = end.cancelled() => {}
            }
            drop((place, inside));
        });
    }
}

async fn welcome(shared: Arc<Shared>, stream: TcpStream, client: SocketAddr) {
    let mut end = End { client, closed: None };
    tracing::debug!(%client, "{client} connected");
    end.closed = Some(match stream.local_addr() {
        Ok(broker) => Box::pin(serve(shared, stream, Ends { client, broker })).await,
        Err(failure) => Closed::Io(failure),
    });
}

/// Writes down why a connection ended, also when whoever served it came to no end of its own.
struct End {
    client: SocketAddr,
    closed: Option<Closed>,
}

impl Drop for End {
    fn drop(&mut self) {
        let client = self.client;
        let abrupt = if std::thread::panicking() { Closed::Failed } else { Closed::Abandoned };
        let closed = self.closed.take().unwrap_or(abrupt);
        let said = format!("connection of {client} ended: {closed}");
        match closed.weight() {
            Weight::Ordinary => tracing::debug!(%client, reason = %closed, "{said}"),
            Weight::Noteworthy => tracing::info!(%client, reason = %closed, "{said}"),
            Weight::Trouble => tracing::warn!(%client, reason = %closed, "{said}"),
        }
    }
}
