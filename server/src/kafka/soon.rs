//! Waiting for a part of a page, and not for a broker that hangs.
//!
//! What is late goes on behind the page: it is there for the next one, and whoever fell silent is
//! noticed, and the connection replaced.

use std::time::Duration;

use tokio::time::timeout;

/// How long a page waits for one of its parts.
pub const SOON: Duration = Duration::from_secs(3);

/// What comes of `work` within `patience`; none if it is late. It is not broken off.
pub async fn within<T: Send + 'static>(
    patience: Duration,
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    match timeout(patience, tokio::spawn(work)).await {
        Ok(Ok(done)) => Some(done),
        Ok(Err(panic)) => std::panic::resume_unwind(panic.into_panic()),
        Err(_) => None,
    }
}
