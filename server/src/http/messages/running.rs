//! A search that runs for somebody, with its audit row: begun before the search, noted while it
//! runs, and ended with it. How its events are told is `super`'s and `export`'s.

use ouzel_api::{
    audit::Outcome,
    search::{DoneReason, Search},
    session::{Asked, Permission},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::signed_in::{self, SignedIn};
use crate::{
    audit::{Action, Begun, Kind},
    auth::{Viewer, guard},
    browse::{self, Event, Permit, Purpose},
    error::Error,
    kafka::Cluster,
    state::AppState,
};

/// What is to be run, and as which act.
pub struct Order<'a> {
    /// Where the topic is.
    pub cluster: &'a Cluster,
    /// The topic.
    pub topic: &'a str,
    /// The search.
    pub asked: &'a Search,
    /// The act that it is; where it is done is added.
    pub action: Action,
    /// What it is for.
    pub purpose: Purpose,
    /// Events that may wait for a slow reader; the search waits beyond that.
    pub events_max: usize,
    /// Cancelled when it has to end: with the server, or before.
    pub stop: CancellationToken,
}

/// A search on its way. Dropping it ends the search and its audit row.
pub struct Running {
    /// What it finds; closed when it has to end.
    pub events: mpsc::Receiver<Event>,
    /// Matches that were told so far.
    pub matched: u64,
    /// Records that were read so far.
    pub read: u64,
    /// `None` once the search has ended.
    begun: Option<Begun>,
    signed_in: SignedIn,
}

/// A search that is broken off because its person is out says so in its row.
impl Drop for Running {
    fn drop(&mut self) {
        if let (true, Some(begun)) = (self.signed_in.is_over(), &mut self.begun) {
            begun.note(format!("{}; {}", count(self.matched, self.read), signed_in::OVER));
        }
    }
}

impl Running {
    /// Starts it, unless it is not allowed, too much, or cannot be done.
    pub async fn start(
        app: &AppState,
        viewer: &Viewer,
        order: Order<'_>,
    ) -> Result<Running, Error> {
        let Order { cluster, topic, asked, action, purpose, events_max, stop } = order;
        let signed_in = SignedIn::watch(app, viewer, &stop);
        let stop = signed_in.stop.clone();
        may_see_group(app, viewer, cluster.id(), asked).await?;
        let permit = app.permits.take(viewer.user())?;
        let action = action.on(cluster.id()).to(topic);
        // It reads meanwhile; nothing of what it finds is handed on before the row is there.
        let started = async {
            let search = browse::Search::prepare(cluster, topic, asked, purpose).await?;
            Ok::<_, browse::SearchError>(spawn(search, permit, events_max, stop))
        };
        let (begun, started) = tokio::join!(app.audit.begin(viewer, action), started);
        let mut begun = begun?;
        let events = match started {
            Ok(events) => events,
            Err(error) => {
                begun.end(Outcome::Failed, Some(error.to_string())).await;
                return Err(error.into());
            }
        };
        begun.note(count(0, 0));
        Ok(Running { events, matched: 0, read: 0, begun: Some(begun), signed_in })
    }

    /// Whether its person is out.
    pub fn is_signed_out(&self) -> bool {
        self.signed_in.is_over()
    }

    /// Whether its end was told.
    pub fn is_ended(&self) -> bool {
        self.begun.is_none()
    }

    /// Has the audit row say how far it is, should nobody come to end it.
    pub fn note(&mut self) {
        if let Some(begun) = &mut self.begun {
            begun.note(count(self.matched, self.read));
        }
    }

    /// Completes the audit row.
    pub async fn end(&mut self, outcome: Outcome, how: &str) {
        if let Some(begun) = self.begun.take() {
            let result = format!("{}; {how}", count(self.matched, self.read));
            begun.end(outcome, Some(result)).await;
        }
    }
}

/// Runs a search until it has ended, `stop` is cancelled, or nobody takes its events any more.
fn spawn(
    search: browse::Search,
    permit: Permit,
    events_max: usize,
    stop: CancellationToken,
) -> mpsc::Receiver<Event> {
    let (sender, events) = mpsc::channel(events_max);
    // Its place is free when it ends, even if a browser that stopped reading keeps the answer.
    let run = async move {
        let _permit = permit;
        search.run(sender).await;
    };
    // Stopping drops the search, which closes its events.
    tokio::spawn(stop.run_until_cancelled_owned(run));
    events
}

/// Where a group goes on is told to whoever may look at that group, and to nobody else.
async fn may_see_group(
    app: &AppState,
    viewer: &Viewer,
    cluster: &str,
    asked: &Search,
) -> Result<(), Error> {
    if let ouzel_api::search::From::Group { group } = &asked.from {
        let right = Asked::new(Permission::ViewCluster).on(cluster).to(group);
        let action = Action::new(Kind::ViewCluster).on(cluster).to(group);
        guard::require(app, viewer, &right, &action).await?;
    }
    Ok(())
}

/// What the audit log keeps of a search: all of it, but of a token only that there was one.
pub fn detail(asked: &Search) -> Value {
    json!({
        "from": asked.from,
        "until": asked.until,
        "partitions": asked.partitions,
        "filters": asked.filters,
        "limit": asked.limit,
        "isolation": asked.isolation,
        "decode": asked.decode,
        "resumed": asked.resume.is_some(),
    })
}

fn count(matched: u64, read: u64) -> String {
    let matches = if matched == 1 { "match" } else { "matches" };
    format!("{matched} {matches} of {read} read")
}

/// How a search ended, for the audit log.
pub fn reason_text(reason: DoneReason) -> &'static str {
    match reason {
        DoneReason::Limit => "limit reached",
        DoneReason::Exhausted => "all read",
        DoneReason::Partial => "some partitions could not be read",
        DoneReason::TimeLimit => "time is up",
    }
}
