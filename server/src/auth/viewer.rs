//! The person behind a request, as handlers get it.

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::permission::Rights;
use crate::audit::Actor;

/// Somebody who is signed in and was allowed the route by the rule in `actor`.
///
/// As an extractor it works in routes of the table that need somebody; the guard puts it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Name, address and rule: what the audit log asks for.
    pub actor: Actor,
    /// What the person may do.
    pub rights: Rights,
    /// The password must be changed before anything else.
    pub must_change: bool,
    /// What the person came by.
    pub by: Credential,
    /// When that ends at the latest.
    pub expires_ms: i64,
}

/// What somebody comes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A session, by its id.
    Session(String),
    /// An API token, by its id.
    Token(String),
}

impl Viewer {
    /// The user's name.
    pub fn user(&self) -> &str {
        &self.actor.user
    }

    /// The id of the session; `None` for a program that came by an API token.
    pub fn session(&self) -> Option<&str> {
        match &self.by {
            Credential::Session(id) => Some(id),
            Credential::Token(_) => None,
        }
    }

    /// The id of the API token; `None` for somebody who is signed in.
    pub fn token(&self) -> Option<&str> {
        match &self.by {
            Credential::Session(_) => None,
            Credential::Token(id) => Some(id),
        }
    }
}

/// Wherever the audit log asks who it was, a viewer can be given.
impl std::ops::Deref for Viewer {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}

impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Viewer, Self::Rejection> {
        let viewer = parts.extensions.get::<Viewer>().cloned();
        Ok(viewer.unwrap_or_else(|| {
            panic!("`{}` takes a Viewer, but the route table lets nobody in", parts.uri.path())
        }))
    }
}

/// The address of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// Of a request; unspecified where there is no connection, as in a test without a socket.
    pub fn of(extensions: &axum::http::Extensions) -> Peer {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>();
        Peer(peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip().to_canonical()))
    }
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Peer, Self::Rejection> {
        Ok(Peer::of(&parts.extensions))
    }
}
