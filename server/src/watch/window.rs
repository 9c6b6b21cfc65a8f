//! How the lag of a group goes: rates and the trend, from its latest samples. Pure.

use std::collections::VecDeque;

use ouzel_api::progress::Trend;

/// Samples in the window from which rates and the trend are read: five minutes of the usual ones.
pub const WINDOW: usize = 20;
/// A lag that changes by less than this part is steady.
const STEADY_PARTS: i64 = 20;
/// So few records are never a trend.
const STEADY_RECORDS: i64 = 10;

/// The latest samples of a group.
#[derive(Debug, Clone, Default)]
pub struct Window(VecDeque<Sampled>);

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct Sampled {
    /// When.
    pub at_ms: i64,
    /// Records behind; none: unknown.
    pub lag: Option<i64>,
    /// Records read since the moment before.
    pub read: i64,
    /// Records written since the moment before.
    pub written: i64,
    /// Whether commits were moved since the moment before: nothing is compared across that.
    pub begins: bool,
}

impl Window {
    /// Adds one, and lets go of the oldest.
    pub fn push(&mut self, moment: Sampled) {
        if self.0.len() == WINDOW {
            self.0.pop_front();
        }
        self.0.push_back(moment);
    }

    /// The lags that are known, the oldest first.
    pub fn lags(&self) -> Vec<i64> {
        self.0.iter().filter_map(|moment| moment.lag).collect()
    }

    /// The moments that can be compared with each other: those since commits were moved.
    fn stretch(&self) -> impl DoubleEndedIterator<Item = &Sampled> + Clone {
        let from = self.0.iter().rposition(|moment| moment.begins).unwrap_or(0);
        self.0.range(from..)
    }

    /// Records read and written a second.
    pub fn rates(&self) -> (f64, f64) {
        let mut stretch = self.stretch();
        let (Some(first), Some(last)) = (stretch.next(), stretch.clone().next_back()) else {
            return (0.0, 0.0);
        };
        let seconds = (last.at_ms - first.at_ms) as f64 / 1000.0;
        if seconds <= 0.0 {
            return (0.0, 0.0);
        }
        let sum = |of: fn(&Sampled) -> i64| stretch.clone().map(of).sum::<i64>() as f64;
        (sum(|moment| moment.read) / seconds, sum(|moment| moment.written) / seconds)
    }

    /// Which way the lag goes.
    pub fn trend(&self) -> Trend {
        let Some((first, last)) = self.ends() else { return Trend::Steady };
        let (by, most) = (last.1 - first.1, first.1.max(last.1));
        match by.abs() < STEADY_RECORDS.max(most / STEADY_PARTS) {
            true => Trend::Steady,
            false if by > 0 => Trend::Rising,
            false => Trend::Falling,
        }
    }

    /// Milliseconds until the lag is gone, if it goes on as it does.
    pub fn catches_up_ms(&self) -> Option<i64> {
        let (first, last) = self.ends()?;
        let (gone, took_ms) = (first.1 - last.1, last.0 - first.0);
        let is_falling = self.trend() == Trend::Falling && took_ms > 0;
        is_falling.then(|| (last.1 as f64 / gone as f64 * took_ms as f64) as i64)
    }

    /// The first and the last lag that is known, with their times.
    fn ends(&self) -> Option<((i64, i64), (i64, i64))> {
        let known = |moment: &Sampled| Some((moment.at_ms, moment.lag?));
        let stretch = self.stretch();
        Some((stretch.clone().find_map(known)?, stretch.rev().find_map(known)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(lags: &[i64]) -> Window {
        let mut window = Window::default();
        for (lag, at) in lags.iter().zip(0..) {
            let lag = Some(*lag).filter(|lag| *lag >= 0);
            let (at_ms, begins) = (at * 10_000, false);
            window.push(Sampled { at_ms, lag, read: 30, written: 10, begins });
        }
        window
    }

    #[test]
    fn nothing_is_compared_across_a_move_of_commits() {
        let mut window = window(&[1_000, 800, 600]);
        let moment = |at, lag, read, begins| Sampled {
            at_ms: i64::from(at) * 10_000,
            lag: Some(lag),
            read,
            written: 10,
            begins,
        };
        window.push(moment(3, 50, 0, true));
        assert_eq!((window.trend(), window.catches_up_ms()), (Trend::Steady, None));
        assert_eq!(window.rates(), (0.0, 0.0));
        window.push(moment(4, 25, 35, false));
        assert_eq!(window.catches_up_ms(), Some(10_000));
        assert_eq!(window.rates(), (3.5, 1.0));
        assert_eq!(window.lags().len(), 5, "all of them are shown");
    }

    #[test]
    fn a_falling_lag_says_when_it_will_be_gone() {
        assert_eq!(window(&[1_000, 800, 600]).catches_up_ms(), Some(30_000));
        assert_eq!(window(&[1_000, 800, 600]).trend(), Trend::Falling);
        assert_eq!(window(&[1_000, -1, 1_200]).trend(), Trend::Rising);
        assert_eq!(window(&[1_000, 1_200]).catches_up_ms(), None);
        assert_eq!(window(&[1_000, 990]).trend(), Trend::Steady);
        assert_eq!(window(&[5, 0]).trend(), Trend::Steady, "so few are no trend");
        assert_eq!(window(&[]).trend(), Trend::Steady);
    }

    #[test]
    fn rates_are_read_over_the_whole_window() {
        assert_eq!(window(&[0, 0, 0]).rates(), (3.0, 1.0));
        assert_eq!(window(&[0]).rates(), (0.0, 0.0));
        let long: Vec<i64> = (0..100).collect();
        assert_eq!(window(&long).lags().len(), WINDOW);
    }
}
