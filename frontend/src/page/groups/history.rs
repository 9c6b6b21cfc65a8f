//! The group's lag over time.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::progress::{History as Data, HistoryPoint, TimeLag};

use crate::{
    client,
    format::{count_short, duration},
    listing::use_text,
    load::{Loaded, load},
    ui::{Choice, Empty, LineChart, Panel, Select, Spot},
};

/// How often the page asks again while somebody looks at it.
const REFRESH_SECONDS: u64 = 15;
/// The stretches: hours and their name. The first one is shown unasked.
const STRETCHES: &[(&str, &str)] =
    &[("6", "6 hours"), ("1", "1 hour"), ("24", "1 day"), ("168", "7 days"), ("720", "30 days")];
/// What is drawn. The first one is drawn unasked.
const MEASURES: &[(&str, &str)] = &[("records", "in records"), ("time", "in time")];

const HOUR_MS: i64 = 3_600_000;
/// Up to a day, samples come every five minutes at least, beyond it every hour: two that are
/// missing are a gap.
const FINE_MS: i64 = 25 * HOUR_MS;

/// The panel. Stretch and measure are in the address as `h` and `by`.
#[component]
pub fn History(cluster: StoredValue<String>, group: String) -> impl IntoView {
    let (stretch, measure) = (use_text("h"), use_text("by"));
    let hours = Memo::new(move |_| chosen(STRETCHES, &stretch.get()).parse().unwrap_or(6));
    let in_time = Memo::new(move |_| chosen(MEASURES, &measure.get()) == "time");
    let group = StoredValue::new(group);
    let data =
        load(move || client::groups::history(cluster.get_value(), group.get_value(), hours.get()));
    let data = data.every(REFRESH_SECONDS);
    let choices = |all: &[(&str, &str)]| -> Vec<Choice> {
        all.iter().map(|(value, name)| Choice::new(*value, *name)).collect()
    };
    let (stretches, measures) = (choices(STRETCHES), choices(MEASURES));
    // What is shown unasked is not in the address.
    let put = |text: RwSignal<String>, first: &'static str| {
        move |value: String| text.set(if value == first { String::new() } else { value })
    };
    let (pick_measure, pick_stretch) = (put(measure, "records"), put(stretch, "6"));
    let side = move || {
        view! {
            <span class="row">
                <Select
                    value=Signal::derive(move || chosen(MEASURES, &measure.get()).to_owned())
                    choices=measures.clone()
                    on_pick=pick_measure
                    label="Measure"
                />
                <Select
                    value=Signal::derive(move || chosen(STRETCHES, &stretch.get()).to_owned())
                    choices=stretches.clone()
                    on_pick=pick_stretch
                    label="Stretch"
                />
            </span>
        }
    };
    view! {
        <Panel title="Lag over time" side>
            <Loaded from=data let:history>
                {move || match history.with(|history| (history.points.len(), history.left_out)) {
                    (0..2, left_out) => nothing(left_out).into_any(),
                    _ => view! { <Drawing history in_time=in_time.get()/> }.into_any(),
                }}
            </Loaded>
        </Panel>
    }
}

/// In the place of the chart: there is nothing yet, or there will be nothing.
fn nothing(left_out: bool) -> impl IntoView {
    let (title, text) = match left_out {
        false => (
            "Nothing has been seen yet",
            "The console looks at the lag every few seconds while it runs.",
        ),
        true => (
            "No history is kept of this group",
            "The console keeps that of as many groups as it can already. Its lag of now is below.",
        ),
    };
    view! { <Empty icon="clock" title><p>{text}</p></Empty> }
}

#[component]
fn Drawing(history: Memo<Arc<Data>>, in_time: bool) -> impl IntoView {
    let spots = Memo::new(move |_| {
        let spot = |point: &HistoryPoint| Spot {
            at_ms: point.at_ms,
            value: if in_time { seconds(point) } else { point.lag.map(|lag| lag as f64) },
        };
        history.with(|history| history.points.iter().map(spot).collect::<Vec<_>>())
    });
    let range = Memo::new(move |_| history.with(|history| (history.from_ms, history.to_ms)));
    let gap_ms = Memo::new(move |_| {
        let (from, to) = range.get();
        if to - from > FINE_MS { 2 * HOUR_MS + HOUR_MS / 2 } else { HOUR_MS / 5 }
    });
    let (label, write): (_, fn(f64) -> String) = match in_time {
        true => ("behind in time", |value| duration((value * 1000.0) as i64)),
        false => ("records behind", |value| count_short(value.round() as i64)),
    };
    view! { <LineChart label spots range gap_ms write/> }
}

/// A lower bound is drawn, too: it is the best that is known.
fn seconds(point: &HistoryPoint) -> Option<f64> {
    match point.time_lag {
        TimeLag::Unknown => None,
        TimeLag::Known { ms } | TimeLag::AtLeast { ms } => Some(ms as f64 / 1000.0),
    }
}

/// The choice in the address, or the first one.
fn chosen(all: &[(&'static str, &str)], text: &str) -> &'static str {
    let found = all.iter().find(|(value, _)| *value == text).or(all.first());
    found.map_or("", |(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::{MEASURES, STRETCHES, chosen};

    #[test]
    fn an_address_that_makes_no_sense_shows_what_is_shown_unasked() {
        assert_eq!(chosen(STRETCHES, ""), "6");
        assert_eq!(chosen(STRETCHES, "9000"), "6");
        assert_eq!(chosen(STRETCHES, "168"), "168");
        assert_eq!(chosen(MEASURES, "time"), "time");
    }
}
