//! What somebody may do now who came a while ago: for what stays open, and for what waits.

use super::{
    Auth, Credential, Viewer, api_token,
    permission::{Granted, Rights},
    session,
};
use crate::{
    clock,
    db::{self, DbError},
};

impl Auth {
    /// The same person as with the next request: with the rights that hold now. `None` if what the
    /// person came by holds no longer. Looking does not count as use.
    pub async fn again(&self, viewer: &Viewer) -> Result<Option<Viewer>, DbError> {
        let now_ms = clock::now_ms();
        let actor = viewer.actor.clone();
        match &viewer.by {
            Credential::Session(id) => {
                let since = self.used_since(now_ms);
                let live = db::sessions::live(&self.0.db, id, now_ms, since).await?;
                Ok(live.map(|live| session::viewer(id.clone(), live, actor)))
            }
            Credential::Token(id) => {
                let live = db::tokens::live_of(&self.0.db, id, now_ms).await?;
                Ok(live.map(|live| api_token::viewer(live, actor)))
            }
        }
    }

    /// What a user may do now who asked for something at `asked_ms`, by a session or by the token
    /// of this id. `None` if the user or the token is gone or shut out; a session may have ended.
    pub async fn rights_since(
        &self,
        user: &str,
        token: Option<&str>,
        asked_ms: i64,
    ) -> Result<Option<Rights>, DbError> {
        if let Some(id) = token {
            let live = db::tokens::live_of(&self.0.db, id, clock::now_ms()).await?;
            return Ok(live.map(api_token::rights));
        }
        // One who was made later is somebody else of that name.
        let is_same = |it: &db::users::User| !it.disabled && it.created_ms <= asked_ms;
        let known = db::users::by_name(&self.0.db, user).await?;
        let Some(known) = known.filter(is_same) else { return Ok(None) };
        let role = self.role(&known.role).await?;
        let user = role.unwrap_or_else(|| Granted::of(known.role, None));
        Ok(Some(Rights { user, token: None }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{net::IpAddr, time::Duration};

    use super::*;
    use crate::{
        audit::{Actor, Audit},
        auth::account::NewPassword,
        config::SessionLimits,
        db::testing::database,
    };

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn whoever_looks_again_sees_the_rights_of_now_or_nobody() {
        let (_folder, db) = database().await;
        let (idle, absolute) = (Duration::from_secs(60), Duration::from_secs(3600));
        let auth = Auth::open(db.clone(), SessionLimits { idle, absolute }).await.unwrap();
        let audit = Audit::new(db);
        let who = Actor { user: "t".into(), address: "local".into(), rule: "test".into() };
        for (name, role) in [("anna", "editor"), ("bert", "administrator")] {
            let password = NewPassword::Own("long enough".into());
            auth.create_user(&audit, &who, (name, role), password).await.unwrap();
        }
        let asked_ms = clock::now_ms();
        let anna = auth.sign_in("anna", "long enough".into(), HERE).await.unwrap().viewer;
        let role = |viewer: Option<Viewer>| viewer.map(|it| it.rights.user.role);
        assert_eq!(role(auth.again(&anna).await.unwrap()).as_deref(), Some("editor"));
        auth.change_user(&audit, &who, "anna", ("viewer", false)).await.unwrap();
        assert_eq!(role(auth.again(&anna).await.unwrap()).as_deref(), Some("viewer"));
        let later = auth.rights_since("anna", None, asked_ms).await.unwrap();
        assert_eq!(later.map(|it| it.user.role).as_deref(), Some("viewer"));
        assert_eq!(auth.rights_since("anna", Some("gone"), asked_ms).await.unwrap(), None);
        auth.change_user(&audit, &who, "anna", ("viewer", true)).await.unwrap();
        assert_eq!(auth.again(&anna).await.unwrap(), None);
        assert_eq!(auth.rights_since("anna", None, asked_ms).await.unwrap(), None);
        // Somebody else who has the name of one who is gone.
        assert_eq!(auth.rights_since("bert", None, 1).await.unwrap(), None);
    }
}
