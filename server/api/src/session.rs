//! Who is signed in and what that person may do.

use serde::{Deserialize, Serialize};

use crate::pattern;

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

/// The roles that are always there; others are made by people (see `access`). Each may do
/// all that the ones after it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May do everything, reading the audit log included.
    Administrator,
    /// May also create, change, empty and delete topics, write records, reset the offsets of
    /// groups and delete groups.
    Editor,
    /// May look at clusters, topics, groups and messages.
    Viewer,
}

impl Role {
    /// All of them, the mightiest first.
    pub const ALL: [Role; 3] = [Role::Administrator, Role::Editor, Role::Viewer];

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
    /// Write records.
    ProduceMessages,
    /// Create topics.
    CreateTopic,
    /// Delete topics.
    DeleteTopic,
    /// Change settings of topics, and give them more partitions.
    AlterTopic,
    /// Delete the oldest records of topics, or all of them.
    DeleteRecords,
    /// Move or delete what consumer groups have committed.
    ResetOffsets,
    /// Delete consumer groups.
    DeleteGroup,
    /// Read and verify the audit log.
    ReadAudit,
    /// Make users, roles and other people's passwords; end sessions and revoke tokens.
    ManageAccess,
    /// Add, change and remove clusters.
    ManageClusters,
}

/// How narrowly a right can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// For the whole console or not at all.
    Console,
    /// By cluster: who may see one sees the names and sizes of all that is in it.
    Cluster,
    /// By cluster, and by topic or group within it.
    Resource,
}

impl Permission {
    /// All of them, in the order in which they are shown.
    pub const ALL: &[Permission] = &[
        Permission::ViewCluster,
        Permission::ReadMessages,
        Permission::ProduceMessages,
        Permission::CreateTopic,
        Permission::DeleteTopic,
        Permission::AlterTopic,
        Permission::DeleteRecords,
        Permission::ResetOffsets,
        Permission::DeleteGroup,
        Permission::ReadAudit,
        Permission::ManageAccess,
        Permission::ManageClusters,
    ];

    /// How narrowly it can be given.
    pub fn scope(self) -> Scope {
        match self {
            Permission::ReadAudit | Permission::ManageAccess | Permission::ManageClusters => {
                Scope::Console
            }
            Permission::ViewCluster => Scope::Cluster,
            _ => Scope::Resource,
        }
    }

    /// Whether using it changes a cluster: on one that is read-only nobody may.
    pub fn changes(self) -> bool {
        self.scope() == Scope::Resource && self != Permission::ReadMessages
    }

    /// In words: what it is, and what it lets do. "read messages", "search, follow, export"
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Permission::ViewCluster => ("see clusters", "topics, partitions, groups and their lag"),
            Permission::ReadMessages => ("read messages", "search, tail, export"),
            Permission::ProduceMessages => ("write messages", "one, many, tombstones"),
            Permission::CreateTopic => ("create topics", "new ones and clones"),
            Permission::DeleteTopic => ("delete topics", "with all their records"),
            Permission::AlterTopic => ("change topics", "settings, more partitions"),
            Permission::DeleteRecords => ("delete records", "the oldest, or all of a topic"),
            Permission::ResetOffsets => ("reset offsets", "move or delete commits of groups"),
            Permission::DeleteGroup => ("delete groups", "with all they have committed"),
            Permission::ReadAudit => ("read the audit log", "and verify it"),
            Permission::ManageAccess => ("manage access", "users, roles, tokens, sessions"),
            Permission::ManageClusters => ("manage clusters", "add, change, remove"),
        }
    }

    /// The name used in messages and audit rows.
    pub fn name(self) -> &'static str {
        match self {
            Permission::ViewCluster => "view_cluster",
            Permission::ReadMessages => "read_messages",
            Permission::ProduceMessages => "produce_messages",
            Permission::CreateTopic => "create_topic",
            Permission::DeleteTopic => "delete_topic",
            Permission::AlterTopic => "alter_topic",
            Permission::DeleteRecords => "delete_records",
            Permission::ResetOffsets => "reset_offsets",
            Permission::DeleteGroup => "delete_group",
            Permission::ReadAudit => "read_audit",
            Permission::ManageAccess => "manage_access",
            Permission::ManageClusters => "manage_clusters",
        }
    }
}

/// Some rights on some clusters, topics and groups: one line of a role.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grant {
    /// What may be done.
    pub permissions: Vec<Permission>,
    /// On which clusters: an id in which `*` stands for any letters.
    pub cluster: String,
    /// On which topics or groups: a name in which `*` stands for any letters.
    pub resource: String,
}

