//! Topics: the list with creating and deleting, and one topic with its tabs.

mod bulk;
mod columns;
mod config;
mod consumers;
mod create;
mod delete;
mod detail;
mod export;
mod favourites;
mod figures;
mod list;
mod loss;
mod order;
mod partitions;
mod select;

pub use detail::Topic;
pub use list::Topics;
