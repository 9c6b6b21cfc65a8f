//! Waiting in an async task, during which the browser draws and reacts.

use std::time::Duration;

use futures::channel::oneshot;
use leptos::prelude::*;

/// Waits so long; zero lets everything else go first.
pub async fn wait(ms: u64) {
    let (wake, woken) = oneshot::channel();
    let ring = move || {
        // Nobody waits any more if the task is gone.
        wake.send(()).ok();
    };
    set_timeout(ring, Duration::from_millis(ms));
    woken.await.ok();
}
