//! `ouzel user …`: also beside a running server, and for whoever has forgotten a password.

use std::io::{BufRead, IsTerminal, Read};

use clap::{Subcommand, ValueEnum};
use ouzel_api::session::Role;
use serde::Serialize;

use super::{
    Failure,
    audit::existing,
    output::{OutputFlags, line, show, table},
};
use crate::{
    audit::{Actor, Audit},
    auth::{AccountError, Auth, account::NewPassword},
    config::Loaded,
    db,
};

/// More than this on standard input is not a password.
const INPUT_BYTES_MAX: u64 = 4096;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print all users
    List(OutputFlags),
    /// Make a user; the password is read from standard input, or made up and printed
    Create {
        /// The new user's name
        name: String,
        /// What the user may do
        #[arg(long, value_enum)]
        role: RoleName,
        #[command(flatten)]
        output: OutputFlags,
    },
    /// Set a password and end the user's sessions; it is read from standard input, or made up and
    /// printed
    Passwd {
        /// The user's name
        name: String,
        #[command(flatten)]
        output: OutputFlags,
    },
    /// Give a user another role; it holds from the next request on
    SetRole {
        /// The user's name
        name: String,
        /// One of the built-in roles, or one that was made
        role: String,
    },
    /// Shut a user out: no sign-in, no session, no token works
    Disable {
        /// The user's name
        name: String,
    },
    /// Let a user in again
    Enable {
        /// The user's name
        name: String,
    },
    /// Delete a user with all sessions and tokens; the audit log keeps what the user did
    Delete {
        /// The user's name
        name: String,
    },
}

/// Roles as they are typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleName {
    Administrator,
    Editor,
    Viewer,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Role {
        match name {
            RoleName::Administrator => Role::Administrator,
            RoleName::Editor => Role::Editor,
            RoleName::Viewer => Role::Viewer,
        }
    }
}

#[derive(Serialize)]
struct Listed {
    user: String,
    role: String,
    disabled: bool,
    created_ms: i64,
    password_changed_ms: i64,
}

#[derive(Serialize)]
struct Changed {
    user: String,
    /// The password that was made up.
    password: Option<String>,
}

pub async fn run(command: Command, loaded: Loaded) -> Result<(), Failure> {
    let db = existing(&loaded).await?;
    let auth = Auth::open(db.clone(), loaded.config.session).await.map_err(Failure::of)?;
    let audit = Audit::new(db.clone());
    let who = operator();
    let office = Office { db: &db, auth: &auth, audit: &audit, who: &who };
    let done = match command {
        Command::List(output) => list(&db, output).await,
        Command::Create { name, role, output } => {
            let (password, made_up) = password()?;
            let user = (name.as_str(), Role::from(role).name());
            let made = auth.create_user(&audit, &who, user, password).await;
            made.map_err(Failure::of).and_then(|()| changed(name, made_up, output))
        }
        Command::Passwd { name, output } => {
            let (password, made_up) = password()?;
            let set = auth.set_password(&audit, &who, &name, password).await;
            set.map_err(Failure::of).and_then(|()| changed(name, made_up, output))
        }
        Command::SetRole { name, role } => {
            let told = format!("{name} now has the role {role}");
            office.change(&name, told, |user| user.role = role).await
        }
        Command::Disable { name } => {
            let told = format!("{name} is shut out");
            office.change(&name, told, |user| user.disabled = true).await
        }
        Command::Enable { name } => {
            let told = format!("{name} may sign in");
            office.change(&name, told, |user| user.disabled = false).await
        }
        Command::Delete { name } => {
            let deleted = auth.delete_user(&audit, &who, &name).await;
            deleted.map_err(Failure::of).and_then(|()| line(&format!("{name} was deleted")))
        }
    };
    audit.close().await;
    db.close().await;
    done
}

/// What users are changed with.
struct Office<'a> {
    db: &'a db::Db,
    auth: &'a Auth,
    audit: &'a Audit,
    who: &'a Actor,
}

impl Office<'_> {
    /// Changes one thing of a user and says `told`; the rest stays as it is.
    async fn change(
        &self,
        name: &str,
        told: String,
        change: impl FnOnce(&mut db::users::User),
    ) -> Result<(), Failure> {
        let user = db::users::by_name(self.db, name).await.map_err(Failure::of)?;
        let unknown = || Failure::of(AccountError::Unknown(name.to_owned()));
        let mut user = user.ok_or_else(unknown)?;
        change(&mut user);
        let shall = (user.role.as_str(), user.disabled);
        let changed = self.auth.change_user(self.audit, self.who, name, shall).await;
        changed.map_err(Failure::of).and_then(|()| line(&told))
    }
}

/// Whoever can write the data folder may do this; the system's name of that person is noted.
fn operator() -> Actor {
    let user = std::env::var("USER").unwrap_or_default();
    let uid = rustix::process::getuid().as_raw();
    Actor {
        user: if user.is_empty() { format!("uid {uid}") } else { format!("{user} (uid {uid})") },
        address: "local".to_owned(),
        rule: "has the data folder".to_owned(),
    }
}

/// The line that was piped in, or a new one, which is printed and must be changed at the first
/// sign-in: `(password, what was made up)`.
fn password() -> Result<(NewPassword, Option<String>), Failure> {
    let mut text = String::new();
    if !std::io::stdin().is_terminal() {
        let mut input = std::io::stdin().lock().take(INPUT_BYTES_MAX);
        input.read_line(&mut text).map_err(Failure::of)?;
    }
    match text.trim_end_matches(['\n', '\r']) {
        line if !line.is_empty() => Ok((NewPassword::Own(line.to_owned()), None)),
        _ => {
            let (first, made_up) = NewPassword::made_up();
            Ok((first, Some(made_up)))
        }
    }
}

fn changed(user: String, password: Option<String>, output: OutputFlags) -> Result<(), Failure> {
    show(output.format, &Changed { user, password }, |changed| match &changed.password {
        Some(password) => format!(
            "{} now has the password {password}, to be changed at the first sign-in",
            changed.user
        ),
        None => format!("{} now has this password", changed.user),
    })
}

async fn list(db: &db::Db, output: OutputFlags) -> Result<(), Failure> {
    let users = db::users::list(db).await.map_err(Failure::of)?;
    let listed: Vec<Listed> = users
        .into_iter()
        .map(|user| Listed {
            user: user.name,
            role: user.role,
            disabled: user.disabled,
            created_ms: user.created_ms,
            password_changed_ms: user.password_changed_ms,
        })
        .collect();
    show(output.format, &listed, |listed| {
        let state = |one: &Listed| if one.disabled { "shut out" } else { "active" };
        let row = |one: &Listed| vec![one.user.clone(), one.role.clone(), state(one).to_owned()];
        let rows: Vec<_> = listed.iter().map(row).collect();
        table(&["user", "role", "state"], &rows)
    })
}
