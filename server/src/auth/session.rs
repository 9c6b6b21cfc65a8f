//! Signing in, staying signed in, signing out.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use ouzel_api::access::{self, SessionRow};
use tokio::sync::broadcast::error::RecvError;

use super::{
    Auth, Credential, Refused, Viewer, api_token, password,
    permission::{Granted, Rights},
    token::Claims,
};
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

    /// The password was right: its try did not count.
    pub fn give_back_a_try(&self, user: &str, address: IpAddr) {
        self.0.throttle.give_back(user, address, Instant::now());
    }

    /// Whoever has a session has been at its address, and does not wait there for those who guess
    /// elsewhere; restarting forgets nobody.
    pub(super) async fn know_owners(&self) -> Result<(), DbError> {
        for session in self.sessions(None).await? {
            if let Ok(address) = session.address.parse() {
                self.0.throttle.know(&session.user, address, Instant::now());
            }
        }
        Ok(())
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
        // Shut out reads like a wrong password: a guesser learns nothing.
        let Some(known) = known.filter(|known| fits && !known.disabled) else {
            return Err(SignInError::WrongCredentials);
        };
        self.give_back_a_try(user, address);
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
        let live = db::sessions::live(&self.0.db, &id, now_ms, self.used_since(now_ms)).await?;
        let Some(live) = live else { return Err(DbError::Unreadable("a new session".to_owned())) };
        let actor = Actor { user: user.name, address, rule: "right password".to_owned() };
        let viewer = viewer(id, live, actor);
        Ok(SignedIn { token: self.0.tokens.sign(&claims), viewer })
    }

    /// Whose token this is, if its session or it itself still holds; marks that as used.
    pub async fn viewer(&self, token: &str, address: IpAddr) -> Result<Option<Viewer>, DbError> {
        if token.starts_with(api_token::PREFIX) {
            return self.program(token, address).await;
        }
        let Some(id) = self.0.tokens.check(token) else { return Ok(None) };
        let now_ms = clock::now_ms();
        let used_since = self.used_since(now_ms);
        let session = db::sessions::live(&self.0.db, &id, now_ms, used_since).await?;
        let Some(session) = session else { return Ok(None) };
        if session.seen_ms + TOUCH_EVERY_MS <= now_ms {
            db::sessions::touch(&self.0.db, &id, now_ms).await?;
        }
        // The guard puts the rule of its decision in.
        let user = session.user.clone();
        let actor = Actor { user, address: address.to_string(), rule: String::new() };
        Ok(Some(viewer(id, session, actor)))
    }

    /// Ends a session; whatever is open under it closes. Answers whether there was one.
    pub async fn end_session(&self, id: &str) -> Result<bool, DbError> {
        let was_there = db::sessions::end(&self.0.db, id).await?;
        self.tell_ended(id);
        Ok(was_there)
    }

    /// Whatever is open under this session or token closes now.
    pub(super) fn tell_ended(&self, id: &str) {
        // Without listeners nobody needs to hear of it.
        let _ = self.0.ended.send(id.to_owned());
    }

    /// Sessions that hold now: all of them, or one user's.
    pub async fn sessions(&self, user: Option<&str>) -> Result<Vec<SessionRow>, DbError> {
        let now_ms = clock::now_ms();
        db::sessions::rows(&self.0.db, user, now_ms, self.used_since(now_ms)).await
    }

    /// All users, with what they have open.
    pub async fn users(&self) -> Result<Vec<access::User>, DbError> {
        let now_ms = clock::now_ms();
        db::users::rows(&self.0.db, now_ms, self.used_since(now_ms)).await
    }

    /// Resolves when the session or token of `viewer` no longer holds: for what stays open, such
    /// as a WebSocket. Watching does not count as use.
    pub async fn session_ended(&self, viewer: &Viewer) {
        let mut ended = self.0.ended.subscribe();
        let (Credential::Session(own) | Credential::Token(own)) = &viewer.by;
        loop {
            match tokio::time::timeout(LOOK_EVERY, ended.recv()).await {
                Ok(Ok(id)) if id == *own => return,
                Ok(Ok(_)) => continue,
                // Too many ended at once, or it is time to look.
                Ok(Err(RecvError::Lagged(_) | RecvError::Closed)) | Err(_) => {}
            }
            // A database that does not answer ends nobody's session.
            if matches!(self.holds(&viewer.by).await, Ok(false)) {
                return;
            }
        }
    }

    async fn holds(&self, by: &Credential) -> Result<bool, DbError> {
        let now_ms = clock::now_ms();
        match by {
            Credential::Session(id) => {
                let since = self.used_since(now_ms);
                Ok(db::sessions::live(&self.0.db, id, now_ms, since).await?.is_some())
            }
            Credential::Token(id) => db::tokens::holds(&self.0.db, id, now_ms).await,
        }
    }

    /// Sessions that hold now.
    pub async fn session_count(&self) -> Result<i64, DbError> {
        let now_ms = clock::now_ms();
        db::sessions::count(&self.0.db, now_ms, self.used_since(now_ms)).await
    }

    pub(super) fn used_since(&self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(milliseconds(self.0.limits.idle))
    }
}

/// Whoever has the session of this id.
pub(super) fn viewer(id: String, session: db::sessions::Session, actor: Actor) -> Viewer {
    let user = Granted::of(session.role, session.grants);
    Viewer {
        actor,
        rights: Rights { user, token: None },
        must_change: session.must_change,
        by: Credential::Session(id),
        expires_ms: session.expires_ms,
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
