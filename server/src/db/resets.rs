//! What was done to the commits of groups, and what waits to be done.

use sqlx::{FromRow, QueryBuilder, Row as _, Sqlite, sqlite::SqliteRow};

use super::{Db, DbError};

/// Resets that are kept for each group; the oldest go first.
pub const KEPT_MAX: i64 = 20;
/// Rows of one statement: SQLite takes at most 32,766 values.
const ROWS_MAX: usize = 5_000;

/// A reset that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct NewReset<'a> {
    /// On which cluster.
    pub cluster: &'a str,
    /// Of which group.
    pub group: &'a str,
    /// Who asked, from where, allowed by which rule.
    pub actor: (&'a str, &'a str, &'a str),
    /// The id of the token by which, if it was none who is signed in.
    pub token: Option<&'a str>,
    /// The number of its act in the audit log.
    pub act: i64,
    /// Where to, as JSON.
    pub strategy: &'a str,
    /// When.
    pub now_ms: i64,
    /// Until when it waits, if it is to wait.
    pub expires_ms: Option<i64>,
}

/// One partition of a reset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// What was committed; none: no commit.
    pub before: Option<i64>,
    /// What is committed; none: the commit is deleted.
    pub after: Option<i64>,
}

impl<'r> FromRow<'r, SqliteRow> for Change {
    fn from_row(row: &'r SqliteRow) -> Result<Change, sqlx::Error> {
        Ok(Change {
            topic: row.try_get("topic")?,
            partition: row.try_get("partition")?,
            before: row.try_get("before")?,
            after: row.try_get("after")?,
        })
    }
}

/// A reset as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: i64,
    /// On which cluster.
    pub cluster: String,
    /// Of which group.
    pub group_id: String,
    /// Who asked.
    pub user: String,
    /// From where.
    pub address: String,
    /// What allowed it.
    pub rule: String,
    /// The id of the token by which, if it was none who is signed in.
    pub token: Option<String>,
    /// The number of its act in the audit log.
    pub act: i64,
    /// Where to, as JSON.
    pub strategy: String,
    /// What became of it.
    pub state: String,
    /// When it was asked for.
    pub asked_ms: i64,
    /// When it ended.
    pub ended_ms: Option<i64>,
    /// Until when it waits.
    pub expires_ms: Option<i64>,
    /// What went wrong.
    pub problem: Option<String>,
    /// Partitions in it.
    pub partitions: i64,
}

impl<'r> FromRow<'r, SqliteRow> for Row {
    fn from_row(row: &'r SqliteRow) -> Result<Row, sqlx::Error> {
        Ok(Row {
            id: row.try_get("id")?,
            cluster: row.try_get("cluster")?,
            group_id: row.try_get("group_id")?,
            user: row.try_get("user")?,
            address: row.try_get("address")?,
            rule: row.try_get("rule")?,
            token: row.try_get("token")?,
            act: row.try_get("act")?,
            strategy: row.try_get("strategy")?,
            state: row.try_get("state")?,
            asked_ms: row.try_get("asked_ms")?,
            ended_ms: row.try_get("ended_ms")?,
            expires_ms: row.try_get("expires_ms")?,
            problem: row.try_get("problem")?,
            partitions: row.try_get("partitions")?,
        })
    }
}

const ROWS: &str = "SELECT resets.*, (SELECT COUNT(*) FROM reset_changes
                                       WHERE reset_id = resets.id) AS partitions
                      FROM resets";

