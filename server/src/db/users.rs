//! Who may sign in.

use ouzel_api::access;

use super::{Db, DbError};

/// A user as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Names the user in other tables.
    pub id: i64,
    /// As it was written when the user was made.
    pub name: String,
    /// The name of a role.
    pub role: String,
    /// A PHC string.
    pub password_hash: String,
    /// May not sign in.
    pub disabled: bool,
    /// Must change the password before anything else.
    pub must_change: bool,
    /// When the user was made.
    pub created_ms: i64,
    /// When the password was last set.
    pub password_changed_ms: i64,
}

/// What is stored of a new user.
#[derive(Debug, Clone, Copy)]
pub struct NewUser<'a> {
    /// The name.
    pub name: &'a str,
    /// The name of a role.
    pub role: &'a str,
    /// A PHC string.
    pub password_hash: &'a str,
    /// Must change the password before anything else.
    pub must_change: bool,
    /// When.
    pub now_ms: i64,
}

type Row = (i64, String, String, String, bool, bool, i64, i64);

fn user(row: Row) -> User {
    let (id, name, role, password_hash, disabled, must_change, created_ms, password_changed_ms) =
        row;
    User { id, name, role, password_hash, disabled, must_change, created_ms, password_changed_ms }
}

/// The user of this name, in any case.
pub async fn by_name(db: &Db, name: &str) -> Result<Option<User>, DbError> {
    let by_name = "SELECT id, name, role, password_hash, disabled, must_change, created_ms,
                          password_changed_ms
                     FROM users WHERE name = ?";
    let row = sqlx::query_as::<_, Row>(by_name).bind(name).fetch_optional(&db.reader).await?;
    Ok(row.map(user))
}

/// All users, by name.
pub async fn list(db: &Db) -> Result<Vec<User>, DbError> {
    let all = "SELECT id, name, role, password_hash, disabled, must_change, created_ms,
                      password_changed_ms
                 FROM users ORDER BY name";
    let rows = sqlx::query_as::<_, Row>(all).fetch_all(&db.reader).await?;
    Ok(rows.into_iter().map(user).collect())
}

/// All users as the console lists them, by name, with what they have open now.
pub async fn rows(db: &Db, now_ms: i64, used_since_ms: i64) -> Result<Vec<access::User>, DbError> {
    let rows = "SELECT users.name, role, disabled, must_change, created_ms, password_changed_ms,
                       open.seen_ms, COALESCE(open.held, 0), COALESCE(working.held, 0)
                  FROM users
                  LEFT JOIN (SELECT user_id, MAX(seen_ms) AS seen_ms, COUNT(*) AS held
                               FROM sessions WHERE expires_ms > ?1 AND seen_ms >= ?2
                              GROUP BY user_id) AS open ON open.user_id = users.id
                  LEFT JOIN (SELECT user_id, COUNT(*) AS held
                               FROM tokens WHERE expires_ms > ?1
                              GROUP BY user_id) AS working ON working.user_id = users.id
                 ORDER BY users.name";
    type Listed = (String, String, bool, bool, i64, i64, Option<i64>, u32, u32);
    let rows = sqlx::query_as::<_, Listed>(rows).bind(now_ms).bind(used_since_ms);
    let row = |listed: Listed| access::User {
        name: listed.0,
        role: listed.1,
        disabled: listed.2,
        must_change_password: listed.3,
        created_ms: listed.4,
        password_changed_ms: listed.5,
        seen_ms: listed.6,
        sessions: listed.7,
        tokens: if listed.2 { 0 } else { listed.8 },
    };
    Ok(rows.fetch_all(&db.reader).await?.into_iter().map(row).collect())
}

/// Whether nobody can sign in yet.
pub async fn none(db: &Db) -> Result<bool, DbError> {
    let any = "SELECT 1 FROM users LIMIT 1";
    Ok(sqlx::query(any).fetch_optional(&db.reader).await?.is_none())
}

/// Adds a user; [`DbError::Exists`] if the name is taken.
pub async fn create(db: &Db, new: NewUser<'_>) -> Result<(), DbError> {
    let add = "INSERT INTO users
                   (name, role, password_hash, must_change, created_ms, password_changed_ms)
               VALUES (?1, ?2, ?3, ?4, ?5, ?5)";
    let add = sqlx::query(add).bind(new.name).bind(new.role).bind(new.password_hash);
    add.bind(new.must_change).bind(new.now_ms).execute(&db.writer).await?;
    Ok(())
}

/// Sets a password and ends the user's sessions but `keep`; answers whether there is such a user.
pub async fn set_password(
    db: &Db,
    name: &str,
    (password_hash, must_change): (&str, bool),
    keep: Option<&str>,
    now_ms: i64,
) -> Result<bool, DbError> {
    let mut transaction = db.write().await?;
    let set = "UPDATE users SET password_hash = ?, must_change = ?, password_changed_ms = ?
                WHERE name = ?";
    let set = sqlx::query(set).bind(password_hash).bind(must_change).bind(now_ms).bind(name);
    let is_known = set.execute(&mut *transaction).await?.rows_affected() > 0;
    let end = "DELETE FROM sessions
                WHERE user_id IN (SELECT id FROM users WHERE name = ?) AND id IS NOT ?";
    sqlx::query(end).bind(name).bind(keep).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(is_known)
}

/// Why a user was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unchanged {
    /// There is no such user.
    Unknown,
    /// Nobody would be left who may manage access.
    Last,
}

