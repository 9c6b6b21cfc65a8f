//! Consumer groups: the list, and one group with its lag, its members and its resets.

mod delete;
mod detail;
mod export;
mod history;
mod lag;
mod list;
mod members;
mod pick;
mod reset;

pub use detail::Group;
pub use list::Groups;
