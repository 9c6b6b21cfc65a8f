//! `ouzel audit verify`: also beside a running server.

use clap::Subcommand;
use ouzel_api::audit::AuditVerdict;

use super::{
    Failure,
    output::{OutputFlags, show},
};
use crate::{
    audit::{Audit, summary},
    config::Loaded,
    db::{Db, FILE_NAME},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the hash chain of the audit log; fails if it is broken
    Verify(OutputFlags),
}

pub async fn run(command: Command, loaded: Loaded) -> Result<(), Failure> {
    let Command::Verify(flags) = command;
    let db = existing(&loaded).await?;
    let verdict = Audit::new(db.clone()).verify().await.map_err(Failure::of)?;
    db.close().await;
    show(flags.format, &verdict, summary)?;
    match verdict {
        AuditVerdict::Whole { .. } => Ok(()),
        broken @ AuditVerdict::Broken { .. } => Err(Failure::Failed(summary(&broken))),
    }
}

/// The database of the configured data folder; a folder without one is not made into one.
pub async fn existing(loaded: &Loaded) -> Result<Db, Failure> {
    let file = loaded.config.data.join(FILE_NAME);
    if !file.is_file() {
        let told = format!("there is no {}; name the data folder with --data", file.display());
        return Err(Failure::Failed(told));
    }
    Db::open(&loaded.config.data).await.map_err(Failure::of)
}
