//! When which offset of a partition was written: the curve from which lag in time is read. Pure.
//!
//! Invariant: times rise strictly and ends never fall. Points lie the closer the younger they are,
//! so that a hundred of them reach back a month and every answer is about as exact as it is old.

use ouzel_api::progress::TimeLag;

use crate::kafka::OffsetAndTime;

/// Most points of one curve: two kibibytes. Thinning leaves fewer than a hundred of a month.
pub const POINTS_MAX: usize = 128;
/// Two neighbours may lie this part of their age apart.
const AGE_PARTS: i64 = 8;
/// An answer is doubtful if the points beside it lie more than this part of their age apart.
const DOUBT_PARTS: i64 = 4;
/// Or not more than this, for nobody minds a minute.
const EXACT_MS: i64 = 60_000;
/// Points older than this are dropped: thirty days, as long as history is kept.
pub const AGE_MAX_MS: i64 = 30 * 24 * 3_600_000;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Curve(Vec<(i64, i64)>);

impl Curve {
    /// The end of the partition at a time after all before. An end that fell means another
    /// partition of the same name: the curve begins anew.
    pub fn push(&mut self, at_ms: i64, end: i64) {
        if self.0.last().is_some_and(|(last_ms, _)| *last_ms >= at_ms) {
            return;
        }
        if self.0.last().is_some_and(|(_, last)| *last > end) {
            self.0.clear();
        }
        // Of a flat stretch only both ends are kept.
        match self.0[..] {
            [.., (_, before), (_, last)] if before == end && last == end => drop(self.0.pop()),
            _ => {}
        }
        self.0.push((at_ms, end));
        if self.0.len() > POINTS_MAX {
            self.thin(at_ms);
        }
    }

    /// What was written before the first point: for each time that was asked, the first record
    /// since then with its own time; none, if there is no later one. `start` is the first offset
    /// that is still there: what lay before it may have been written at any time, so that nothing
    /// is concluded from its not being there.
    pub fn prime(&mut self, found: &[(i64, Option<OffsetAndTime>)], start: Option<i64>) {
        let end = self.0.first().map(|(_, end)| *end);
        let earlier = found.iter().flat_map(|(asked_ms, found)| match found {
            Some(OffsetAndTime { timestamp_ms: ..0, .. }) => [None, None],
            Some(record) => {
                let (at_ms, offset) = (record.timestamp_ms, record.offset);
                [Some((at_ms - 1, offset)), Some((at_ms, offset + 1))]
            }
            // The last record is there, and it is older: all of them were there by then.
            None => [end.filter(|end| start.is_some_and(|start| start < *end)), None]
                .map(|end| Some((*asked_ms, end?))),
        });
        let mut earlier: Vec<(i64, i64)> = earlier.flatten().collect();
        earlier.sort_unstable();
        let mut bound = self.0.first().copied().unwrap_or((i64::MAX, i64::MAX));
        let mut kept = Vec::with_capacity(earlier.len() + self.0.len());
        for point in earlier.into_iter().rev() {
            if point.0 < bound.0 && point.1 <= bound.1 {
                kept.push(point);
                bound = point;
            }
        }
        kept.reverse();
        kept.append(&mut self.0);
        self.0 = kept;
    }

    /// A time of which to ask which record was the first since, so that the time of the one at
    /// `committed` is known about as exactly as it is old; none, if it is, or if nothing is known.
    pub fn doubtful(&self, committed: i64, end: i64, now_ms: i64) -> Option<i64> {
        if committed >= end {
            return None;
        }
        let at = self.0.partition_point(|(_, point)| *point <= committed);
        let from_ms = self.0.get(at.checked_sub(1)?)?.0;
        let to_ms = self.0.get(at).map_or(now_ms, |(at_ms, _)| *at_ms);
        let (apart, age) = (to_ms - from_ms, now_ms - from_ms);
        (apart > EXACT_MS && apart > age / DOUBT_PARTS).then_some(from_ms + apart / 2)
    }

