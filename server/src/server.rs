//! Starting and stopping all that a configuration asks for.

use std::{
    io,
    net::SocketAddr,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use ouzel_broker::Broker;
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::{
    audit::{Actor, Audit},
    auth::{AccountError, Auth, account::First},
    book::{Book, past},
    browse::{self, Permits},
    bundle::Bundle,
    clock,
    config::{ClusterConfig, Config, DEFAULT_CLUSTER, EMBEDDED, Listen, environment_name},
    configured,
    db::{self, Db, DbError},
    demo::Demo,
    embedded,
    http::health,
    import,
    kafka::{ClusterSetup, Clusters},
    listener::{self, Limits},
    live,
    metrics::Metrics,
    resets, router,
    state::AppState,
    vault::Vault,
    watch::Watch,
};

/// How long requests under way may take to end before they are cut off. Streams end at once.
const STOP_MAX: Duration = Duration::from_secs(10);

/// How often measurements that nobody reads are tidied up.
const TIDY_EVERY: Duration = Duration::from_secs(30);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else has the port.
    #[error("port {} of {} is in use; choose another with --{flag}", address.port(), address.ip())]
    PortBusy {
        /// Where it was to listen.
        address: SocketAddr,
        /// The flag that chooses.
        flag: &'static str,
    },
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {address} (--{flag}): {source}")]
    Listen {
        /// Where it was to listen.
        address: SocketAddr,
        /// The flag that chooses.
        flag: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// Everything is off.
    #[error("nothing to start: --kafka and --http are both off")]
    Nothing,
    /// The data folder cannot be made.
    #[error("cannot make the data folder {folder} (--data): {source}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The console's database cannot be used.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The first administrator cannot be made.
    #[error("the first administrator cannot be made: {0}")]
    Account(#[from] AccountError),
    /// The broker did not start.
    #[error(transparent)]
    Broker(ouzel_broker::StartError),
    /// It does not answer after all.
    #[error("the console does not answer: {0}")]
    NotReady(String),
}

/// A running server.
pub struct Server {
    /// Where the Kafka API listens.
    pub kafka: Option<SocketAddr>,
    /// Where the console listens.
    pub http: Option<SocketAddr>,
    /// How the first administrator comes in.
    pub first: First,
    app: AppState,
    demo: Option<Demo>,
    broker: Option<Broker>,
    serving: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts everything, and returns when everything answers.
    pub async fn start(config: Config) -> Result<Server, StartError> {
        if config.kafka == Listen::Off && config.http == Listen::Off {
            return Err(StartError::Nothing);
        }
        warn_of(&config);
        // A port is taken at once, so that a busy one is told before anything is repaired.
        let listener = match config.http.address() {
            Some(address) => Some(listen(address, "http").await?),
            None => None,
        };
        make_folder(&config.data)
            .map_err(|source| StartError::Folder { folder: config.data.clone(), source })?;
        // Then the broker, whose lock keeps a second process out of the data folder.
        let broker = embedded::start(&config).await.map_err(broker_error)?;
        match Server::start_console(&config, listener, broker.as_ref()).await {
            Ok(console) => {
                let is_wanted = config.demo && broker.is_some();
                let demo = if is_wanted { demonstrate(&console.app) } else { None };
                Ok(Server { broker, demo, ..console })
            }
            Err(error) => {
                stop_broker(broker).await;
                Err(error)
            }
        }
    }

    async fn start_console(
        config: &Config,
        listener: Option<TcpListener>,
        broker: Option<&Broker>,
    ) -> Result<Server, StartError> {
        let db = Db::open(&config.data).await?;
        let audit = Audit::new(db.clone());
        remember_clusters(&db, &audit, config).await?;
        let clusters = Clusters::new(setups(config, broker));
        let vault = Vault::new(&config.data);
        let app = AppState {
            book: Book::open(db.clone(), vault, clusters.clone()).await?,
            audit,
            auth: Auth::open(db.clone(), config.session).await?,
            clusters,
            watch: Watch::new(db.clone(), config.sample_every),
            permits: Permits::new(browse::limits::SEARCHES),
            exports: browse::exports::Exports::default(),
            imports: Permits::new(browse::limits::IMPORTS),
            runs: import::Runs::default(),
            sockets: Permits::new(live::SOCKETS),
            bundle: Arc::new(Bundle::open()),
            metrics: Metrics::start(),
            broker: broker.map(Broker::stats),
            open: TaskTracker::new(),
            stop: CancellationToken::new(),
            db,
        };
        if config.http != Listen::Off && !app.bundle.is_built() {
            warn!("The web app is not compiled in; `cargo xtask web` builds it");
        }
        let chosen = config.admin_password.as_deref();
        let first = app.auth.ensure_administrator(&app.audit, chosen).await?;
        tokio::spawn(tidy(app.clone()));
        app.watch.begin(app.clusters.clone(), &app.open, app.stop.clone());
        app.open.spawn(resets::keep(app.clone()));
        let http = listener.as_ref().map(TcpListener::local_addr).transpose();
        let http = http.expect("a socket that listens has an address");
        let serving = listener.map(|listener| serve(listener, app.clone()));
        health::ready(&app).await.map_err(StartError::NotReady)?;
        let kafka = broker.map(Broker::kafka_addr);
        Ok(Server { kafka, http, first, app, demo: None, broker: None, serving })
    }

    /// Ends streams, waits for requests under way, and leaves everything on disk.
    pub async fn stop(self) {
        self.app.stop.cancel();
        // Its members leave their groups while there is a broker to leave.
        if let Some(demo) = self.demo {
            demo.stop().await;
        }
        if let Some(mut serving) = self.serving {
            match timeout(STOP_MAX, &mut serving).await {
                Ok(Ok(())) => {}
                Ok(Err(panic)) => warn!("The console ended oddly: {panic}"),
                Err(_) => {
                    warn!("Requests were cut off after {} s", STOP_MAX.as_secs());
                    serving.abort();
                }
            }
        }
        self.app.open.close();
        if timeout(STOP_MAX, self.app.open.wait()).await.is_err() {
            warn!("WebSockets were cut off after {} s", STOP_MAX.as_secs());
        }
        self.app.audit.close().await;
        self.app.db.close().await;
        stop_broker(self.broker).await;
        info!("Stopped");
    }
}

/// Makes the data folder for this user's eyes alone: messages lie in it. One that is there already
/// keeps the rights that somebody gave it.
fn make_folder(folder: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Begins the demonstration on the broker in this process.
fn demonstrate(app: &AppState) -> Option<Demo> {
    let cluster = app.clusters.get(EMBEDDED)?;
    let brokers = cluster.row().bootstrap.join(",");
    Some(Demo::start(cluster, brokers))
}

fn broker_error(error: ouzel_broker::StartError) -> StartError {
    match embedded::busy(&error) {
        Some(address) => StartError::PortBusy { address, flag: "kafka" },
        None => StartError::Broker(error),
    }
}

async fn stop_broker(broker: Option<Broker>) {
    if let Some(broker) = broker {
        broker.stop().await;
    }
}

/// Every cluster of the console: first the one that somebody named by `--brokers` in order to look
/// at it, then the embedded one, then the others by name.
fn setups(config: &Config, broker: Option<&Broker>) -> Vec<ClusterSetup> {
    let is_asked_for = |name: &str| name == DEFAULT_CLUSTER && !config.brokers.is_empty();
    let (asked, others): (Vec<_>, Vec<_>) =
        config.clusters.iter().partition(|(name, _)| is_asked_for(name));
    let elsewhere = |(name, cluster): (&String, &ClusterConfig)| {
        let setup = configured::setup(name, cluster);
        if let Some(problem) = &setup.problem {
            warn!(%name, "Cluster `{name}` cannot be connected to: {problem}");
        }
        setup
    };
    let embedded = broker.map(|broker| embedded::cluster(broker, config));
    let asked = asked.into_iter().map(elsewhere);
    asked.chain(embedded).chain(others.into_iter().map(elsewhere)).collect()
}

fn warn_of(config: &Config) {
    for (flag, address) in &config.not_built {
        warn!("--{flag} {address}: this part is not built yet; nothing listens there");
    }
    if let Some(address) = config.http.address().filter(|address| !address.ip().is_loopback()) {
        warn!("The console listens on {address} without TLS; put a proxy with TLS before it");
    }
}

async fn listen(address: SocketAddr, flag: &'static str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortBusy { address, flag },
        _ => StartError::Listen { address, flag, source },
    })
}

fn serve(listener: TcpListener, app: AppState) -> JoinHandle<()> {
    let stop = app.stop.clone();
    tokio::spawn(listener::serve(listener, router::router(app), Limits::default(), stop))
}

async fn tidy(app: AppState) {
    let mut ticks = tokio::time::interval(TIDY_EVERY);
    while app.stop.run_until_cancelled(ticks.tick()).await.is_some() {
        app.metrics.tidy();
    }
}

/// Remembers what each cluster's name means now. Where it meant something else before, what was
/// learnt of that is forgotten, and told.
async fn remember_clusters(db: &Db, audit: &Audit, config: &Config) -> Result<(), DbError> {
    let (user, address) = ("ouzel".to_owned(), "local".to_owned());
    let who = Actor { user, address, rule: "the configuration".to_owned() };
    for (name, cluster) in &config.clusters {
        let brokers: Vec<String> = cluster.brokers.iter().map(ToString::to_string).collect();
        let bootstrap = brokers.join(",");
        let now = (name.as_str(), &brokers[..]);
        if let Some(then) = past::forget_if_elsewhere(db, audit, &who, now).await? {
            warn!(
                %name,
                "Cluster `{name}` is {bootstrap} now; it was {then} before, whose history is \
                 forgotten"
            );
        }
        let environment = environment_name(cluster.environment);
        let now_ms = clock::now_ms();
        db::clusters::remember(db, name, &bootstrap, environment, now_ms).await?;
    }
    Ok(())
}
