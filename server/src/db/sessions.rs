//! Who is signed in.

use ouzel_api::{access::SessionRow, session::Grant};

use super::{Db, DbError, roles};

/// Most sessions that are listed; who has more signs in by a program that should use a token.
const ROWS_MAX: i64 = 1000;

/// What is stored at sign-in.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// The `jti` of its token.
    pub id: &'a str,
    /// Whose it is.
    pub user_id: i64,
    /// Where it was begun from.
    pub address: &'a str,
    /// When it begins.
    pub now_ms: i64,
    /// When it ends at the latest.
    pub expires_ms: i64,
}

/// A session that holds now, with its user as that user is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The user's name.
    pub user: String,
    /// The name of the user's role.
    pub role: String,
    /// What the role allows, if it is one that people made.
    pub grants: Option<Vec<Grant>>,
    /// The password must be changed before anything else.
    pub must_change: bool,
    /// When it was last marked as used.
    pub seen_ms: i64,
    /// When it ends at the latest.
    pub expires_ms: i64,
}

/// Adds a session.
pub async fn create(db: &Db, session: NewSession<'_>) -> Result<(), DbError> {
    let add = "INSERT INTO sessions (id, user_id, address, created_ms, seen_ms, expires_ms)
               VALUES (?1, ?2, ?3, ?4, ?4, ?5)";
    let add = sqlx::query(add).bind(session.id).bind(session.user_id).bind(session.address);
    add.bind(session.now_ms).bind(session.expires_ms).execute(&db.writer).await?;
    Ok(())
}

/// The session of this id, unless it has ended or was last used before `used_since_ms`.
pub async fn live(
    db: &Db,
    id: &str,
    now_ms: i64,
    used_since_ms: i64,
) -> Result<Option<Session>, DbError> {
    let live = "SELECT users.name, users.role, roles.grants, users.must_change,
                       sessions.seen_ms, sessions.expires_ms
                  FROM sessions JOIN users ON users.id = sessions.user_id
                  LEFT JOIN roles ON roles.name = users.role
                 WHERE sessions.id = ? AND sessions.expires_ms > ? AND sessions.seen_ms >= ?
                   AND NOT users.disabled";
    type Live = (String, String, Option<String>, bool, i64, i64);
    let live = sqlx::query_as::<_, Live>(live).bind(id).bind(now_ms);
    let row = live.bind(used_since_ms).fetch_optional(&db.reader).await?;
    row.map(|(user, role, grants, must_change, seen_ms, expires_ms)| {
        let grants = grants.as_deref().map(roles::read).transpose()?;
        Ok(Session { user, role, grants, must_change, seen_ms, expires_ms })
    })
    .transpose()
}

