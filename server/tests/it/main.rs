//! The server as its users meet it: over sockets, and from the command line.
#![allow(clippy::unwrap_used, missing_docs)]

mod access;
mod admin_commands;
mod audit;
mod clusters;
mod command_line;
mod config_commands;
mod cross_site;
mod demo;
mod find;
mod groups;
mod health;
mod live;
mod other_clusters;
mod process;
mod produce;
mod profiles;
mod roles;
mod search;
mod session;
mod shell;
mod stop;
mod support;
mod topic_changes;
mod topic_commands;
mod topics;
