//! Resets that wait: looked at every few seconds, done when their group is empty and whoever asked
//! still may, given up when their time has come or their group or cluster has gone.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use ouzel_api::{
    audit::Outcome,
    resets::ResetTo,
    session::{Asked, Permission},
};
use serde_json::json;
use tokio::task::JoinHandle;
use tracing::warn;

use super::{
    Order, Resets, commits_of, committed,
    early::{Early, early},
    failed, is_idle, outcome, told,
};
use crate::{
    audit::{Action, Actor, Begun, Kind},
    auth::{
        Decision, guard,
        permission::{self, Breadth},
    },
    clock::now_ms,
    db::{self, DbError, resets::Row},
    error::Error,
    kafka::Cluster,
    state::AppState,
};

/// How often groups with a waiting reset are looked at: consumers that restart are away for about
/// this long.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Does what waits, until the server stops. Each cluster is looked at by a task of its own: one
/// that hangs keeps nobody else's resets waiting.
pub async fn keep(app: AppState) {
    let resets = Resets::new(app.db.clone(), app.audit.clone());
    let keeper = Keeper { app: app.clone(), resets };
    let mut looks: HashMap<String, JoinHandle<()>> = HashMap::new();
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while app.stop.run_until_cancelled(ticks.tick()).await.is_some() {
        looks.retain(|_, look| !look.is_finished());
        match db::resets::waiting(&app.db).await {
            Ok(rows) => {
                for (cluster, rows) in by_cluster(rows) {
                    let look = || tokio::spawn(keeper.clone().look_at(rows));
                    looks.entry(cluster).or_insert_with(look);
                }
            }
            Err(error) => warn!(%error, "Resets that wait could not be read: {error}"),
        }
    }
    for look in looks.into_values() {
        let _ = look.await;
    }
}

fn by_cluster(rows: Vec<Row>) -> BTreeMap<String, Vec<Row>> {
    let mut all: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        all.entry(row.cluster.clone()).or_default().push(row);
    }
    all
}

#[derive(Clone)]
struct Keeper {
    app: AppState,
    resets: Resets,
}

impl Keeper {
    async fn look_at(self, rows: Vec<Row>) {
        for row in rows {
            if self.app.stop.is_cancelled() {
                return;
            }
            let looked = match self.app.clusters.get(&row.cluster) {
                Some(cluster) => self.try_now(cluster, &row).await,
                None => {
                    let told = format!("there is no cluster `{}` any more", row.cluster);
                    self.give_up(&row, "failed", &told).await
                }
            };
            if let Err(error) = looked {
                // It stays and is tried again.
                let (id, group) = (row.id, &row.group_id);
                warn!(%error, reset.id = id, %group, "Reset {id} of `{group}` waits on: {error}");
            }
        }
    }

    async fn try_now(&self, cluster: Cluster, row: &Row) -> Result<(), Error> {
        if row.expires_ms.is_some_and(|expires_ms| now_ms() >= expires_ms) {
            return self.give_up(row, "expired", "the group was not empty in time").await;
        }
        let state = cluster.group_state(&row.group_id).await?;
        if state.as_ref().is_some_and(|state| !is_idle(state)) {
            return Ok(());
        }
        let mut order = self.order(cluster, row).await?;
        // One that never committed is gone whenever it is empty; any other one was deleted, and
        // would be brought back.
        if state.is_none() && order.changes.iter().any(|change| change.before.is_some()) {
            let told = format!("there is no group `{}` any more", row.group_id);
            return self.give_up(row, "failed", &told).await;
        }
        let decision = self.judge(row).await?;
        order.who.rule = asked_in(&decision.rule, row);
        if !decision.allowed {
            return self.refuse(&order, row).await;
        }
        let commits = commits_of(state)?;
        // What is undone later is what was committed at the last moment. A try that nobody
        // answered may have moved some already.
        for change in &mut order.changes {
            let now = committed(&commits, change);
            if row.problem.is_none() || now != change.after {
                change.before = now;
            }
        }
        if !db::resets::claim(&self.app.db, row.id).await? {
            return Ok(());
        }
        let begun = self.app.audit.begin(&order.who, order.action(Kind::ResetOffsets)).await?;
        self.carry_out(order, row, begun).await
    }