/// What somebody would do, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The right that it needs.
    pub permission: Permission,
    /// The cluster; `None` is all of them, or none in particular.
    pub cluster: Option<&'a str>,
    /// The topic or group; `None` is all of them, or none in particular.
    pub resource: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// For the console as a whole.
    pub fn new(permission: Permission) -> Asked<'a> {
        Asked { permission, cluster: None, resource: None }
    }

    /// The same on this cluster.
    pub fn on(self, cluster: &'a str) -> Asked<'a> {
        Asked { cluster: Some(cluster), ..self }
    }

    /// The same to this topic or group.
    pub fn to(self, resource: &'a str) -> Asked<'a> {
        Asked { resource: Some(resource), ..self }
    }
}

impl Grant {
    /// Everything of `permissions`, everywhere.
    pub fn everywhere(permissions: &[Permission]) -> Grant {
        let all = || pattern::ALL.to_owned();
        Grant { permissions: permissions.to_vec(), cluster: all(), resource: all() }
    }

    /// Whether it allows what is asked. Where nothing in particular is named, all must be meant.
    pub fn covers(&self, asked: &Asked<'_>) -> bool {
        self.fits(asked, |pattern, name| match name {
            Some(name) => pattern::matches(pattern, name),
            None => pattern == pattern::ALL,
        })
    }

    /// Whether it allows what is asked on something at least, where nothing in particular is named.
    pub fn covers_some(&self, asked: &Asked<'_>) -> bool {
        self.fits(asked, |pattern, name| name.is_none_or(|name| pattern::matches(pattern, name)))
    }

    fn fits(&self, asked: &Asked<'_>, fits: impl Fn(&str, Option<&str>) -> bool) -> bool {
        let scope = asked.permission.scope();
        self.permissions.contains(&asked.permission)
            && match scope {
                Scope::Console => self.cluster == pattern::ALL,
                Scope::Cluster => fits(&self.cluster, asked.cluster),
                Scope::Resource => {
                    fits(&self.cluster, asked.cluster) && fits(&self.resource, asked.resource)
                }
            }
    }
}

/// Answer of `GET` and `POST /api/v1/session`: the person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Viewer {
    /// The user's name.
    pub user: String,
    /// The name of the user's role.
    pub role: String,
    /// What the role may do somewhere, so that the page can disable the rest with its reason.
    pub permissions: Vec<Permission>,
    /// Where it may do what.
    #[serde(default)]
    pub grants: Vec<Grant>,
    /// The password is one that somebody else has seen: nothing works until it is changed.
    #[serde(default)]
    pub must_change_password: bool,
    /// When the session ends at the latest.
    pub expires_ms: i64,
}

impl Viewer {
    /// Whether the page should offer what needs `permission`. The server checks again.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// The same for one place; where nothing in particular is named, something is enough.
    pub fn may_there(&self, asked: &Asked<'_>) -> bool {
        self.grants.iter().any(|grant| grant.covers_some(asked))
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Grant, Permission};

    fn grant(permissions: &[Permission], cluster: &str, resource: &str) -> Grant {
        let (cluster, resource) = (cluster.to_owned(), resource.to_owned());
        Grant { permissions: permissions.to_vec(), cluster, resource }
    }

    #[test]
    fn a_grant_covers_what_its_patterns_fit_and_nothing_else() {
        let read = Permission::ReadMessages;
        let narrow = grant(&[read], "prod-*", "orders*");
        let asked = Asked::new(read);
        assert!(narrow.covers(&asked.on("prod-eu").to("orders.v2")));
        assert!(!narrow.covers(&asked.on("dev").to("orders.v2")));
        assert!(!narrow.covers(&asked.on("prod-eu").to("payments")));
        assert!(!narrow.covers(&Asked::new(Permission::DeleteTopic).on("prod-eu").to("orders")));
        // Not named is all of them, and that is more than was given.
        assert!(!narrow.covers(&asked.on("prod-eu")));
        assert!(narrow.covers_some(&asked.on("prod-eu")));
        assert!(!narrow.covers_some(&asked.on("dev")));
    }

    #[test]
    fn whoever_may_see_a_cluster_sees_all_of_it_and_the_console_is_one_thing() {
        let seeing = grant(&[Permission::ViewCluster, Permission::ReadAudit], "prod", "orders");
        let view = Asked::new(Permission::ViewCluster);
        assert!(seeing.covers(&view.on("prod").to("payments")));
        assert!(!seeing.covers(&view.on("dev")));
        assert!(!seeing.covers(&Asked::new(Permission::ReadAudit)));
        assert!(
            grant(&[Permission::ReadAudit], "*", "x").covers(&Asked::new(Permission::ReadAudit))
        );
    }
}
