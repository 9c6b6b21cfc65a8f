//! Who did what: an entry before the act, another after it, each chained to all before.
//!
//! Owns the order of things (no act without its entry) and the chain. What can be done is listed
//! in `action.rs`; rows are stored by `db`. Start at [`Audit::record`].

mod action;
mod begun;
mod chain;
pub mod export;
mod verify;

use std::fmt::Display;

pub use action::{Action, Kind};
pub use begun::Begun;
use ouzel_api::audit::Outcome;
use tokio_util::task::TaskTracker;
use tracing::error;
pub use verify::summary;

use crate::{
    clock,
    db::{self, Db, DbError, audit::Body},
};

/// Longest text that one field of an entry keeps: a name that somebody tried can be anything.
const TEXT_BYTES_MAX: usize = 1024;
/// Longest detail: what a role or a topic's settings were before and are after fits.
const DETAIL_BYTES_MAX: usize = 16 * 1024;

/// Who acts, from where, and what allowed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user, or the name that was tried at sign-in.
    pub user: String,
    /// The peer's address, or `local` for the command line.
    pub address: String,
    /// The rule that allowed (or denied) the act.
    pub rule: String,
}

/// The audit log. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Audit {
    db: Db,
    /// Endings that are still being written.
    endings: TaskTracker,
}

impl Audit {
    /// The log in this database.
    pub fn new(db: Db) -> Audit {
        Audit { db, endings: TaskTracker::new() }
    }

    /// Writes the beginning, does the work, writes the ending. Without the first, no work is done.
    pub async fn record<T, E>(
        &self,
        who: &Actor,
        action: Action,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E>
    where
        E: From<DbError> + Display,
    {
        let begun = self.begin(who, action).await?;
        let done = work.await;
        match &done {
            Ok(_) => begun.end(Outcome::Done, None).await,
            Err(error) => begun.end(Outcome::Failed, Some(error.to_string())).await,
        }
        done
    }

    /// Writes the beginning of an act that outlives its function, such as a stream; the caller
    /// ends it with [`Begun::end`]. One that is dropped instead ends by itself.
    pub async fn begin(&self, who: &Actor, action: Action) -> Result<Begun, DbError> {
        let begin = beginning(who, action);
        let id = self.append(|_| vec![Body::Begin(begin)]).await?;
        Ok(Begun::new(self.clone(), id))
    }

    /// Notes that an act was not allowed.
    pub async fn denied(&self, who: &Actor, action: Action) -> Result<(), DbError> {
        let begin = beginning(who, action);
        let bodies = |id| {
            let end = ending(id, Outcome::Denied, Some(begin.rule.clone()), 0);
            vec![Body::Begin(begin), Body::End(end)]
        };
        self.append(bodies).await.map(|_| ())
    }

    /// Waits until every ending is written. Nothing may begin afterwards.
    pub async fn close(&self) {
        self.endings.close();
        self.endings.wait().await;
    }

    async fn append(&self, bodies: impl FnOnce(i64) -> Vec<Body>) -> Result<i64, DbError> {
        db::audit::append(&self.db, clock::now_ms(), bodies, chain::seal).await
    }

    /// Writes an ending; the act is done by now, so a failure can only be logged.
    async fn write_ending(&self, end: db::audit::End) {
        let begin_id = end.begin_id;
        if let Err(cause) = self.append(|_| vec![Body::End(end)]).await {
            error!(audit.id = begin_id, %cause, "Audit row {begin_id} could not be completed");
        }
    }
}

fn beginning(who: &Actor, action: Action) -> db::audit::Begin {
    db::audit::Begin {
        act: 0,
        user: cut(who.user.clone()),
        address: who.address.clone(),
        action: action.kind.name().to_owned(),
        cluster: action.cluster.map(cut),
        resource: action.resource.map(cut),
        detail: action.detail.map(cut_json),
        rule: who.rule.clone(),
    }
}

fn ending(
    begin_id: i64,
    outcome: Outcome,
    result: Option<String>,
    duration_ms: i64,
) -> db::audit::End {
    let outcome = db::audit::outcome_name(outcome).to_owned();
    db::audit::End { begin_id, outcome, result: result.map(cut), duration_ms }
}

fn cut(mut text: String) -> String {
    if text.len() > TEXT_BYTES_MAX {
        text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX));
        text.push('…');
    }
    text
}

