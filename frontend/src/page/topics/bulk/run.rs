//! An act on many topics under way: a few at a time, each with its result.

use futures::{StreamExt, stream};
use leptos::{prelude::*, task::spawn_local};

use super::act::Act;

/// Topics under way at once: a controller does one thing after the other anyway.
const AT_ONCE: usize = 4;

/// One topic and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The topic.
    pub topic: String,
    /// How far it is.
    pub state: State,
}

/// How far one topic is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Waiting,
    Done(String),
    Failed(String),
}

/// What is under way. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Run {
    /// All topics, in the list's order.
    pub items: RwSignal<Vec<Item>>,
    /// Whether any may still change.
    pub busy: RwSignal<bool>,
    /// Set by whoever has seen enough: what has not begun stays undone.
    stop: RwSignal<bool>,
}

impl Run {
    /// Nothing yet.
    pub fn new() -> Run {
        Run {
            items: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            stop: RwSignal::new(false),
        }
    }

    /// Does it to all of `topics`, and calls `settled` at the end.
    pub fn start(
        self,
        cluster: String,
        act: Act,
        topics: Vec<String>,
        settled: impl Fn() + Send + Sync + 'static,
    ) {
        let item = |topic: String| Item { topic, state: State::Waiting };
        self.items.set(topics.into_iter().map(item).collect());
        self.go_on(cluster, act, settled);
    }

    /// Does it to those that failed or have not begun.
    pub fn go_on(self, cluster: String, act: Act, settled: impl Fn() + Send + Sync + 'static) {
        let due: Vec<(usize, String)> = self.items.with_untracked(|items| {
            let due =
                items.iter().enumerate().filter(|(_, it)| !matches!(it.state, State::Done(_)));
            due.map(|(at, item)| (at, item.topic.clone())).collect()
        });
        for (at, _) in &due {
            self.put(*at, State::Waiting);
        }
        self.stop.set(false);
        self.busy.set(true);
        spawn_local(async move {
            let one = |(at, topic): (usize, String)| {
                let (cluster, act) = (cluster.clone(), act.clone());
                async move {
                    // The page may be left meanwhile: what has begun ends, nothing else begins.
                    if self.stop.try_get_untracked().unwrap_or(true) {
                        return;
                    }
                    let state = match act.perform(cluster, topic).await {
                        Ok(text) => State::Done(text),
                        Err(text) => State::Failed(text),
                    };
                    self.put(at, state);
                }
            };
            stream::iter(due).map(one).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
            self.busy.try_set(false);
            settled();
        });
    }

    /// Begins nothing more.
    pub fn stop(self) {
        self.stop.try_set(true);
    }

    fn put(self, at: usize, state: State) {
        self.items.try_update(|items| {
            if let Some(item) = items.get_mut(at) {
                item.state = state;
            }
        });
    }

    /// Done, failed and not begun; reactive.
    pub fn counts(self) -> (usize, usize, usize) {
        self.items.with(|items| {
            let of = |test: fn(&State) -> bool| items.iter().filter(|it| test(&it.state)).count();
            (
                of(|it| matches!(it, State::Done(_))),
                of(|it| matches!(it, State::Failed(_))),
                of(|it| matches!(it, State::Waiting)),
            )
        })
    }
}
