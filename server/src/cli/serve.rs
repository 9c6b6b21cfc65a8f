//! `ouzel` and `ouzel console`: start, say so, and stop when asked to.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::info;

use super::{Failure, output::line};
use crate::{
    auth::account::{self, First},
    config::{Config, Listen, Loaded},
    server::Server,
    telemetry,
};

/// What is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// All that the configuration does not leave out.
    All,
    /// No broker.
    ConsoleAlone,
}

/// Runs until a signal comes.
pub async fn run(loaded: Loaded, parts: Parts) -> Result<(), Failure> {
    let config = chosen(loaded.config, parts)?;
    telemetry::start(&config.log).map_err(Failure::Usage)?;
    // Before anything starts: a signal that comes early must not kill it half-way.
    let mut signals = Signals::new()?;
    let data = config.data.clone();
    let starting = Server::start(config);
    let server = tokio::select! {
        started = starting => started.map_err(Failure::of)?,
        () = signals.any() => return Err(Failure::Failed("stopped while starting".to_owned())),
    };
    line(&told(&server, &data))?;
    signals.any().await;
    info!("Stopping; a second signal ends it at once");
    tokio::select! {
        () = server.stop() => Ok(()),
        () = signals.any() => Err(Failure::Failed("ended before it had stopped".to_owned())),
    }
}

fn chosen(config: Config, parts: Parts) -> Result<Config, Failure> {
    match parts {
        Parts::All => Ok(config),
        Parts::ConsoleAlone if config.clusters.is_empty() => {
            let told = "no cluster to look at; name one with --brokers HOST:PORT, or in ouzel.toml";
            Err(Failure::Usage(told.to_owned()))
        }
        Parts::ConsoleAlone => Ok(Config { kafka: Listen::Off, ..config }),
    }
}

/// What a person needs to know, and the last line for scripts.
fn told(server: &Server, data: &Path) -> String {
    let mut lines = vec![format!("Ouzel {}", env!("CARGO_PKG_VERSION"))];
    if let Some(address) = server.http {
        lines.push(format!("Console    http://{}", reachable(address)));
    }
    if let Some(address) = server.kafka {
        lines.push(format!("Kafka API  {}", reachable(address)));
    }
    lines.push(format!("Data       {}", whole(data).display()));
    // Without a console there is nothing to sign in to yet; `ouzel user passwd` makes one later.
    if server.http.is_some() {
        lines.extend(sign_in(&server.first, data));
    }
    let shown = |address: Option<SocketAddr>| {
        address.map_or("off".to_owned(), |address| address.to_string())
    };
    lines.push(format!("ready kafka={} http={}", shown(server.kafka), shown(server.http)));
    lines.join("\n")
}

/// How to come in, for those who were here before too: what they chose stands nowhere.
fn sign_in(first: &First, data: &Path) -> [String; 2] {
    let user = account::FIRST;
    let another = format!("`ouzel user passwd {user} --data {}`", whole(data).display());
    match first {
        First::MadeUp(password) => [
            format!("Sign in    user {user}, password {password}"),
            format!("           (shown only this once; {another} sets another)"),
        ],
        First::Given => [
            format!("Sign in    user {user}, with the password that was given"),
            format!("           (it was taken at this first start alone; {another} sets another)"),
        ],
        First::Before => [
            format!("Sign in    user {user}, or whoever was made since, as before"),
            format!("           ({another} helps who has forgotten how)"),
        ],
    }
}

/// The folder as it is called from anywhere.
fn whole(data: &Path) -> PathBuf {
    std::fs::canonicalize(data).unwrap_or_else(|_| data.to_owned())
}

/// An address that a browser on this machine can open, where we listen on all of them.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    address
}

/// Ctrl-C and `kill`.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> Result<Signals, Failure> {
        let listen = |kind| signal(kind).map_err(Failure::of);
        Ok(Signals {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
