//! API tokens. Only their hashes are kept.

use ouzel_api::{access::TokenRow, session::Grant};

use super::{Db, DbError, roles};

/// SHA-256 of a token.
pub type TokenHash = [u8; 32];

/// Most tokens that are listed.
const ROWS_MAX: i64 = 1000;

/// What is stored of a new token.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// Names it.
    pub id: &'a str,
    /// Whose it is.
    pub user: &'a str,
    /// What its owner calls it.
    pub name: &'a str,
    /// Of the token itself.
    pub hash: &'a TokenHash,
    /// The role that narrows it.
    pub role: Option<&'a str>,
    /// When it begins.
    pub now_ms: i64,
    /// When it ends.
    pub expires_ms: i64,
}

/// A token that works now, with its owner as that user is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Names it.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// The owner's name.
    pub user: String,
    /// The name of the owner's role.
    pub user_role: String,
    /// What that role allows, if it is one that people made.
    pub user_grants: Option<Vec<Grant>>,
    /// The name of the role that narrows it.
    pub role: Option<String>,
    /// What that role allows, if it is one that people made.
    pub grants: Option<Vec<Grant>>,
    /// When it was last marked as used.
    pub seen_ms: Option<i64>,
    /// When it ends.
    pub expires_ms: i64,
}

/// Adds a token, unless its owner has `most` already; answers whether it was added.
pub async fn create(db: &Db, new: NewToken<'_>, most: i64) -> Result<bool, DbError> {
    let mut transaction = db.write().await?;
    // Those that ended are of no use to anybody; a good moment to clear them away.
    sqlx::query("DELETE FROM tokens WHERE expires_ms <= ?")
        .bind(new.now_ms)
        .execute(&mut *transaction)
        .await?;
    let held = "SELECT COUNT(*) FROM tokens
                 WHERE user_id IN (SELECT id FROM users WHERE name = ?)";
    let held: i64 = sqlx::query_scalar(held).bind(new.user).fetch_one(&mut *transaction).await?;
    if held >= most {
        return Ok(false);
    }
    let add = "INSERT INTO tokens (id, user_id, name, hash, role, created_ms, expires_ms)
               SELECT ?, id, ?, ?, ?, ?, ? FROM users WHERE name = ?";
    let add = sqlx::query(add).bind(new.id).bind(new.name).bind(&new.hash[..]).bind(new.role);
    let add = add.bind(new.now_ms).bind(new.expires_ms).bind(new.user);
    add.execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(true)
}

/// The token of this hash, unless it has ended or its owner is shut out.
pub async fn live(db: &Db, hash: &TokenHash, now_ms: i64) -> Result<Option<Token>, DbError> {
    let live = format!("{LIVE} AND tokens.hash = ?");
    let live = sqlx::query_as(sqlx::AssertSqlSafe(live)).bind(now_ms).bind(&hash[..]);
    live.fetch_optional(&db.reader).await?.map(token).transpose()
}

/// The same of the token of this id.
pub async fn live_of(db: &Db, id: &str, now_ms: i64) -> Result<Option<Token>, DbError> {
    let live = format!("{LIVE} AND tokens.id = ?");
    let live = sqlx::query_as(sqlx::AssertSqlSafe(live)).bind(now_ms).bind(id);
    live.fetch_optional(&db.reader).await?.map(token).transpose()
}

const LIVE: &str = "SELECT tokens.id, tokens.name, users.name, users.role, owners.grants,
                           tokens.role, narrow.grants, tokens.seen_ms, tokens.expires_ms
                      FROM tokens JOIN users ON users.id = tokens.user_id
                      LEFT JOIN roles AS owners ON owners.name = users.role
                      LEFT JOIN roles AS narrow ON narrow.name = tokens.role
                     WHERE tokens.expires_ms > ? AND NOT users.disabled";

type Live = (
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    i64,
);

fn token(row: Live) -> Result<Token, DbError> {
    let (id, name, user, user_role, user_grants, role, grants, seen_ms, expires_ms) = row;
    let user_grants = user_grants.as_deref().map(roles::read).transpose()?;
    let grants = grants.as_deref().map(roles::read).transpose()?;
    Ok(Token { id, name, user, user_role, user_grants, role, grants, seen_ms, expires_ms })
}

/// Whether the token of this id still works.
pub async fn holds(db: &Db, id: &str, now_ms: i64) -> Result<bool, DbError> {
    let holds = "SELECT 1 FROM tokens JOIN users ON users.id = tokens.user_id
                  WHERE tokens.id = ? AND tokens.expires_ms > ? AND NOT users.disabled";
    let holds = sqlx::query(holds).bind(id).bind(now_ms);
    Ok(holds.fetch_optional(&db.reader).await?.is_some())
}

