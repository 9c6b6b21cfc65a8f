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
use ouzel_api::session::{Asked, Permission};
use serde::Deserialize;
use tokio::time::timeout;

use super::{
    Peer, Viewer, cookie,
    permission::{self, Breadth, Decision, Rights, decide},
};
use crate::{
    audit::{Action, Actor},
    error::Error,
    state::AppState,
};

/// As much of a refused body as is read for the name in it: no request with a name is larger.
const NAMING_BYTES_MAX: usize = 256 * 1024;
/// How long that may take to arrive; then the row is written without the name.
const NAMING_MAX: Duration = Duration::from_secs(5);

/// Whom a route lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, signed in or not.
    Open,
    /// Whoever is known, even if a first password must be changed before anything else.
    Known,
    /// Everybody who is signed in.
    SignedIn,
    /// Whose role has this on the cluster and the topic or group that the path names; where it
    /// names none, on all of them.
    Needs(Permission),
    /// Whose role has this on something there. What exactly is meant stands in the body, and the
    /// handler asks again by [`require`], for each thing.
    NeedsWithin(Permission),
}

impl Access {
    fn permission(self) -> Option<Permission> {
        match self {
            Access::Needs(permission) | Access::NeedsWithin(permission) => Some(permission),
            Access::Open | Access::Known | Access::SignedIn => None,
        }
    }
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
    let decision = at_door(&app, &viewer, access, &path);
    viewer.actor.rule = decision.rule;
    if let (false, Some(permission)) = (decision.allowed, access.permission()) {
        let rule = viewer.actor.rule.clone();
        let action = named(Action::lacking(permission), &path);
        // On a task of its own: whoever is refused cannot leave before the row is written.
        let told = tokio::spawn(deny(app, viewer, (action, access), request.into_body()));
        told.await.unwrap_or_else(|panic| resume_unwind(panic.into_panic()))?;
        return Err(Error::Forbidden { rule });
    }
    if !decision.allowed {
        return Err(Error::Forbidden { rule: viewer.actor.rule });
    }
    request.extensions_mut().insert(viewer);
    Ok(next.run(request).await)
}

/// What is decided of a request whose path is all that is known yet.
fn at_door(app: &AppState, viewer: &Viewer, access: Access, path: &RawPathParams) -> Decision {
    if viewer.must_change && access != Access::Known {
        return permission::must_change();
    }
    let Some(permission) = access.permission() else { return permission::signed_in() };
    let mut asked = Asked::new(permission);
    for (name, value) in path {
        match name {
            "cluster" => asked = asked.on(value),
            "topic" | "group" => asked = asked.to(value),
            _ => {}
        }
    }
    let breadth = match access {
        Access::NeedsWithin(_) => Breadth::Some,
        _ => Breadth::All,
    };
    judge(app, &viewer.rights, &asked, breadth)
}

/// What is decided of this act, by the rights and by what the cluster itself allows.
pub fn judge(app: &AppState, rights: &Rights, asked: &Asked<'_>, breadth: Breadth) -> Decision {
    let decision = decide(rights, asked, breadth);
    let cluster = asked.cluster.filter(|_| decision.allowed && asked.permission.changes());
    match cluster {
        Some(id) if app.is_read_only(id) => permission::read_only(id),
        _ => decision,
    }
}

/// Whether this may be done, of what stands in a body or a list; nothing is written down.
pub fn may(app: &AppState, viewer: &Viewer, asked: &Asked<'_>) -> bool {
    judge(app, &viewer.rights, asked, Breadth::All).allowed
}

/// For the rows of a list: what of these can be done to some things on the cluster, but not to the
/// one of that name. Nothing, and nothing to be judged by name, for most roles.
pub fn denied<'a>(
    app: &'a AppState,
    viewer: &'a Viewer,
    cluster: &'a str,
    of: &[Permission],
) -> impl Fn(&str) -> Vec<Permission> + use<'a> {
    let allowed =
        move |asked: &Asked<'_>, breadth| judge(app, &viewer.rights, asked, breadth).allowed;
    let on = move |permission: &Permission| Asked::new(*permission).on(cluster);
    let of_some =
        |it: &&Permission| allowed(&on(it), Breadth::Some) && !allowed(&on(it), Breadth::All);
    let of_some: Vec<Permission> = of.iter().filter(of_some).copied().collect();
    move |name| {
        let denied = |it: &&Permission| !allowed(&on(it).to(name), Breadth::All);
        of_some.iter().filter(denied).copied().collect()
    }
}

/// For what stands in a body: whoever does it by the rule that allows it. If none does, there is a
/// row of the denial that says `action`.
pub async fn require(
    app: &AppState,
    viewer: &Viewer,
    asked: &Asked<'_>,
    action: &Action,
) -> Result<Actor, Error> {
    let decision = judge(app, &viewer.rights, asked, Breadth::All);
    let who = Actor { rule: decision.rule, ..viewer.actor.clone() };
    if decision.allowed {
        return Ok(who);
    }
    app.audit.denied(&who, action.clone()).await?;
    Err(Error::Forbidden { rule: who.rule })
}

async fn deny(
    app: AppState,
    viewer: Viewer,
    (action, access): (Action, Access),
    body: Body,
) -> Result<(), Error> {
    let action = match access {
        Access::NeedsWithin(_) => named_within(action, body).await,
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
        "topic" | "group" | "user" | "role" | "session" | "token" => action.to(value),
        _ => action,
    })
}
