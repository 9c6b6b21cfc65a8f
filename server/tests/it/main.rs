//! The server as its users meet it: over sockets, and from the command line.
#![allow(clippy::unwrap_used, missing_docs)]

mod audit;
mod command_line;
mod cross_site;
mod health;
mod process;
mod roles;
mod session;
mod shell;
mod stop;
mod support;
