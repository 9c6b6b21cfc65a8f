//! An act that has begun and not yet ended.

use std::time::Instant;

use ouzel_api::audit::Outcome;

use super::{Audit, ending};

/// The handle of an act under way.
#[derive(Debug)]
#[must_use = "dropping it ends the act"]
pub struct Begun {
    audit: Audit,
    /// The entry that began it; `None` once it has ended.
    id: Option<i64>,
    since: Instant,
    note: Option<String>,
}

impl Begun {
    pub(super) fn new(audit: Audit, id: i64) -> Begun {
        Begun { audit, id: Some(id), since: Instant::now(), note: None }
    }

    /// The entry that began it, for what must name it later.
    pub fn id(&self) -> i64 {
        self.id.expect("an act has its entry until it ends")
    }

    /// Makes being dropped an ordinary ending, as it is for a stream whose reader has seen enough;
    /// the row will say `text`, such as `42 matches`.
    pub fn note(&mut self, text: impl Into<String>) {
        self.note = Some(text.into());
    }

    /// Writes the ending.
    pub async fn end(mut self, outcome: Outcome, result: Option<String>) {
        if let Some(id) = self.id.take() {
            let end = ending(id, outcome, result, self.elapsed_ms());
            // On a task of its own: whoever waits here may be dropped while it waits.
            let audit = self.audit.clone();
            let written = self.audit.endings.spawn(async move { audit.write_ending(end).await });
            let _ = written.await;
        }
    }

    fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// The browser went away, or the request ran out of time.
impl Drop for Begun {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        let (outcome, result) = match self.note.take() {
            Some(note) => (Outcome::Done, format!("stopped early; {note}")),
            None => (Outcome::Failed, "broken off".to_owned()),
        };
        let end = ending(id, outcome, Some(result), self.elapsed_ms());
        let audit = self.audit.clone();
        // Without a runtime the program is ending: the row stays begun, which is the truth.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let written = async move { audit.write_ending(end).await };
            self.audit.endings.spawn_on(written, &runtime);
        }
    }
}
