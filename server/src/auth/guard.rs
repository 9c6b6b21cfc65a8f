//! The door of each route: who is it, may they, and a row if not.
//!
//! A row of a denial names what was to be done to what, as a row of the act itself would.

use std::{panic::resume_unwind, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::{RawPathParams, Request, State},
    middleware::Next,
    response::Response,
};
use ouzel_api::session::Permission;

use serde::Deserialize;
use tokio::time::timeout;

use super::{Peer, Viewer, cookie, decide, permission};
use crate::{audit::Action, error::Error, state::AppState};

/// As much of a refused body as is read for the name in it: no request with a name is larger.
const NAMING_BYTES_MAX: usize = 256 * 1024;
/// How long that may take to arrive; then the row is written without the name.
const NAMING_MAX: Duration = Duration::from_secs(5);

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
        let rule = viewer.actor.rule.clone();
        let action = named(Action::lacking(permission), &path);
        // On a task of its own: whoever is refused cannot leave before the row is written.
        let told = tokio::spawn(deny(app, viewer, (action, permission), request.into_body()));
        told.await.unwrap_or_else(|panic| resume_unwind(panic.into_panic()))?;
        return Err(Error::Forbidden { rule });
    }
    request.extensions_mut().insert(viewer);
    Ok(next.run(request).await)
}

async fn deny(
    app: AppState,
    viewer: Viewer,
    (action, permission): (Action, Permission),
    body: Body,
) -> Result<(), Error> {
    let action = match permission {
        Permission::CreateTopic => named_within(action, body).await,
        _ => action,
    };
    Ok(app.audit.denied(&viewer, action).await?)
}

/// The act with what the body names: a path holds no name for what is still to be made. A body
/// that is late, too large or no such request names nothing.
async fn named_within(action: Action, body: Body) -> Action {
    #[derive(Deserialize)]
    struct Naming {
        name: String,
    }
    let Ok(Ok(bytes)) = timeout(NAMING_MAX, to_bytes(body, NAMING_BYTES_MAX)).await else {
        return action;
    };
    match serde_json::from_slice::<Naming>(&bytes) {
        Ok(naming) => action.to(naming.name),
        Err(_) => action,
    }
}

/// The act with the cluster and the thing that the path names.
fn named(action: Action, path: &RawPathParams) -> Action {
    path.iter().fold(action, |action, (name, value)| match name {
        "cluster" => action.on(value),
        "topic" | "group" => action.to(value),
        _ => action,
    })
}
