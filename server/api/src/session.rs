//! Who is signed in and what that person may do.

use serde::{Deserialize, Serialize};

/// Body of `POST /api/v1/session`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// The user's name.
    pub user: String,
    /// The password, as typed.
    pub password: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("user", &self.user).finish_non_exhaustive()
    }
}

/// What a user is. Each role may do all that the ones after it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May do everything, reading the audit log included.
    Administrator,
    /// May also create and delete topics.
    Editor,
    /// May look at clusters, topics, groups and messages.
    Viewer,
}

impl Role {
    /// The name in URLs, SQL and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Editor => "editor",
            Role::Viewer => "viewer",
        }
    }
}

/// One right. Which role holds which is decided on the server alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See clusters, topics, partitions, groups and their lag.
    ViewCluster,
    /// Read keys, values and headers of records.
    ReadMessages,
    /// Create topics.
    CreateTopic,
    /// Delete topics.
    DeleteTopic,
    /// Read and verify the audit log.
    ReadAudit,
}

impl Permission {
    /// The name used in messages and audit rows.
    pub fn name(self) -> &'static str {
        match self {
            Permission::ViewCluster => "view_cluster",
            Permission::ReadMessages => "read_messages",
            Permission::CreateTopic => "create_topic",
            Permission::DeleteTopic => "delete_topic",
            Permission::ReadAudit => "read_audit",
        }
    }
}

/// Answer of `GET` and `POST /api/v1/session`: the person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Viewer {
    /// The user's name.
    pub user: String,
    /// The user's role.
    pub role: Role,
    /// What the role may do, so that the page can disable the rest with its reason.
    pub permissions: Vec<Permission>,
    /// When the session ends at the latest.
    pub expires_ms: i64,
}

impl Viewer {
    /// Whether the page should offer what needs `permission`. The server checks again.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}
