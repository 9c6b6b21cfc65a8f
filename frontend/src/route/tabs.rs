//! The tabs of pages, each with the last segment of its path.

/// The tabs of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicTab {
    /// Its records.
    Messages,
    /// Its partitions, their leaders and offsets.
    Partitions,
    /// The groups that read it.
    Consumers,
    /// Its settings.
    Configuration,
}

/// The tabs of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupTab {
    /// Committed and end offsets by partition.
    Lag,
    /// Who is in the group.
    Members,
    /// Moving what it has committed.
    Reset,
}

/// The tabs of a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokerTab {
    /// The partitions of which it holds a copy.
    Partitions,
    /// Where it keeps them.
    Folders,
    /// Its settings.
    Configuration,
}

/// The tabs of the access page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessTab {
    /// Who may sign in.
    Users,
    /// What they may do.
    Roles,
    /// Who is signed in.
    Sessions,
    /// What programs come by.
    Tokens,
    /// What somebody may do somewhere, and why.
    Check,
}

impl AccessTab {
    /// All of them, in their order.
    pub const ALL: [AccessTab; 5] = [
        AccessTab::Users,
        AccessTab::Roles,
        AccessTab::Sessions,
        AccessTab::Tokens,
        AccessTab::Check,
    ];

    /// The last segment of the path.
    pub fn name(self) -> &'static str {
        match self {
            AccessTab::Users => "users",
            AccessTab::Roles => "roles",
            AccessTab::Sessions => "sessions",
            AccessTab::Tokens => "tokens",
            AccessTab::Check => "check",
        }
    }

    pub(super) fn parse(name: &str) -> Option<AccessTab> {
        AccessTab::ALL.into_iter().find(|tab| tab.name() == name)
    }
}

impl TopicTab {
    /// The last segment of the path.
    pub fn name(self) -> &'static str {
        match self {
            TopicTab::Messages => "messages",
            TopicTab::Partitions => "partitions",
            TopicTab::Consumers => "consumers",
            TopicTab::Configuration => "configuration",
        }
    }

    pub(super) fn parse(name: &str) -> Option<TopicTab> {
        use TopicTab::{Configuration, Consumers, Messages, Partitions};
        [Messages, Partitions, Consumers, Configuration].into_iter().find(|tab| tab.name() == name)
    }
}

impl GroupTab {
    /// The last segment of the path; the lag has none in its address.
    pub fn name(self) -> &'static str {
        match self {
            GroupTab::Lag => "lag",
            GroupTab::Members => "members",
            GroupTab::Reset => "reset",
        }
    }

    pub(super) fn parse(name: &str) -> Option<GroupTab> {
        [GroupTab::Members, GroupTab::Reset].into_iter().find(|tab| tab.name() == name)
    }
}

impl BrokerTab {
    /// The last segment of the path.
    pub fn name(self) -> &'static str {
        match self {
            BrokerTab::Partitions => "partitions",
            BrokerTab::Folders => "log-directories",
            BrokerTab::Configuration => "configuration",
        }
    }

    pub(super) fn parse(name: &str) -> Option<BrokerTab> {
        use BrokerTab::{Configuration, Folders, Partitions};
        [Partitions, Folders, Configuration].into_iter().find(|tab| tab.name() == name)
    }
}
