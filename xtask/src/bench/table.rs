//! What was found: every figure of every side and round, as a table and as JSON.

use serde_json::{Value, json};

use super::{
    broker::Side,
    measures::{Figure, Measure, Wanted},
};

/// All that was taken for one measure.
pub struct Taken {
    measure: &'static Measure,
    /// Which side was measured, in the order in which it was done, with its figures.
    rounds: Vec<(Side, Vec<f64>)>,
}

impl Taken {
    pub fn new(measure: &'static Measure) -> Taken {
        Taken { measure, rounds: Vec::new() }
    }

    pub fn add(&mut self, side: Side, figures: Vec<f64>) {
        self.rounds.push((side, figures));
    }

    fn of(&self, side: Side, figure: usize) -> Vec<f64> {
        let rounds = self.rounds.iter().filter(|(of, _)| *of == side);
        rounds.filter_map(|(_, figures)| figures.get(figure).copied()).collect()
    }

    /// One line for each figure, and the order in which the sides were measured.
    fn lines(&self) -> Vec<String> {
        let order: Vec<_> = self.rounds.iter().map(|(side, _)| side.name()).collect();
        let title = format!("{} [{}: {}]", self.measure.what, self.measure.name, order.join(", "));
        let figures = self.measure.figures.iter().enumerate();
        let lines = figures
            .map(|(at, figure)| line(figure, &self.of(Side::Ouzel, at), &self.of(Side::Kafka, at)));
        std::iter::once(title).chain(lines).collect()
    }

    fn missed(&self) -> Vec<String> {
        let missed = |(at, figure): (usize, &Figure)| {
            let ours = self.of(Side::Ouzel, at);
            let Wanted::Itself(bound) = figure.wanted else { return None };
            let got = (is_met(figure.wanted, None, &ours) == Some(false)).then(|| median(&ours))?;
            let Figure { what, unit, .. } = figure;
            Some(format!("{}: {what} is {got:.1} {unit} and must be {bound}", self.measure.name))
        };
        self.measure.figures.iter().enumerate().filter_map(missed).collect()
    }

    fn json(&self) -> Value {
        let figures = self.measure.figures.iter().enumerate().map(|(at, figure)| {
            let (ours, theirs) = (self.of(Side::Ouzel, at), self.of(Side::Kafka, at));
            json!({
                "what": figure.what, "unit": figure.unit, "ouzel": ours, "kafka": theirs,
                "ratio": ratio(&ours, &theirs), "wanted": bound(figure.wanted),
            })
        });
        let order: Vec<_> = self.rounds.iter().map(|(side, _)| side.name()).collect();
        json!({
            "measure": self.measure.name, "what": self.measure.what, "order": order,
            "figures": figures.collect::<Vec<_>>(),
        })
    }
}

/// The figures that had to be reached whatever the other side did, and were not.
pub fn missed(all: &[Taken]) -> Vec<String> {
    all.iter().flat_map(Taken::missed).collect()
}

pub fn print(all: &[Taken]) {
    println!(
        "{:<42}{:>24}{:>24}{:>8}  wanted",
        "median [lowest..highest]", "ouzel", "kafka", "ratio"
    );
    for line in all.iter().flat_map(Taken::lines) {
        println!("{line}");
    }
}

/// For other programs.
pub fn json(all: &[Taken], yardstick: (f64, f64)) -> Value {
    json!({
        "append_and_fdatasync_ms": { "p50": yardstick.0, "p99": yardstick.1 },
        "measures": all.iter().map(Taken::json).collect::<Vec<_>>(),
    })
}

fn line(figure: &Figure, ours: &[f64], theirs: &[f64]) -> String {
    let ratio = ratio(ours, theirs);
    let shown = ratio.map_or(String::new(), |ratio| format!("{ratio:.2}x"));
    let met = is_met(figure.wanted, ratio, ours);
    let (ours, theirs) = (cell(ours, figure.unit), cell(theirs, figure.unit));
    let wanted = bound(figure.wanted).unwrap_or_default();
    let verdict = match met {
        Some(true) => ": met",
        Some(false) => ": missed",
        None => "",
    };
    let line = format!("  {:<40}{ours:>24}{theirs:>24}{shown:>8}  {wanted}{verdict}", figure.what);
    line.trim_end().to_owned()
}

