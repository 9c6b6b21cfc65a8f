//! The groups of one partition of `__consumer_offsets`, and what performs their effects.
//!
//! A request locks the shard, asks the pure group, and performs the effects before it unlocks, so
//! records lie in the log in the order in which the groups changed. One task per shard waits for
//! writes to reach the disk, in that order, and for the earliest timer; with neither it sleeps.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

use crate::config::GroupConfig;
use crate::partition::{AppendError, Appended, Origin, PartitionHandle, PendingAppend};
use crate::world::Clock;

use super::IsGone;
use super::effect::{Answer, Effect, Env, Then, Ticket, Write};
use super::error::GroupError;
use super::load::load;
use super::record::batch;
use super::rules::Rules;
use super::state::Group;
use super::timers::Timers;

/// Where both clocks come from.
#[derive(Clone)]
pub(super) struct Clocks {
    pub start: Instant,
    pub wall: Arc<dyn Clock>,
}

impl Clocks {
    pub fn env<'a>(&self, config: &'a GroupConfig) -> Env<'a> {
        let tick_ms = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        Env { tick_ms, wall_ms: self.wall.now_ms(), config }
    }

    fn at(&self, tick_ms: u64) -> Instant {
        self.start + Duration::from_millis(tick_ms)
    }
}

pub(super) struct Shard {
    partition: PartitionHandle,
    rules: Rules,
    clocks: Clocks,
    groups_max: usize,
    state: Mutex<State>,
    /// A write was added, or a timer is due earlier than the task thinks.
    wake: Notify,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Loading,
    Ready,
    Stopped,
}

struct State {
    status: Status,
    groups: HashMap<String, Group>,
    waiting: HashMap<Ticket, oneshot::Sender<Answer>>,
    last_ticket: u64,
    timers: Timers,
    writes: VecDeque<InFlight>,
}

/// A write on its way to the disk, and what its group is told afterwards.
struct InFlight {
    group: String,
    then: Then,
    append: PendingAppend,
}

/// Whether a request may bring its group into being.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum IfMissing {
    Create,
    Refuse,
}

impl Shard {
    pub fn new(
        partition: PartitionHandle,
        rules: Rules,
        groups_max: usize,
        clocks: Clocks,
    ) -> Arc<Shard> {
        let state = State {
            status: Status::Loading,
            groups: HashMap::new(),
            waiting: HashMap::new(),
            last_ticket: 0,
            timers: Timers::default(),
            writes: VecDeque::new(),
        };
        let (state, wake) = (Mutex::new(state), Notify::new());
        Arc::new(Shard { partition, rules, clocks, groups_max, state, wake })
    }

    /// Reads the partition, then serves it until the broker stops.
    pub async fn run(self: Arc<Shard>, stop: CancellationToken, is_gone: IsGone) {
        self.load(&stop, is_gone).await;
        let mut head: Option<InFlight> = None;
        loop {
            let next_timer = {
                let mut state = self.state.lock();
                head = head.or_else(|| state.writes.pop_front());
                state.timers.next_ms()
            };
            tokio::select! {
                outcome = written(&mut head) => {
                    if let Some(done) = head.take() {
                        self.finish(done, outcome);
                    }
                }
                () = moment(&self.clocks, next_timer) => self.tick(),
                () = self.wake.notified() => {}
                () = stop.cancelled() => break,
            }
        }
        // Whoever still waits learns that nobody will answer.
        let mut state = self.state.lock();
        state.status = Status::Stopped;
        state.waiting.clear();
    }

    async fn load(&self, stop: &CancellationToken, is_gone: IsGone) {
        let read = load(&self.partition, &self.rules, &self.clocks, stop).await;
        let mut state = self.state.lock();
        match read {
            Ok(groups) => {
                for (id, group) in &groups {
                    state.timers.set(id, group.deadline_ms());
                }
                tracing::debug!(groups = groups.len(), "read {} consumer groups", groups.len());
                (state.groups, state.status) = (groups, Status::Ready);
                self.forget_topics(&mut state, &*is_gone);
            }
            Err(failure) => {
                let partition = self.partition.name();
                tracing::error!(%partition, %failure,
                    "the consumer groups of `{partition}` cannot be read: {failure}");
                state.status = Status::Stopped;
            }
        }
    }

