//! How one group gets on at one partition, judged from looks at its commit. Pure.
//!
//! A group is stalled where members hold a partition, records have been waiting in it for
//! [`STILL_SAMPLES`] samples (two minutes of the usual ones), and its commit has not moved since.
//! Where whoever reads it commits on other partitions meanwhile, it has [`TURN_SAMPLES`].

use ouzel_api::progress::Status;

/// A commit that has not moved for so many samples stands still.
pub const STILL_SAMPLES: i64 = 8;
/// A reader takes its partitions in turn, each for as long as what was fetched of it lasts. While
/// it commits on others, a partition is not called stalled before so many samples: half an hour of
/// the usual ones.
const TURN_SAMPLES: i64 = 120;
/// How long a group is called rewound.
pub const REWOUND_FOR_MS: i64 = 10 * 60_000;
/// Commits without a member that follow each other so closely are somebody's who reads.
const LOOSE_FOR_MS: i64 = 10 * 60_000;

/// One group on one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Track {
    /// The commit, when it was last looked at.
    pub committed: i64,
    /// Since when it is followed.
    pub since_ms: i64,
    /// When the commit was last seen to move by reading.
    pub moved_ms: Option<i64>,
    /// When any commit of whoever reads this partition was.
    pub reader_moved_ms: Option<i64>,
    /// When it had last read everything.
    even_ms: Option<i64>,
    /// Where the partition ended at the later of both.
    end_then: i64,
    /// When a record was first seen that came after that.
    came_ms: Option<i64>,
    /// When the commit last went back.
    rewound_ms: Option<i64>,
    /// Whether somebody was in the group at the last look.
    was_held: bool,
    /// When it last went on though nobody had stayed in the group, and this console had not moved
    /// it.
    loose_ms: Option<i64>,
}

/// What is seen when a partition is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// When.
    pub at_ms: i64,
    /// The commit.
    pub committed: i64,
    /// Where the partition ends.
    pub end: i64,
    /// Whether somebody is in the group.
    pub held: bool,
    /// Whether one of them was in it at the look before, as far as that is known.
    pub stayed: bool,
    /// Whether this console may have moved commits of the group since the look before.
    pub moved: bool,
}

/// What a commit did between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many records were read.
    Read(i64),
    /// It was moved, and nobody has read what lies between.
    Jumped,
}

impl Track {
    /// The first look.
    pub fn new(look: Look) -> Track {
        Track {
            committed: look.committed,
            since_ms: look.at_ms,
            moved_ms: None,
            reader_moved_ms: None,
            even_ms: (look.committed >= look.end).then_some(look.at_ms),
            end_then: look.end,
            came_ms: None,
            rewound_ms: None,
            was_held: look.held,
            loose_ms: None,
        }
    }

    /// A later look.
    pub fn look(&mut self, look: Look) -> Step {
        let Look { at_ms, committed, end, .. } = look;
        let by = committed.saturating_sub(self.committed);
        let step = self.step(by, look);
        self.committed = committed;
        match step {
            Step::Read(0) => {}
            Step::Read(_) => self.moved_ms = Some(at_ms),
            Step::Jumped if by < 0 => self.rewound_ms = Some(at_ms),
            Step::Jumped => {}
        }
        if by > 0 && !look.moved && self.is_loose(look) {
            self.loose_ms = Some(at_ms);
        }
        self.was_held = look.held;
        if committed >= end {
            self.even_ms = Some(at_ms);
        }
        // An end that fell is that of another partition of the same name.
        if by != 0 || committed >= end || end < self.end_then {
            (self.end_then, self.came_ms) = (end, None);
        } else if end > self.end_then {
            self.came_ms = self.came_ms.or(Some(at_ms));
        }
        step
    }

    /// Readers go forwards. A commit that goes back was moved; so was one that this console has
    /// moved, and for all that can be known one that went on while the group may have been empty.
    /// Only if that goes on, somebody reads who commits without being a member, or never stays for
    /// long.
    fn step(&self, by: i64, look: Look) -> Step {
        let goes_on = self.loose_ms.is_some_and(|at| look.at_ms - at < LOOSE_FOR_MS);
        let is_moved = by < 0 || look.moved || (self.is_loose(look) && !goes_on);
        if by != 0 && is_moved { Step::Jumped } else { Step::Read(by) }
    }

    /// Whether somebody from outside may have committed since the look before. Kafka refuses that
    /// while anybody is in the group, so it is not so if a member has stayed. What went on until
    /// the last of them left is taken for what they have read.
    fn is_loose(&self, look: Look) -> bool {
        match (self.was_held, look.held) {
            (true, true) => !look.stayed,
            (true, false) => false,
            (false, _) => true,
        }
    }

    /// Whether its commit has moved a short while ago.
    pub fn has_moved(&self, now: Now) -> bool {
        self.moved_ms.is_some_and(|at_ms| !now.is_long_since(at_ms))
    }

    /// Whether its reader has moved any commit a short while ago, and may come back to this one.
    fn waits_its_turn(&self, now: Now) -> bool {
        let reads = self.reader_moved_ms.is_some_and(|at_ms| !now.is_long_since(at_ms));
        let turn_ms = TURN_SAMPLES * now.every_ms;
        reads && self.came_ms.is_some_and(|at_ms| now.at_ms - at_ms < turn_ms)
    }

    /// Whether it gets on. A record that has just come says nothing of whoever is to read it:
    /// only when it has been there for as long as a commit may stand still; and where whoever
    /// reads it is busy with other partitions, for as long as a turn may take.
    pub fn status(&self, now: Now) -> Status {
        let is_left = self.came_ms.is_some_and(|at_ms| now.is_long_since(at_ms));
        let is_left = is_left && !self.waits_its_turn(now);
        let was_rewound = self.rewound_ms.is_some_and(|at| now.at_ms - at < REWOUND_FOR_MS);
        let behind_ms = self.since_ms.max(self.even_ms.unwrap_or(i64::MIN));
        match () {
            () if self.committed >= now.end => Status::CaughtUp,
            () if is_left && now.held => Status::Stalled,
            () if is_left => Status::Stopped,
            () if was_rewound => Status::Rewound,
            () if self.has_moved(now) => Status::Moving,
            () if now.is_long_since(behind_ms) && self.came_ms.is_none() => Status::Resting,
            () => Status::Pending,
        }
    }
}

/// What a partition is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// The time.
    pub at_ms: i64,
    /// Time between two samples.
    pub every_ms: i64,
    /// Where the partition ends.
    pub end: i64,
    /// Whether the group has members.
    pub held: bool,
}

impl Now {
    /// Whether that is as long ago as a commit may stand still.
    fn is_long_since(self, at_ms: i64) -> bool {
        self.at_ms - at_ms >= STILL_SAMPLES * self.every_ms
    }
}

#[cfg(test)]
mod tests;