/// Sessions that hold now, the one used last first: all of them, or one user's. None is `here` yet.
pub async fn rows(
    db: &Db,
    user: Option<&str>,
    now_ms: i64,
    used_since_ms: i64,
) -> Result<Vec<SessionRow>, DbError> {
    let rows = "SELECT sessions.id, users.name, address, sessions.created_ms, seen_ms, expires_ms
                  FROM sessions JOIN users ON users.id = sessions.user_id
                 WHERE (?1 IS NULL OR users.name = ?1) AND expires_ms > ?2 AND seen_ms >= ?3
                 ORDER BY seen_ms DESC, sessions.id LIMIT ?4";
    let rows = sqlx::query_as::<_, (String, String, String, i64, i64, i64)>(rows).bind(user);
    let rows = rows.bind(now_ms).bind(used_since_ms).bind(ROWS_MAX).fetch_all(&db.reader).await?;
    let row = |(id, user, address, created_ms, seen_ms, expires_ms)| SessionRow {
        id,
        user,
        address,
        created_ms,
        seen_ms,
        expires_ms,
        here: false,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Marks a session as used now.
pub async fn touch(db: &Db, id: &str, now_ms: i64) -> Result<(), DbError> {
    let touch = "UPDATE sessions SET seen_ms = MAX(seen_ms, ?) WHERE id = ?";
    sqlx::query(touch).bind(now_ms).bind(id).execute(&db.writer).await?;
    Ok(())
}

/// Ends a session; answers whether there was one.
pub async fn end(db: &Db, id: &str) -> Result<bool, DbError> {
    let end = sqlx::query("DELETE FROM sessions WHERE id = ?").bind(id);
    Ok(end.execute(&db.writer).await?.rows_affected() > 0)
}

/// Removes what has ended or was last used before `used_since_ms`; answers how many that were.
pub async fn sweep(db: &Db, now_ms: i64, used_since_ms: i64) -> Result<u64, DbError> {
    let sweep = "DELETE FROM sessions WHERE expires_ms <= ? OR seen_ms < ?";
    let sweep = sqlx::query(sweep).bind(now_ms).bind(used_since_ms);
    Ok(sweep.execute(&db.writer).await?.rows_affected())
}

/// Sessions that hold now.
pub async fn count(db: &Db, now_ms: i64, used_since_ms: i64) -> Result<i64, DbError> {
    let count = "SELECT COUNT(*) FROM sessions WHERE expires_ms > ? AND seen_ms >= ?";
    let count = sqlx::query_scalar(count).bind(now_ms).bind(used_since_ms);
    Ok(count.fetch_one(&db.reader).await?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::db::{testing::database, users};

    async fn with_session() -> (tempfile::TempDir, Db) {
        let (folder, db) = database().await;
        let anna = users::NewUser {
            name: "anna",
            role: "viewer",
            password_hash: "hash",
            must_change: false,
            now_ms: 1,
        };
        users::create(&db, anna).await.unwrap();
        let user_id = users::by_name(&db, "anna").await.unwrap().unwrap().id;
        let session = NewSession { id: "s", user_id, address: "::1", now_ms: 10, expires_ms: 100 };
        create(&db, session).await.unwrap();
        (folder, db)
    }

    #[tokio::test]
    async fn a_session_lives_until_it_expires_or_lies_idle() {
        let (_folder, db) = with_session().await;
        let session = live(&db, "s", 99, 10).await.unwrap().unwrap();
        assert_eq!((session.user.as_str(), session.role.as_str()), ("anna", "viewer"));
        assert_eq!(live(&db, "s", 100, 10).await.unwrap(), None);
        assert_eq!(live(&db, "s", 99, 11).await.unwrap(), None);
        touch(&db, "s", 50).await.unwrap();
        assert_eq!(live(&db, "s", 99, 11).await.unwrap().unwrap().seen_ms, 50);
        touch(&db, "s", 40).await.unwrap();
        assert_eq!(live(&db, "s", 99, 50).await.unwrap().unwrap().seen_ms, 50);
        assert_eq!(live(&db, "other", 50, 0).await.unwrap(), None);
    }

    #[tokio::test]
    async fn an_ended_session_is_gone_at_once() {
        let (_folder, db) = with_session().await;
        assert_eq!(count(&db, 50, 0).await.unwrap(), 1);
        assert_eq!(rows(&db, Some("ANNA"), 50, 0).await.unwrap().len(), 1);
        assert_eq!(rows(&db, Some("bert"), 50, 0).await.unwrap(), []);
        assert!(end(&db, "s").await.unwrap());
        assert!(!end(&db, "s").await.unwrap());
        assert_eq!(rows(&db, None, 50, 0).await.unwrap(), []);
        assert_eq!(live(&db, "s", 50, 0).await.unwrap(), None);
        assert_eq!(count(&db, 50, 0).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn sweeping_removes_only_what_has_ended() {
        let (_folder, db) = with_session().await;
        assert_eq!(sweep(&db, 99, 10).await.unwrap(), 0);
        assert_eq!(sweep(&db, 99, 11).await.unwrap(), 1);
    }
}
