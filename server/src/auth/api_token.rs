//! API tokens: made by people for programs, with an end, and never more rights than their owner.
//!
//! A token is 256 random bits behind a prefix by which people and scanners know it; kept is its
//! hash.

use std::net::IpAddr;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ouzel_api::access::{self, CreateToken, NAME_CHARS_MAX, TOKEN_DAYS_MAX, TokenRow};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    AccountError, Auth, Credential, Viewer,
    permission::{Granted, Rights},
};
use crate::{
    audit::{Action, Actor, Audit, Kind},
    clock,
    db::{
        self, DbError,
        tokens::{NewToken, TokenHash},
    },
};

/// How every token begins. No session's token does: those begin with base64 of `{"`.
pub const PREFIX: &str = "ouzel_";
/// A token that is in use is marked so at most this often, to spare the disk.
const TOUCH_EVERY_MS: i64 = 60_000;
/// Tokens of one user: more cannot be overlooked.
const TOKENS_MAX: i64 = 50;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Auth {
    /// Makes a token for `owner`. The answer holds it for the only time.
    pub async fn create_token(
        &self,
        audit: &Audit,
        who: &Actor,
        asked: CreateToken,
    ) -> Result<access::NewToken, AccountError> {
        check(&asked)?;
        self.expect_role(asked.role.as_deref()).await?;
        let token =
            format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
        let now_ms = clock::now_ms();
        let row = TokenRow {
            id: uuid::Uuid::new_v4().to_string(),
            user: who.user.clone(),
            name: asked.name,
            role: asked.role,
            created_ms: now_ms,
            expires_ms: now_ms + i64::from(asked.days) * DAY_MS,
            seen_ms: None,
            seen_from: None,
        };
        let detail = json!({ "id": row.id, "days": asked.days, "role": row.role });
        let action = Action::new(Kind::CreateToken).to(&row.name).with(detail);
        audit.record(who, action, self.keep_token(&token, &row)).await?;
        Ok(access::NewToken { token, row })
    }

    async fn keep_token(&self, token: &str, row: &TokenRow) -> Result<(), AccountError> {
        let new = NewToken {
            id: &row.id,
            user: &row.user,
            name: &row.name,
            hash: &hash(token),
            role: row.role.as_deref(),
            now_ms: row.created_ms,
            expires_ms: row.expires_ms,
        };
        match db::tokens::create(&self.0.db, new, TOKENS_MAX).await? {
            true => Ok(()),
            false => Err(AccountError::TooManyTokens),
        }
    }

    /// Revokes a token; whatever is open under it closes. Only its owner's, if one is named.
    pub async fn revoke_token(
        &self,
        audit: &Audit,
        who: &Actor,
        id: &str,
        owner: Option<&str>,
    ) -> Result<(), AccountError> {
        let rows = db::tokens::rows(&self.0.db, owner).await?;
        let row = rows.into_iter().find(|row| row.id == id);
        let row = row.ok_or_else(|| AccountError::NoToken(id.to_owned()))?;
        let detail = json!({ "id": row.id, "owner": row.user });
        let action = Action::new(Kind::RevokeToken).to(&row.name).with(detail);
        let revoke = async {
            match db::tokens::delete(&self.0.db, id).await? {
                true => {
                    self.tell_ended(id);
                    Ok(())
                }
                false => Err(AccountError::NoToken(id.to_owned())),
            }
        };
        audit.record(who, action, revoke).await
    }

    /// Tokens: all of them, or one user's.
    pub async fn tokens(&self, user: Option<&str>) -> Result<Vec<TokenRow>, DbError> {
        db::tokens::rows(&self.0.db, user).await
    }

    /// The owner of a token that works now; marks it as used.
    pub(super) async fn program(
        &self,
        token: &str,
        address: IpAddr,
    ) -> Result<Option<Viewer>, DbError> {
        let now_ms = clock::now_ms();
        let Some(live) = db::tokens::live(&self.0.db, &hash(token), now_ms).await? else {
            return Ok(None);
        };
        let address = address.to_string();
        if live.seen_ms.is_none_or(|seen_ms| seen_ms + TOUCH_EVERY_MS <= now_ms) {
            db::tokens::touch(&self.0.db, &live.id, &address, now_ms).await?;
        }
        let actor = Actor { user: live.user.clone(), address, rule: String::new() };
        Ok(Some(viewer(live, actor)))
    }
}

/// Whoever comes by this token.
pub(super) fn viewer(live: db::tokens::Token, actor: Actor) -> Viewer {
    Viewer {
        actor,
        // It was made after the password was changed, by somebody who was signed in.
        must_change: false,
        by: Credential::Token(live.id.clone()),
        expires_ms: live.expires_ms,
        rights: rights(live),
    }
}

/// What may be done by this token.
pub(super) fn rights(live: db::tokens::Token) -> Rights {
    let narrow = live.role.map(|role| Granted::of(role, live.grants));
    Rights { user: Granted::of(live.user_role, live.user_grants), token: Some((live.name, narrow)) }
}

fn hash(token: &str) -> TokenHash {
    Sha256::digest(token).into()
}

fn check(asked: &CreateToken) -> Result<(), AccountError> {
    let is_named = (1..=NAME_CHARS_MAX).contains(&asked.name.trim().chars().count());
    if !is_named || asked.name.chars().any(char::is_control) {
        return Err(AccountError::TokenName);
    }
    match (1..=TOKEN_DAYS_MAX).contains(&asked.days) {
        true => Ok(()),
        false => Err(AccountError::TokenDays),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_a_name_and_an_end() {
        let asked = |name: &str, days| CreateToken { name: name.to_owned(), days, role: None };
        assert!(check(&asked("ci", 30)).is_ok());
        for name in ["", "  ", "a\nb", &"x".repeat(65)] {
            assert!(matches!(check(&asked(name, 30)), Err(AccountError::TokenName)), "{name:?}");
        }
        for days in [0, 367] {
            assert!(matches!(check(&asked("ci", days)), Err(AccountError::TokenDays)), "{days}");
        }
    }
}
