//! The entries of the audit log: appended, read, never changed.
//!
//! What an entry's hash covers is decided in `audit/chain.rs`; here it is only stored.

use ouzel_api::audit::{AuditQuery, AuditRow, Outcome};
use sqlx::{AssertSqlSafe, FromRow, Row, sqlite::SqliteRow};

use super::{Db, DbError};

/// SHA-256 of an entry and of all before it.
pub type Hash = [u8; 32];

/// One entry as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Grows by one an entry.
    pub id: i64,
    /// When it was written.
    pub at_ms: i64,
    /// What it says.
    pub body: Body,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// An act begins.
    Begin(Begin),
    /// An act has ended.
    End(End),
}

/// The beginning of an act: all that is known before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begin {
    /// The act's number, which [`append`] gives: one more than that of the act before.
    pub act: i64,
    /// The user, or the name that was tried.
    pub user: String,
    /// The peer's address.
    pub address: String,
    /// Such as `topic.create`.
    pub action: String,
    /// The cluster's name.
    pub cluster: Option<String>,
    /// What it is done to.
    pub resource: Option<String>,
    /// More about the request, as a JSON object.
    pub detail: Option<String>,
    /// What allowed or denied it.
    pub rule: String,
}

/// The ending of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The entry that began it.
    pub begin_id: i64,
    /// `done`, `failed` or `denied`.
    pub outcome: String,
    /// The error, or a count.
    pub result: Option<String>,
    /// How long it took.
    pub duration_ms: i64,
}

/// Endings have no number, nor has the index of numbers; without the condition every act would go
/// through the whole log.
const HIGHEST_ACT: &str = "SELECT COALESCE(MAX(act), 0) FROM audit WHERE act IS NOT NULL";

/// Appends entries, one transaction for all: for each, `next` is given its id (and with it those
/// of the ones before) and `seal` its hash. Answers the id of the first.
pub async fn append(
    db: &Db,
    at_ms: i64,
    bodies: impl FnOnce(i64) -> Vec<Body>,
    seal: impl Fn(&Hash, &Entry) -> Hash,
) -> Result<i64, DbError> {
    let mut transaction = db.write().await?;
    let last = "SELECT hash FROM audit ORDER BY id DESC LIMIT 1";
    let last: Option<Vec<u8>> = sqlx::query_scalar(last).fetch_optional(&mut *transaction).await?;
    let mut previous = last.map_or(Ok(Hash::default()), hash)?;
    // Never an id that was given before, even if its row is gone: a gap must stay visible.
    let highest = "SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'audit'";
    let highest: i64 = sqlx::query_scalar(highest).fetch_one(&mut *transaction).await?;
    let first = highest + 1;
    let mut act: i64 = sqlx::query_scalar(HIGHEST_ACT).fetch_one(&mut *transaction).await?;
    for (id, mut body) in (first..).zip(bodies(first)) {
        if let Body::Begin(begin) = &mut body {
            act += 1;
            begin.act = act;
        }
        let entry = Entry { id, at_ms, body };
        previous = seal(&previous, &entry);
        insert(&mut transaction, &entry, &previous).await?;
    }
    transaction.commit().await?;
    Ok(first)
}