/// Adds a reset before it is done: until [`finish`] it counts as failed, for the program may end in
/// between. One that waits is `waiting`; [`DbError::Exists`] if another one waits for the group.
pub async fn add(db: &Db, new: NewReset<'_>, changes: &[Change]) -> Result<i64, DbError> {
    let mut transaction = db.write().await?;
    let waits = new.expires_ms.is_some();
    let (user, address, rule) = new.actor;
    let add = "INSERT INTO resets (cluster, group_id, user, address, rule, token, act, strategy,
                                   state, asked_ms, expires_ms, problem)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id";
    let add = sqlx::query_scalar(add).bind(new.cluster).bind(new.group);
    let add = add.bind(user).bind(address).bind(rule).bind(new.token);
    let add = add.bind(new.act).bind(new.strategy);
    let add = add.bind(if waits { "waiting" } else { "failed" }).bind(new.now_ms);
    let add = add.bind(new.expires_ms).bind((!waits).then_some("broken off"));
    let id: i64 = add.fetch_one(&mut *transaction).await?;
    for changes in changes.chunks(ROWS_MAX) {
        let mut rows = QueryBuilder::<Sqlite>::new(
            "INSERT INTO reset_changes (reset_id, topic, partition, before, after, done) ",
        );
        rows.push_values(changes, |mut row, change| {
            row.push_bind(id).push_bind(&change.topic).push_bind(change.partition);
            row.push_bind(change.before).push_bind(change.after).push_bind(0);
        });
        rows.build().execute(&mut *transaction).await?;
    }
    let trim = "DELETE FROM resets WHERE cluster = ?1 AND group_id = ?2 AND id NOT IN
                  (SELECT id FROM resets WHERE cluster = ?1 AND group_id = ?2
                    ORDER BY id DESC LIMIT ?3) AND state <> 'waiting'";
    let trim = sqlx::query(trim).bind(new.cluster).bind(new.group).bind(KEPT_MAX);
    trim.execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Says what became of a reset: `done` are the partitions that were changed, with what was
/// committed there just before.
pub async fn finish(
    db: &Db,
    id: i64,
    (state, problem): (&str, Option<&str>),
    done: &[Change],
    now_ms: i64,
) -> Result<(), DbError> {
    let mut transaction = db.write().await?;
    let finish = "UPDATE resets SET state = ?, problem = ?, ended_ms = ? WHERE id = ?";
    let finish = sqlx::query(finish).bind(state).bind(problem).bind(now_ms).bind(id);
    finish.execute(&mut *transaction).await?;
    for change in done {
        let mark = "UPDATE reset_changes SET done = 1, before = ?
                     WHERE reset_id = ? AND topic = ? AND partition = ?";
        let mark = sqlx::query(mark).bind(change.before).bind(id);
        mark.bind(&change.topic).bind(change.partition).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Takes back a reset that waits; answers whether there was one.
pub async fn cancel(db: &Db, id: i64, now_ms: i64) -> Result<bool, DbError> {
    let cancel = "UPDATE resets SET state = 'cancelled', ended_ms = ?
                   WHERE id = ? AND state = 'waiting'";
    let cancel = sqlx::query(cancel).bind(now_ms).bind(id).execute(&db.writer).await?;
    Ok(cancel.rows_affected() > 0)
}

/// Takes a reset that waits in hand; answers whether it still waited. Until [`finish`] it counts as
/// failed.
pub async fn claim(db: &Db, id: i64) -> Result<bool, DbError> {
    let claim = "UPDATE resets SET state = 'failed', problem = 'broken off'
                  WHERE id = ? AND state = 'waiting'";
    let claim = sqlx::query(claim).bind(id).execute(&db.writer).await?;
    Ok(claim.rows_affected() > 0)
}

/// Lets a reset that was taken in hand wait on: nothing was done. [`DbError::Exists`] if another
/// one waits for the group by now.
pub async fn put_back(db: &Db, id: i64, problem: Option<&str>) -> Result<(), DbError> {
    let put_back = "UPDATE resets SET state = 'waiting', problem = ? WHERE id = ?";
    sqlx::query(put_back).bind(problem).bind(id).execute(&db.writer).await?;
    Ok(())
}

/// Forgets all resets of a cluster. What was done stays in the audit log.
pub async fn forget(db: &Db, cluster: &str) -> Result<(), DbError> {
    let forget = sqlx::query("DELETE FROM resets WHERE cluster = ?").bind(cluster);
    forget.execute(&db.writer).await?;
    Ok(())
}

/// The resets of a group, the latest first.
pub async fn of_group(db: &Db, cluster: &str, group: &str) -> Result<Vec<Row>, DbError> {
    let list = format!("{ROWS} WHERE cluster = ? AND group_id = ? ORDER BY id DESC LIMIT ?");
    let list = sqlx::query_as(sqlx::AssertSqlSafe(list)).bind(cluster).bind(group).bind(KEPT_MAX);
    Ok(list.fetch_all(&db.reader).await?)
}

/// One reset of a group.
pub async fn one(db: &Db, cluster: &str, group: &str, id: i64) -> Result<Option<Row>, DbError> {
    let one = format!("{ROWS} WHERE cluster = ? AND group_id = ? AND id = ?");
    let one = sqlx::query_as(sqlx::AssertSqlSafe(one)).bind(cluster).bind(group).bind(id);
    Ok(one.fetch_optional(&db.reader).await?)
}

/// All resets that wait, the oldest first.
pub async fn waiting(db: &Db) -> Result<Vec<Row>, DbError> {
    let waiting = format!("{ROWS} WHERE state = 'waiting' ORDER BY id");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(waiting)).fetch_all(&db.reader).await?)
}

