//! Who sits before the page: asks once at the start, notices when the session ends.

use leptos::{prelude::*, task::spawn_local};
use ouzel_api::{
    ErrorCode,
    session::{Asked, Permission, Viewer},
};

use crate::client::{self, ClientError};

/// The person before the page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Session {
    state: RwSignal<SessionState>,
    place: Memo<Place>,
}

/// Where on the clusters the page is: rights can be given by cluster, and by topic or group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The page's cluster.
    pub cluster: Option<String>,
    /// The page's topic or group.
    pub resource: Option<String>,
}

/// What is known of the person before the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// The server has not answered yet.
    Asking,
    /// Nobody is signed in.
    Guest {
        /// Somebody was until now: the session ran out or was ended elsewhere.
        ended: bool,
    },
    /// Somebody is signed in.
    Known(Viewer),
    /// It could not be asked.
    Failed(ClientError),
}

/// The session that [`provide`] put into the context.
pub fn use_session() -> Session {
    expect_context()
}

/// Asks who is signed in and watches for the session's end; called once, by the app, which knows
/// where the page is.
pub fn provide(place: Memo<Place>) -> Session {
    let session = Session { state: RwSignal::new(SessionState::Asking), place };
    client::on_session_ended(move || session.ended());
    session.ask();
    provide_context(session);
    session
}

impl Session {
    /// What is known now.
    pub fn state(&self) -> SessionState {
        self.state.get()
    }

    /// Asks the server who is signed in.
    pub fn ask(&self) {
        let state = self.state;
        state.set(SessionState::Asking);
        spawn_local(async move {
            let answer = match client::session::current().await {
                Ok(viewer) => SessionState::Known(viewer),
                Err(error) if error.code() == Some(ErrorCode::Unauthenticated) => {
                    SessionState::Guest { ended: false }
                }
                Err(error) => SessionState::Failed(error),
            };
            state.try_set(answer);
        });
    }

    /// Asks again while the page stays as it is: the viewer's own password or rights have changed.
    pub fn renew(&self) {
        let state = self.state;
        spawn_local(async move {
            // One that cannot be asked stays as it was; the next request tells.
            if let Ok(viewer) = client::session::current().await {
                state.try_set(SessionState::Known(viewer));
            }
        });
    }

    /// Signs in; the error says why not.
    pub async fn sign_in(&self, user: String, password: String) -> Result<(), ClientError> {
        let viewer = client::session::sign_in(user, password).await?;
        self.state.try_set(SessionState::Known(viewer));
        Ok(())
    }

    /// Signs out. A failure leaves the person signed in, and says so.
    pub async fn sign_out(&self) -> Result<(), ClientError> {
        match client::session::sign_out().await {
            Err(error) if error.code() != Some(ErrorCode::Unauthenticated) => Err(error),
            _ => {
                self.state.try_set(SessionState::Guest { ended: false });
                Ok(())
            }
        }
    }

    /// The viewer, while one is signed in.
    pub fn viewer(&self) -> Option<Viewer> {
        match self.state.try_get()? {
            SessionState::Known(viewer) => Some(viewer),
            _ => None,
        }
    }

    /// Why the viewer may not do what needs `permission` on this page's cluster, and its topic or
    /// group; `None` if that is allowed. On a page of many, being allowed some is enough.
    pub fn refusal(&self, permission: Permission) -> Option<String> {
        let place = self.place.try_get().unwrap_or_default();
        self.refusal_at(permission, &place)
    }

    /// The same for another place.
    pub fn refusal_at(&self, permission: Permission, place: &Place) -> Option<String> {
        let viewer = self.viewer()?;
        let (cluster, resource) = (place.cluster.as_deref(), place.resource.as_deref());
        let (role, right) = (&viewer.role, permission.name());
        if !viewer.may(permission) {
            return Some(format!("Your role, {role}, lacks the right {right}."));
        }
        let there = viewer.may_there(&Asked { permission, cluster, resource });
        (!there).then(|| format!("Your role, {role}, has the right {right}, but not here."))
    }

    fn ended(&self) {
        self.state.try_update(|state| {
            if matches!(state, SessionState::Known(_)) {
                *state = SessionState::Guest { ended: true };
            }
        });
    }
}
