//! The pages, one folder or file each. A page knows its cluster and names from its route and the
//! rest from the address; pages never use each other.

pub mod access;
pub mod audit;
pub mod brokers;
pub mod clusters;
pub mod groups;
pub mod messages;
pub mod not_found;
pub mod overview;
pub mod sign_in;
pub mod topics;
