//! The door of each route: who is it, may they, and a row if not.

use axum::{
    extract::{RawPathParams, Request, State},
    middleware::Next,
    response::Response,
};
use ouzel_api::session::Permission;

use super::{Peer, cookie, decide, permission};
use crate::{audit::Action, error::Error, state::AppState};

/// Whom a route lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, signed in or not.
    Open,
    /// Everybody who is signed in.
    SignedIn,
    /// Whoever's role has this.
    Needs(Permission),
}

/// Lets in whom the route's [`Access`] lets in, and tells the handler who it is.
pub async fn check(
    State((app, access)): State<(AppState, Access)>,
    path: RawPathParams,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    if access == Access::Open {
        return Ok(next.run(request).await);
    }
    let token = cookie::token(request.headers()).ok_or(Error::Unauthenticated)?;
    let Peer(address) = Peer::of(request.extensions());
    let viewer = app.auth.viewer(&token, address).await?;
    let mut viewer = viewer.ok_or(Error::Unauthenticated)?;
    let decision = match access {
        Access::Needs(permission) => decide(viewer.role, permission),
        Access::Open | Access::SignedIn => permission::signed_in(),
    };
    viewer.actor.rule = decision.rule;
    if let (false, Access::Needs(permission)) = (decision.allowed, access) {
        app.audit.denied(&viewer, named(Action::lacking(permission), &path)).await?;
        return Err(Error::Forbidden { rule: viewer.actor.rule });
    }
    request.extensions_mut().insert(viewer);
    Ok(next.run(request).await)
}

/// The act with the cluster and the thing that the path names.
fn named(action: Action, path: &RawPathParams) -> Action {
    path.iter().fold(action, |action, (name, value)| match name {
        "cluster" => action.on(value),
        "topic" | "group" => action.to(value),
        _ => action,
    })
}
