//! Consumer groups: the list, and one group with its lag and members.

mod detail;
mod lag;
mod list;
mod members;

pub use detail::Group;
pub use list::Groups;