async fn insert(
    transaction: &mut sqlx::Transaction<'static, sqlx::Sqlite>,
    entry: &Entry,
    hash: &Hash,
) -> Result<(), DbError> {
    let query = match &entry.body {
        Body::Begin(begin) => sqlx::query(
            "INSERT INTO audit
                 (id, at_ms, act, user, address, action, cluster, resource, detail, rule, hash)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(entry.id)
        .bind(entry.at_ms)
        .bind(begin.act)
        .bind(&begin.user)
        .bind(&begin.address)
        .bind(&begin.action)
        .bind(&begin.cluster)
        .bind(&begin.resource)
        .bind(&begin.detail)
        .bind(&begin.rule),
        Body::End(end) => sqlx::query(
            "INSERT INTO audit (id, at_ms, begin_id, outcome, result, duration_ms, hash)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(entry.id)
        .bind(entry.at_ms)
        .bind(end.begin_id)
        .bind(&end.outcome)
        .bind(&end.result)
        .bind(end.duration_ms),
    };
    query.bind(&hash[..]).execute(&mut **transaction).await?;
    Ok(())
}

fn hash(bytes: Vec<u8>) -> Result<Hash, DbError> {
    bytes.try_into().map_err(|_| DbError::Unreadable("an audit hash is not 32 bytes".to_owned()))
}

/// At most `limit` entries with their hashes, in order, from the one after `after`.
pub async fn entries_after(db: &Db, after: i64, limit: i64) -> Result<Vec<(Entry, Hash)>, DbError> {
    let entries = "SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?";
    let rows = sqlx::query(entries).bind(after).bind(limit).fetch_all(&db.reader).await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &SqliteRow) -> Result<(Entry, Hash), DbError> {
    let begin_id: Option<i64> = row.try_get("begin_id")?;
    let body = match begin_id {
        None => Body::Begin(Begin {
            act: row.try_get::<Option<i64>, _>("act")?.unwrap_or_default(),
            user: row.try_get("user")?,
            address: row.try_get("address")?,
            action: row.try_get("action")?,
            cluster: row.try_get("cluster")?,
            resource: row.try_get("resource")?,
            detail: row.try_get("detail")?,
            rule: row.try_get("rule")?,
        }),
        Some(begin_id) => Body::End(End {
            begin_id,
            outcome: row.try_get("outcome")?,
            result: row.try_get("result")?,
            duration_ms: row.try_get("duration_ms")?,
        }),
    };
    let entry = Entry { id: row.try_get("id")?, at_ms: row.try_get("at_ms")?, body };
    Ok((entry, hash(row.try_get("hash")?)?))
}

/// The number of the act that an entry began; 0 if there is no such beginning.
pub async fn act_of(db: &Db, id: i64) -> Result<i64, DbError> {
    let act = sqlx::query_scalar("SELECT COALESCE(act, 0) FROM audit WHERE id = ?").bind(id);
    Ok(act.fetch_optional(&db.reader).await?.unwrap_or_default())
}

/// The highest id that was ever given, whether or not its row is still there.
pub async fn highest_id(db: &Db) -> Result<i64, DbError> {
    let highest = "SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'audit'";
    Ok(sqlx::query_scalar(highest).fetch_one(&db.reader).await?)
}

/// A beginning joined with its ending, if it has one.
const ACTS: &str = "SELECT begin.act, begin.at_ms, begin.user, begin.address, begin.action,
       begin.cluster, begin.resource, begin.detail, begin.rule,
       ending.outcome, ending.result, ending.duration_ms
  FROM audit AS begin LEFT JOIN audit AS ending ON ending.begin_id = begin.id
 WHERE begin.begin_id IS NULL";

/// Every beginning has a number; said here, the index of numbers gives the newest first, and of a
/// long log no more is read than the page shows.
fn page_query() -> String {
    format!(
        "{ACTS}
           AND begin.act IS NOT NULL
           AND (?1 IS NULL OR begin.act < ?1)
           AND (?2 IS NULL OR begin.user = ?2 COLLATE NOCASE)
           AND (?3 IS NULL OR substr(begin.action, 1, length(?3)) = ?3)
           AND (?4 IS NULL OR instr(begin.resource, ?4) > 0)
           AND (?5 IS NULL OR COALESCE(ending.outcome, 'begun') = ?5)
           AND (?6 IS NULL OR begin.cluster = ?6)
           AND (?7 IS NULL OR begin.at_ms >= ?7)
           AND (?8 IS NULL OR begin.at_ms < ?8)
         ORDER BY begin.act DESC LIMIT ?9"
    )
}

/// At most `limit` acts that fit `query`, newest first.
pub async fn page(db: &Db, query: &AuditQuery, limit: i64) -> Result<Vec<AuditRow>, DbError> {
    // Made of constants only; every value is bound.
    let page = sqlx::query_as::<_, Act>(AssertSqlSafe(page_query()))
        .bind(query.before)
        .bind(given(&query.user))
        .bind(given(&query.action))
        .bind(given(&query.resource))
        .bind(query.outcome.map(outcome_name))
        .bind(given(&query.cluster))
        .bind(query.since_ms)
        .bind(query.until_ms)
        .bind(limit);
    Ok(page.fetch_all(&db.reader).await?.into_iter().map(|act| act.0).collect())
}

/// An empty field does not filter.
fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// An outcome as stored (`begun` never is: it is the lack of an ending).
pub fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Begun => "begun",
        Outcome::Done => "done",
        Outcome::Failed => "failed",
        Outcome::Denied => "denied",
    }
}

struct Act(AuditRow);

