//! Whose thread may block: a task's thread serves other tasks too, so they are handed on first.

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// Runs what may block for long, on this thread, so that what the caller does stays in order.
/// Where the thread also serves other tasks, another thread takes those over. A runtime with one
/// thread has no other; there they wait.
pub fn in_place<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => block_in_place(work),
        _ => work(),
    }
}