    /// While nobody else can ask: a commit of today must not be forgotten.
    fn forget_topics(&self, state: &mut State, is_gone: &dyn Fn(&str) -> bool) {
        let rules = self.rules.now();
        let env = self.clocks.env(&rules);
        let ids: Vec<String> = state.groups.keys().cloned().collect();
        for id in ids {
            self.ask(state, &id, env, |group, _, out| group.forget_topics(is_gone, out));
        }
    }

    /// Asks one group something and performs what comes of it.
    pub fn step<T>(
        &self,
        group_id: &str,
        if_missing: IfMissing,
        ask: impl FnOnce(&mut Group, Env<'_>, &mut Vec<Effect>) -> T,
    ) -> Result<T, GroupError> {
        let mut state = self.state.lock();
        state.is_ready()?;
        let rules = self.rules.now();
        let env = self.clocks.env(&rules);
        if !state.groups.contains_key(group_id) {
            if if_missing == IfMissing::Refuse {
                return Err(GroupError::NotFound { group_id: group_id.to_owned() });
            }
            if state.groups.len() >= self.groups_max {
                return Err(GroupError::TooManyGroups);
            }
            state.groups.insert(group_id.to_owned(), Group::new(group_id, env));
        }
        Ok(self.ask(&mut state, group_id, env, ask))
    }

    /// Asks a group what changes neither its phase nor anything on disk: it may move its timer
    /// later, which the timer finds out by itself, and saves looking at every member.
    pub fn touch<T>(
        &self,
        group_id: &str,
        ask: impl FnOnce(&mut Group, Env<'_>) -> T,
    ) -> Result<T, GroupError> {
        let mut state = self.state.lock();
        state.is_ready()?;
        let missing = || GroupError::NotFound { group_id: group_id.to_owned() };
        let group = state.groups.get_mut(group_id).ok_or_else(missing)?;
        Ok(ask(group, self.clocks.env(&self.rules.now())))
    }

    /// Asks one group something whose answer comes later.
    pub async fn wait(
        &self,
        group_id: &str,
        if_missing: IfMissing,
        ask: impl FnOnce(&mut Group, Ticket, Env<'_>, &mut Vec<Effect>),
    ) -> Result<Answer, GroupError> {
        let (sender, answer) = oneshot::channel();
        let ticket = {
            let mut state = self.state.lock();
            state.last_ticket += 1;
            let ticket = Ticket(state.last_ticket);
            state.waiting.insert(ticket, sender);
            ticket
        };
        let asked = self.step(group_id, if_missing, |group, env, out| ask(group, ticket, env, out));
        if let Err(refused) = asked {
            self.state.lock().waiting.remove(&ticket);
            return Err(refused);
        }
        answer.await.map_err(|_| GroupError::Stopped)
    }

    /// Looks at every group without changing any.
    pub fn look<T>(
        &self,
        mut look: impl FnMut(&str, &Group) -> Option<T>,
    ) -> Result<Vec<T>, GroupError> {
        let state = self.state.lock();
        state.is_ready()?;
        Ok(state.groups.iter().filter_map(|(id, group)| look(id, group)).collect())
    }

    /// Asks every group something and performs what comes of it.
    pub fn sweep(&self, mut ask: impl FnMut(&mut Group, Env<'_>, &mut Vec<Effect>)) {
        let ids = self.look(|id, _| Some(id.to_owned())).unwrap_or_default();
        for id in ids {
            // One lock per group, so that nobody waits for the whole sweep.
            let _ = self.step(&id, IfMissing::Refuse, |group, env, out| ask(group, env, out));
        }
    }

    fn tick(&self) {
        let mut state = self.state.lock();
        let rules = self.rules.now();
        let env = self.clocks.env(&rules);
        while let Some(group) = state.timers.due(env.tick_ms) {
            self.ask(&mut state, &group, env, |g, env, out| g.tick(env, out));
        }
    }

    fn finish(&self, done: InFlight, outcome: Result<Appended, AppendError>) {
        let mut state = self.state.lock();
        let rules = self.rules.now();
        let env = self.clocks.env(&rules);
        let InFlight { group, then, .. } = done;
        if let Err(failure) = &outcome {
            tracing::error!(%group, %failure,
                "state of group `{group}` was not written: {failure}");
        }
        let outcome = outcome.map(drop).map_err(|_| GroupError::Stopped);
        let forgets = matches!(then, Then::Forget { .. });
        // A group that was deleted meanwhile comes back with what was committed after that.
        state.groups.entry(group.clone()).or_insert_with(|| Group::new(&group, env));
        self.ask(&mut state, &group, env, |g, env, out| g.written(then, outcome, env, out));
        if forgets && state.groups.get(&group).is_some_and(Group::is_forgettable) {
            state.forget(&group);
        }
    }

    /// The one place where a group is asked and its effects are performed.
    fn ask<T>(
        &self,
        state: &mut State,
        group_id: &str,
        env: Env<'_>,
        ask: impl FnOnce(&mut Group, Env<'_>, &mut Vec<Effect>) -> T,
    ) -> T {
        let Some(group) = state.groups.get_mut(group_id) else {
            panic!("group `{group_id}` has a timer or a write and does not exist");
        };
        let mut effects = Vec::new();
        let answer = ask(group, env, &mut effects);
        let mut effects = VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Answer(ticket, answer) => state.answer(ticket, answer),
                Effect::Write(write) => {
                    if let Err(then) = self.submit(state, group_id, write, env.wall_ms) {
                        let failed = Err(GroupError::Stopped);
                        let mut more = Vec::new();
                        if let Some(group) = state.groups.get_mut(group_id) {
                            group.written(then, failed, env, &mut more);
                        }
                        effects.extend(more);
                    }
                }
            }
        }
        self.settle(state, group_id);
        answer
    }

    /// Hands records to the partition; gives back what was to follow if it does not take them.
    fn submit(
        &self,
        state: &mut State,
        group_id: &str,
        write: Write,
        wall_ms: i64,
    ) -> Result<(), Then> {
        let Write { records, then } = write;
        let failed = |failure: &dyn std::fmt::Display| {
            tracing::error!(group = %group_id, %failure,
                "state of group `{group_id}` was not written: {failure}");
        };
        let bytes = match batch(group_id, &records, wall_ms) {
            Ok(bytes) => bytes,
            Err(failure) => {
                failed(&failure);
                return Err(then);
            }
        };
        match self.partition.submit(bytes, Origin::Coordinator) {
            Ok(append) => {
                state.writes.push_back(InFlight { group: group_id.to_owned(), then, append });
                self.wake.notify_one();
                Ok(())
            }
            Err(failure) => {
                failed(&failure);
                Err(then)
            }
        }
    }

    /// After a step: the group's timer, or the end of a group that never came to anything.
    fn settle(&self, state: &mut State, group_id: &str) {
        let Some(group) = state.groups.get(group_id) else { return };
        if group.is_unwritten() && group.is_forgettable() {
            state.forget(group_id);
            return;
        }
        let (before, deadline) = (state.timers.next_ms(), group.deadline_ms());
        state.timers.set(group_id, deadline);
        let next = state.timers.next_ms();
        if next.is_some() && before.is_none_or(|before| next < Some(before)) {
            self.wake.notify_one();
        }
    }
}

impl State {
    fn is_ready(&self) -> Result<(), GroupError> {
        match self.status {
            Status::Ready => Ok(()),
            Status::Loading => Err(GroupError::Loading),
            Status::Stopped => Err(GroupError::Stopped),
        }
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer) {
        if let Some(client) = self.waiting.remove(&ticket) {
            // A client that has gone needs no answer.
            let _ = client.send(answer);
        }
    }

    fn forget(&mut self, group_id: &str) {
        self.groups.remove(group_id);
        self.timers.set(group_id, None);
    }
}

async fn written(head: &mut Option<InFlight>) -> Result<Appended, AppendError> {
    match head {
        Some(in_flight) => (&mut in_flight.append).await,
        None => std::future::pending().await,
    }
}

async fn moment(clocks: &Clocks, tick_ms: Option<u64>) {
    match tick_ms {
        Some(tick_ms) => tokio::time::sleep_until(clocks.at(tick_ms)).await,
        None => std::future::pending().await,
    }
}
