//! Moving what groups have committed: on the record, undoable, now or when the group is empty.
//!
//! Owns the order of things: the entry in the audit log, then what was committed before, then the
//! act. What a move would do is planned in `kafka`; rows are stored by `db`. Start at
//! [`Resets::apply`].

mod early;
mod wait;

use std::collections::BTreeMap;

use ouzel_api::{
    audit::Outcome,
    resets::{ResetChange, ResetDone, ResetFailure, ResetRequest, ResetTo},
};
use serde_json::json;

use crate::{
    audit::{Action, Actor, Audit, Begun, Kind},
    clock::now_ms,
    db::{
        self, Db, DbError,
        resets::{Change, NewReset},
    },
    error::Error,
    kafka::{
        Cluster, KafkaError, TopicPartition,
        groups::{Changed, Commits, GroupState},
    },
};
pub use wait::keep;

/// Partitions that the audit entry names with before and after; all of them are in the table of
/// resets, which the entry's id finds.
const NAMED_MAX: usize = 8;

/// Moves commits. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Resets {
    db: Db,
    audit: Audit,
}

/// What is to be done, to whose commits, and by whom.
#[derive(Debug, Clone)]
pub struct Order {
    /// The cluster.
    pub cluster: Cluster,
    /// The group's id.
    pub group: String,
    /// Who acts.
    pub who: Actor,
    /// The id of the token by which, if it is none who is signed in.
    pub token: Option<String>,
    /// Where to.
    pub to: ResetTo,
    /// The number of the act that is undone by it.
    pub undoes: Option<i64>,
    /// The partitions that change.
    pub changes: Vec<Change>,
}

impl Resets {
    /// Resets that are kept in this database and this log.
    pub fn new(db: Db, audit: Audit) -> Resets {
        Resets { db, audit }
    }

    /// Does at once what was asked for. On a task of its own: whoever asked may leave meanwhile.
    pub async fn apply(&self, order: Order) -> Result<ResetDone, Error> {
        let resets = self.clone();
        let applied = tokio::spawn(async move { resets.apply_now(order).await });
        applied.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    }

    async fn apply_now(&self, order: Order) -> Result<ResetDone, Error> {
        let begun = self.audit.begin(&order.who, order.action(Kind::ResetOffsets)).await?;
        let id = match self.add(&order, &begun, None).await {
            Ok(id) => id,
            Err(error) => return Err(failed(begun, error.into()).await),
        };
        let done = match self.unmoved(&order).await {
            Ok(()) => self.perform(&order, id).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(done) => {
                begun.end(outcome(&done), Some(told(&done))).await;
                Ok(done)
            }
            Err(error) => {
                let why = ("failed", Some(error.to_string()));
                let kept = self.finish(id, (why.0, why.1.as_deref()), &[]).await;
                let error = kept.err().map_or(error, Error::from);
                Err(failed(begun, error).await)
            }
        }
    }

    /// Keeps what was asked for until the group is empty or the time has come.
    pub async fn wait(&self, order: Order, expires_ms: i64) -> Result<ResetDone, Error> {
        let begun = self.audit.begin(&order.who, order.action(Kind::ScheduleReset)).await?;
        match self.add(&order, &begun, Some(expires_ms)).await {
            Ok(id) => {
                begun.end(Outcome::Done, None).await;
                Ok(ResetDone { id, waits: true, changed: 0, failed: Vec::new() })
            }
            Err(DbError::Exists) => {
                let told = format!("a reset of `{}` waits already; cancel it first", order.group);
                Err(failed(begun, Error::Conflict(told)).await)
            }
            Err(error) => Err(failed(begun, error.into()).await),
        }
    }

