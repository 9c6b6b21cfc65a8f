//! The console's own database: users, roles, sessions, tokens, clusters, audit, settings.
//!
//! Owns `console.db` and every line of SQL. One connection writes, several read, so that a writer
//! never finds the file busy with another of ours. Other processes (the command line beside a
//! running server) may write too; SQLite's lock and a bounded wait sort that out.

pub mod audit;
pub mod clusters;
pub mod lag;
mod migrations;
mod open;
pub mod resets;
pub mod roles;
pub mod sessions;
pub mod settings;
pub mod tokens;
pub mod users;

use std::{path::PathBuf, time::Duration};

pub use open::FILE_NAME;
use sqlx::{Sqlite, SqlitePool, Transaction};

/// How long a statement waits for another process's write before it fails. A write ends with a
/// sync, and a disk that others keep busy has been seen to take more than five seconds for one.
const BUSY_MAX: Duration = Duration::from_secs(30);

/// Connections that read at once; more would only wait for the same two cores.
const READERS: u32 = 4;

/// Cheap to clone; every clone is the same database.
#[derive(Debug, Clone)]
pub struct Db {
    writer: SqlitePool,
    reader: SqlitePool,
}

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The file cannot be made or opened.
    #[error("cannot open the database {path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
    /// The folder or a copy of the file cannot be made.
    #[error("cannot write {path}: {source}")]
    Write {
        /// What could not be written.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A later version of this program has changed the file.
    #[error(
        "the database {path} was made by a later version of ouzel (its schema is {found}, this \
         program knows {known}); use that version, or the copy it left beside the file"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The latest schema that this program knows.
        known: i64,
    },
    /// The file's bytes are not what SQLite wrote.
    #[error(
        "the database {path} is damaged ({source}); put a copy of it back, or move it away to \
         begin with an empty one (users, roles, clusters and the audit log are in it; messages \
         are not)"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// A migration failed; the file is as it was.
    #[error("cannot bring the database {path} to this version's schema: {source}")]
    Migrate {
        /// The file.
        path: PathBuf,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// What was to be added is there already.
    #[error("it exists already")]
    Exists,
    /// A statement failed.
    #[error("the database failed: {0}")]
    Query(sqlx::Error),
    /// The database holds what this program never writes.
    #[error("the database holds something unreadable: {0}")]
    Unreadable(String),
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> DbError {
        match error.as_database_error() {
            Some(told) if told.is_unique_violation() => DbError::Exists,
            _ => DbError::Query(error),
        }
    }
}

impl Db {
    /// A transaction that holds the write lock from its start. One that began by reading could
    /// not wait for the lock when it comes to write, but would fail at once.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, DbError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Whether it answers.
    pub async fn ping(&self) -> Result<(), DbError> {
        sqlx::query("SELECT 1").execute(&self.reader).await?;
        Ok(())
    }

    /// Finishes what is under way, and writes the log back into the file.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
pub mod testing {
    //! A database in a folder of its own.
    #![allow(clippy::unwrap_used)]

    use super::Db;

    impl Db {
        /// Runs any statement, as somebody with the file in hand could: nothing guards the log.
        pub async fn tamper(&self, statement: &'static str) {
            for trigger in ["audit_is_not_changed", "audit_is_not_deleted"] {
                let drop = format!("DROP TRIGGER IF EXISTS {trigger}");
                sqlx::query(sqlx::AssertSqlSafe(drop)).execute(&self.writer).await.unwrap();
            }
            sqlx::query("PRAGMA foreign_keys = OFF").execute(&self.writer).await.unwrap();
            sqlx::query(statement).execute(&self.writer).await.unwrap();
        }
    }

    /// Keep the folder: the file goes with it.
    pub async fn database() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(folder.path()).await.unwrap();
        (folder, db)
    }
}
