//! Signing in, staying signed in, signing out.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use tokio::sync::broadcast::error::RecvError;

use super::{Auth, Refused, Viewer, password, token::Claims};
use crate::{
    audit::Actor,
    clock,
    db::{self, DbError, sessions::NewSession},
};

/// A session that is in use is marked so at most this often, to spare the disk.
const TOUCH_EVERY_MS: i64 = 60_000;

/// How often an open WebSocket looks whether its session still holds: another process, such as
/// `ouzel user passwd`, may have ended it.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// User or password are wrong.
    #[error("user or password are wrong")]
    WrongCredentials,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A fresh session.
#[derive(Debug)]
pub struct SignedIn {
    /// Proves it.
    pub token: String,
    /// Whose it is.
    pub viewer: Viewer,
}

impl Auth {
    /// Takes one of the tries that `user` has from `address`.
    pub fn take_a_try(&self, user: &str, address: IpAddr) -> Result<(), Refused> {
        self.0.throttle.take(user, address, Instant::now())
    }

    /// Checks the password and begins a session.
    pub async fn sign_in(
        &self,
        user: &str,
        password: String,
        address: IpAddr,
    ) -> Result<SignedIn, SignInError> {
        let is_too_long = password.len() > password::BYTES_MAX;
        let known = db::users::by_name(&self.0.db, user).await?;
        let hash = known.as_ref().map(|user| user.password_hash.clone());
        let fits = !is_too_long && self.0.passwords.verify(password, hash).await;
        let Some(known) = known.filter(|_| fits) else {
            return Err(SignInError::WrongCredentials);
        };
        self.0.throttle.give_back(user, address);
        Ok(self.begin(known, address).await?)
    }

    async fn begin(&self, user: db::users::User, address: IpAddr) -> Result<SignedIn, DbError> {
        let (id, now_ms) = (uuid::Uuid::new_v4().to_string(), clock::now_ms());
        let expires_ms = now_ms.saturating_add(milliseconds(self.0.limits.absolute));
        let address = address.to_string();
        let session =
            NewSession { id: &id, user_id: user.id, address: &address, now_ms, expires_ms };
        db::sessions::create(&self.0.db, session).await?;
        // A good moment to clear away: it costs one statement, and no timer of its own.
        db::sessions::sweep(&self.0.db, now_ms, self.used_since(now_ms)).await?;
        let claims = Claims {
            sub: user.name.clone(),
            jti: id.clone(),
            iat: now_ms / 1000,
            exp: expires_ms / 1000,
        };
        let actor = Actor { user: user.name, address, rule: "right password".to_owned() };
        let viewer = Viewer { actor, role: user.role, session: id, expires_ms };
        Ok(SignedIn { token: self.0.tokens.sign(&claims), viewer })
    }

    /// Whose token this is, if its session still holds; marks the session as used.
    pub async fn viewer(&self, token: &str, address: IpAddr) -> Result<Option<Viewer>, DbError> {
        let Some(id) = self.0.tokens.check(token) else { return Ok(None) };
        let now_ms = clock::now_ms();
        let used_since = self.used_since(now_ms);
        let session = db::sessions::live(&self.0.db, &id, now_ms, used_since).await?;
        let Some(session) = session else { return Ok(None) };
        if session.seen_ms + TOUCH_EVERY_MS <= now_ms {
            db::sessions::touch(&self.0.db, &id, now_ms).await?;
        }
        // The guard puts the rule of its decision in.
        let actor = Actor { user: session.user, address: address.to_string(), rule: String::new() };
        let expires_ms = session.expires_ms;
        Ok(Some(Viewer { actor, role: session.role, session: id, expires_ms }))
    }

    /// Ends a session; whatever is open under it closes.
    pub async fn sign_out(&self, viewer: &Viewer) -> Result<(), DbError> {
        db::sessions::end(&self.0.db, &viewer.session).await?;
        // Without listeners nobody needs to hear of it.
        let _ = self.0.ended.send(viewer.session.clone());
        Ok(())
    }

    /// Resolves when the session of `viewer` no longer holds: for what stays open, such as a
    /// WebSocket. Watching does not count as use.
    pub async fn session_ended(&self, viewer: &Viewer) {
        let mut ended = self.0.ended.subscribe();
        loop {
            match tokio::time::timeout(LOOK_EVERY, ended.recv()).await {
                Ok(Ok(id)) if id == viewer.session => return,
                Ok(Ok(_)) => continue,
                // Too many ended at once, or it is time to look.
                Ok(Err(RecvError::Lagged(_) | RecvError::Closed)) | Err(_) => {}
            }
            let now_ms = clock::now_ms();
            let since = self.used_since(now_ms);
            let live = db::sessions::live(&self.0.db, &viewer.session, now_ms, since).await;
            // A database that does not answer ends nobody's session.
            if matches!(live, Ok(None)) {
                return;
            }
        }
    }

    /// Sessions that hold now.
    pub async fn session_count(&self) -> Result<i64, DbError> {
        let now_ms = clock::now_ms();
        db::sessions::count(&self.0.db, now_ms, self.used_since(now_ms)).await
    }

    fn used_since(&self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(milliseconds(self.0.limits.idle))
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
