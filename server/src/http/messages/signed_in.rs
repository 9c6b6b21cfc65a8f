//! What a search's person came by, watched while it runs: nobody reads on who could not ask again.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{auth::Viewer, state::AppState};

/// In the audit row, and to whoever waits for the rest.
pub const OVER: &str = "the session or token has ended";

/// Watches until it is dropped.
pub struct SignedIn {
    is_over: Arc<AtomicBool>,
    /// Cancelled with `until`, or when the session or token ends.
    pub stop: CancellationToken,
    _watched: DropGuard,
}

impl SignedIn {
    /// Watches `viewer`; what runs for that person ends with `until` at the latest.
    pub fn watch(app: &AppState, viewer: &Viewer, until: &CancellationToken) -> SignedIn {
        let stop = until.child_token();
        let is_over = Arc::new(AtomicBool::new(false));
        let (auth, viewer) = (app.auth.clone(), viewer.clone());
        let (over, ends) = (is_over.clone(), stop.clone());
        tokio::spawn(stop.clone().run_until_cancelled_owned(async move {
            auth.session_ended(&viewer).await;
            over.store(true, Ordering::Release);
            ends.cancel();
        }));
        SignedIn { is_over, _watched: stop.clone().drop_guard(), stop }
    }

    /// Whether that was the end.
    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }
}