    /// Takes back a reset that waits.
    pub async fn cancel(&self, who: &Actor, on: (&str, &str), id: i64) -> Result<(), Error> {
        let (cluster, group) = on;
        let none = || Error::NotFound(format!("no reset {id} of `{group}` waits"));
        db::resets::one(&self.db, cluster, group, id).await?.ok_or_else(none)?;
        let detail = json!({ "reset": id });
        let action = Action::new(Kind::CancelReset).on(cluster).to(group).with(detail);
        let cancel = async {
            let was_there = db::resets::cancel(&self.db, id, now_ms()).await?;
            if was_there { Ok(()) } else { Err(none()) }
        };
        self.audit.record(who, action, cancel).await
    }

    /// The number of the act that going there undoes.
    pub async fn undone_by(
        &self,
        cluster: &str,
        group: &str,
        to: &ResetTo,
    ) -> Result<Option<i64>, DbError> {
        let ResetTo::Undo { reset } = to else { return Ok(None) };
        Ok(db::resets::one(&self.db, cluster, group, *reset).await?.map(|row| row.act))
    }

    async fn add(
        &self,
        order: &Order,
        begun: &Begun,
        expires_ms: Option<i64>,
    ) -> Result<i64, DbError> {
        let strategy = json!(order.to).to_string();
        let new = NewReset {
            cluster: order.cluster.id(),
            group: &order.group,
            actor: (&order.who.user, &order.who.address, &order.who.rule),
            token: order.token.as_deref(),
            act: db::audit::act_of(&self.db, begun.id()).await?,
            strategy: &strategy,
            now_ms: now_ms(),
            expires_ms,
        };
        db::resets::add(&self.db, new, &order.changes).await
    }

    async fn finish(
        &self,
        id: i64,
        state: (&str, Option<&str>),
        done: &[Change],
    ) -> Result<(), DbError> {
        db::resets::finish(&self.db, id, state, done, now_ms()).await
    }

    /// Fails unless everything is as it was when the plan was made.
    async fn unmoved(&self, order: &Order) -> Result<(), Error> {
        let state = order.cluster.group_state(&order.group).await?;
        if let Some(state) = &state
            && order.commits() != 0
            && !is_idle(state)
        {
            let told = format!(
                "`{}` is {} and has members, who would commit over it; stop them, or let it wait \
                 until the group is empty",
                order.group,
                state.state_name()
            );
            return Err(Error::Conflict(told));
        }
        let commits = commits_of(state)?;
        let moved = |change: &&Change| committed(&commits, change) != change.before;
        match order.changes.iter().find(moved) {
            None => Ok(()),
            Some(Change { topic, partition, .. }) => Err(Error::Conflict(format!(
                "`{}` has moved on {topic}-{partition} since the plan was made; look at it again",
                order.group
            ))),
        }
    }

    async fn perform(&self, order: &Order, id: i64) -> Result<ResetDone, Error> {
        let answers = order.perform().await?;
        Ok(self.settle(order, id, answers).await?)
    }

    /// Says in the table what was done.
    async fn settle(&self, order: &Order, id: i64, answers: Changed) -> Result<ResetDone, DbError> {
        let (done, failed) = sorted(order, answers);
        let problem = failed.first().map(|first| {
            let (partitions, error) = (failed.len(), &first.error);
            format!("{partitions} partitions failed, such as {}: {error}", first.name())
        });
        let state = if done.is_empty() { "failed" } else { "done" };
        self.finish(id, (state, problem.as_deref()), &done).await?;
        let changed = u32::try_from(done.len()).unwrap_or(u32::MAX);
        Ok(ResetDone { id, waits: false, changed, failed })
    }
}

impl Order {
    /// Commits and deletes.
    async fn perform(&self) -> Result<Changed, KafkaError> {
        let (offsets, forgotten) = self.split();
        let mut answers = Changed::new();
        if !offsets.is_empty() {
            answers.extend(self.cluster.commit_offsets(&self.group, &offsets).await?);
        }
        if !forgotten.is_empty() {
            match self.cluster.forget_offsets(&self.group, &forgotten).await {
                Ok(changed) => answers.extend(changed),
                // What was committed just now stays told.
                Err(error) if offsets.is_empty() => return Err(error),
                Err(error) => {
                    answers.extend(forgotten.into_iter().map(|place| (place, Err(error.clone()))));
                }
            }
        }
        Ok(answers)
    }

