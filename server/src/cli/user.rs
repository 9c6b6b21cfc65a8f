//! `ouzel user …`: also beside a running server, and for whoever has forgotten a password.

use std::io::{BufRead, IsTerminal, Read};

use clap::{Subcommand, ValueEnum};
use ouzel_api::session::Role;
use serde::Serialize;

use super::{
    Failure,
    audit::existing,
    output::{OutputFlags, show, table},
};
use crate::{
    audit::{Actor, Audit},
    auth::{Auth, account::NewPassword},
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
    };
    audit.close().await;
    db.close().await;
    done
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
        let rows: Vec<_> =
            listed.iter().map(|one| vec![one.user.clone(), one.role.clone()]).collect();
        table(&["user", "role"], &rows)
    })
}
