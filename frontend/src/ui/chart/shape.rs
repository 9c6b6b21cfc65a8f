//! Where the lines of a chart run, and what they come to in words. Pure.

/// Size of the drawing; the browser stretches it.
pub const WIDE: f64 = 1000.0;
/// See [`WIDE`].
pub const HIGH: f64 = 150.0;
/// Size of the small one.
pub const SMALL: (f64, f64) = (72.0, 18.0);
/// Most rows of the table beside it.
const ROWS_MAX: usize = 48;

/// A value at a time; none: not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// When.
    pub at_ms: i64,
    /// How much.
    pub value: Option<f64>,
}

/// One stretch without a gap, as two SVG paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The line.
    pub line: String,
    /// What is below it.
    pub area: String,
}

/// Without the seconds.
pub fn short(time: String) -> String {
    time.get(..16).map_or_else(|| time.clone(), str::to_owned)
}

/// The largest value that is known; at least 0.
pub fn most(spots: &[Spot]) -> f64 {
    spots.iter().filter_map(|spot| spot.value).fold(0.0, f64::max)
}

/// The next value above that reads well: 1, 2 or 5 and zeros.
pub fn ceiling(most: f64) -> f64 {
    if most <= 1.0 {
        return 1.0;
    }
    let unit = 10_f64.powf(most.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|step| step * unit).into_iter().find(|it| *it >= most).unwrap_or(most)
}

/// Where a moment stands across the drawing.
pub fn place(at_ms: i64, (from, to): (i64, i64)) -> f64 {
    (at_ms - from) as f64 / (to - from).max(1) as f64 * WIDE
}

/// The spot nearest to a share of the width.
pub fn nearest(spots: &[Spot], (from, to): (i64, i64), part: f64) -> Option<usize> {
    let at_ms = from + ((to - from) as f64 * part) as i64;
    let near = spots.iter().enumerate().min_by_key(|(_, spot)| (spot.at_ms - at_ms).abs());
    near.map(|(at, _)| at)
}

/// The stretches without a gap, on a scale that ends at `top`.
/// What lies further apart than `gap_ms` belongs to different ones.
pub fn runs(spots: &[Spot], range: (i64, i64), top: f64, gap_ms: i64) -> Vec<Run> {
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut last: Option<i64> = None;
    for spot in spots {
        let Some(value) = spot.value else {
            last = None;
            continue;
        };
        let point = (place(spot.at_ms, range), HIGH - value / top.max(f64::MIN_POSITIVE) * HIGH);
        match runs.last_mut().filter(|_| last.is_some_and(|it| spot.at_ms - it <= gap_ms)) {
            Some(run) => run.push(point),
            None => runs.push(vec![point]),
        }
        last = Some(spot.at_ms);
    }
    runs.into_iter().map(run).collect()
}

fn run(mut points: Vec<(f64, f64)>) -> Run {
    // A single value is as long as it is wide, so that it can be seen.
    if let [(x, y)] = points[..] {
        points.push((x + 2.0, y));
    }
    let line: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    let line = format!("M{}", line.join("L"));
    let (first, last) = (points[0].0, points[points.len() - 1].0);
    let area = format!("{line}L{last:.1} {HIGH}L{first:.1} {HIGH}Z");
    Run { line, area }
}

/// The path of a small line.
pub fn spark(values: &[f64]) -> String {
    let (wide, high) = SMALL;
    let top = values.iter().copied().fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let step = wide / values.len().saturating_sub(1).max(1) as f64;
    let point = |(at, value): (usize, &f64)| {
        let y = high - 1.5 - value / top * (high - 3.0);
        format!("{:.1} {y:.1}", at as f64 * step)
    };
    let points: Vec<String> = values.iter().enumerate().map(point).collect();
    match points.len() {
        0 => String::new(),
        1 => format!("M{0}L{wide} {1}", points[0], points[0].split(' ').nth(1).unwrap_or("0")),
        _ => format!("M{}", points.join("L")),
    }
}

/// First, last and most, in words.
pub fn summary(spots: &[Spot], write: fn(f64) -> String) -> String {
    let known = |spot: &Spot| spot.value;
    let first = spots.iter().find_map(known);
    let last = spots.iter().rev().find_map(known);
    match first.zip(last) {
        None => "nothing is known of this time".to_owned(),
        Some((first, last)) => {
            format!("from {} to {}, at most {}", write(first), write(last), write(most(spots)))
        }
    }
}

/// At most so many rows, the newest first and always there.
pub fn thinned(spots: &[Spot]) -> Vec<Spot> {
    let step = spots.len().div_ceil(ROWS_MAX).max(1);
    spots.iter().rev().step_by(step).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spots(values: &[(i64, f64)]) -> Vec<Spot> {
        let spot = |(at_ms, value): &(i64, f64)| Spot {
            at_ms: *at_ms,
            value: (*value >= 0.0).then_some(*value),
        };
        values.iter().map(spot).collect()
    }

    #[test]
    fn no_line_is_drawn_across_time_that_nobody_has_seen() {
        let seen = spots(&[(0, 1.0), (10, 2.0), (20, 3.0), (90, 2.0), (100, 1.0)]);
        let lines: Vec<String> =
            runs(&seen, (0, 100), 4.0, 30).into_iter().map(|run| run.line).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(lines[1], "M900.0 75.0L1000.0 112.5");
        let unknown = spots(&[(0, 1.0), (10, -1.0), (20, 3.0)]);
        assert_eq!(runs(&unknown, (0, 100), 4.0, 30).len(), 2);
    }

    #[test]
    fn the_scale_ends_at_a_number_that_reads_well() {
        let ends = [0.0, 0.3, 3.0, 48_997.0, 50_000.0, 51_000.0].map(ceiling);
        assert_eq!(ends, [1.0, 1.0, 5.0, 50_000.0, 50_000.0, 100_000.0]);
    }

    #[test]
    fn the_spot_under_the_pointer_is_the_nearest_one() {
        let seen = spots(&[(0, 1.0), (40, 2.0), (100, 3.0)]);
        assert_eq!(nearest(&seen, (0, 100), 0.3), Some(1));
        assert_eq!(nearest(&seen, (0, 100), 0.9), Some(2));
        assert_eq!(nearest(&[], (0, 100), 0.9), None);
    }

    #[test]
    fn a_long_table_is_thinned_and_keeps_the_newest() {
        let many: Vec<(i64, f64)> = (0..500).map(|at| (at, 1.0)).collect();
        let rows = thinned(&spots(&many));
        assert!(rows.len() <= ROWS_MAX, "{}", rows.len());
        assert_eq!(rows[0].at_ms, 499);
    }

    #[test]
    fn what_a_line_comes_to_is_told_in_a_sentence() {
        let write = |value: f64| format!("{value}");
        assert_eq!(summary(&[], write), "nothing is known of this time");
        let seen = spots(&[(0, 1.0), (10, 9.0), (20, 3.0), (30, -1.0)]);
        assert_eq!(summary(&seen, write), "from 1 to 3, at most 9");
    }

    #[test]
    fn a_small_line_stays_within_its_box() {
        assert_eq!(spark(&[]), "");
        assert_eq!(spark(&[0.0, 10.0]), "M0.0 16.5L72.0 1.5");
        assert_eq!(spark(&[5.0]), "M0.0 1.5L72 1.5");
    }
}
