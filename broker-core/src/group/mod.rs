//! Consumer groups: who is in them, who reads what, how far they have come.
//!
//! `state.rs` and the verbs beside it are a pure state machine for one group; `shard.rs` performs
//! its effects for all groups of a partition. What a group must remember is records in
//! `__consumer_offsets`, in Kafka's formats, and nothing beside them. Start at [`Groups`].

mod commit;
mod describe;
mod effect;
mod error;
mod join;
mod leave;
mod load;
mod member;
mod offsets;
mod rebalance;
mod record;
mod rules;
mod shard;
mod state;
mod subscription;
mod sync;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod timers;

use std::sync::{Arc, OnceLock};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::GroupConfig;
use crate::partition::PartitionHandle;
use crate::world::Clock;

pub use commit::{Commit, Judged};
pub use describe::{DEAD, DescribedMember, Description, Listed};
pub use effect::{Joined, JoinedMember, Synced, Ticket};
pub use error::GroupError;
pub use join::Join;
pub use leave::Leaver;
pub use member::Protocol;
pub use offsets::{Committed, OffsetKey, Offsets};
pub use sync::Sync;

use effect::{Answer, Effect, Env};
use rules::Rules;
use shard::{Clocks, IfMissing, Shard};

/// Longest name of a group: four times what a topic may have, so that the number of groups that
/// a broker may hold is also a bound on what they take.
const GROUP_ID_BYTES_MAX: usize = 1024;

/// Whether no topic of this name exists.
pub type IsGone = Arc<dyn Fn(&str) -> bool + Send + std::marker::Sync>;

/// Every group that this broker coordinates.
pub struct Groups {
    rules: Rules,
    clocks: Clocks,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// A place for each partition of the offsets topic, empty while that one cannot be used. No
    /// places until the topic exists.
    places: OnceLock<Vec<OnceLock<Arc<Shard>>>>,
}

impl Groups {
    /// No groups yet; [`Groups::serve`] brings them.
    pub fn new(config: GroupConfig, wall: Arc<dyn Clock>) -> Groups {
        let clocks = Clocks { start: Instant::now(), wall };
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        Groups { rules: Rules::new(config), clocks, stop, tasks, places: OnceLock::new() }
    }

    /// From now on groups are kept by this. Members that are in stay, whatever it says; how many
    /// groups there may be stays as it was.
    pub fn set_config(&self, config: GroupConfig) {
        self.rules.change(config);
    }

    /// Takes over the partitions of the offsets topic and begins to read them. Those that were
    /// missing may come with a later call; the others are left as they are.
    /// Positions in topics that are gone, which a crash may have kept from being forgotten, are
    /// forgotten when they have been read.
    pub fn serve(&self, partitions: Vec<Option<PartitionHandle>>, is_gone: IsGone) {
        let empty = || partitions.iter().map(|_| OnceLock::new()).collect();
        let places = self.places.get_or_init(empty);
        let groups_max = self.rules.now().groups_max.div_ceil(places.len().max(1));
        for (place, partition) in places.iter().zip(partitions) {
            let Some(partition) = partition else { continue };
            place.get_or_init(|| {
                let (rules, clocks) = (self.rules.clone(), self.clocks.clone());
                let shard = Shard::new(partition, rules, groups_max, clocks);
                self.tasks.spawn(shard.clone().run(self.stop.clone(), is_gone.clone()));
                shard
            });
        }
    }

    /// Whether [`Groups::serve`] has been called.
    pub fn is_serving(&self) -> bool {
        self.places.get().is_some()
    }

    /// Whether [`Groups::serve`] has been called, and a partition was missing each time.
    pub fn is_missing_any(&self) -> bool {
        self.places.get().is_some_and(|places| places.iter().any(|place| place.get().is_none()))
    }

