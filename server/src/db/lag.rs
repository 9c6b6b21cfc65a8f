//! How far groups were behind, over time, and when which offset was written.

use std::collections::HashMap;

use sqlx::{FromRow, QueryBuilder, Row as _, Sqlite, sqlite::SqliteRow};

use super::{Db, DbError};

/// Rows of one statement: SQLite takes at most 32,766 values.
const ROWS_MAX: usize = 3_000;
/// Full resolution is kept so long: an hour.
const FINE_MS: i64 = 3_600_000;
/// Samples of five minutes are kept so long: a day and a bit, so that a day is always whole.
const MIDDLE_MS: i64 = 25 * 3_600_000;
/// Hourly samples are kept so long: thirty days.
pub const COARSE_MS: i64 = 30 * 24 * 3_600_000;
/// Most samples of one answer.
const SAMPLES_MAX: i64 = 2_000;

/// Whose lag a series is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Whose {
    /// All groups of the cluster together.
    Cluster,
    /// This group's.
    Group(String),
}

impl Whose {
    fn key(&self) -> (&'static str, &str) {
        match self {
            Whose::Cluster => ("cluster", ""),
            Whose::Group(group) => ("group", group),
        }
    }
}

/// One sample of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// When.
    pub at_ms: i64,
    /// Records behind.
    pub lag: Option<i64>,
    /// Of an hourly sample, the most since the one before.
    pub peak: Option<i64>,
    /// How far behind in time.
    pub time_lag_ms: Option<i64>,
    /// Whether that is only a lower bound.
    pub at_least: bool,
    /// Records read in a thousand seconds.
    pub read_rate: i64,
    /// Records written in a thousand seconds.
    pub written_rate: i64,
}

impl<'r> FromRow<'r, SqliteRow> for Sample {
    fn from_row(row: &'r SqliteRow) -> Result<Sample, sqlx::Error> {
        Ok(Sample {
            at_ms: row.try_get("at_ms")?,
            lag: row.try_get("lag")?,
            peak: row.try_get("peak")?,
            time_lag_ms: row.try_get("time_lag_ms")?,
            at_least: row.try_get("at_least")?,
            read_rate: row.try_get("read_rate")?,
            written_rate: row.try_get("written_rate")?,
        })
    }
}

/// The series of a cluster, by whose they are.
pub async fn series(db: &Db, cluster: &str) -> Result<HashMap<Whose, i64>, DbError> {
    let series = "SELECT id, kind, group_id FROM lag_series WHERE cluster = ?";
    let series = sqlx::query_as::<_, (i64, String, String)>(series).bind(cluster);
    let whose = |(id, kind, group): (i64, String, String)| match kind.as_str() {
        "cluster" => (Whose::Cluster, id),
        _ => (Whose::Group(group), id),
    };
    Ok(series.fetch_all(&db.reader).await?.into_iter().map(whose).collect())
}

/// All series there are, of all clusters: what the number of rows is limited by.
pub async fn series_count(db: &Db) -> Result<i64, DbError> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM lag_series").fetch_one(&db.reader).await?)
}

/// Begins series; answers their ids in this order.
pub async fn begin_series(db: &Db, cluster: &str, new: &[Whose]) -> Result<Vec<i64>, DbError> {
    let mut transaction = db.write().await?;
    let mut ids = Vec::with_capacity(new.len());
    for whose in new {
        let (kind, group) = whose.key();
        let begin = "INSERT INTO lag_series (cluster, kind, group_id) VALUES (?, ?, ?)
                     ON CONFLICT DO UPDATE SET kind = excluded.kind RETURNING id";
        let begin = sqlx::query_scalar(begin).bind(cluster).bind(kind).bind(group);
        ids.push(begin.fetch_one(&mut *transaction).await?);
    }
    transaction.commit().await?;
    Ok(ids)
}

