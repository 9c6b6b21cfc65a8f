//! Who somebody is, and what that person may do.
//!
//! Owns passwords, sessions, tokens, roles, the throttle and the refusal of other sites' requests.
//! The way of a request: `csrf` refuses strangers' pages, `guard` finds the session and asks
//! `permission`, and the handler gets a [`Viewer`].

pub mod account;
mod again;
mod api_token;
pub mod cookie;
pub mod csrf;
pub mod guard;
mod password;
pub mod permission;
mod role;
mod session;
mod throttle;
mod token;
mod viewer;

use std::sync::Arc;

pub use account::AccountError;
pub use password::PasswordError;
pub use permission::Decision;
pub use session::SignInError;
pub use throttle::Refused;
use tokio::sync::broadcast;
pub use viewer::{Credential, Peer, Viewer};

use crate::{
    clock,
    config::SessionLimits,
    db::{self, Db, DbError},
};

/// Sign-outs that a slow listener may fall behind before it has to ask the database instead.
const ENDED_BACKLOG: usize = 64;

/// Passwords, sessions and the throttle. Cheap to clone.
#[derive(Clone)]
pub struct Auth(Arc<Inner>);

struct Inner {
    db: Db,
    limits: SessionLimits,
    passwords: password::Passwords,
    tokens: token::Tokens,
    throttle: throttle::Throttle,
    /// Ids of sessions and tokens that somebody ended.
    ended: broadcast::Sender<String>,
}

impl Auth {
    /// Reads the signing key from the database, or makes it.
    pub async fn open(db: Db, limits: SessionLimits) -> Result<Auth, DbError> {
        let fresh: [u8; token::KEY_BYTES] = rand::random();
        let key = db::settings::get_or_keep(&db, "session_key", &fresh, clock::now_ms()).await?;
        let auth = Auth(Arc::new(Inner {
            db,
            limits,
            passwords: password::Passwords::new(),
            tokens: token::Tokens::new(&key),
            throttle: throttle::Throttle::new(),
            ended: broadcast::Sender::new(ENDED_BACKLOG),
        }));
        auth.know_owners().await?;
        Ok(auth)
    }
}