impl<'r> FromRow<'r, SqliteRow> for Act {
    fn from_row(row: &'r SqliteRow) -> Result<Act, sqlx::Error> {
        let outcome = match row.try_get::<Option<&str>, _>("outcome")? {
            None => Outcome::Begun,
            Some("done") => Outcome::Done,
            Some("denied") => Outcome::Denied,
            Some(_) => Outcome::Failed,
        };
        Ok(Act(AuditRow {
            id: row.try_get("act")?,
            at_ms: row.try_get("at_ms")?,
            user: row.try_get("user")?,
            address: row.try_get("address")?,
            action: row.try_get("action")?,
            cluster: row.try_get("cluster")?,
            resource: row.try_get("resource")?,
            detail: row.try_get("detail")?,
            rule: row.try_get("rule")?,
            outcome,
            result: row.try_get("result")?,
            duration_ms: row.try_get("duration_ms")?,
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::db::testing::database;

    fn begin(user: &str, action: &str, resource: &str) -> Begin {
        Begin {
            act: 0,
            user: user.to_owned(),
            address: "::1".to_owned(),
            action: action.to_owned(),
            cluster: Some("embedded".to_owned()),
            resource: Some(resource.to_owned()),
            detail: None,
            rule: "test".to_owned(),
        }
    }

    async fn add(db: &Db, begin: Begin, outcome: Option<&str>) -> i64 {
        let bodies = |first| {
            let end = outcome.map(|outcome| End {
                begin_id: first,
                outcome: outcome.to_owned(),
                result: Some("because".to_owned()),
                duration_ms: 7,
            });
            [Body::Begin(begin)].into_iter().chain(end.map(Body::End)).collect()
        };
        append(db, 1, bodies, |_, entry| [entry.id as u8; 32]).await.unwrap()
    }

    #[tokio::test]
    async fn an_act_is_read_back_with_its_ending() {
        let (_folder, db) = database().await;
        let done = add(&db, begin("anna", "topic.create", "orders"), Some("done")).await;
        let open = add(&db, begin("bert", "topic.delete", "orders"), None).await;
        assert_eq!((done, open), (1, 3));
        let rows = page(&db, &AuditQuery::default(), 10).await.unwrap();
        // One number an act, whatever its entries.
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [2, 1]);
        assert_eq!((act_of(&db, 3).await.unwrap(), act_of(&db, 2).await.unwrap()), (2, 0));
        assert_eq!((rows[0].outcome, rows[0].duration_ms), (Outcome::Begun, None));
        assert_eq!((rows[1].outcome, rows[1].duration_ms), (Outcome::Done, Some(7)));
        assert_eq!(rows[1].result.as_deref(), Some("because"));
    }

    #[tokio::test]
    async fn each_filter_narrows_the_page() {
        let (_folder, db) = database().await;
        add(&db, begin("anna", "topic.create", "orders"), Some("done")).await;
        add(&db, begin("bert", "topic.delete", "payments"), Some("denied")).await;
        let matching = async |query: AuditQuery| {
            let rows = page(&db, &query, 10).await.unwrap();
            rows.into_iter().map(|row| row.user).collect::<Vec<_>>()
        };
        let text = |text: &str| Some(text.to_owned());
        let none = AuditQuery::default;
        assert_eq!(matching(AuditQuery { user: text("ANNA"), ..none() }).await, ["anna"]);
        assert_eq!(matching(AuditQuery { action: text("topic.d"), ..none() }).await, ["bert"]);
        assert_eq!(matching(AuditQuery { action: text("%"), ..none() }).await, [""; 0]);
        assert_eq!(matching(AuditQuery { resource: text("rder"), ..none() }).await, ["anna"]);
        assert_eq!(matching(AuditQuery { user: text(""), ..none() }).await, ["bert", "anna"]);
        assert_eq!(matching(AuditQuery { before: Some(2), ..none() }).await, ["anna"]);
        assert_eq!(matching(AuditQuery { cluster: text("embedded"), ..none() }).await.len(), 2);
        assert_eq!(matching(AuditQuery { cluster: text("embed"), ..none() }).await, [""; 0]);
        assert_eq!(matching(AuditQuery { since_ms: Some(1), ..none() }).await.len(), 2);
        assert_eq!(matching(AuditQuery { until_ms: Some(1), ..none() }).await, [""; 0]);
        let denied = Some(Outcome::Denied);
        assert_eq!(matching(AuditQuery { outcome: denied, ..none() }).await, ["bert"]);
        let begun = Some(Outcome::Begun);
        assert_eq!(matching(AuditQuery { outcome: begun, ..none() }).await, [""; 0]);
    }

    #[tokio::test]
    async fn entries_come_in_order_and_the_highest_id_outlives_its_row() {
        let (_folder, db) = database().await;
        assert_eq!(highest_id(&db).await.unwrap(), 0);
        add(&db, begin("anna", "a", "r"), Some("done")).await;
        let entries = entries_after(&db, 1, 10).await.unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!((entries[0].0.id, entries[0].1), (2, [2; 32]));
        sqlx::query("DROP TRIGGER audit_is_not_deleted").execute(&db.writer).await.unwrap();
        sqlx::query("DELETE FROM audit WHERE id = 2").execute(&db.writer).await.unwrap();
        assert_eq!(highest_id(&db).await.unwrap(), 2);
        assert_eq!(add(&db, begin("anna", "a", "r"), None).await, 3);
    }

    #[tokio::test]
    async fn neither_the_next_number_nor_the_newest_page_reads_the_whole_log() {
        let (_folder, db) = database().await;
        for query in [HIGHEST_ACT.to_owned(), page_query()] {
            let plan = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
            let steps = sqlx::query(plan).fetch_all(&db.writer).await.unwrap();
            let steps: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
            assert!(steps[0].contains("INDEX audit_by_act"), "{steps:?}");
            assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
        }
    }

    #[tokio::test]
    async fn an_entry_cannot_be_changed_by_mistake() {
        let (_folder, db) = database().await;
        add(&db, begin("anna", "a", "r"), Some("done")).await;
        for mistake in ["UPDATE audit SET user = 'bert' WHERE id = 1", "DELETE FROM audit"] {
            let told = sqlx::query(mistake).execute(&db.writer).await.unwrap_err();
            assert!(told.to_string().contains("never"), "{told}");
        }
    }
}