    /// Answers whoever waits that nobody will answer, and returns when all is quiet.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Lets a member in. The answer comes when the group has gathered.
    pub async fn join(&self, group_id: &str, join: Join) -> Result<Joined, GroupError> {
        let rules = self.rules.now();
        let (min_ms, max_ms) = (rules.session_timeout_ms_min, rules.session_timeout_ms_max);
        let got_ms = join.session_timeout_ms;
        if !(min_ms..=max_ms).contains(&got_ms) {
            return Err(GroupError::InvalidSessionTimeout { got_ms, min_ms, max_ms });
        }
        let if_missing = match join.member_id.is_empty() {
            true => IfMissing::Create,
            false => IfMissing::Refuse,
        };
        let member_id = join.member_id.clone();
        let answer = self.shard(group_id)?.wait(group_id, if_missing, |group, ticket, env, out| {
            group.join(join, ticket, env, out);
        });
        match answer.await.map_err(no_member(&member_id))? {
            Answer::Join(answer) => answer,
            other => panic!("a join was answered with {other:?}"),
        }
    }

    /// Brings the leader's assignment, or waits for it.
    pub async fn sync(&self, group_id: &str, sync: Sync) -> Result<Synced, GroupError> {
        let member_id = sync.member_id.clone();
        let refuse = IfMissing::Refuse;
        let answer = self.shard(group_id)?.wait(group_id, refuse, |group, ticket, env, out| {
            group.sync(sync, ticket, env, out);
        });
        match answer.await.map_err(no_member(&member_id))? {
            Answer::Sync(answer) => answer,
            other => panic!("a sync was answered with {other:?}"),
        }
    }

    /// A sign of life.
    pub fn heartbeat(
        &self,
        group_id: &str,
        member_id: &str,
        instance_id: Option<&str>,
        generation: i32,
    ) -> Result<(), GroupError> {
        let beat = self
            .shard(group_id)?
            .touch(group_id, |group, env| group.heartbeat(env, member_id, instance_id, generation));
        beat.map_err(no_member(member_id))?
    }

    /// Lets members go; an answer for each.
    pub fn leave(
        &self,
        group_id: &str,
        leavers: &[Leaver],
    ) -> Result<Vec<Result<(), GroupError>>, GroupError> {
        self.shard(group_id)?.step(group_id, IfMissing::Refuse, |group, env, out| {
            leavers.iter().map(|leaver| group.leave(leaver, env, out)).collect()
        })
    }

    /// Stores positions; they are on disk when this returns.
    pub async fn commit(&self, group_id: &str, commit: Commit) -> Result<(), GroupError> {
        let generation = commit.generation;
        let if_missing = match generation < 0 {
            true => IfMissing::Create,
            false => IfMissing::Refuse,
        };
        let answer =
            self.shard_of_any(group_id)?.wait(group_id, if_missing, |group, ticket, env, out| {
                out.push(match group.commit(commit, ticket, env) {
                    Ok(write) => Effect::Write(write),
                    Err(refused) => Effect::Answer(ticket, Answer::Done(Err(refused))),
                });
            });
        let ended = |_| GroupError::IllegalGeneration { got: generation, current: -1 };
        done(answer.await.map_err(|e| if is_missing(&e) { ended(e) } else { e })?)
    }

    /// Looks at a group's positions. A group that does not exist has none.
    pub fn offsets<T>(
        &self,
        group_id: &str,
        look: impl FnOnce(&Offsets) -> T,
    ) -> Result<T, GroupError> {
        let shard = self.shard_of_any(group_id)?;
        let mut look = Some(look);
        let mut once = |offsets: &Offsets| look.take().map(|look| look(offsets));
        let found = shard.touch(group_id, |group, _| once(&group.offsets));
        match found {
            Ok(Some(seen)) => Ok(seen),
            Ok(None) => panic!("positions of `{group_id}` were looked at twice"),
            Err(e) if is_missing(&e) => once(&Offsets::default()).ok_or(e),
            Err(e) => Err(e),
        }
    }

    /// Every group. Those of partitions that are still being read are missing, and then the
    /// second value says so.
    pub fn list(&self) -> (Vec<Listed>, Result<(), GroupError>) {
        let mut listed = Vec::new();
        let mut complete = Ok(());
        for shard in self.shards() {
            match shard.look(|_, group| Some(group.listed())) {
                Ok(groups) => listed.extend(groups),
                Err(e) => complete = Err(e),
            }
        }
        (listed, complete)
    }

