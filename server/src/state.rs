//! What every handler gets.

use std::sync::Arc;

use ouzel_broker::stats::StatsReader;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    audit::Audit,
    auth::Auth,
    book::Book,
    browse::{Permits, exports::Exports},
    bundle::Bundle,
    db::Db,
    error::Error,
    import,
    kafka::{Cluster, Clusters},
    metrics::Metrics,
    watch::Watch,
};

/// All that axum carries. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The console's database.
    pub db: Db,
    /// The audit log.
    pub audit: Audit,
    /// Passwords, sessions, throttle.
    pub auth: Auth,
    /// The clusters that people add.
    pub book: Book,
    /// The Kafka clusters, all of them.
    pub clusters: Clusters,
    /// The same over time.
    pub watch: Watch,
    /// Who runs how many searches and tails.
    pub permits: Permits,
    /// Which exports are under way.
    pub exports: Exports,
    /// Who runs how many imports.
    pub imports: Permits,
    /// How far each import is.
    pub runs: import::Runs,
    /// Who holds how many WebSockets.
    pub sockets: Permits,
    /// The built web app.
    pub bundle: Arc<Bundle>,
    /// Figures about the console itself.
    pub metrics: Metrics,
    /// Figures of the broker in this process, if there is one.
    pub broker: Option<StatsReader>,
    /// What goes on after its request was answered, such as WebSockets; stopping waits for it.
    pub open: TaskTracker,
    /// Cancelled when the server stops: whatever is open for long ends then.
    pub stop: CancellationToken,
}

impl AppState {
    /// A cluster by the id in a path.
    pub fn cluster(&self, id: &str) -> Result<Cluster, Error> {
        let none = || Error::NotFound(format!("there is no cluster `{id}`"));
        self.clusters.get(id).ok_or_else(none)
    }

    /// Whether nobody may change this cluster. One that is not there changes nothing either way.
    pub fn is_read_only(&self, id: &str) -> bool {
        self.clusters.get(id).is_some_and(|cluster| cluster.setup().read_only)
    }
}
