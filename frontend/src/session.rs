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
    /// Clusters on which nobody changes anything.
    read_only: RwSignal<Vec<String>>,
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
    let state = RwSignal::new(SessionState::Asking);
    let session = Session { state, place, read_only: RwSignal::new(Vec::new()) };
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
        if !viewer.may_there(&Asked { permission, cluster, resource }) {
            return Some(format!("Your role, {role}, has the right {right}, but not here."));
        }
        let fixed = |id: &&str| {
            let named = |all: &Vec<String>| all.iter().any(|it| it == id);
            self.read_only.try_with(named).unwrap_or(false)
        };
        let fixed = cluster.filter(|_| permission.changes()).filter(fixed);
        fixed.map(|id| format!("Cluster {id} is read-only: nothing is changed on it from here."))
    }

    /// The same for some rows of a list; each comes with what the server says is denied there.
    pub fn refusal_among<'a>(
        &self,
        permission: Permission,
        rows: impl Iterator<Item = (&'a str, &'a [Permission])>,
    ) -> Option<String> {
        if let Some(refusal) = self.refusal(permission) {
            return Some(refusal);
        }
        let denied = |(_, denied): &(&str, &[Permission])| denied.contains(&permission);
        let mut denied = rows.filter(denied).map(|(name, _)| name);
        let (first, more) = (denied.next()?, denied.count());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let (role, right) = (self.viewer()?.role, permission.name());
        Some(format!("Your role, {role}, has the right {right}, but not on {first}{more}."))
    }

    /// Takes note of the clusters on which nobody changes anything.
    pub fn note_read_only(&self, clusters: Vec<String>) {
        if self.read_only.with_untracked(|known| *known != clusters) {
            self.read_only.set(clusters);
        }
    }

    fn ended(&self) {
        self.state.try_update(|state| {
            if matches!(state, SessionState::Known(_)) {
                *state = SessionState::Guest { ended: true };
            }
        });
    }
}
