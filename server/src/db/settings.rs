//! What the program itself must remember.

use super::{Db, DbError};

/// The value of `name`; if there is none yet, `fresh` becomes it, for every process at once.
pub async fn get_or_keep(
    db: &Db,
    name: &str,
    fresh: &[u8],
    now_ms: i64,
) -> Result<Vec<u8>, DbError> {
    let mut transaction = db.write().await?;
    let keep = "INSERT INTO settings (name, value, changed_ms) VALUES (?, ?, ?)
                ON CONFLICT (name) DO NOTHING";
    let keep = sqlx::query(keep).bind(name).bind(fresh).bind(now_ms);
    keep.execute(&mut *transaction).await?;
    let get = sqlx::query_scalar("SELECT value FROM settings WHERE name = ?").bind(name);
    let value = get.fetch_one(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::db::testing::database;

    #[tokio::test]
    async fn the_first_value_stays() {
        let (_folder, db) = database().await;
        assert_eq!(get_or_keep(&db, "key", b"one", 1).await.unwrap(), b"one");
        assert_eq!(get_or_keep(&db, "key", b"two", 2).await.unwrap(), b"one");
        assert_eq!(get_or_keep(&db, "other", b"two", 2).await.unwrap(), b"two");
    }
}
