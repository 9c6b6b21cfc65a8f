//! Everything that leaves a row in the audit log.

use ouzel_api::session::Permission;
use serde_json::Value;

/// What is done, and to what.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// What is done.
    pub kind: Kind,
    /// On which cluster.
    pub cluster: Option<String>,
    /// To what, such as a topic.
    pub resource: Option<String>,
    /// More about the request, as a JSON object. Never holds a secret or a message's content.
    pub detail: Option<Value>,
}

/// The acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody signs in, or tries to.
    SignIn,
    /// Somebody signs out.
    SignOut,
    /// A user is made.
    CreateUser,
    /// A user's password is set.
    SetPassword,
    /// A user gets a role, is shut out or let in.
    ChangeUser,
    /// A user is deleted.
    DeleteUser,
    /// A role is made.
    CreateRole,
    /// What a role allows is changed.
    ChangeRole,
    /// A role is removed.
    DeleteRole,
    /// Somebody's session is ended.
    EndSession,
    /// An API token is made.
    CreateToken,
    /// An API token is revoked.
    RevokeToken,
    /// A topic is made.
    CreateTopic,
    /// A topic is deleted.
    DeleteTopic,
    /// Settings of a topic are changed.
    AlterTopic,
    /// A topic gets more partitions.
    GrowTopic,
    /// The oldest records of a topic are deleted, or all of them.
    TrimTopic,
    /// A group's commits are moved or deleted.
    ResetOffsets,
    /// A reset is to be done when its group is empty.
    ScheduleReset,
    /// A reset that waits is taken back.
    CancelReset,
    /// A group is deleted.
    DeleteGroup,
    /// Messages are searched.
    SearchMessages,
    /// What a search finds is written to a file.
    ExportMessages,
    /// One message is read.
    ReadMessage,
    /// Messages are followed as they arrive.
    TailMessages,
    /// Rows of the audit log are taken out as a file.
    ExportAudit,
    /// Records are written.
    ProduceMessages,
    /// A record is written once more, here or to another topic.
    ReplayMessage,
    /// Keys are told to have no value any more.
    WriteTombstone,
    /// The records of a file are written.
    ImportMessages,
    /// The hash chain is checked.
    VerifyAudit,
    /// A cluster is added.
    AddCluster,
    /// What is known of a cluster is changed.
    ChangeCluster,
    /// A cluster is removed from the console.
    RemoveCluster,
    /// A cluster is tried out.
    TestCluster,
    /// A cluster is looked at. Only a denial of it leaves a row.
    ViewCluster,
    /// The audit log is read. Only a denial of it leaves a row.
    ReadAudit,
    /// Users, roles, sessions or tokens are looked at or changed. Only a denial of it leaves a row.
    ManageAccess,
    /// Clusters are added, changed or removed. Only a denial of it leaves a row.
    ManageClusters,
}

impl Kind {
    /// The name in rows; filters match its beginning.
    pub fn name(self) -> &'static str {
        match self {
            Kind::SignIn => "session.sign_in",
            Kind::SignOut => "session.sign_out",
            Kind::CreateUser => "user.create",
            Kind::SetPassword => "user.password",
            Kind::ChangeUser => "user.change",
            Kind::DeleteUser => "user.delete",
            Kind::CreateRole => "role.create",
            Kind::ChangeRole => "role.change",
            Kind::DeleteRole => "role.delete",
            Kind::EndSession => "session.end",
            Kind::CreateToken => "token.create",
            Kind::RevokeToken => "token.revoke",
            Kind::CreateTopic => "topic.create",
            Kind::DeleteTopic => "topic.delete",
            Kind::AlterTopic => "topic.config",
            Kind::GrowTopic => "topic.partitions",
            Kind::TrimTopic => "topic.trim",
            Kind::ResetOffsets => "group.reset",
            Kind::ScheduleReset => "group.reset_later",
            Kind::CancelReset => "group.reset_cancel",
            Kind::DeleteGroup => "group.delete",
            Kind::SearchMessages => "messages.search",
            Kind::ExportMessages => "messages.export",
            Kind::ReadMessage => "messages.read",
            Kind::TailMessages => "messages.tail",
            Kind::ExportAudit => "audit.export",
            Kind::ProduceMessages => "messages.produce",
            Kind::ReplayMessage => "messages.replay",
            Kind::WriteTombstone => "messages.tombstone",
            Kind::ImportMessages => "messages.import",
            Kind::VerifyAudit => "audit.verify",
            Kind::AddCluster => "cluster.add",
            Kind::ChangeCluster => "cluster.change",
            Kind::RemoveCluster => "cluster.remove",
            Kind::TestCluster => "cluster.test",
            Kind::ViewCluster => "cluster.view",
            Kind::ReadAudit => "audit.read",
            Kind::ManageAccess => "access.manage",
            Kind::ManageClusters => "cluster.manage",
        }
    }
}

impl Action {
    /// An act that concerns no cluster.
    pub fn new(kind: Kind) -> Action {
        Action { kind, cluster: None, resource: None, detail: None }
    }

    /// The act that somebody without `permission` tried.
    pub fn lacking(permission: Permission) -> Action {
        Action::new(match permission {
            Permission::ViewCluster => Kind::ViewCluster,
            Permission::ReadMessages => Kind::ReadMessage,
            Permission::ProduceMessages => Kind::ProduceMessages,
            Permission::CreateTopic => Kind::CreateTopic,
            Permission::DeleteTopic => Kind::DeleteTopic,
            Permission::AlterTopic => Kind::AlterTopic,
            Permission::DeleteRecords => Kind::TrimTopic,
            Permission::ResetOffsets => Kind::ResetOffsets,
            Permission::DeleteGroup => Kind::DeleteGroup,
            Permission::ReadAudit => Kind::ReadAudit,
            Permission::ManageAccess => Kind::ManageAccess,
            Permission::ManageClusters => Kind::ManageClusters,
        })
    }

    /// The same act on this cluster.
    pub fn on(mut self, cluster: impl Into<String>) -> Action {
        self.cluster = Some(cluster.into());
        self
    }

    /// The same act, done to this.
    pub fn to(mut self, resource: impl Into<String>) -> Action {
        self.resource = Some(resource.into());
        self
    }

    /// The same act, with what was there before and what shall be there after it. Readers of the
    /// log see the two side by side.
    pub fn changing(self, before: Value, after: Value) -> Action {
        self.with(serde_json::json!({ "before": before, "after": after }))
    }

    /// The same act, with more about the request.
    pub fn with(mut self, detail: Value) -> Action {
        self.detail = Some(detail);
        self
    }
}
