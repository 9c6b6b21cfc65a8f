//! The schema's history: each file of `migrations/`, compiled in.
//!
//! Read here rather than by `sqlx::migrate!`: sqlx's macros need SQLite and its driver a second
//! time, compiled for the compiler, and that is minutes of a first build for thirteen short files.

use std::sync::LazyLock;

use rust_embed::{EmbeddedFile, RustEmbed};
use sqlx::{
    AssertSqlSafe, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// All of them, in the order of their numbers.
pub static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let named = |name: &str| Files::get(name).map(|file| migration(name, &file));
    Migrator::with_migrations(Files::iter().filter_map(|name| named(&name)).collect())
});

/// The number of the newest.
pub fn latest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

#[derive(RustEmbed)]
#[folder = "../migrations"]
struct Files;

/// The migration in a file called `<number>_<what_it_does>.sql`. sqlx keeps a SHA-384 of its text
/// in the database and refuses one that was changed afterwards.
fn migration(name: &str, file: &EmbeddedFile) -> Migration {
    let (version, description) = parse(name)
        .unwrap_or_else(|| panic!("migrations/{name} is not named <number>_<what_it_does>.sql"));
    let text = str::from_utf8(&file.data)
        .unwrap_or_else(|error| panic!("migrations/{name} is not UTF-8: {error}"));
    // Compiled in, and so no person's text.
    let sql = AssertSqlSafe(text).into_sql_str();
    Migration::new(version, description.into(), MigrationType::Simple, sql, false)
}

fn parse(name: &str) -> Option<(i64, String)> {
    let (version, description) = name.strip_suffix(".sql")?.split_once('_')?;
    Some((version.parse().ok()?, description.replace('_', " ")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_have_no_gap_and_each_says_what_it_does() {
        let numbers: Vec<i64> = MIGRATIONS.iter().map(|it| it.version).collect();
        assert_eq!(numbers, (1..=latest()).collect::<Vec<_>>());
        assert_eq!(MIGRATIONS.iter().next().unwrap().description, "users");
        assert_eq!(parse("0010_lag_history.sql").unwrap(), (10, "lag history".to_owned()));
        assert!(parse("lag.sql").is_none() && parse("0001_x.txt").is_none());
    }

    /// As `sqlx::migrate!` had written it into the databases that people have.
    #[test]
    fn a_database_that_an_earlier_version_made_is_known_again() {
        let first = MIGRATIONS.iter().next().unwrap();
        let hex: String = first.checksum.iter().map(|byte| format!("{byte:02x}")).collect();
        let told = concat!(
            "0895dbd4a0b2201929506b518ffb1cf10b8ed42acf6a75d7",
            "2f8cedc67318e954829427cf254080705b985a3db2fb4ddc",
        );
        assert_eq!(hex, told);
    }
}