/// Forgets all series and curves of a cluster.
pub async fn forget(db: &Db, cluster: &str) -> Result<(), DbError> {
    let mut transaction = db.write().await?;
    for table in ["lag_series", "lag_curves"] {
        let forget = format!("DELETE FROM {table} WHERE cluster = ?");
        let forget = sqlx::query(sqlx::AssertSqlSafe(forget)).bind(cluster);
        forget.execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Adds samples, each with the id of its series. A series that has ended meanwhile takes none.
pub async fn add(db: &Db, tier: i64, samples: &[(i64, Sample)]) -> Result<(), DbError> {
    let mut transaction = db.write().await?;
    for samples in samples.chunks(ROWS_MAX) {
        let mut rows = QueryBuilder::<Sqlite>::new(
            "INSERT OR IGNORE INTO lag_samples (series, at_ms, tier, lag, peak, time_lag_ms,
                                                at_least, read_rate, written_rate) ",
        );
        rows.push_values(samples, |mut row, (series, sample)| {
            row.push_bind(*series).push_bind(sample.at_ms).push_bind(tier);
            row.push_bind(sample.lag).push_bind(sample.peak).push_bind(sample.time_lag_ms);
            row.push_bind(i64::from(sample.at_least));
            row.push_bind(sample.read_rate).push_bind(sample.written_rate);
        });
        rows.build().execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// The samples of a series since `from_ms`, the oldest first; `tier` leaves out finer ones.
pub async fn samples(
    db: &Db,
    (cluster, whose): (&str, &Whose),
    tier: i64,
    from_ms: i64,
) -> Result<Vec<Sample>, DbError> {
    let (kind, group) = whose.key();
    let samples = "SELECT at_ms, lag, peak, time_lag_ms, at_least <> 0 AS at_least, read_rate,
                          written_rate
                     FROM lag_samples JOIN lag_series ON lag_series.id = series
                    WHERE cluster = ? AND kind = ? AND group_id = ? AND at_ms >= ? AND tier >= ?
                    ORDER BY at_ms DESC LIMIT ?";
    let samples = sqlx::query_as(samples).bind(cluster).bind(kind).bind(group);
    let samples = samples.bind(from_ms).bind(tier).bind(SAMPLES_MAX);
    let mut samples: Vec<Sample> = samples.fetch_all(&db.reader).await?;
    samples.reverse();
    Ok(samples)
}

/// Deletes samples whose time is over, then series and curves that nothing is left of.
pub async fn tidy(db: &Db, now_ms: i64) -> Result<(), DbError> {
    let mut transaction = db.write().await?;
    for (tier, kept_ms) in [(0, FINE_MS), (1, MIDDLE_MS), (2, COARSE_MS)] {
        let tidy = "DELETE FROM lag_samples WHERE tier = ? AND at_ms < ?";
        let tidy = sqlx::query(tidy).bind(tier).bind(now_ms - kept_ms);
        tidy.execute(&mut *transaction).await?;
    }
    let ended = "DELETE FROM lag_series WHERE NOT EXISTS
                   (SELECT 1 FROM lag_samples WHERE series = lag_series.id)";
    sqlx::query(ended).execute(&mut *transaction).await?;
    let old = sqlx::query("DELETE FROM lag_curves WHERE changed_ms < ?").bind(now_ms - COARSE_MS);
    old.execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// A curve as stored: topic, partition, points.
pub type StoredCurve = (String, i32, Vec<u8>);

/// The curves of a cluster.
pub async fn curves(db: &Db, cluster: &str) -> Result<Vec<StoredCurve>, DbError> {
    let curves = "SELECT topic, partition, points FROM lag_curves WHERE cluster = ?";
    Ok(sqlx::query_as(curves).bind(cluster).fetch_all(&db.reader).await?)
}

/// Stores curves that have changed.
pub async fn keep_curves(
    db: &Db,
    cluster: &str,
    curves: &[StoredCurve],
    now_ms: i64,
) -> Result<(), DbError> {
    let mut transaction = db.write().await?;
    for (topic, partition, points) in curves {
        let keep =
            "INSERT OR REPLACE INTO lag_curves (cluster, topic, partition, changed_ms, points)
                    VALUES (?, ?, ?, ?, ?)";
        let keep = sqlx::query(keep).bind(cluster).bind(topic).bind(partition);
        keep.bind(now_ms).bind(points).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::db::testing::database;

    fn sample(at_ms: i64, lag: i64) -> Sample {
        let (peak, time_lag_ms, at_least) = (None, Some(lag * 10), false);
        Sample { at_ms, lag: Some(lag), peak, time_lag_ms, at_least, read_rate: 1, written_rate: 2 }
    }

    #[tokio::test]
    async fn samples_are_kept_as_long_as_their_tier_says_and_no_longer() {
        let (_folder, db) = database().await;
        let whose = Whose::Group("g".to_owned());
        let ids = begin_series(&db, "c", &[whose.clone(), Whose::Cluster]).await.unwrap();
        assert_eq!(begin_series(&db, "c", std::slice::from_ref(&whose)).await.unwrap(), ids[..1]);
        let hour = 3_600_000;
        for tier in 0..3 {
            add(&db, tier, &[(ids[0], sample(tier, 1)), (ids[0], sample(10 * hour + tier, 2))])
                .await
                .unwrap();
        }
        let kept = async |now_ms| {
            tidy(&db, now_ms).await.unwrap();
            let samples = samples(&db, ("c", &whose), 0, 0).await.unwrap();
            samples.iter().map(|sample| sample.at_ms).collect::<Vec<_>>()
        };
        assert_eq!(kept(hour).await.len(), 6);
        assert_eq!(kept(11 * hour).await.len(), 5);
        assert_eq!(kept(30 * hour).await, [2, 10 * hour + 1, 10 * hour + 2]);
        assert_eq!(kept(800 * hour).await, [] as [i64; 0]);
        assert_eq!(series_count(&db).await.unwrap(), 0);
        // Nothing is left to hang a late sample on.
        assert!(add(&db, 0, &[(ids[0], sample(1, 1))]).await.is_err());
    }

    #[tokio::test]
    async fn coarse_answers_leave_fine_samples_out() {
        let (_folder, db) = database().await;
        let ids = begin_series(&db, "c", &[Whose::Cluster]).await.unwrap();
        for (tier, at_ms) in [(0, 10), (2, 20), (1, 30)] {
            add(&db, tier, &[(ids[0], sample(at_ms, 5))]).await.unwrap();
        }
        let at = async |tier, from_ms| {
            let samples = samples(&db, ("c", &Whose::Cluster), tier, from_ms).await.unwrap();
            samples.iter().map(|sample| sample.at_ms).collect::<Vec<_>>()
        };
        assert_eq!(at(0, 0).await, [10, 20, 30]);
        assert_eq!(at(1, 0).await, [20, 30]);
        assert_eq!(at(2, 0).await, [20]);
        assert_eq!(at(0, 20).await, [20, 30]);
        assert_eq!(series(&db, "other").await.unwrap().len(), 0);
    }

    #[tokio::test]
    async fn a_curve_is_replaced_by_its_newer_self() {
        let (_folder, db) = database().await;
        for points in [vec![1], vec![2, 3]] {
            keep_curves(&db, "c", &[("t".to_owned(), 0, points)], 9).await.unwrap();
        }
        assert_eq!(curves(&db, "c").await.unwrap(), [("t".to_owned(), 0, vec![2, 3])]);
    }
}