    /// Takes in which record was the first since `asked_ms`, wherever it fits; none: all that there
    /// are now were written before. What contradicts the points that are known is left out: times
    /// that producers give need not rise. `start` is as in [`Curve::prime`].
    pub fn learn(&mut self, asked_ms: i64, found: Option<OffsetAndTime>, start: Option<i64>) {
        let Some(&(last_ms, end)) = self.0.last() else { return };
        let is_there = |offset: i64| start.is_some_and(|start| start < offset);
        match found {
            Some(OffsetAndTime { timestamp_ms: ..0, .. }) => {}
            Some(OffsetAndTime { offset, timestamp_ms }) => {
                if is_there(offset) {
                    self.insert((asked_ms, offset));
                }
                self.insert((timestamp_ms - 1, offset));
                self.insert((timestamp_ms, offset + 1));
            }
            None if is_there(end) => self.insert((asked_ms, end)),
            None => {}
        }
        if self.0.len() > POINTS_MAX {
            self.thin(last_ms);
        }
    }

    fn insert(&mut self, point: (i64, i64)) {
        let at = self.0.partition_point(|(at_ms, _)| *at_ms < point.0);
        let fits_before = at == 0 || self.0[at - 1].1 <= point.1;
        let fits_after = self.0.get(at).is_none_or(|next| point.0 < next.0 && point.1 <= next.1);
        if fits_before && fits_after {
            self.0.insert(at, point);
        }
    }

    fn thin(&mut self, now_ms: i64) {
        let mut kept: Vec<(i64, i64)> = Vec::with_capacity(POINTS_MAX);
        for &point in self.0.iter().rev() {
            let age = now_ms - point.0;
            let Some(&(newer, _)) = kept.last() else {
                kept.push(point);
                continue;
            };
            if age <= AGE_MAX_MS && newer - point.0 >= age / AGE_PARTS {
                kept.push(point);
            }
        }
        // Only where samples come far quicker than they are taken.
        kept.truncate(POINTS_MAX * 3 / 4);
        kept.reverse();
        self.0 = kept;
    }

    /// How long before `now_ms` the record at `committed` was written, of a partition that ends at
    /// `end` now. Nothing is made up outside of the points.
    pub fn time_lag(&self, committed: i64, end: i64, now_ms: i64) -> TimeLag {
        if committed >= end {
            return TimeLag::Known { ms: 0 };
        }
        let Some(&(first_ms, first)) = self.0.first() else { return TimeLag::Unknown };
        if committed < first {
            return TimeLag::AtLeast { ms: (now_ms - first_ms).max(0) };
        }
        let at = self.0.partition_point(|(_, point)| *point <= committed);
        let (from, to) = (self.0[at - 1], self.0.get(at).copied().unwrap_or((now_ms, end)));
        let part = (committed + 1 - from.1) as f64 / (to.1 - from.1).max(1) as f64;
        let written_ms = from.0 + ((to.0 - from.0) as f64 * part.clamp(0.0, 1.0)) as i64;
        TimeLag::Known { ms: (now_ms - written_ms).max(0) }
    }

    /// Whether the record at `committed` is older than all points.
    pub fn begins_after(&self, committed: i64) -> bool {
        self.0.first().is_none_or(|(_, first)| committed < *first)
    }

    /// Where the partition ended at the last point; 0 without points.
    pub fn last_end(&self) -> i64 {
        self.0.last().map_or(0, |(_, end)| *end)
    }

    /// For the database.
    pub fn to_bytes(&self) -> Vec<u8> {
        let numbers = self.0.iter().flat_map(|(at_ms, end)| [*at_ms, *end]);
        numbers.flat_map(i64::to_le_bytes).collect()
    }

