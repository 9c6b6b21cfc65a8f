//! What the tests share: a server in this process, the binary as a process, and a small client.

pub mod app;
pub mod http;
pub mod process;

use std::time::{Duration, Instant};

/// Longest wait for something that must come about; generous, as two cores do everything at once.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Asks again and again until there is an answer.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(since.elapsed() < DEADLINE, "{what} did not come about");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
