//! What the names of clusters meant, and when; and the clusters that people added.

use super::{Db, DbError};

/// One meaning of a cluster's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// The name in URLs and audit rows.
    pub name: String,
    /// `host:port`, separated by commas.
    pub bootstrap: String,
    /// How careful one should be there.
    pub environment: String,
    /// When this process or an earlier one first used it so.
    pub first_seen_ms: i64,
    /// When one last started with it.
    pub last_seen_ms: i64,
}

/// Remembers that `name` means this cluster now.
pub async fn remember(
    db: &Db,
    name: &str,
    bootstrap: &str,
    environment: &str,
    now_ms: i64,
) -> Result<(), DbError> {
    let remember = "INSERT INTO clusters
                        (name, bootstrap, environment, first_seen_ms, last_seen_ms)
                    VALUES (?1, ?2, ?3, ?4, ?4)
                    ON CONFLICT (name, bootstrap, environment)
                    DO UPDATE SET last_seen_ms = MAX(last_seen_ms, excluded.last_seen_ms)";
    let remember = sqlx::query(remember).bind(name).bind(bootstrap).bind(environment).bind(now_ms);
    remember.execute(&db.writer).await?;
    Ok(())
}

/// Every meaning `name` ever had, the latest first.
pub async fn meanings(db: &Db, name: &str) -> Result<Vec<Meaning>, DbError> {
    let meanings = "SELECT name, bootstrap, environment, first_seen_ms, last_seen_ms
                      FROM clusters WHERE name = ? ORDER BY last_seen_ms DESC, bootstrap";
    let rows = sqlx::query_as::<_, (String, String, String, i64, i64)>(meanings).bind(name);
    let meaning = |(name, bootstrap, environment, first_seen_ms, last_seen_ms)| Meaning {
        name,
        bootstrap,
        environment,
        first_seen_ms,
        last_seen_ms,
    };
    Ok(rows.fetch_all(&db.reader).await?.into_iter().map(meaning).collect())
}

/// A cluster that somebody added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// Its name in URLs.
    pub name: String,
    /// JSON without secrets.
    pub settings: String,
    /// The secrets, sealed.
    pub secrets: Option<Vec<u8>>,
}

/// All clusters that people added, by name.
pub async fn added(db: &Db) -> Result<Vec<Added>, DbError> {
    let all = "SELECT name, settings, secrets FROM console_clusters ORDER BY name";
    let rows = sqlx::query_as::<_, (String, String, Option<Vec<u8>>)>(all);
    let added = |(name, settings, secrets)| Added { name, settings, secrets };
    Ok(rows.fetch_all(&db.reader).await?.into_iter().map(added).collect())
}

/// Adds a cluster; [`DbError::Exists`] if the name is taken.
pub async fn add(db: &Db, added: &Added, now_ms: i64) -> Result<(), DbError> {
    let add = "INSERT INTO console_clusters (name, settings, secrets, changed_ms)
               VALUES (?, ?, ?, ?)";
    let add = sqlx::query(add).bind(&added.name).bind(&added.settings).bind(&added.secrets);
    add.bind(now_ms).execute(&db.writer).await?;
    Ok(())
}

/// Changes a cluster; answers whether there is one.
pub async fn change(db: &Db, added: &Added, now_ms: i64) -> Result<bool, DbError> {
    let change = "UPDATE console_clusters SET settings = ?, secrets = ?, changed_ms = ?
                   WHERE name = ?";
    let change = sqlx::query(change).bind(&added.settings).bind(&added.secrets).bind(now_ms);
    Ok(change.bind(&added.name).execute(&db.writer).await?.rows_affected() > 0)
}

/// Removes a cluster; answers whether there was one.
pub async fn remove(db: &Db, name: &str) -> Result<bool, DbError> {
    let remove = sqlx::query("DELETE FROM console_clusters WHERE name = ?").bind(name);
    Ok(remove.execute(&db.writer).await?.rows_affected() > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::db::testing::database;

    #[tokio::test]
    async fn a_name_that_moves_keeps_its_earlier_meaning() {
        let (_folder, db) = database().await;
        remember(&db, "prod", "a:1", "production", 10).await.unwrap();
        remember(&db, "prod", "a:1", "production", 20).await.unwrap();
        remember(&db, "prod", "b:1", "production", 30).await.unwrap();
        remember(&db, "other", "a:1", "staging", 30).await.unwrap();
        let meanings = meanings(&db, "prod").await.unwrap();
        let seen: Vec<_> = meanings
            .iter()
            .map(|m| (m.bootstrap.as_str(), m.first_seen_ms, m.last_seen_ms))
            .collect();
        assert_eq!(seen, [("b:1", 30, 30), ("a:1", 10, 20)]);
    }
}
