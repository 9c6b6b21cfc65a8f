//! Topics: the list with creating and deleting, and one topic with its tabs.

mod consumers;
mod create;
mod delete;
mod detail;
mod figures;
mod list;
mod order;
mod partitions;

pub use detail::Topic;
pub use list::Topics;