/// Marks a token as used now.
pub async fn touch(db: &Db, id: &str, address: &str, now_ms: i64) -> Result<(), DbError> {
    let touch = sqlx::query("UPDATE tokens SET seen_ms = ?, seen_from = ? WHERE id = ?");
    touch.bind(now_ms).bind(address).bind(id).execute(&db.writer).await?;
    Ok(())
}

/// Tokens by owner and name: all of them, or one user's. Those that have ended stay to be seen
/// until the next one is made.
pub async fn rows(db: &Db, user: Option<&str>) -> Result<Vec<TokenRow>, DbError> {
    let rows = "SELECT tokens.id, users.name, tokens.name, tokens.role, tokens.created_ms,
                       expires_ms, seen_ms, seen_from
                  FROM tokens JOIN users ON users.id = tokens.user_id
                 WHERE ?1 IS NULL OR users.name = ?1
                 ORDER BY users.name, tokens.name, tokens.id LIMIT ?2";
    type Listed = (String, String, String, Option<String>, i64, i64, Option<i64>, Option<String>);
    let rows = sqlx::query_as::<_, Listed>(rows).bind(user).bind(ROWS_MAX);
    let row = |(id, user, name, role, created_ms, expires_ms, seen_ms, seen_from)| TokenRow {
        id,
        user,
        name,
        role,
        created_ms,
        expires_ms,
        seen_ms,
        seen_from,
    };
    Ok(rows.fetch_all(&db.reader).await?.into_iter().map(row).collect())
}

/// Revokes a token; answers whether there was one.
pub async fn delete(db: &Db, id: &str) -> Result<bool, DbError> {
    let delete = sqlx::query("DELETE FROM tokens WHERE id = ?").bind(id);
    Ok(delete.execute(&db.writer).await?.rows_affected() > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::db::{testing::database, users};

    fn new<'a>(id: &'a str, hash: &'a TokenHash) -> NewToken<'a> {
        NewToken { id, user: "anna", name: id, hash, role: None, now_ms: 10, expires_ms: 100 }
    }

    async fn with_anna() -> (tempfile::TempDir, Db) {
        let (folder, db) = database().await;
        let anna = users::NewUser {
            name: "anna",
            role: "administrator",
            password_hash: "hash",
            must_change: false,
            now_ms: 1,
        };
        users::create(&db, anna).await.unwrap();
        (folder, db)
    }

    #[tokio::test]
    async fn a_token_works_until_it_ends_is_revoked_or_its_owner_is_shut_out() {
        let (_folder, db) = with_anna().await;
        for (id, hash) in [("a", [1; 32]), ("b", [2; 32])] {
            assert!(create(&db, new(id, &hash), 2).await.unwrap());
        }
        assert!(!create(&db, new("c", &[3; 32]), 2).await.unwrap());
        assert_eq!(live(&db, &[1; 32], 99).await.unwrap().unwrap().user, "anna");
        assert_eq!(live(&db, &[1; 32], 100).await.unwrap(), None);
        assert_eq!(live(&db, &[9; 32], 99).await.unwrap(), None);
        assert_eq!(live_of(&db, "a", 99).await.unwrap().unwrap().user, "anna");
        assert_eq!(live_of(&db, "a", 100).await.unwrap(), None);
        touch(&db, "a", "::1", 50).await.unwrap();
        let rows = rows(&db, Some("anna")).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.seen_ms)).collect();
        assert_eq!(seen, [("a", Some(50)), ("b", None)]);
        assert!(delete(&db, "a").await.unwrap());
        assert_eq!(live(&db, &[1; 32], 99).await.unwrap(), None);
        assert!(holds(&db, "b", 99).await.unwrap());
        sqlx::query("UPDATE users SET disabled = 1").execute(&db.writer).await.unwrap();
        assert_eq!(live(&db, &[2; 32], 99).await.unwrap(), None);
        assert!(!holds(&db, "b", 99).await.unwrap());
    }

    #[tokio::test]
    async fn tokens_that_ended_leave_room_for_new_ones() {
        let (_folder, db) = with_anna().await;
        assert!(create(&db, new("a", &[1; 32]), 1).await.unwrap());
        let later = NewToken { now_ms: 200, expires_ms: 300, ..new("b", &[2; 32]) };
        assert!(create(&db, later, 1).await.unwrap());
        assert_eq!(rows(&db, None).await.unwrap().len(), 1);
    }
}
