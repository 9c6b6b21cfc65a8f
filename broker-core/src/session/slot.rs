//! One session: its partitions, in the order in which they are read.

use std::collections::{HashMap, HashSet};

use super::ask::{Ask, Fetched, TopicRef};

/// The epoch of the second request: the first one opened the session.
const FIRST_EPOCH: i32 = 1;

pub(super) struct Slot {
    /// Of the request that comes next.
    pub epoch: i32,
    pub by_id: bool,
    pub opened_ms: i64,
    pub used_ms: i64,
    followed: Vec<Followed>,
}

struct Followed {
    ask: Ask,
    /// High watermark and log start as the reader knows them.
    told: Option<(i64, i64)>,
}

impl Slot {
    pub fn open(asks: Vec<Ask>, fetched: &[Fetched], now_ms: i64) -> Slot {
        let by_id = matches!(asks[..], [Ask { topic: TopicRef::Id(_), .. }, ..]);
        let followed = asks.into_iter().map(|ask| Followed { ask, told: None }).collect();
        let (opened_ms, used_ms) = (now_ms, now_ms);
        let mut slot = Slot { epoch: FIRST_EPOCH, by_id, opened_ms, used_ms, followed };
        slot.tell(fetched);
        slot
    }

    pub fn len(&self) -> usize {
        self.followed.len()
    }

    pub fn asks(&self) -> Vec<Ask> {
        self.followed.iter().map(|one| one.ask.clone()).collect()
    }

    /// Moves on to the next epoch and returns it. They start over at the first, never at 0.
    pub fn next_epoch(&mut self) -> i32 {
        self.epoch = self.epoch.checked_add(1).unwrap_or(FIRST_EPOCH);
        self.epoch
    }

    /// Partitions are followed anew, from elsewhere, or no more.
    pub fn update(&mut self, asks: Vec<Ask>, forgotten: Vec<(TopicRef, i32)>) {
        if asks.is_empty() && forgotten.is_empty() {
            return;
        }
        let mut new: HashMap<_, _> = asks.iter().map(|ask| (ask.key(), ask)).collect();
        let forgotten: HashSet<_> = forgotten.into_iter().collect();
        self.followed.retain_mut(|one| {
            let key = one.ask.key();
            if let Some(ask) = new.remove(&key) {
                one.ask = ask.clone();
            }
            !forgotten.contains(&key)
        });
        let is_new = |ask: &&Ask| new.contains_key(&ask.key()) && !forgotten.contains(&ask.key());
        let added = asks.iter().filter(is_new).cloned();
        self.followed.extend(added.map(|ask| Followed { ask, told: None }));
    }

    /// Notes what the reader is told, and says of which partitions it is told anything. Those that
    /// gave records go to the end, so that with an answer full before its end others are read
    /// first next time (S23).
    pub fn tell(&mut self, fetched: &[Fetched]) -> Vec<bool> {
        let news: Vec<bool> =
            self.followed.iter_mut().zip(fetched).map(|(one, now)| one.tell(now)).collect();
        if fetched.iter().any(|one| one.has_records) {
            let followed = std::mem::take(&mut self.followed).into_iter().zip(fetched);
            let (gave, others): (Vec<_>, Vec<_>) = followed.partition(|(_, now)| now.has_records);
            self.followed = others.into_iter().chain(gave).map(|(one, _)| one).collect();
        }
        news
    }
}

impl Followed {
    fn tell(&mut self, now: &Fetched) -> bool {
        let stands = (now.high_watermark, now.log_start);
        let is_news = now.has_records || now.is_urgent || self.told != Some(stands);
        // When it is over, the reader is told so.
        self.told = (!now.is_urgent).then_some(stands);
        is_news
    }
}
