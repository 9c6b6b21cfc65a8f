//! What can be set, and what may stand there.
//!
//! Names, types, defaults and meanings are one table (`topic_keys.rs`) of keys (`key.rs`); values
//! from outside are judged in `value.rs`. Who obeys a value is not known here.

mod key;
mod topic_keys;
mod value;

pub use key::{Kind, Setting};
pub use topic_keys::{SETTINGS, setting, value_of};
pub use value::{InvalidSetting, parse_settings};
