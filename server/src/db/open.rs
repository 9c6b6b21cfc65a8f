//! Opening the file: made if missing, copied before it is changed, brought to today's schema.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use sqlx::{
    Row, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tracing::info;

use super::{BUSY_MAX, Db, DbError, READERS};

/// The file's name in the data folder.
pub const FILE_NAME: &str = "console.db";

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

impl Db {
    /// Opens the database in `folder`. It is made if missing, for this user's eyes alone.
    pub async fn open(folder: &Path) -> Result<Db, DbError> {
        let path = folder.join(FILE_NAME);
        let was_there =
            touch(&path).map_err(|source| DbError::Write { path: path.clone(), source })?;
        let writer = connect(&path, SqlitePoolOptions::new().max_connections(1), false).await?;
        if was_there {
            keep_a_copy(&writer, &path).await?;
        }
        MIGRATIONS.run(&writer).await.map_err(|source| match source {
            MigrateError::VersionMissing(found) => {
                DbError::Newer { path: path.clone(), found, known: latest() }
            }
            source => DbError::Migrate { path: path.clone(), source },
        })?;
        let reader =
            connect(&path, SqlitePoolOptions::new().max_connections(READERS), true).await?;
        Ok(Db { writer, reader })
    }
}

/// Makes the file; answers whether the file held anything before.
fn touch(path: &Path) -> io::Result<bool> {
    // Password hashes and the signing key lie in it.
    let mut options = OpenOptions::new();
    let file = options.create(true).append(true).mode(0o600).open(path)?;
    Ok(file.metadata()?.len() > 0)
}

async fn connect(
    path: &Path,
    pool: SqlitePoolOptions,
    read_only: bool,
) -> Result<SqlitePool, DbError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // A beginning in the audit log must outlast a power cut that the act itself outlasts.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_MAX)
        .pragma("query_only", if read_only { "ON" } else { "OFF" });
    let opened = pool.connect_with(options).await;
    opened.map_err(|source| DbError::Open { path: path.to_owned(), source })
}

fn latest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// If migrations are due, leaves `console.db.before-v<version>` beside the file.
async fn keep_a_copy(writer: &SqlitePool, path: &Path) -> Result<(), DbError> {
    let found = schema_version(writer).await?;
    let known = latest();
    if found > known {
        return Err(DbError::Newer { path: path.to_owned(), found, known });
    }
    let copy = PathBuf::from(format!("{}.before-v{known}", path.display()));
    // A copy that is there already is of an earlier try, and so the better one: it is whole.
    if found == known || copy.exists() {
        return Ok(());
    }
    let part = PathBuf::from(format!("{}.part", copy.display()));
    let unwritable = |source| DbError::Write { path: copy.clone(), source };
    begin_part(&part).map_err(unwritable)?;
    sqlx::query("VACUUM INTO ?").bind(part.display().to_string()).execute(writer).await?;
    end_part(&part, &copy).map_err(unwritable)?;
    info!(copy = %copy.display(), "Kept a copy of the database before changing its schema");
    Ok(())
}

/// An empty file for the copy to be written into, for this user's eyes alone as the original is.
fn begin_part(part: &Path) -> io::Result<()> {
    match fs::remove_file(part) {
        // What a try that was cut short has left behind.
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().create_new(true).write(true).mode(0o600).open(part).map(drop)
}

/// Gives the copy its name once it is whole on the disk, as SQLite leaves that to its caller.
fn end_part(part: &Path, copy: &Path) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    fs::rename(part, copy)?;
    copy.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

async fn schema_version(writer: &SqlitePool) -> Result<i64, DbError> {
    let is_versioned = "SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations'";
    if sqlx::query(is_versioned).fetch_optional(writer).await?.is_none() {
        return Ok(0);
    }
    let version = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
    Ok(sqlx::query(version).fetch_one(writer).await?.get(0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::db::testing::database;

    #[tokio::test]
    async fn a_second_opening_finds_the_schema_and_makes_no_copy() {
        let (folder, db) = database().await;
        db.close().await;
        let db = Db::open(folder.path()).await.unwrap();
        db.ping().await.unwrap();
        let copies = |entry: &io::Result<std::fs::DirEntry>| {
            entry.as_ref().unwrap().file_name().to_string_lossy().contains("before")
        };
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().filter(copies).count(), 0);
    }

    /// As an earlier version left it: without the last migration.
    async fn outdated(folder: &Path) {
        let writer =
            connect(&folder.join(FILE_NAME), SqlitePoolOptions::new(), false).await.unwrap();
        let forget = "DELETE FROM _sqlx_migrations WHERE version = 5";
        sqlx::query(forget).execute(&writer).await.unwrap();
        sqlx::query("DROP TABLE settings").execute(&writer).await.unwrap();
        writer.close().await;
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_copy_is_kept_before_a_migration_runs_for_its_owner_alone() {
        let (folder, db) = database().await;
        db.close().await;
        outdated(folder.path()).await;
        Db::open(folder.path()).await.unwrap().close().await;
        let copy = folder.path().join("console.db.before-v5");
        assert_eq!(mode(&copy), 0o600);
        let copy = connect(&copy, SqlitePoolOptions::new(), true).await.unwrap();
        assert_eq!(schema_version(&copy).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn half_a_copy_of_a_try_that_was_cut_short_is_not_taken_for_one() {
        let (folder, db) = database().await;
        db.close().await;
        outdated(folder.path()).await;
        let part = folder.path().join("console.db.before-v5.part");
        fs::write(&part, "SQLite format 3").unwrap();
        Db::open(folder.path()).await.unwrap().close().await;
        assert!(!part.exists());
        let copy = folder.path().join("console.db.before-v5");
        let copy = connect(&copy, SqlitePoolOptions::new(), true).await.unwrap();
        assert_eq!(schema_version(&copy).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn a_database_of_a_later_version_is_left_alone() {
        let (folder, db) = database().await;
        let later = "INSERT INTO _sqlx_migrations VALUES (99, 'x', 0, TRUE, x'00', 0)";
        sqlx::query(later).execute(&db.writer).await.unwrap();
        db.close().await;
        let told = Db::open(folder.path()).await.unwrap_err();
        assert!(matches!(told, DbError::Newer { found: 99, .. }), "{told}");
    }

    #[tokio::test]
    async fn only_its_owner_can_read_the_file() {
        let (folder, _db) = database().await;
        assert_eq!(mode(&folder.path().join(FILE_NAME)), 0o600);
    }
}
