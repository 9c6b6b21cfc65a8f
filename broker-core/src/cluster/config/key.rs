//! What a key is: its name, type, default, legal values and meaning.
//!
//! Which keys there are is `topic_keys.rs`; judging a value is `value.rs`.

/// The type of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    Long,
    /// A number with a fraction.
    Double,
    /// Words with commas between them.
    List,
    /// One word.
    Text,
}

/// What values are legal, beside what the type says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Legal {
    Any,
    AtLeast(i64),
    Between(f64, f64),
    OneOf(&'static [&'static str]),
}

/// One thing a topic can be set to.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Kafka's name.
    pub name: &'static str,
    /// The name of the broker-wide setting that the default comes from, in Kafka.
    pub broker_name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Its value when nobody sets it.
    pub default: &'static str,
    pub(super) legal: Legal,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
}

/// A key of the table.
pub(super) const fn of(
    name: &'static str,
    broker_name: &'static str,
    (kind, default, legal): (Kind, &'static str, Legal),
    doc: &'static str,
) -> Setting {
    Setting { name, broker_name, kind, default, legal, doc }
}
