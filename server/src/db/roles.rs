//! Roles that people make.

use ouzel_api::session::Grant;

use super::{Db, DbError};

/// A role as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// What it allows.
    pub grants: Vec<Grant>,
    /// When it was last changed.
    pub changed_ms: i64,
}

/// What a role allows, as stored.
pub(super) fn read(grants: &str) -> Result<Vec<Grant>, DbError> {
    serde_json::from_str(grants).map_err(|error| DbError::Unreadable(format!("a role: {error}")))
}

fn write(grants: &[Grant]) -> String {
    serde_json::to_string(grants).expect("grants are JSON")
}

/// All of them, by name.
pub async fn list(db: &Db) -> Result<Vec<Role>, DbError> {
    let all = "SELECT name, grants, changed_ms FROM roles ORDER BY name";
    let rows = sqlx::query_as::<_, (String, String, i64)>(all).fetch_all(&db.reader).await?;
    let role = |(name, grants, changed_ms): (String, String, i64)| {
        Ok(Role { name, grants: read(&grants)?, changed_ms })
    };
    rows.into_iter().map(role).collect()
}

/// The role of this name, in any case.
pub async fn by_name(db: &Db, name: &str) -> Result<Option<Role>, DbError> {
    let by_name = "SELECT name, grants, changed_ms FROM roles WHERE name = ?";
    let row = sqlx::query_as::<_, (String, String, i64)>(by_name).bind(name);
    let row = row.fetch_optional(&db.reader).await?;
    row.map(|(name, grants, changed_ms)| Ok(Role { name, grants: read(&grants)?, changed_ms }))
        .transpose()
}

/// Adds a role; [`DbError::Exists`] if the name is taken.
pub async fn create(db: &Db, name: &str, grants: &[Grant], now_ms: i64) -> Result<(), DbError> {
    let add = sqlx::query("INSERT INTO roles (name, grants, changed_ms) VALUES (?, ?, ?)");
    add.bind(name).bind(write(grants)).bind(now_ms).execute(&db.writer).await?;
    Ok(())
}

/// Changes what a role allows; answers whether there is one.
pub async fn change(db: &Db, name: &str, grants: &[Grant], now_ms: i64) -> Result<bool, DbError> {
    let change = sqlx::query("UPDATE roles SET grants = ?, changed_ms = ? WHERE name = ?");
    let change = change.bind(write(grants)).bind(now_ms).bind(name);
    Ok(change.execute(&db.writer).await?.rows_affected() > 0)
}

/// Why a role was not removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// There is none of that name.
    Unknown,
    /// So many users and tokens have it.
    Used(i64),
}

/// Removes a role that no user and no token has.
pub async fn delete(db: &Db, name: &str) -> Result<Result<(), Kept>, DbError> {
    let mut transaction = db.write().await?;
    let used = "SELECT (SELECT COUNT(*) FROM users WHERE role = ?1)
                     + (SELECT COUNT(*) FROM tokens WHERE role = ?1)";
    let used: i64 = sqlx::query_scalar(used).bind(name).fetch_one(&mut *transaction).await?;
    if used > 0 {
        return Ok(Err(Kept::Used(used)));
    }
    let delete = sqlx::query("DELETE FROM roles WHERE name = ?").bind(name);
    let is_known = delete.execute(&mut *transaction).await?.rows_affected() > 0;
    transaction.commit().await?;
    Ok(if is_known { Ok(()) } else { Err(Kept::Unknown) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ouzel_api::session::Permission;

    use super::*;
    use crate::db::{testing::database, users};

    #[tokio::test]
    async fn a_role_that_somebody_has_stays() {
        let (_folder, db) = database().await;
        let grants = [Grant::everywhere(&[Permission::ViewCluster])];
        create(&db, "Ops", &grants, 1).await.unwrap();
        assert!(matches!(create(&db, "ops", &[], 1).await, Err(DbError::Exists)));
        let anna = users::NewUser {
            name: "anna",
            role: "ops",
            password_hash: "hash",
            must_change: false,
            now_ms: 1,
        };
        users::create(&db, anna).await.unwrap();
        assert_eq!(delete(&db, "ops").await.unwrap(), Err(Kept::Used(1)));
        assert!(change(&db, "OPS", &[], 2).await.unwrap());
        assert_eq!(by_name(&db, "ops").await.unwrap().unwrap().grants, []);
        assert_eq!(users::change(&db, "anna", ("viewer", false), "viewer").await.unwrap(), Ok(()));
        assert_eq!(delete(&db, "ops").await.unwrap(), Ok(()));
        assert_eq!(delete(&db, "ops").await.unwrap(), Err(Kept::Unknown));
        assert_eq!(list(&db).await.unwrap(), []);
    }
}