/// The partitions of a reset; with `done`, only those that were changed.
pub async fn changes(db: &Db, id: i64, done: bool) -> Result<Vec<Change>, DbError> {
    let changes = "SELECT topic, partition, before, after FROM reset_changes
                    WHERE reset_id = ? AND done >= ? ORDER BY topic, partition";
    let changes = sqlx::query_as(changes).bind(id).bind(i64::from(done));
    Ok(changes.fetch_all(&db.reader).await?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::db::testing::database;

    fn new(group: &str, expires_ms: Option<i64>) -> NewReset<'_> {
        let actor = ("anna", "::1", "role editor");
        let strategy = "{\"kind\":\"earliest\"}";
        let (cluster, token) = ("c", None);
        NewReset { cluster, group, actor, token, act: 7, strategy, now_ms: 10, expires_ms }
    }

    fn change(partition: i32, before: Option<i64>, after: Option<i64>) -> Change {
        Change { topic: "t".to_owned(), partition, before, after }
    }

    #[tokio::test]
    async fn what_was_committed_before_is_kept_for_whoever_undoes_it() {
        let (_folder, db) = database().await;
        let asked = [change(0, Some(5), Some(9)), change(1, None, Some(3))];
        let id = add(&db, new("g", None), &asked).await.unwrap();
        let row = one(&db, "c", "g", id).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.partitions), ("failed", 2));
        let done = [change(1, Some(1), Some(3))];
        finish(&db, id, ("done", Some("1 failed")), &done, 20).await.unwrap();
        assert_eq!(changes(&db, id, true).await.unwrap(), done);
        assert_eq!(changes(&db, id, false).await.unwrap().len(), 2);
        let row = one(&db, "c", "g", id).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.ended_ms), ("done", Some(20)));
        assert_eq!(one(&db, "c", "other", id).await.unwrap(), None);
    }

    #[tokio::test]
    async fn only_one_reset_waits_for_a_group_and_it_can_be_taken_back_once() {
        let (_folder, db) = database().await;
        let id = add(&db, new("g", Some(99)), &[change(0, None, Some(1))]).await.unwrap();
        let second = add(&db, new("g", Some(99)), &[]).await;
        assert!(matches!(second, Err(DbError::Exists)), "{second:?}");
        add(&db, new("h", Some(99)), &[]).await.unwrap();
        assert_eq!(waiting(&db).await.unwrap().len(), 2);
        assert!(cancel(&db, id, 30).await.unwrap());
        assert!(!cancel(&db, id, 30).await.unwrap());
        assert_eq!(waiting(&db).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn only_the_latest_resets_of_a_group_are_kept() {
        let (_folder, db) = database().await;
        for _ in 0..KEPT_MAX + 3 {
            add(&db, new("g", None), &[change(0, Some(1), Some(2))]).await.unwrap();
        }
        let rows = of_group(&db, "c", "g").await.unwrap();
        assert_eq!((rows.len() as i64, rows[0].id), (KEPT_MAX, KEPT_MAX + 3));
        assert!(changes(&db, 1, false).await.unwrap().is_empty());
    }
}
