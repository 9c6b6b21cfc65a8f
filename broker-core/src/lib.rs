//! The Ouzel broker as a library; it knows nothing of the console.

pub mod cluster;
pub mod config;
pub mod flush;
pub mod group;
pub mod ids;
pub mod log;
pub mod partition;
pub mod world;