/// `0.21 [0.20..0.23] ms`; the range only where it is one.
fn cell(values: &[f64], unit: &str) -> String {
    match values {
        [] => String::new(),
        [value] => format!("{} {unit}", short(*value)),
        _ => {
            let (low, high) = (lowest(values), -lowest(&negated(values)));
            format!("{} [{}..{}] {unit}", short(median(values)), short(low), short(high))
        }
    }
}

fn lowest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn negated(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| -value).collect()
}

/// Three digits are more than such a figure is worth.
fn short(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        small if small >= 0.1 || small == 0.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

/// Ours in the other's; none where one of them is missing.
fn ratio(ours: &[f64], theirs: &[f64]) -> Option<f64> {
    (!ours.is_empty() && !theirs.is_empty()).then(|| median(ours) / median(theirs))
}

fn is_met(wanted: Wanted, ratio: Option<f64>, ours: &[f64]) -> Option<bool> {
    match wanted {
        Wanted::Itself(bound) => (!ours.is_empty()).then(|| median(ours) >= bound),
        Wanted::AtMost(bound) => Some(ratio? <= bound),
        Wanted::AtLeast(bound) => Some(ratio? >= bound),
        Wanted::Anything => None,
    }
}

fn bound(wanted: Wanted) -> Option<String> {
    match wanted {
        Wanted::AtMost(bound) => Some(format!("≤ {bound:.2}x")),
        Wanted::AtLeast(bound) => Some(format!("≥ {bound:.2}x")),
        Wanted::Itself(bound) => Some(format!("≥ {bound}")),
        Wanted::Anything => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::measures::MEASURES;
    use super::*;

    #[test]
    fn a_line_shows_both_sides_the_ratio_and_whether_it_is_as_wanted() {
        let wanted = |wanted| Figure { what: "p99", unit: "ms", wanted };
        let slow = line(&wanted(Wanted::AtMost(0.25)), &[1.0, 3.0], &[4.0, 4.0]);
        assert!(slow.contains("2.00 [1.00..3.00] ms") && slow.contains("0.50x"), "{slow}");
        assert!(slow.ends_with("≤ 0.25x: missed"), "{slow}");
        let quick = line(&wanted(Wanted::AtLeast(1.0)), &[300.0], &[284.0]);
        assert!(quick.ends_with("1.06x  ≥ 1.00x: met"), "{quick}");
    }

    #[test]
    fn one_side_alone_has_no_ratio_and_no_verdict() {
        let figure = Figure { what: "p99", unit: "ms", wanted: Wanted::AtMost(0.25) };
        let alone = line(&figure, &[0.5], &[]);
        assert!(alone.ends_with("≤ 0.25x"), "{alone}");
    }

    #[test]
    fn a_figure_that_is_wanted_for_itself_is_judged_alone() {
        let figure = Figure { what: "kept", unit: "%", wanted: Wanted::Itself(90.0) };
        assert!(line(&figure, &[95.0], &[]).ends_with("≥ 90: met"));
        assert!(line(&figure, &[80.0], &[99.0]).ends_with("≥ 90: missed"));
    }

    #[test]
    fn a_siege_that_good_clients_notice_is_told_and_a_race_that_is_lost_is_not() {
        let of = |name: &str, ours: Vec<f64>, theirs: Vec<f64>| {
            let measure = MEASURES.iter().find(|measure| measure.name == name).unwrap();
            let mut taken = Taken::new(measure);
            taken.add(Side::Ouzel, ours);
            taken.add(Side::Kafka, theirs);
            missed(&[taken])
        };
        let siege = |written: f64, read: f64| vec![100.0, written, written, 100.0, read, read];
        assert!(of("siege", siege(90.0, 120.0), siege(10.0, 10.0)).is_empty());
        let missed = of("siege", siege(89.9, 120.0), siege(10.0, 10.0));
        assert_eq!(missed, ["siege: written: kept is 89.9 % and must be 90"]);
        assert!(of("kill-3gb", vec![9.0], vec![1.0]).is_empty());
    }
}
