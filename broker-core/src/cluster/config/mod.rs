//! What can be set, what may stand there, and what a change makes of it.
//!
//! A topic's keys are one table (`topic_keys.rs`) of names, types, defaults and meanings
//! (`key.rs`); values from outside are judged in `value.rs`, changes in `change.rs`. Who obeys a
//! value, and what a broker can be told, is not known here.

mod change;
mod key;
mod topic_keys;
mod value;

use std::collections::BTreeMap;

pub use change::{Act, Alteration, Change};
pub use key::{Keys, Kind, Legal, Setting};
pub use topic_keys::{TOPIC_ORDER, topic_keys, value_of};
pub use value::{InvalidSetting, check_together, parse_settings};

/// What was set, by Kafka's names; what is absent has its default.
pub type Settings = BTreeMap<String, String>;
