//! How many sessions there may be, and which give way to others.

use super::Sessions;

/// What all sessions together may take up.
#[derive(Debug, Clone)]
pub struct SessionLimits {
    /// Most sessions (`max.incremental.fetch.session.cache.slots`).
    pub slots: usize,
    /// A session not used for so long gives way first; one that is younger never does (Kafka's
    /// `INCREMENTAL_FETCH_SESSIONS_EVICTION_MS`).
    pub idle_ms: i64,
    /// Most partitions of one session, so that one client leaves room for others.
    pub partitions_each: usize,
    /// Most partitions of all. Each takes about a hundred bytes, and at most 250 more when its
    /// topic's name is as long as names can be and nobody shares it: 20 MB, at most 70.
    pub partitions: usize,
}

impl Default for SessionLimits {
    fn default() -> SessionLimits {
        SessionLimits {
            slots: 1_000,
            idle_ms: 120_000,
            partitions_each: 50_000,
            partitions: 200_000,
        }
    }
}

impl SessionLimits {
    /// Whether one session may follow so many partitions.
    pub(super) fn hold(&self, partitions: usize) -> bool {
        partitions <= self.partitions_each
    }
}

impl Sessions {
    /// Makes room for one more session; false when those that are here all may stay.
    pub(super) fn make_room_for(&mut self, partitions: usize, now_ms: i64) -> bool {
        while !self.is_room(1, partitions) {
            let Some(gone) = self.idlest(now_ms, None).or_else(|| self.smaller(partitions, now_ms))
            else {
                return false;
            };
            self.remove(gone);
        }
        true
    }

    /// Makes room for what a session has grown by.
    pub(super) fn make_room_beside(&mut self, id: i32, now_ms: i64) -> bool {
        while !self.is_room(0, 0) {
            let Some(gone) = self.idlest(now_ms, Some(id)) else { return false };
            self.remove(gone);
        }
        true
    }

    fn is_room(&self, slots: usize, partitions: usize) -> bool {
        self.slots.len() + slots <= self.limits.slots
            && self.partitions + partitions <= self.limits.partitions
    }

    /// The session that nobody has used for longest, if that is long.
    fn idlest(&self, now_ms: i64, but: Option<i32>) -> Option<i32> {
        let others = self.slots.iter().filter(|(id, _)| Some(**id) != but);
        let (id, slot) = others.min_by_key(|(_, slot)| slot.used_ms)?;
        (now_ms.saturating_sub(slot.used_ms) >= self.limits.idle_ms).then_some(*id)
    }

    /// The smallest session that has been here for long, if it saves less than one with so many
    /// partitions.
    fn smaller(&self, partitions: usize, now_ms: i64) -> Option<i32> {
        let long = self
            .slots
            .iter()
            .filter(|(_, slot)| now_ms.saturating_sub(slot.opened_ms) >= self.limits.idle_ms);
        let (id, slot) = long.min_by_key(|(_, slot)| slot.len())?;
        (slot.len() < partitions).then_some(*id)
    }
}
