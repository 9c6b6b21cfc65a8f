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
    /// A topic is made.
    CreateTopic,
    /// A topic is deleted.
    DeleteTopic,
    /// Messages are searched.
    SearchMessages,
    /// One message is read.
    ReadMessage,
    /// Messages are followed as they arrive.
    TailMessages,
    /// The hash chain is checked.
    VerifyAudit,
    /// A cluster is looked at. Only a denial of it leaves a row.
    ViewCluster,
    /// The audit log is read. Only a denial of it leaves a row.
    ReadAudit,
}

impl Kind {
    /// The name in rows; filters match its beginning.
    pub fn name(self) -> &'static str {
        match self {
            Kind::SignIn => "session.sign_in",
            Kind::SignOut => "session.sign_out",
            Kind::CreateUser => "user.create",
            Kind::SetPassword => "user.password",
            Kind::CreateTopic => "topic.create",
            Kind::DeleteTopic => "topic.delete",
            Kind::SearchMessages => "messages.search",
            Kind::ReadMessage => "messages.read",
            Kind::TailMessages => "messages.tail",
            Kind::VerifyAudit => "audit.verify",
            Kind::ViewCluster => "cluster.view",
            Kind::ReadAudit => "audit.read",
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
            Permission::CreateTopic => Kind::CreateTopic,
            Permission::DeleteTopic => Kind::DeleteTopic,
            Permission::ReadAudit => Kind::ReadAudit,
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

    /// The same act, with more about the request.
    pub fn with(mut self, detail: Value) -> Action {
        self.detail = Some(detail);
        self
    }
}
