//! What is kept of one partition that groups read: its curve, where it begins and ends. Pure.

use ouzel_api::progress::TimeLag;

use super::curve::Curve;
use crate::kafka::OffsetAndTime;

/// A curve and what is still to be done with it.
#[derive(Debug, Default)]
pub struct Kept {
    /// The curve.
    pub curve: Curve,
    /// Where the partition ended at the last reading.
    pub end: i64,
    /// The first record that was there; none: not known yet.
    pub start: Option<i64>,
    /// Whether it has changed since it was stored.
    pub changed: bool,
    /// Whether its past has been asked for.
    pub primed: bool,
    /// How often more was asked since.
    pub asked: u8,
}

/// How often more of a partition's past is asked for than was at first: halving the largest gap so
/// often leaves hours of a week, and times that contradict each other are not asked for ever.
const ASKED_MAX: u8 = 16;

impl Kept {
    /// One that was stored by an earlier process.
    pub fn remembered(curve: Curve) -> Kept {
        let end = curve.last_end();
        Kept { curve, end, start: None, changed: false, primed: true, asked: 0 }
    }

    /// Puts before the curve what was found of the time before; see [`Curve::prime`].
    pub fn prime(&mut self, found: &[(i64, Option<OffsetAndTime>)]) {
        self.curve.prime(found, self.start);
        self.changed = true;
    }

    /// A time to ask about, so that it becomes clearer when the record at `committed` was written.
    pub fn ask(&mut self, committed: i64, end: i64, at_ms: i64) -> Option<i64> {
        if self.asked >= ASKED_MAX || self.lost(committed) > 0 {
            return None;
        }
        let wanted = self.curve.doubtful(committed, end, at_ms)?;
        self.asked += 1;
        Some(wanted)
    }

    /// Takes in what was answered; see [`Curve::learn`].
    pub fn learn(&mut self, asked_ms: i64, found: Option<OffsetAndTime>) {
        self.curve.learn(asked_ms, found, self.start);
        self.changed = true;
    }

    /// How long ago the record at `committed` was written, of a partition that ends at `end` now.
    /// Of one that was deleted before it was read, nobody can say.
    pub fn time_lag(&self, committed: i64, end: i64, at_ms: i64) -> TimeLag {
        match self.lost(committed) {
            0 => self.curve.time_lag(committed, end, at_ms),
            _ => TimeLag::Unknown,
        }
    }

    /// Records after `committed` that were deleted.
    pub fn lost(&self, committed: i64) -> i64 {
        self.start.map_or(0, |start| start.saturating_sub(committed).max(0))
    }
}
