//! Opening the file: made if missing, copied before it is changed, brought to today's schema.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use sqlx::{
    Row, SqlitePool,
    migrate::MigrateError,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tracing::info;

use super::{
    BUSY_MAX, Db, DbError, READERS,
    migrations::{MIGRATIONS, latest},
};

/// The file's name in the data folder.
pub const FILE_NAME: &str = "console.db";

impl Db {
    /// Opens the database in `folder`. It is made if missing, for this user's eyes alone.
    pub async fn open(folder: &Path) -> Result<Db, DbError> {
        let path = folder.join(FILE_NAME);
        Db::open_file(path.clone()).await.map_err(|error| damaged(path, error))
    }

    async fn open_file(path: PathBuf) -> Result<Db, DbError> {
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

/// What SQLite answers to bytes that it did not write.
const CORRUPT: u32 = 11;
const NOT_A_DATABASE: u32 = 26;

/// The same error, unless it says that the file is damaged.
fn damaged(path: PathBuf, error: DbError) -> DbError {
    let is_damage = |source: &sqlx::Error| {
        let code = source.as_database_error().and_then(|told| told.code());
        // The lowest byte is the kind; what lies above it says more.
        let kind = code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff);
        matches!(kind, Some(CORRUPT | NOT_A_DATABASE))
    };
    match error {
        DbError::Open { source, .. } | DbError::Query(source) if is_damage(&source) => {
            DbError::Damaged { path, source }
        }
        DbError::Migrate { source: MigrateError::Execute(source), .. } if is_damage(&source) => {
            DbError::Damaged { path, source }
        }
        other => other,
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

    use sqlx::migrate::Migrator;

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

    /// As an earlier version left it: with the first four migrations and no more.
    async fn outdated(folder: &Path) {
        let path = folder.join(FILE_NAME);
        touch(&path).unwrap();
        let writer = connect(&path, SqlitePoolOptions::new(), false).await.unwrap();
        let first = MIGRATIONS.iter().filter(|it| it.version <= 4).cloned().collect();
        Migrator::with_migrations(first).run(&writer).await.unwrap();
        let user = "INSERT INTO users VALUES (7, 'anna', 'editor', 'hash', 1, 2)";
        sqlx::query(user).execute(&writer).await.unwrap();
        let session = "INSERT INTO sessions VALUES ('s', 7, '::1', 10, 20, 100)";
        sqlx::query(session).execute(&writer).await.unwrap();
        writer.close().await;
    }

    fn copy_in(folder: &Path) -> PathBuf {
        folder.join(format!("{FILE_NAME}.before-v{}", latest()))
    }

    #[tokio::test]
    async fn users_and_their_sessions_outlive_an_upgrade() {
        let folder = tempfile::tempdir().unwrap();
        outdated(folder.path()).await;
        let db = Db::open(folder.path()).await.unwrap();
        let session = crate::db::sessions::live(&db, "s", 50, 0).await.unwrap().unwrap();
        assert_eq!((session.user.as_str(), session.role.as_str()), ("anna", "editor"));
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_copy_is_kept_before_a_migration_runs_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        outdated(folder.path()).await;
        Db::open(folder.path()).await.unwrap().close().await;
        let copy = copy_in(folder.path());
        assert_eq!(mode(&copy), 0o600);
        let copy = connect(&copy, SqlitePoolOptions::new(), true).await.unwrap();
        assert_eq!(schema_version(&copy).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn half_a_copy_of_a_try_that_was_cut_short_is_not_taken_for_one() {
        let folder = tempfile::tempdir().unwrap();
        outdated(folder.path()).await;
        let part = PathBuf::from(format!("{}.part", copy_in(folder.path()).display()));
        fs::write(&part, "SQLite format 3").unwrap();
        Db::open(folder.path()).await.unwrap().close().await;
        assert!(!part.exists());
        let copy = copy_in(folder.path());
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
    async fn a_damaged_file_is_told_with_its_name_and_left_as_it_is() {
        let garbage = vec![0x5a; 8192];
        let (folder, db) = database().await;
        db.close().await;
        let path = folder.path().join(FILE_NAME);
        let mut torn = fs::read(&path).unwrap();
        // The head of the first page's tree, behind the head of the file.
        torn[100..108].fill(0xff);
        for bytes in [garbage, torn] {
            fs::write(&path, &bytes).unwrap();
            let told = Db::open(folder.path()).await.unwrap_err();
            assert!(matches!(told, DbError::Damaged { .. }), "{told:?}");
            assert!(told.to_string().contains("console.db is damaged"), "{told}");
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
    }

    #[tokio::test]
    async fn only_its_owner_can_read_the_file() {
        let (folder, _db) = database().await;
        assert_eq!(mode(&folder.path().join(FILE_NAME)), 0o600);
    }
}
