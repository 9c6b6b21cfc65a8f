//! What was learnt under a cluster's name while it meant another cluster: forgotten, or the new one
//! would inherit its lag, and its resets could be undone with foreign offsets.

use serde_json::json;

use crate::{
    audit::{Action, Actor, Audit, Kind},
    clock,
    db::{self, Db, DbError},
    kafka::are_elsewhere,
};

/// Forgets it; what waits to be done is taken back in the name of `who`.
pub async fn forget(db: &Db, audit: &Audit, who: &Actor, cluster: &str) -> Result<(), DbError> {
    let waiting = db::resets::waiting(db).await?;
    for row in waiting.into_iter().filter(|row| row.cluster == cluster) {
        let why = "the name of its cluster means other brokers now, or none";
        let detail = json!({ "reset": row.id, "asked_in_act": row.act, "because": why });
        let action = Action::new(Kind::CancelReset).on(cluster).to(row.group_id).with(detail);
        let cancel = async { db::resets::cancel(db, row.id, clock::now_ms()).await.map(|_| ()) };
        audit.record(who, action, cancel).await?;
    }
    db::resets::forget(db, cluster).await?;
    db::lag::forget(db, cluster).await
}

/// Forgets it if `name` led elsewhere when it was last known, and says where that was.
pub async fn forget_if_elsewhere(
    db: &Db,
    audit: &Audit,
    who: &Actor,
    (name, bootstrap): (&str, &[String]),
) -> Result<Option<String>, DbError> {
    let before = db::clusters::meanings(db, name).await?.into_iter().next();
    let Some(before) = before else { return Ok(None) };
    let then: Vec<String> = before.bootstrap.split(',').map(str::to_owned).collect();
    if !are_elsewhere(&then, bootstrap) {
        return Ok(None);
    }
    forget(db, audit, who, name).await?;
    Ok(Some(before.bootstrap))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::db::{lag::Whose, testing::database};

    #[tokio::test]
    async fn a_name_forgets_when_none_of_its_brokers_is_one_of_before() {
        let (_folder, db) = database().await;
        let audit = Audit::new(db.clone());
        let who = Actor { user: "t".into(), address: "local".into(), rule: "test".into() };
        db::clusters::remember(&db, "prod", "a:1,b:1", "production", 5).await.unwrap();
        db::lag::begin_series(&db, "prod", &[Whose::Cluster]).await.unwrap();
        db::lag::begin_series(&db, "other", &[Whose::Cluster]).await.unwrap();
        let forget = async |name, brokers: &[&str]| {
            let brokers: Vec<String> = brokers.iter().map(|it| (*it).to_owned()).collect();
            forget_if_elsewhere(&db, &audit, &who, (name, &brokers)).await.unwrap()
        };
        assert_eq!(forget("prod", &["b:1", "c:1"]).await, None);
        assert_eq!(forget("new", &["c:1"]).await, None);
        assert_eq!(db::lag::series(&db, "prod").await.unwrap().len(), 1);
        assert_eq!(forget("prod", &["c:1"]).await.as_deref(), Some("a:1,b:1"));
        assert_eq!(db::lag::series(&db, "prod").await.unwrap().len(), 0);
        assert_eq!(db::lag::series(&db, "other").await.unwrap().len(), 1);
    }
}