    /// One group with its members.
    pub fn describe(&self, group_id: &str) -> Result<Description, GroupError> {
        let shard = self.shard_of_any(group_id)?;
        shard.touch(group_id, |group, _| group.description())
    }

    /// Deletes an empty group and its positions.
    pub async fn delete(&self, group_id: &str) -> Result<(), GroupError> {
        let refuse = IfMissing::Refuse;
        let answer =
            self.shard_of_any(group_id)?.wait(group_id, refuse, |group, ticket, _, out| {
                out.push(match group.delete(ticket) {
                    Ok(write) => Effect::Write(write),
                    Err(refused) => Effect::Answer(ticket, Answer::Done(Err(refused))),
                });
            });
        done(answer.await?)
    }

    /// Deletes positions of a group, but not those in topics that its members read; an answer for
    /// each.
    pub async fn delete_offsets(
        &self,
        group_id: &str,
        keys: &[OffsetKey],
    ) -> Result<Judged, GroupError> {
        let (refuse, mut outcomes) = (IfMissing::Refuse, Vec::new());
        let answer = self.shard(group_id)?.wait(group_id, refuse, |group, ticket, _, out| {
            out.push(match group.delete_offsets(keys, ticket) {
                Ok((judged, write)) => {
                    outcomes = judged;
                    match write {
                        Some(write) => Effect::Write(write),
                        None => Effect::Answer(ticket, Answer::Done(Ok(()))),
                    }
                }
                Err(refused) => Effect::Answer(ticket, Answer::Done(Err(refused))),
            });
        });
        done(answer.await?)?;
        Ok(outcomes)
    }

    /// Forgets positions that nobody has come back for.
    pub fn expire(&self) {
        self.sweep(|group, env, out| group.expire(env, out));
    }

    /// Forgets positions in topics that are gone.
    pub fn forget_topics(&self, is_gone: &dyn Fn(&str) -> bool) {
        self.sweep(|group, _, out| group.forget_topics(is_gone, out));
    }

    fn sweep(&self, mut ask: impl FnMut(&mut state::Group, Env<'_>, &mut Vec<Effect>)) {
        for shard in self.shards() {
            shard.sweep(&mut ask);
        }
    }

    fn shards(&self) -> impl Iterator<Item = &Arc<Shard>> {
        self.places.get().into_iter().flatten().filter_map(OnceLock::get)
    }

    /// Of a group that can have members, and so has a name.
    fn shard(&self, group_id: &str) -> Result<&Arc<Shard>, GroupError> {
        match group_id.is_empty() {
            true => Err(GroupError::InvalidGroupId),
            false => self.shard_of_any(group_id),
        }
    }

    /// Positions may be kept under no name at all, as in Kafka: clients of old do so.
    fn shard_of_any(&self, group_id: &str) -> Result<&Arc<Shard>, GroupError> {
        if group_id.len() > GROUP_ID_BYTES_MAX {
            return Err(GroupError::InvalidGroupId);
        }
        let places = self.places.get().ok_or(GroupError::Stopped)?;
        places[partition_of(group_id, places.len())].get().ok_or(GroupError::Stopped)
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The partition that keeps a group: Java's hash of the name, so that every Kafka tool looks in
/// the same place.
fn partition_of(group_id: &str, partitions: usize) -> usize {
    let add = |hash: i32, unit: u16| hash.wrapping_mul(31).wrapping_add(i32::from(unit));
    let hash = group_id.encode_utf16().fold(0, add);
    // Java's `abs` of the least number is negative; Kafka takes 0 instead.
    hash.checked_abs().unwrap_or(0) as usize % partitions.max(1)
}

fn is_missing(error: &GroupError) -> bool {
    matches!(error, GroupError::NotFound { .. })
}

/// To its members, a group that does not exist is one that they are not in.
fn no_member(member_id: &str) -> impl FnOnce(GroupError) -> GroupError {
    move |error| match is_missing(&error) {
        true => state::unknown(member_id),
        false => error,
    }
}

fn done(answer: Answer) -> Result<(), GroupError> {
    match answer {
        Answer::Done(outcome) => outcome,
        other => panic!("a write was answered with {other:?}"),
    }
}
