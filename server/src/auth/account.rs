//! Making users, changing them, setting passwords; the first administrator.

use ouzel_api::session::Role;
use serde_json::json;

use super::{Auth, PasswordError, Viewer, password};
use crate::{
    audit::{Action, Actor, Audit, Kind},
    clock,
    db::{
        self, DbError,
        users::{NewUser, Unchanged},
    },
};

/// The name of the first administrator.
pub const FIRST: &str = "admin";

/// How the first administrator comes in after a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum First {
    /// As before: there were users already.
    Before,
    /// By the password that this first start was given.
    Given,
    /// By this one, which was made up and is shown once.
    MadeUp(String),
}

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
    /// Nobody would be left to let anybody in.
    #[error("`{0}` is the last administrator who can sign in; make another one first")]
    LastAdministrator(String),
    /// Who deletes must be there afterwards to answer for it.
    #[error("you are `{0}`; another administrator can delete you")]
    Yourself(String),
    /// The password until now is another one.
    #[error("the old password is wrong")]
    WrongPassword,
    /// The new password is the old one.
    #[error("the new password is the old one")]
    SamePassword,
    /// There is no such role.
    #[error("there is no role `{0}`")]
    NoRole(String),
    /// The name is taken.
    #[error("there is a role `{0}` already")]
    RoleExists(String),
    /// It is always there, as it is.
    #[error("the role `{0}` is built in")]
    BuiltIn(String),
    /// The name cannot be used.
    #[error("a role's name is 1 to 64 of a-z A-Z 0-9 . _ -")]
    RoleName,
    /// A line of a role says nothing.
    #[error("line {line}: {problem}")]
    Grant {
        /// Which one, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// Somebody has it.
    #[error("{times} users or tokens have the role `{role}`; give them another one first")]
    RoleUsed {
        /// Its name.
        role: String,
        /// How many.
        times: i64,
    },
    /// There is no such session.
    #[error("there is no session `{0}`")]
    NoSession(String),
    /// There is no such token.
    #[error("there is no token `{0}`")]
    NoToken(String),
    /// The name cannot be used.
    #[error("a token's name is 1 to 64 characters long")]
    TokenName,
    /// It must end, and not before it begins.
    #[error("a token works for 1 to 366 days")]
    TokenDays,
    /// More than anybody can overlook.
    #[error("you have as many tokens as one user may have; revoke one first")]
    TooManyTokens,
    /// Who came by a token could make tokens without end.
    #[error("a program that came by an API token may not do this; sign in")]
    NeedsSession,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A password, and who knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewPassword {
    /// Its owner's choice.
    Own(String),
    /// Somebody else has seen it: it must be changed at the first sign-in.
    First(String),
}

impl NewPassword {
    /// One that was made up, to be told once.
    pub fn made_up() -> (NewPassword, String) {
        let password = password::random();
        (NewPassword::First(password.clone()), password)
    }

    fn take(self) -> Result<(String, bool), PasswordError> {
        let (password, must_change) = match self {
            NewPassword::Own(password) => (password, false),
            NewPassword::First(password) => (password, true),
        };
        password::check(&password)?;
        Ok((password, must_change))
    }
}

impl Auth {
    /// Makes the first administrator if there is no user at all.
    pub async fn ensure_administrator(
        &self,
        audit: &Audit,
        chosen: Option<&str>,
    ) -> Result<First, AccountError> {
        if !db::users::none(&self.0.db).await? {
            return Ok(First::Before);
        }
        let (password, first) = match chosen {
            Some(chosen) => (NewPassword::Own(chosen.to_owned()), First::Given),
            None => {
                let (password, shown) = NewPassword::made_up();
                (password, First::MadeUp(shown))
            }
        };
        let who = Actor {
            user: "ouzel".to_owned(),
            address: "local".to_owned(),
            rule: "first start".to_owned(),
        };
        match self.create_user(audit, &who, (FIRST, Role::Administrator.name()), password).await {
            // Another process was quicker; the password that it printed holds.
            Err(AccountError::Exists(_)) => Ok(First::Before),
            made => made.map(|()| first),
        }
    }

    /// Makes a user.
    pub async fn create_user(
        &self,
        audit: &Audit,
        who: &Actor,
        (name, role): (&str, &str),
        password: NewPassword,
    ) -> Result<(), AccountError> {
        check_name(name)?;
        self.expect_role(Some(role)).await?;
        let (password, must_change) = password.take()?;
        let action = Action::new(Kind::CreateUser).to(name).with(json!({ "role": role }));
        let made = async {
            let hash = self.0.passwords.hash(password).await;
            let now_ms = clock::now_ms();
            let new = NewUser { name, role, password_hash: &hash, must_change, now_ms };
            match db::users::create(&self.0.db, new).await {
                Err(DbError::Exists) => Err(AccountError::Exists(name.to_owned())),
                made => Ok(made?),
            }
        };
        audit.record(who, action, made).await
    }

    /// Gives a user a role, and shuts the user out or lets the user in again.
    pub async fn change_user(
        &self,
        audit: &Audit,
        who: &Actor,
        name: &str,
        (role, disabled): (&str, bool),
    ) -> Result<(), AccountError> {
        let unknown = || AccountError::Unknown(name.to_owned());
        let before = db::users::by_name(&self.0.db, name).await?.ok_or_else(unknown)?;
        self.expect_role(Some(role)).await?;
        let was = json!({ "role": before.role, "disabled": before.disabled });
        let shall = json!({ "role": role, "disabled": disabled });
        let action = Action::new(Kind::ChangeUser).to(&before.name).changing(was, shall);
        let change = async {
            let needed = Role::Administrator.name();
            let open = self.open_of(name).await?;
            match db::users::change(&self.0.db, name, (role, disabled), needed).await? {
                Ok(()) => {
                    open.iter().filter(|_| disabled).for_each(|id| self.tell_ended(id));
                    Ok(())
                }
                Err(Unchanged::Unknown) => Err(unknown()),
                Err(Unchanged::Last) => Err(AccountError::LastAdministrator(name.to_owned())),
            }
        };
        audit.record(who, action, change).await
    }

    /// Deletes a user with all sessions and tokens. What the user did stays in the audit log.
    pub async fn delete_user(
        &self,
        audit: &Audit,
        who: &Actor,
        name: &str,
    ) -> Result<(), AccountError> {
        let unknown = || AccountError::Unknown(name.to_owned());
        let before = db::users::by_name(&self.0.db, name).await?.ok_or_else(unknown)?;
        let detail = json!({ "before": { "role": before.role, "disabled": before.disabled } });
        let action = Action::new(Kind::DeleteUser).to(&before.name).with(detail);
        let delete = async {
            if who.user == before.name {
                return Err(AccountError::Yourself(before.name.clone()));
            }
            let open = self.open_of(name).await?;
            let needed = Role::Administrator.name();
            match db::users::delete(&self.0.db, name, needed).await? {
                Ok(()) => {
                    open.iter().for_each(|id| self.tell_ended(id));
                    Ok(())
                }
                Err(Unchanged::Unknown) => Err(unknown()),
                Err(Unchanged::Last) => Err(AccountError::LastAdministrator(name.to_owned())),
            }
        };
        audit.record(who, action, delete).await
    }

    /// Sets a user's password and ends that user's sessions.
    pub async fn set_password(
        &self,
        audit: &Audit,
        who: &Actor,
        name: &str,
        password: NewPassword,
    ) -> Result<(), AccountError> {
        let (password, must_change) = password.take()?;
        let action = Action::new(Kind::SetPassword).to(name);
        let action = action.with(json!({ "must_change": must_change }));
        let set = async {
            let hash = self.0.passwords.hash(password).await;
            self.keep_password(name, (&hash, must_change), None).await
        };
        audit.record(who, action, set).await
    }

    /// Changes one's own password, and ends one's other sessions. A wrong old password is a try
    /// like one at the door.
    pub async fn change_password(
        &self,
        audit: &Audit,
        viewer: &Viewer,
        old: String,
        new: String,
    ) -> Result<(), AccountError> {
        let session = viewer.session().ok_or(AccountError::NeedsSession)?;
        password::check(&new)?;
        let action = Action::new(Kind::SetPassword).to(viewer.user());
        let change = async {
            let known = db::users::by_name(&self.0.db, viewer.user()).await?;
            let hash = known.map(|user| user.password_hash);
            let is_same = old == new;
            let is_short = old.len() <= password::BYTES_MAX;
            if !is_short || !self.0.passwords.verify(old, hash).await {
                return Err(AccountError::WrongPassword);
            }
            if is_same {
                return Err(AccountError::SamePassword);
            }
            let hash = self.0.passwords.hash(new).await;
            self.keep_password(viewer.user(), (&hash, false), Some(session)).await
        };
        audit.record(viewer, action, change).await
    }

    /// The ids of all that a user may have come by.
    async fn open_of(&self, name: &str) -> Result<Vec<String>, DbError> {
        let (sessions, tokens) = (self.sessions(Some(name)).await?, self.tokens(Some(name)).await?);
        let sessions = sessions.into_iter().map(|session| session.id);
        Ok(sessions.chain(tokens.into_iter().map(|token| token.id)).collect())
    }

    async fn keep_password(
        &self,
        name: &str,
        password: (&str, bool),
        keep: Option<&str>,
    ) -> Result<(), AccountError> {
        let open = self.sessions(Some(name)).await?;
        let now_ms = clock::now_ms();
        if !db::users::set_password(&self.0.db, name, password, keep, now_ms).await? {
            return Err(AccountError::Unknown(name.to_owned()));
        }
        let ended = open.iter().filter(|session| Some(session.id.as_str()) != keep);
        ended.for_each(|session| self.tell_ended(&session.id));
        Ok(())
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
mod tests;
