//! The door: lets clients in, up to a number, and writes down why each one left. How often it
//! warns of one address is in `complaints.rs`.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::world::shortage::descriptors;

use super::Shared;
use super::call::Ends;
use super::closed::{Closed, Weight};
use super::complaints::{LeftOut, SPELL, Told};
use super::connection::serve;
use super::crowd::Crowd;
use super::meter::Inside;

/// How long to wait when the system has no descriptor left: others may close one meanwhile.
const NO_DESCRIPTOR_PAUSE: Duration = Duration::from_millis(100);

/// Sockets get this part of the file descriptors; the files of logs get as many.
const SHARE_OF_DESCRIPTORS: usize = 2;
/// Descriptors of the sockets' share that are kept for all else: the journal, the data folder, the
/// database, the console's own clients.
const DESCRIPTORS_RESERVED: usize = 128;

/// Accepts until the broker stops.
pub(super) async fn run(socket: TcpListener, shared: Arc<Shared>, tasks: TaskTracker) {
    // Every connection holds one of these, and nobody else does.
    let open = Arc::new(());
    let crowd = Crowd::default();
    warn_of_few(&shared);
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            () = shared.stop.cancelled() => break,
        };
        let (stream, client) = match accepted {
            Ok(accepted) => accepted,
            Err(failure) => {
                tracing::error!(%failure, "a connection could not be accepted");
                tokio::time::sleep(NO_DESCRIPTOR_PAUSE).await;
                continue;
            }
        };
        let client = plain(client);
        let live = shared.node.live();
        let limits = &live.config.limits;
        let most = most(limits.connections_max, descriptors());
        if Arc::strong_count(&open) > most {
            shared.counters.refused.add(1);
            tracing::warn!(%client, most, "refused {client}: {most} connections are open already");
            continue;
        }
        let most = limits.connections_per_address_max;
        let Some(at_address) = crowd.enter(client.ip(), most) else {
            shared.counters.refused.add(1);
            tracing::warn!(%client, most,
                "refused {client}: its address has {most} connections open already");
            continue;
        };
        let place = open.clone();
        let shared = shared.clone();
        let inside = Inside::enter(&shared.counters);
        tasks.spawn(async move {
            let end = shared.end.clone();
            tokio::select! {
                () = welcome(shared, stream, client) => {}
                () = end.cancelled() => {}
            }
            drop((place, at_address, inside));
        });
    }
    shared.complaints.lock().end().iter().for_each(tell);
}

/// How many connections there may be: as many as was said, but never so many that logs find no
/// descriptor for their files.
fn most(connections_max: usize, descriptors: usize) -> usize {
    let share = descriptors / SHARE_OF_DESCRIPTORS;
    // Of very few, half of the share is kept.
    connections_max.min(share - DESCRIPTORS_RESERVED.min(share / 2))
}

fn warn_of_few(shared: &Shared) {
    let (asked, descriptors) = (shared.node.live().config.limits.connections_max, descriptors());
    let most = most(asked, descriptors);
    if most < asked {
        tracing::warn!(
            most,
            descriptors,
            "max.connections is {asked}, but this process may have \
            {descriptors} files open (`ulimit -n`): {most} connections are let in"
        );
    }
}

/// A socket that listens on all addresses shows those of IPv4 as parts of IPv6
/// (`::ffff:10.0.0.5`). Clients that are told such a one may not be able to use it.
fn plain(addr: SocketAddr) -> SocketAddr {
    match addr.ip().to_canonical() {
        IpAddr::V4(ip) => SocketAddr::from((ip, addr.port())),
        IpAddr::V6(_) => addr,
    }
}

async fn welcome(shared: Arc<Shared>, stream: TcpStream, client: SocketAddr) {
    let mut end = End { shared: shared.clone(), client, closed: None };
    tracing::debug!(%client, "{client} connected");
    end.closed = Some(match stream.local_addr() {
        Ok(broker) => {
            let ends = Ends { client, broker: plain(broker) };
            Box::pin(serve(shared, stream, ends)).await
        }
        Err(failure) => Closed::Io(failure),
    });
}

/// Writes down why a connection ended, also when whoever served it came to no end of its own.
struct End {
    shared: Arc<Shared>,
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
            Weight::Trouble => self.warn(&closed, &said),
        }
    }
}

impl End {
    fn warn(&self, closed: &Closed, said: &str) {
        let client = self.client;
        let (told, over) = self.shared.complaints.lock().add(client.ip(), Instant::now());
        over.iter().for_each(tell);
        match told {
            Told::Yes => tracing::warn!(%client, reason = %closed, "{said}"),
            Told::Last => tracing::warn!(%client, reason = %closed,
                "{said} (for {SPELL:?} more warnings about this address are counted instead)"),
            Told::LeftOut => tracing::debug!(%client, reason = %closed, "{said}"),
        }
    }
}

fn tell(left_out: &LeftOut) {
    let LeftOut { client, count } = left_out;
    let whom = client.map_or_else(|| "other addresses".to_owned(), |client| client.to_string());
    tracing::warn!(count, "{count} more warnings about connections of {whom} were left out");
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_to_files_whatever_was_said() {
        assert_eq!(most(10_000, 1 << 20), 10_000);
        assert_eq!(most(10_000, 600), 172, "half of them, less what is kept");
        assert_eq!(most(10, 600), 10);
        assert_eq!(most(10_000, 64), 16);
    }

    #[test]
    fn an_address_of_ipv4_is_called_as_one() {
        for (seen, is) in [
            ("[::ffff:10.0.0.5]:9092", "10.0.0.5:9092"),
            ("10.0.0.5:9092", "10.0.0.5:9092"),
            ("[fe80::1%3]:9092", "[fe80::1%3]:9092"),
            ("[::1]:9092", "[::1]:9092"),
        ] {
            assert_eq!(plain(seen.parse().unwrap()).to_string(), is);
        }
    }
}