    fn action(&self, kind: Kind) -> Action {
        let name = |change: &Change| {
            let Change { topic, partition, before, after } = change;
            json!({ "partition": format!("{topic}-{partition}"), "before": before, "after": after })
        };
        let named: Vec<_> = self.changes.iter().take(NAMED_MAX).map(name).collect();
        let detail = json!({
            "to": self.to.text(),
            "undoes_act": self.undoes,
            "partitions": self.changes.len(),
            "changes": named,
        });
        Action::new(kind).on(self.cluster.id()).to(&self.group).with(detail)
    }

    /// Partitions in which something is committed.
    fn commits(&self) -> usize {
        self.changes.iter().filter(|change| change.after.is_some()).count()
    }

    /// What is committed where, and where commits are deleted.
    fn split(&self) -> (BTreeMap<TopicPartition, i64>, Vec<TopicPartition>) {
        let (mut offsets, mut forgotten) = (BTreeMap::new(), Vec::new());
        for change in &self.changes {
            let place = TopicPartition::new(&change.topic, change.partition);
            match change.after {
                Some(offset) => drop(offsets.insert(place, offset)),
                None => forgotten.push(place),
            }
        }
        (offsets, forgotten)
    }
}

trait Named {
    fn name(&self) -> String;
}

impl Named for ResetFailure {
    fn name(&self) -> String {
        format!("{}-{}", self.topic, self.partition)
    }
}

/// The changes of a request, as they are stored.
pub fn changes_of(request: &ResetRequest) -> Vec<Change> {
    let change = |ResetChange { topic, partition, before, after }: &ResetChange| Change {
        topic: topic.clone(),
        partition: *partition,
        before: *before,
        after: *after,
    };
    request.changes.iter().map(change).collect()
}

/// Whether nobody is in a group: whoever commits from outside is refused otherwise.
fn is_idle(group: &GroupState) -> bool {
    matches!(group.state_name().as_str(), "Empty" | "Dead")
}

fn commits_of(state: Option<GroupState>) -> Result<Commits, KafkaError> {
    state.map_or(Ok(Commits::new()), |state| state.commits)
}

fn committed(commits: &Commits, change: &Change) -> Option<i64> {
    let commit = commits.get(&TopicPartition::new(&change.topic, change.partition))?;
    commit.as_ref().ok().map(|commit| commit.offset)
}

/// What was done, and what was not.
fn sorted(order: &Order, mut answers: Changed) -> (Vec<Change>, Vec<ResetFailure>) {
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for change in &order.changes {
        let (topic, partition) = (change.topic.clone(), change.partition);
        match answers.remove(&TopicPartition::new(&topic, partition)) {
            Some(Ok(())) => done.push(change.clone()),
            Some(Err(error)) => {
                failed.push(ResetFailure { topic, partition, error: error.reason() });
            }
            None => {
                let error = "the broker left it out of its answer".to_owned();
                failed.push(ResetFailure { topic, partition, error });
            }
        }
    }
    (done, failed)
}

/// Who reads the audit log must not take for done what was done nowhere.
fn outcome(done: &ResetDone) -> Outcome {
    if done.changed == 0 { Outcome::Failed } else { Outcome::Done }
}

/// In words, for the audit log.
fn told(done: &ResetDone) -> String {
    match &done.failed[..] {
        [] => format!("{} partitions", done.changed),
        [first, ..] => {
            let (changed, failed) = (done.changed, done.failed.len());
            format!(
                "{changed} partitions; {failed} failed, such as {}: {}",
                first.name(),
                first.error
            )
        }
    }
}

async fn failed(begun: Begun, error: Error) -> Error {
    begun.end(Outcome::Failed, Some(error.to_string())).await;
    error
}
