//! Conditions on records: what is asked of which part, and whether it must hold.

use serde::{Deserialize, Serialize};

/// A condition, and how it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Filter {
    /// The condition.
    #[serde(flatten)]
    pub test: Test,
    /// Whether it must not hold. A record that it cannot judge does not match either way.
    #[serde(default, skip_serializing_if = "is_false")]
    pub negate: bool,
    /// One that is switched off is ignored.
    #[serde(default = "on", skip_serializing_if = "is_on")]
    pub enabled: bool,
}

impl Filter {
    /// A condition that must hold.
    pub fn new(test: Test) -> Filter {
        Filter { test, negate: false, enabled: true }
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_on(flag: &bool) -> bool {
    *flag
}

fn on() -> bool {
    true
}

/// One condition on a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Test {
    /// The bytes hold this text. Case matters.
    Contains {
        /// Where to look.
        target: Target,
        /// The text.
        text: String,
    },
    /// The bytes match this regular expression (the `regex` crate's syntax).
    Regex {
        /// Where to look.
        target: Target,
        /// The pattern.
        pattern: String,
    },
    /// A part is exactly these bytes, whatever they are and however they are shown.
    Bytes {
        /// Which part. Of several, one has to.
        target: Target,
        /// The bytes, as base64 with its padding; none at all is an empty part.
        base64: String,
    },
    /// A part as a whole satisfies `op`.
    Part {
        /// Which part. Of several, one has to.
        target: Target,
        /// The comparison.
        op: Operator,
        /// What it is compared with; see `Operator`.
        value: String,
    },
    /// The key or value is JSON (or is decoded into it), and the field at `path` satisfies `op`.
    Field {
        /// Whose field.
        #[serde(default, skip_serializing_if = "Side::is_value")]
        of: Side,
        /// Such as `user.address.city`, `items[0].sku`, `items[*].qty`, `["odd key"].x`.
        path: String,
        /// The comparison.
        op: Operator,
        /// What it is compared with; see `Operator`.
        value: String,
    },
    /// A function body in JavaScript returns `true`. It runs on the server, last of all filters.
    ///
    /// It sees `key` and `value` (what their JSON holds, else their text, `null` where there is
    /// none), `keyText` and `valueText` (the same as written), `headers` (an object),
    /// `partitionID` (also `partitionId`), `offset` and `timestamp` (a `Date`). Numbers of JSON
    /// are JavaScript's: whole ones beyond 2^53 and decimals of more than 15 digits are rounded in
    /// `value`, and exact only in `valueText`. A record for which it throws, or returns no
    /// boolean, cannot be judged. Nothing is kept from one record to the next.
    Javascript {
        /// The body, such as `return value.amount > 100`.
        script: String,
    },
}

/// The part of a record that a filter looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Key, value, header keys or header values.
    Any,
    /// The key.
    Key,
    /// The value.
    Value,
    /// Header keys or values.
    Headers,
    /// The values of the headers with this key.
    Header(String),
}

/// The key or the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The key.
    Key,
    /// The value.
    #[default]
    Value,
}

impl Side {
    /// Whether it is the value.
    pub fn is_value(&self) -> bool {
        *self == Side::Value
    }
}

/// How a part or field is compared.
///
/// What it is compared with is a number if it looks like one, and compares with numbers as an
/// exact decimal of any length; in double quotes it is text and nothing else. What is there and is
/// no number compares as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equal.
    Eq,
    /// Present, but not equal.
    Ne,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Its text holds the value.
    Contains,
    /// It is there, `null` in JSON included. The value is ignored.
    Exists,
    /// Its text matches the value, a regular expression.
    Regex,
    /// Equal to one of the values, which are separated by commas; one that holds a comma stands in
    /// double quotes.
    In,
}
