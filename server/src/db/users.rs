//! Who may sign in.

use ouzel_api::session::Role;

use super::{Db, DbError};

/// A user as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Names the user in other tables.
    pub id: i64,
    /// As it was written when the user was made.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// A PHC string.
    pub password_hash: String,
    /// When the user was made.
    pub created_ms: i64,
    /// When the password was last set.
    pub password_changed_ms: i64,
}

type Row = (i64, String, String, String, i64, i64);

fn user(
    (id, name, role, password_hash, created_ms, password_changed_ms): Row,
) -> Result<User, DbError> {
    let role = role_named(&role)?;
    Ok(User { id, name, role, password_hash, created_ms, password_changed_ms })
}

/// The role of a name as stored.
pub(super) fn role_named(name: &str) -> Result<Role, DbError> {
    let mut roles = [Role::Administrator, Role::Editor, Role::Viewer].into_iter();
    let role = roles.find(|role| role.name() == name);
    role.ok_or_else(|| DbError::Unreadable(format!("role `{name}`")))
}

/// The user of this name, in any case.
pub async fn by_name(db: &Db, name: &str) -> Result<Option<User>, DbError> {
    let by_name = "SELECT id, name, role, password_hash, created_ms, password_changed_ms
                     FROM users WHERE name = ?";
    let row = sqlx::query_as::<_, Row>(by_name).bind(name).fetch_optional(&db.reader).await?;
    row.map(user).transpose()
}

/// All users, by name.
pub async fn list(db: &Db) -> Result<Vec<User>, DbError> {
    let all = "SELECT id, name, role, password_hash, created_ms, password_changed_ms
                 FROM users ORDER BY name";
    let rows = sqlx::query_as::<_, Row>(all).fetch_all(&db.reader).await?;
    rows.into_iter().map(user).collect()
}

/// Whether nobody can sign in yet.
pub async fn none(db: &Db) -> Result<bool, DbError> {
    let any = "SELECT 1 FROM users LIMIT 1";
    Ok(sqlx::query(any).fetch_optional(&db.reader).await?.is_none())
}

/// Adds a user; [`DbError::Exists`] if the name is taken.
pub async fn create(
    db: &Db,
    name: &str,
    role: Role,
    password_hash: &str,
    now_ms: i64,
) -> Result<(), DbError> {
    let add = "INSERT INTO users (name, role, password_hash, created_ms, password_changed_ms)
               VALUES (?1, ?2, ?3, ?4, ?4)";
    let add = sqlx::query(add).bind(name).bind(role.name()).bind(password_hash).bind(now_ms);
    add.execute(&db.writer).await?;
    Ok(())
}

/// Sets a password and ends the user's sessions; answers whether there is such a user.
pub async fn set_password(
    db: &Db,
    name: &str,
    password_hash: &str,
    now_ms: i64,
) -> Result<bool, DbError> {
    let mut transaction = db.write().await?;
    let set = "UPDATE users SET password_hash = ?, password_changed_ms = ? WHERE name = ?";
    let set = sqlx::query(set).bind(password_hash).bind(now_ms).bind(name);
    let is_known = set.execute(&mut *transaction).await?.rows_affected() > 0;
    let end = "DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE name = ?)";
    sqlx::query(end).bind(name).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(is_known)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::db::{sessions, testing::database};

    #[tokio::test]
    async fn a_user_is_found_in_any_case_and_made_only_once() {
        let (_folder, db) = database().await;
        assert!(none(&db).await.unwrap());
        create(&db, "Anna", Role::Editor, "hash", 5).await.unwrap();
        assert!(!none(&db).await.unwrap());
        let anna = by_name(&db, "anna").await.unwrap().unwrap();
        assert_eq!((anna.name.as_str(), anna.role, anna.created_ms), ("Anna", Role::Editor, 5));
        let again = create(&db, "ANNA", Role::Viewer, "x", 6).await.unwrap_err();
        assert!(matches!(again, DbError::Exists), "{again}");
        assert_eq!(by_name(&db, "bert").await.unwrap(), None);
        assert_eq!(list(&db).await.unwrap(), [anna]);
    }

    #[tokio::test]
    async fn a_new_password_ends_the_sessions_of_that_user_alone() {
        let (_folder, db) = database().await;
        for (name, id) in [("anna", "a"), ("bert", "b")] {
            create(&db, name, Role::Viewer, "old", 1).await.unwrap();
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
        assert!(set_password(&db, "Anna", "new", 2).await.unwrap());
        assert!(!set_password(&db, "nobody", "new", 2).await.unwrap());
        assert_eq!(by_name(&db, "anna").await.unwrap().unwrap().password_hash, "new");
        assert_eq!(by_name(&db, "bert").await.unwrap().unwrap().password_hash, "old");
        assert!(sessions::live(&db, "a", 3, 0).await.unwrap().is_none());
        assert!(sessions::live(&db, "b", 3, 0).await.unwrap().is_some());
    }
}
