//! Resets that wait: looked at every few seconds, done when their group is empty, given up when
//! their time has come.

use std::time::Duration;

use ouzel_api::{audit::Outcome, resets::ResetTo};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{Order, Resets, commits_of, committed, failed, is_idle, told};
use crate::{
    audit::{Actor, Kind},
    clock::now_ms,
    db::{self, resets::Row},
    error::Error,
    kafka::{Cluster, Clusters},
};

/// How often groups with a waiting reset are looked at: consumers that restart are away for about
/// this long.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Does what waits, until `stop`.
pub async fn keep(resets: Resets, clusters: Clusters, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        match db::resets::waiting(&resets.db).await {
            Ok(rows) => {
                for row in rows {
                    resets.look(&clusters, row).await;
                }
            }
            Err(error) => warn!(%error, "Resets that wait could not be read: {error}"),
        }
    }
}

impl Resets {
    async fn look(&self, clusters: &Clusters, row: Row) {
        let (id, group) = (row.id, row.group_id.clone());
        let looked = match clusters.get(&row.cluster) {
            Some(cluster) => self.try_now(cluster, row).await,
            None => {
                let told = format!("there is no cluster `{}` any more", row.cluster);
                self.finish(id, ("failed", Some(&told)), &[]).await.map_err(Error::from)
            }
        };
        if let Err(error) = looked {
            // It stays and is tried again.
            warn!(%error, reset.id = id, %group, "Reset {id} of `{group}` waits on: {error}");
        }
    }

    async fn try_now(&self, cluster: Cluster, row: Row) -> Result<(), Error> {
        if row.expires_ms.is_some_and(|expires_ms| now_ms() >= expires_ms) {
            return self.expire(cluster, row).await;
        }
        let state = cluster.group_state(&row.group_id).await?;
        if state.as_ref().is_some_and(|state| !is_idle(state)) {
            return Ok(());
        }
        let commits = commits_of(state)?;
        let mut order = self.order(cluster, &row).await?;
        // What is undone later is what was committed at the last moment.
        for change in &mut order.changes {
            change.before = committed(&commits, change);
        }
        if !db::resets::claim(&self.db, row.id).await? {
            return Ok(());
        }
        let begun = self.audit.begin(&order.who, order.action(Kind::ResetOffsets)).await?;
        match self.perform(&order, row.id).await {
            Ok(done) => begun.end(Outcome::Done, Some(told(&done))).await,
            Err(error) => {
                let told = error.to_string();
                failed(begun, error).await;
                self.finish(row.id, ("failed", Some(&told)), &[]).await?;
            }
        }
        Ok(())
    }

    async fn expire(&self, cluster: Cluster, row: Row) -> Result<(), Error> {
        let order = self.order(cluster, &row).await?;
        let begun = self.audit.begin(&order.who, order.action(Kind::ResetOffsets)).await?;
        let told = "the group was not empty in time";
        begun.end(Outcome::Failed, Some(told.to_owned())).await;
        Ok(self.finish(row.id, ("expired", Some(told)), &[]).await?)
    }

    /// What the row asks for, in the name of whoever asked.
    async fn order(&self, cluster: Cluster, row: &Row) -> Result<Order, Error> {
        let unreadable = |error| Error::Internal(format!("reset {}: {error}", row.id));
        let to: ResetTo = serde_json::from_str(&row.strategy).map_err(unreadable)?;
        let rule = format!("{}, asked for in act {}", row.rule, row.act);
        let undoes = self.undone_by(cluster.id(), &row.group_id, &to).await?;
        Ok(Order {
            cluster,
            group: row.group_id.clone(),
            who: Actor { user: row.user.clone(), address: row.address.clone(), rule },
            to,
            undoes,
            changes: db::resets::changes(&self.db, row.id, false).await?,
        })
    }
}
