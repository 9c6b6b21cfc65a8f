//! What every handler gets.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::{audit::Audit, auth::Auth, bundle::Bundle, db::Db, metrics::Metrics};

/// All that axum carries. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The console's database.
    pub db: Db,
    /// The audit log.
    pub audit: Audit,
    /// Passwords, sessions, throttle.
    pub auth: Auth,
    /// The built web app.
    pub bundle: Arc<Bundle>,
    /// Figures about the console itself.
    pub metrics: Metrics,
    /// Cancelled when the server stops: whatever is open for long ends then.
    pub stop: CancellationToken,
}