/// The detail stays a JSON object however large the request was.
fn cut_json(detail: serde_json::Value) -> String {
    let text = detail.to_string();
    match text.len() {
        0..=DETAIL_BYTES_MAX => text,
        _ => serde_json::json!({ "cut": cut(text) }).to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ouzel_api::audit::{AuditQuery, AuditRow};

    use super::*;
    use crate::db::testing::database;

    fn who() -> Actor {
        Actor { user: "anna".into(), address: "::1".into(), rule: "test".into() }
    }

    async fn only_row(db: &Db) -> AuditRow {
        let rows = db::audit::page(db, &AuditQuery::default(), 10).await.unwrap();
        <[AuditRow; 1]>::try_from(rows).unwrap()[0].clone()
    }

    #[tokio::test]
    async fn the_row_is_there_before_the_act_and_completed_after_it() {
        let (_folder, db) = database().await;
        let audit = Audit::new(db.clone());
        let act = async {
            assert_eq!(only_row(&db).await.outcome, Outcome::Begun);
            Ok::<_, DbError>(7)
        };
        let action = Action::new(Kind::CreateTopic).on("prod").to("orders");
        assert_eq!(audit.record(&who(), action, act).await.unwrap(), 7);
        let row = only_row(&db).await;
        assert_eq!((row.outcome, row.result), (Outcome::Done, None));
        assert_eq!(row.cluster.as_deref(), Some("prod"));
        assert!(row.duration_ms.is_some());
    }

    #[tokio::test]
    async fn an_act_that_fails_says_why() {
        let (_folder, db) = database().await;
        let audit = Audit::new(db.clone());
        let act = async { Err::<(), _>(DbError::Exists) };
        audit.record(&who(), Action::new(Kind::CreateUser), act).await.unwrap_err();
        let row = only_row(&db).await;
        assert_eq!(
            (row.outcome, row.result.as_deref()),
            (Outcome::Failed, Some("it exists already"))
        );
    }

    #[tokio::test]
    async fn without_its_row_an_act_is_not_done() {
        let (_folder, db) = database().await;
        let audit = Audit::new(db.clone());
        db.close().await;
        let act = async { panic!("it was done all the same") };
        let told = audit.record::<(), DbError>(&who(), Action::new(Kind::SignIn), act).await;
        assert!(matches!(told, Err(DbError::Query(_))));
    }

    #[tokio::test]
    async fn an_act_that_is_dropped_ends_by_itself() {
        for (note, wanted) in [
            (None, (Outcome::Failed, "broken off")),
            (Some("42 matches"), (Outcome::Done, "stopped early; 42 matches")),
        ] {
            let (_folder, db) = database().await;
            let audit = Audit::new(db.clone());
            let mut begun = audit.begin(&who(), Action::new(Kind::SearchMessages)).await.unwrap();
            note.into_iter().for_each(|note| begun.note(note));
            drop(begun);
            audit.close().await;
            let row = only_row(&db).await;
            assert_eq!((row.outcome, row.result.as_deref().unwrap()), wanted);
        }
    }

    #[test]
    fn a_long_detail_is_cut_and_stays_json() {
        let detail = serde_json::json!({ "text": "ä".repeat(20_000) });
        let kept = cut_json(detail);
        assert!(kept.len() < 2 * TEXT_BYTES_MAX, "{}", kept.len());
        assert!(serde_json::from_str::<serde_json::Value>(&kept).unwrap().is_object());
    }
}
