//! Users, roles, sessions and API tokens, as an administrator sees them and as each person sees
//! their own.

use serde::{Deserialize, Serialize};

use crate::session::{Grant, Permission};

/// Longest name of a role, and of a token.
pub const NAME_CHARS_MAX: usize = 64;
/// Most lines of one role: more cannot be overlooked.
pub const GRANTS_MAX: usize = 50;
/// Longest pattern: a topic's name is at most 249 letters long.
pub const PATTERN_BYTES_MAX: usize = 255;
/// Longest life of a token, in days.
pub const TOKEN_DAYS_MAX: u16 = 366;

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// The user's name.
    pub name: String,
    /// The name of the user's role.
    pub role: String,
    /// May not sign in, and no token of theirs works.
    pub disabled: bool,
    /// Must change the password at the next sign-in.
    pub must_change_password: bool,
    /// When the user was made.
    pub created_ms: i64,
    /// When the password was last set.
    pub password_changed_ms: i64,
    /// When one of the user's sessions was last used; `None` if none is left.
    pub seen_ms: Option<i64>,
    /// Sessions that hold now.
    pub sessions: u32,
    /// Tokens that work now.
    pub tokens: u32,
}

/// Body of `POST /api/v1/users`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateUser {
    /// The new user's name.
    pub name: String,
    /// The name of a role.
    pub role: String,
}

/// Body of `PUT /api/v1/users/{user}`: the user as it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeUser {
    /// The name of a role.
    pub role: String,
    /// Whether the user is shut out.
    pub disabled: bool,
}

/// A password that was made up and is shown this once. It must be changed at the first sign-in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FirstPassword {
    /// Whose it is.
    pub user: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for FirstPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FirstPassword").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Body of `POST /api/v1/me/password`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangePassword {
    /// The password until now.
    pub old: String,
    /// The password from now on.
    pub new: String,
}

impl std::fmt::Debug for ChangePassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChangePassword").finish_non_exhaustive()
    }
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleRow {
    /// Its name.
    pub name: String,
    /// Always there, and never changed.
    pub built_in: bool,
    /// What it allows; all else is denied.
    pub grants: Vec<Grant>,
    /// Users who have it.
    pub users: u32,
    /// When it was last changed; `None` for those that are built in.
    pub changed_ms: Option<i64>,
}

/// Body of `POST /api/v1/roles`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateRole {
    /// Its name.
    pub name: String,
    /// What it allows.
    pub grants: Vec<Grant>,
}

/// Body of `PUT /api/v1/roles/{role}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeRole {
    /// What it allows from now on.
    pub grants: Vec<Grant>,
}

/// Somebody is signed in somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionRow {
    /// Names it; no use without the token that it is part of.
    pub id: String,
    /// Whose it is.
    pub user: String,
    /// Where it was begun from.
    pub address: String,
    /// When it was begun.
    pub created_ms: i64,
    /// When it was last used, to the minute.
    pub seen_ms: i64,
    /// When it ends at the latest.
    pub expires_ms: i64,
    /// Whether it is the one that asks.
    pub here: bool,
}

/// An API token. The token itself is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRow {
    /// Names it.
    pub id: String,
    /// Whose it is: a token may never do more than its owner.
    pub user: String,
    /// What its owner calls it.
    pub name: String,
    /// The role that narrows it, if one does.
    pub role: Option<String>,
    /// When it was made.
    pub created_ms: i64,
    /// When it ends.
    pub expires_ms: i64,
    /// When it was last used, to the minute.
    pub seen_ms: Option<i64>,
    /// From where.
    pub seen_from: Option<String>,
}

/// Body of `POST /api/v1/me/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateToken {
    /// What to call it.
    pub name: String,
    /// How long it works: 1 to 366 days.
    pub days: u16,
    /// A role that narrows what it may do; `None`: all that its owner may.
    #[serde(default)]
    pub role: Option<String>,
}

/// Answer of `POST /api/v1/me/tokens`: the only time the token is seen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewToken {
    /// What is sent as `Authorization: Bearer …`.
    pub token: String,
    /// What is known of it.
    pub row: TokenRow,
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewToken").field("row", &self.row).finish_non_exhaustive()
    }
}

/// Query of `GET /api/v1/access/explain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
pub struct ExplainQuery {
    /// Whose rights.
    pub user: String,
    /// On which cluster; empty asks for all of them.
    #[serde(default)]
    pub cluster: String,
    /// On which topic or group; empty asks for all of them.
    #[serde(default)]
    pub resource: String,
}

/// What somebody may do somewhere, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explained {
    /// Whose rights.
    pub user: String,
    /// The name of that user's role.
    pub role: String,
    /// Every right in turn.
    pub decisions: Vec<ExplainedRight>,
}

/// One right, decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExplainedRight {
    /// The right.
    pub permission: Permission,
    /// Whether it would be allowed.
    pub allowed: bool,
    /// By which rule.
    pub rule: String,
}
