//! The settings of one topic: told with their source, changed key by key.

use serde::{Deserialize, Serialize};

/// Most keys that one request may change: far more than a topic has.
pub const CHANGES_MAX: usize = 200;

/// Answer of `GET …/topics/{topic}/config`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicConfig {
    /// By name.
    pub settings: Vec<TopicSetting>,
    /// Why the settings cannot be changed from here, such as a cluster that cannot change one key
    /// and leave the others; `None` if they can.
    pub unchangeable: Option<String>,
    /// When this was read from the cluster.
    pub read_at_ms: i64,
}

/// One setting of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicSetting {
    /// Kafka's key, such as `retention.ms`.
    pub name: String,
    /// The value in force; `None` where the cluster keeps it secret.
    pub value: Option<String>,
    /// What the value would be if the topic said nothing; `None` where the cluster does not tell.
    pub inherited: Option<String>,
    /// Where that comes from, as Kafka names it, such as `DEFAULT_CONFIG`.
    pub inherited_from: Option<String>,
    /// Where the value in force comes from, such as `DYNAMIC_TOPIC_CONFIG`.
    pub source: String,
    /// Whether the topic itself sets it.
    pub modified: bool,
    /// The value's type.
    pub kind: SettingKind,
    /// Whether the value is secret.
    pub sensitive: bool,
    /// Whether it can only be set in a broker's files.
    pub read_only: bool,
    /// What it means, in the cluster's words; `None` where it does not tell.
    pub documentation: Option<String>,
}

/// The type of a setting's value, as Kafka tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SettingKind {
    /// The cluster does not tell.
    Unknown,
    /// `true` or `false`.
    Boolean,
    /// Text.
    String,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 16 bits.
    Short,
    /// A whole number of 64 bits.
    Long,
    /// A number with a fraction.
    Double,
    /// Words with commas between them.
    List,
    /// The name of a Java class.
    Class,
    /// A secret.
    Password,
}

impl SettingKind {
    /// The type in a word.
    pub fn name(self) -> &'static str {
        match self {
            SettingKind::Unknown => "unknown type",
            SettingKind::Boolean => "boolean",
            SettingKind::String => "text",
            SettingKind::Int => "int",
            SettingKind::Short => "short",
            SettingKind::Long => "long",
            SettingKind::Double => "double",
            SettingKind::List => "list",
            SettingKind::Class => "class",
            SettingKind::Password => "password",
        }
    }
}

/// Body of `POST …/topics/{topic}/config`: what changes. All other keys stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeTopicConfig {
    /// At least one, each key once; all of them change, or none does.
    pub changes: Vec<SettingChange>,
}

/// What one setting becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SettingChange {
    /// Kafka's key.
    pub name: String,
    /// The value that the topic gets; `None` takes the topic's own value away, so that it inherits.
    pub value: Option<String>,
    /// The value that was in force when the change was decided. If it is another one by now,
    /// nothing is changed (409). Left out, nothing is compared.
    #[serde(default)]
    pub was: Option<String>,
}
