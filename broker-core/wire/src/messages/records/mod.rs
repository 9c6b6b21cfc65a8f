//! The records of `__consumer_offsets`, keys and values.
//!
//! Each begins with its version; that of a key also says which kind of record it is. Read them with
//! [`crate::frame::decode_versioned`].

mod group_metadata;
mod offset_commit;

pub use group_metadata::*;
pub use offset_commit::*;
