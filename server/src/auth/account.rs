//! Making users and setting passwords; the first administrator.

use ouzel_api::session::Role;

use super::{Auth, PasswordError, password};
use crate::{
    audit::{Action, Actor, Audit, Kind},
    clock,
    db::{self, DbError},
};

/// The name of the first administrator.
pub const FIRST: &str = "admin";

/// A name is shown in narrow places and in every audit row.
const NAME_MAX: usize = 64;

/// Why a user could not be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The name cannot be used.
    #[error("a user's name is 1 to {NAME_MAX} of a-z A-Z 0-9 . _ - @ +")]
    Name,
    /// The name is taken.
    #[error("there is a user `{0}` already")]
    Exists(String),
    /// There is no such user.
    #[error("there is no user `{0}`")]
    Unknown(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Auth {
    /// Makes the first administrator if there is no user at all. Answers the password if it was
    /// made up here, to be shown once.
    pub async fn ensure_administrator(
        &self,
        audit: &Audit,
        chosen: Option<&str>,
    ) -> Result<Option<String>, AccountError> {
        if !db::users::none(&self.0.db).await? {
            return Ok(None);
        }
        let made_up = chosen.is_none().then(password::random);
        let password = made_up.as_deref().or(chosen).unwrap_or_default().to_owned();
        let who = Actor {
            user: "ouzel".to_owned(),
            address: "local".to_owned(),
            rule: "first start".to_owned(),
        };
        match self.create_user(audit, &who, (FIRST, Role::Administrator), password).await {
            // Another process was quicker; the password that it printed holds.
            Err(AccountError::Exists(_)) => Ok(None),
            made => made.map(|()| made_up),
        }
    }

    /// Makes a user.
    pub async fn create_user(
        &self,
        audit: &Audit,
        who: &Actor,
        (name, role): (&str, Role),
        password: String,
    ) -> Result<(), AccountError> {
        check_name(name)?;
        password::check(&password)?;
        let action = Action::new(Kind::CreateUser).to(name);
        let action = action.with(serde_json::json!({ "role": role.name() }));
        let made = async {
            let hash = self.0.passwords.hash(password).await;
            match db::users::create(&self.0.db, name, role, &hash, clock::now_ms()).await {
                Err(DbError::Exists) => Err(AccountError::Exists(name.to_owned())),
                made => Ok(made?),
            }
        };
        audit.record(who, action, made).await
    }

    /// Sets a user's password and ends that user's sessions.
    pub async fn set_password(
        &self,
        audit: &Audit,
        who: &Actor,
        name: &str,
        password: String,
    ) -> Result<(), AccountError> {
        password::check(&password)?;
        let action = Action::new(Kind::SetPassword).to(name);
        let set = async {
            let hash = self.0.passwords.hash(password).await;
            match db::users::set_password(&self.0.db, name, &hash, clock::now_ms()).await? {
                true => Ok(()),
                false => Err(AccountError::Unknown(name.to_owned())),
            }
        };
        audit.record(who, action, set).await
    }

    /// A password that nobody has to think up.
    pub fn random_password() -> String {
        password::random()
    }
}

fn check_name(name: &str) -> Result<(), AccountError> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "._-@+".contains(c);
    match (1..=NAME_MAX).contains(&name.len()) && name.chars().all(legal) {
        true => Ok(()),
        false => Err(AccountError::Name),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{net::IpAddr, time::Duration};

    use super::*;
    use crate::{auth::SignInError, config::SessionLimits, db::testing::database};

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    async fn auth() -> (tempfile::TempDir, Auth, Audit) {
        let (folder, db) = database().await;
        let (idle, absolute) = (Duration::from_secs(60), Duration::from_secs(3600));
        let auth = Auth::open(db.clone(), SessionLimits { idle, absolute }).await.unwrap();
        (folder, auth, Audit::new(db))
    }

    #[tokio::test]
    async fn the_first_administrator_is_made_once_with_a_password_that_works() {
        let (_folder, auth, audit) = auth().await;
        let password = auth.ensure_administrator(&audit, None).await.unwrap().unwrap();
        assert_eq!(auth.ensure_administrator(&audit, Some("other one")).await.unwrap(), None);
        let signed_in = auth.sign_in(FIRST, password, HERE).await.unwrap();
        assert_eq!(signed_in.viewer.role, Role::Administrator);
        let wrong = auth.sign_in(FIRST, "other one".to_owned(), HERE).await.unwrap_err();
        assert!(matches!(wrong, SignInError::WrongCredentials));
    }

    #[tokio::test]
    async fn a_chosen_password_is_not_repeated_and_must_be_a_real_one() {
        let (_folder, auth, audit) = auth().await;
        let short = auth.ensure_administrator(&audit, Some("x")).await.unwrap_err();
        assert!(matches!(short, AccountError::Password(PasswordError::TooShort)), "{short}");
        assert_eq!(auth.ensure_administrator(&audit, Some("long enough")).await.unwrap(), None);
        assert!(auth.sign_in(FIRST, "long enough".to_owned(), HERE).await.is_ok());
    }

    #[tokio::test]
    async fn a_new_password_ends_what_the_old_one_began() {
        let (_folder, auth, audit) = auth().await;
        auth.ensure_administrator(&audit, Some("long enough")).await.unwrap();
        let token = auth.sign_in(FIRST, "long enough".to_owned(), HERE).await.unwrap().token;
        let viewer = auth.viewer(&token, HERE).await.unwrap().unwrap();
        let new = "another one".to_owned();
        auth.set_password(&audit, &viewer.actor, FIRST, new).await.unwrap();
        assert_eq!(auth.viewer(&token, HERE).await.unwrap(), None);
        let old = auth.sign_in(FIRST, "long enough".to_owned(), HERE).await;
        assert!(matches!(old, Err(SignInError::WrongCredentials)));
        let unknown = auth.set_password(&audit, &viewer.actor, "bert", "long enough".to_owned());
        assert!(matches!(unknown.await.unwrap_err(), AccountError::Unknown(_)));
    }

    #[tokio::test]
    async fn names_are_plain_and_taken_once() {
        let (_folder, auth, audit) = auth().await;
        let who = Actor { user: "t".into(), address: "local".into(), rule: "test".into() };
        let make = async |name: &str| {
            let user = (name, Role::Viewer);
            auth.create_user(&audit, &who, user, "long enough".to_owned()).await
        };
        make("anna@example.com").await.unwrap();
        assert!(matches!(make("Anna@example.com").await, Err(AccountError::Exists(_))));
        for name in ["", "a b", "ä", "<b>"] {
            assert!(matches!(make(name).await, Err(AccountError::Name)), "{name}");
        }
    }

    #[tokio::test]
    async fn whoever_waits_for_the_end_of_a_session_hears_of_a_sign_out() {
        let (_folder, auth, audit) = auth().await;
        auth.ensure_administrator(&audit, Some("long enough")).await.unwrap();
        let viewer = auth.sign_in(FIRST, "long enough".to_owned(), HERE).await.unwrap().viewer;
        let waiting = tokio::spawn({
            let (auth, viewer) = (auth.clone(), viewer.clone());
            async move { auth.session_ended(&viewer).await }
        });
        while auth.0.ended.receiver_count() == 0 {
            tokio::task::yield_now().await;
        }
        auth.sign_out(&viewer).await.unwrap();
        tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
    }
}