    /// From the database; what breaks the invariant is left out.
    pub fn from_bytes(bytes: &[u8]) -> Curve {
        let number = |bytes: &[u8]| i64::from_le_bytes(bytes.try_into().unwrap_or_default());
        let pairs = bytes.chunks_exact(16).take(POINTS_MAX);
        let mut curve = Curve::default();
        for (at_ms, end) in pairs.map(|pair| (number(&pair[..8]), number(&pair[8..]))) {
            let fits = curve.0.last().is_none_or(|last| last.0 < at_ms && last.1 <= end);
            if fits {
                curve.0.push((at_ms, end));
            }
        }
        curve
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(i64, i64)]) -> Curve {
        let mut curve = Curve::default();
        points.iter().for_each(|(at_ms, end)| curve.push(*at_ms, *end));
        curve
    }

    fn known(ms: i64) -> TimeLag {
        TimeLag::Known { ms }
    }

    #[test]
    fn the_age_of_the_first_unread_record_is_read_between_two_points() {
        let curve = curve(&[(0, 0), (10_000, 100), (20_000, 100), (30_000, 200)]);
        assert_eq!(curve.time_lag(200, 200, 40_000), known(0));
        assert_eq!(curve.time_lag(250, 200, 40_000), known(0), "a commit beyond the end");
        assert_eq!(curve.time_lag(49, 200, 40_000), known(35_000));
        // Nothing was written between 10 s and 20 s.
        assert_eq!(curve.time_lag(149, 200, 40_000), known(15_000));
        // Written after the last point.
        assert_eq!(curve.time_lag(249, 300, 40_000), known(5_000));
    }

    #[test]
    fn outside_of_the_points_nothing_is_made_up() {
        assert_eq!(Curve::default().time_lag(5, 9, 1_000), TimeLag::Unknown);
        let curve = curve(&[(10_000, 100), (20_000, 200)]);
        assert_eq!(curve.time_lag(99, 200, 30_000), TimeLag::AtLeast { ms: 20_000 });
        assert!(curve.begins_after(99) && !curve.begins_after(100));
    }

    #[test]
    fn an_idle_partition_that_is_read_to_its_end_is_never_behind() {
        let mut curve = curve(&[(0, 50)]);
        (1..1_000).for_each(|n| curve.push(n * 15_000, 50));
        assert_eq!(curve.0.len(), 2);
        assert_eq!(curve.time_lag(50, 50, 20_000_000), known(0));
    }

    #[test]
    fn a_partition_that_was_made_anew_begins_a_new_curve() {
        let mut curve = curve(&[(0, 0), (10, 500)]);
        curve.push(20, 3);
        assert_eq!(curve.0, [(20, 3)]);
        curve.push(20, 9);
        assert_eq!(curve.0, [(20, 3)], "times rise strictly");
    }

    #[test]
    fn a_month_of_samples_stays_small_and_every_answer_about_as_exact_as_it_is_old() {
        let mut curve = Curve::default();
        let (step, total) = (15_000, 30 * 24 * 240);
        (0..total).for_each(|n| curve.push(n * step, n * 10));
        assert!(curve.0.len() <= POINTS_MAX, "{}", curve.0.len());
        let now = (total - 1) * step;
        for back in [1, 10, 100, 1_000, 10_000, 100_000] {
            let committed = (total - 1 - back) * 10;
            let TimeLag::Known { ms } = curve.time_lag(committed, total * 10, now) else {
                panic!("{back} samples back is unknown");
            };
            let off = (ms - back * step).abs();
            assert!(off <= step.max(back * step / 50), "{back}: {ms} is off by {off}");
        }
    }

    fn record(at_ms: i64, offset: i64) -> Option<OffsetAndTime> {
        Some(OffsetAndTime { offset, timestamp_ms: at_ms })
    }

    #[test]
    fn what_was_written_before_anybody_watched_is_put_before_the_first_point_with_its_own_time() {
        let mut curve = curve(&[(100_000, 500)]);
        let found = [
            (5_000, record(10_000, 100)),
            (9_000, record(10_000, 100)),
            (40_000, record(50_000, 400)),
            (60_000, record(70_000, 900)),
            (70_000, record(200_000, 450)),
            (75_000, record(-1, 450)),
            (80_000, None),
        ];
        curve.prime(&found, Some(0));
        let primed = [(9_999, 100), (10_000, 101), (49_999, 400), (50_000, 401), (80_000, 500)];
        assert_eq!(curve.0, [&primed[..], &[(100_000, 500)]].concat());
        assert_eq!(curve.time_lag(100, 500, 100_000), known(90_000), "that very record's time");
        assert_eq!(curve.time_lag(499, 500, 100_000), known(20_000));
    }

    /// The first record since a time, of records that were written at these times.
    fn first_since(written: &[i64], at_ms: i64) -> Option<OffsetAndTime> {
        let offset = written.partition_point(|written| *written < at_ms);
        record(*written.get(offset)?, offset as i64)
    }

    #[test]
    fn a_past_that_is_known_at_a_few_times_is_asked_for_until_it_is_about_exact() {
        let minute = 60_000;
        let now = 10_000 * minute;
        // A burst 14 minutes ago, and one two days ago; nothing since.
        let mut written = vec![now - 2_880 * minute; 40];
        written.extend((0..60).map(|n| now - 14 * minute + n));
        let end = written.len() as i64;
        for (committed, wanted) in [(20, 2_880 * minute), (50, 14 * minute)] {
            let mut curve = curve(&[(now, end)]);
            let asked = [1, 5, 15, 60, 240, 720, 1_440, 4_320].map(|it| now - it * minute);
            curve.prime(&asked.map(|at_ms| (at_ms, first_since(&written, at_ms))), Some(0));
            let off = |curve: &Curve| match curve.time_lag(committed, end, now) {
                TimeLag::Known { ms } => (ms - wanted).abs(),
                told => panic!("{told:?}"),
            };
            let before = off(&curve);
            let mut asked = 0;
            while let Some(at_ms) = curve.doubtful(committed, end, now) {
                curve.learn(at_ms, first_since(&written, at_ms), Some(0));
                asked += 1;
                assert!(asked <= 8, "it goes on for ever");
            }
            assert!(off(&curve) <= wanted / 4, "{} of {wanted}, before {before}", off(&curve));
            assert!(curve.0.windows(2).all(|it| it[0].0 < it[1].0 && it[0].1 <= it[1].1));
        }
    }

    #[test]
    fn what_was_written_while_nobody_watched_is_asked_for_and_contradictions_are_left_out() {
        // Watched until 0 s, and again from 3,600 s on; between them, 1,000 records at 600 s.
        let mut curve = curve(&[(0, 500), (3_600_000, 1_500)]);
        let ask = |curve: &Curve| curve.doubtful(900, 1_500, 3_600_000);
        assert_eq!(ask(&curve), Some(1_800_000));
        curve.learn(1_800_000, None, Some(0));
        assert_eq!(ask(&curve), Some(900_000));
        curve.learn(450_000, record(600_000, 500), Some(0));
        assert_eq!(curve.time_lag(500, 1_500, 3_600_000), known(3_000_000));
        let before = curve.clone();
        curve.learn(700_000, record(800_000, 300), Some(0));
        curve.learn(100_000, record(-1, 800), Some(0));
        assert_eq!(curve, before, "an earlier record that says that it is later, and one without");
        assert_eq!(curve.doubtful(1_500, 1_500, 9), None);
        assert_eq!(Curve::default().doubtful(1, 2, 9), None);
    }

    #[test]
    fn a_log_that_was_trimmed_tells_nothing_of_the_time_before() {
        // Ten records were written at 90 s; the sixty before them were deleted at some time.
        let mut trimmed = curve(&[(100_000, 70)]);
        let asked = [10_000, 40_000, 70_000];
        trimmed.prime(&asked.map(|at_ms| (at_ms, record(90_000, 60))), Some(60));
        assert_eq!(trimmed.time_lag(60, 70, 100_000), known(10_000));
        assert_eq!(trimmed.time_lag(0, 70, 100_000), TimeLag::AtLeast { ms: 10_001 });
        // Nothing is left: when it was written, nobody can say.
        let mut emptied = curve(&[(100_000, 60)]);
        let before = emptied.clone();
        emptied.prime(&asked.map(|at_ms| (at_ms, None)), Some(60));
        assert_eq!(emptied, before);
        emptied.prime(&asked.map(|at_ms| (at_ms, None)), None);
        assert_eq!(emptied, before, "nor where the start is not known");
    }

    #[test]
    fn a_curve_survives_the_database_and_broken_bytes_cost_only_themselves() {
        let kept = curve(&[(0, 0), (10, 5), (20, 9)]);
        assert_eq!(Curve::from_bytes(&kept.to_bytes()), kept);
        let mut bytes = kept.to_bytes();
        bytes[16..24].copy_from_slice(&99_i64.to_le_bytes());
        bytes.push(1);
        assert_eq!(Curve::from_bytes(&bytes).0, [(0, 0), (99, 5)]);
    }
}