/// Gives a user a role and shuts the user out or lets the user in. One who is shut out loses the
/// sessions. Unless somebody else of the role `needed` stays, who has it keeps it.
pub async fn change(
    db: &Db,
    name: &str,
    (role, disabled): (&str, bool),
    needed: &str,
) -> Result<Result<(), Unchanged>, DbError> {
    let mut transaction = db.write().await?;
    let change = "UPDATE users SET role = ?, disabled = ? WHERE name = ?";
    let change = sqlx::query(change).bind(role).bind(disabled).bind(name);
    if change.execute(&mut *transaction).await?.rows_affected() == 0 {
        return Ok(Err(Unchanged::Unknown));
    }
    let left = "SELECT COUNT(*) FROM users WHERE role = ? AND NOT disabled";
    let left: i64 = sqlx::query_scalar(left).bind(needed).fetch_one(&mut *transaction).await?;
    if left == 0 {
        // Dropped, and with it the change.
        return Ok(Err(Unchanged::Last));
    }
    let end = "DELETE FROM sessions
                WHERE user_id IN (SELECT id FROM users WHERE name = ? AND disabled)";
    sqlx::query(end).bind(name).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(Ok(()))
}

/// Deletes a user, and with the user the sessions and tokens. Unless somebody else of the role
/// `needed` stays, who has it stays, too.
pub async fn delete(db: &Db, name: &str, needed: &str) -> Result<Result<(), Unchanged>, DbError> {
    let mut transaction = db.write().await?;
    let delete = sqlx::query("DELETE FROM users WHERE name = ?").bind(name);
    if delete.execute(&mut *transaction).await?.rows_affected() == 0 {
        return Ok(Err(Unchanged::Unknown));
    }
    let left = "SELECT COUNT(*) FROM users WHERE role = ? AND NOT disabled";
    let left: i64 = sqlx::query_scalar(left).bind(needed).fetch_one(&mut *transaction).await?;
    if left == 0 {
        // Dropped, and with it the change.
        return Ok(Err(Unchanged::Last));
    }
    transaction.commit().await?;
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::db::{sessions, testing::database};

    fn new<'a>(name: &'a str, role: &'a str, now_ms: i64) -> NewUser<'a> {
        NewUser { name, role, password_hash: "old", must_change: false, now_ms }
    }

    #[tokio::test]
    async fn a_user_is_found_in_any_case_and_made_only_once() {
        let (_folder, db) = database().await;
        assert!(none(&db).await.unwrap());
        create(&db, new("Anna", "editor", 5)).await.unwrap();
        assert!(!none(&db).await.unwrap());
        let anna = by_name(&db, "anna").await.unwrap().unwrap();
        assert_eq!(
            (anna.name.as_str(), anna.role.as_str(), anna.created_ms),
            ("Anna", "editor", 5)
        );
        let again = create(&db, new("ANNA", "viewer", 6)).await.unwrap_err();
        assert!(matches!(again, DbError::Exists), "{again}");
        assert_eq!(by_name(&db, "bert").await.unwrap(), None);
        assert_eq!(list(&db).await.unwrap(), [anna]);
    }

    #[tokio::test]
    async fn a_new_password_ends_the_sessions_of_that_user_alone() {
        let (_folder, db) = database().await;
        for (name, id) in [("anna", "a"), ("bert", "b")] {
            create(&db, new(name, "viewer", 1)).await.unwrap();
            let user = by_name(&db, name).await.unwrap().unwrap();
            let session = sessions::NewSession {
                id,
                user_id: user.id,
                address: "::1",
                now_ms: 1,
                expires_ms: 100,
            };
            sessions::create(&db, session).await.unwrap();
        }
        assert!(set_password(&db, "Anna", ("new", false), None, 2).await.unwrap());
        assert!(!set_password(&db, "nobody", ("new", false), None, 2).await.unwrap());
        assert_eq!(by_name(&db, "anna").await.unwrap().unwrap().password_hash, "new");
        assert_eq!(by_name(&db, "bert").await.unwrap().unwrap().password_hash, "old");
        assert!(sessions::live(&db, "a", 3, 0).await.unwrap().is_none());
        assert!(sessions::live(&db, "b", 3, 0).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn the_last_administrator_stays_one_and_who_is_shut_out_is_out() {
        let (_folder, db) = database().await;
        let needed = "administrator";
        create(&db, new("anna", needed, 1)).await.unwrap();
        let lower = change(&db, "anna", ("viewer", false), needed).await.unwrap();
        assert_eq!(lower, Err(Unchanged::Last));
        let out = change(&db, "anna", (needed, true), needed).await.unwrap();
        assert_eq!(out, Err(Unchanged::Last));
        assert_eq!(by_name(&db, "anna").await.unwrap().unwrap().role, needed);
        create(&db, new("bert", needed, 1)).await.unwrap();
        let anna = by_name(&db, "anna").await.unwrap().unwrap().id;
        let session = sessions::NewSession {
            id: "a",
            user_id: anna,
            address: "::1",
            now_ms: 1,
            expires_ms: 100,
        };
        sessions::create(&db, session).await.unwrap();
        assert_eq!(rows(&db, 3, 0).await.unwrap()[0].sessions, 1);
        assert_eq!(change(&db, "Anna", ("viewer", true), needed).await.unwrap(), Ok(()));
        assert!(sessions::live(&db, "a", 3, 0).await.unwrap().is_none());
        let rows = rows(&db, 3, 0).await.unwrap();
        assert_eq!((rows[0].disabled, rows[0].sessions, rows[0].seen_ms), (true, 0, None));
        let nobody = change(&db, "carl", ("viewer", true), needed).await.unwrap();
        assert_eq!(nobody, Err(Unchanged::Unknown));
    }
}
