//! The `ouzel` binary as a library: broker, console and command line in one process.
//!
//! A command line becomes a configuration (`cli`, `config`), a configuration becomes a running
//! server (`server`), a request finds its handler through the one table in `router`. From there
//! each layer calls only layers further down this list.

pub mod cli;
pub mod config;
pub mod memory;
pub mod telemetry;

pub mod configured;
pub mod embedded;
pub mod server;

pub mod demo;

pub mod listener;
pub mod openapi;
pub mod router;
pub mod state;

pub mod bundle;
pub mod error;
pub mod http;
pub mod live;
pub mod metrics;
pub mod resets;
pub mod watch;

pub mod auth;

pub mod book;

pub mod audit;

pub mod browse;
pub mod import;
pub mod kafka;

pub mod script;

pub mod clock;
pub mod db;
pub mod vault;