    /// Whether whoever asked may do it now.
    async fn judge(&self, row: &Row) -> Result<Decision, DbError> {
        let token = row.token.as_deref();
        let rights = self.app.auth.rights_since(&row.user, token, row.asked_ms).await?;
        let Some(rights) = rights else { return Ok(permission::gone(&row.user, token.is_some())) };
        let asked = Asked::new(Permission::ResetOffsets).on(&row.cluster).to(&row.group_id);
        Ok(guard::judge(&self.app, &rights, &asked, Breadth::All))
    }

    async fn carry_out(&self, order: Order, row: &Row, begun: Begun) -> Result<(), Error> {
        let performed = order.perform().await;
        if let Some(early) = early(&performed)
            && self.put_back(row, &early).await?
        {
            let (Early::Refused(why) | Early::Unanswered(why)) = early;
            begun.end(Outcome::Failed, Some(format!("it waits on: {why}"))).await;
            return Ok(());
        }
        let done = match performed {
            Ok(answers) => self.resets.settle(&order, row.id, answers).await.map_err(Error::from),
            Err(error) => Err(error.into()),
        };
        match done {
            Ok(done) => begun.end(outcome(&done), Some(told(&done))).await,
            Err(error) => {
                let told = error.to_string();
                failed(begun, error).await;
                self.resets.finish(row.id, ("failed", Some(&told)), &[]).await?;
            }
        }
        Ok(())
    }

    /// Answers whether it waits on.
    async fn put_back(&self, row: &Row, early: &Early) -> Result<bool, DbError> {
        let problem = match early {
            Early::Refused(_) => row.problem.clone(),
            // Once is an accident.
            Early::Unanswered(_) if row.problem.is_some() => return Ok(false),
            Early::Unanswered(why) => Some(format!("tried once: {why}")),
        };
        match db::resets::put_back(&self.app.db, row.id, problem.as_deref()).await {
            Ok(()) => Ok(true),
            // Somebody asked for another one meanwhile.
            Err(DbError::Exists) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Ends it without doing it, unless somebody took it back.
    async fn give_up(&self, row: &Row, state: &str, told: &str) -> Result<(), Error> {
        if !db::resets::claim(&self.app.db, row.id).await? {
            return Ok(());
        }
        let who = asker(row);
        let detail = json!({ "reset": row.id, "asked_in_act": row.act });
        let action = Action::new(Kind::ResetOffsets).on(&row.cluster).to(&row.group_id);
        let begun = self.app.audit.begin(&who, action.with(detail)).await?;
        begun.end(Outcome::Failed, Some(told.to_owned())).await;
        Ok(self.resets.finish(row.id, (state, Some(told)), &[]).await?)
    }

    /// Ends it because it is not allowed any more.
    async fn refuse(&self, order: &Order, row: &Row) -> Result<(), Error> {
        if !db::resets::claim(&self.app.db, row.id).await? {
            return Ok(());
        }
        self.app.audit.denied(&order.who, order.action(Kind::ResetOffsets)).await?;
        let told = format!("it is not allowed any more: {}", order.who.rule);
        Ok(self.resets.finish(row.id, ("failed", Some(&told)), &[]).await?)
    }

    /// What the row asks for, in the name of whoever asked.
    async fn order(&self, cluster: Cluster, row: &Row) -> Result<Order, Error> {
        let unreadable = |error| Error::Internal(format!("reset {}: {error}", row.id));
        let to: ResetTo = serde_json::from_str(&row.strategy).map_err(unreadable)?;
        let undoes = self.resets.undone_by(cluster.id(), &row.group_id, &to).await?;
        Ok(Order {
            cluster,
            group: row.group_id.clone(),
            who: asker(row),
            token: row.token.clone(),
            to,
            undoes,
            changes: db::resets::changes(&self.app.db, row.id, false).await?,
        })
    }
}

fn asker(row: &Row) -> Actor {
    let rule = asked_in(&row.rule, row);
    Actor { user: row.user.clone(), address: row.address.clone(), rule }
}

fn asked_in(rule: &str, row: &Row) -> String {
    format!("{rule}, asked for in act {}", row.act)
}
