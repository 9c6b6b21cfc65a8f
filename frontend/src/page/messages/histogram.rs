//! The matches over time: how many in each stretch, drawn above the table.

use std::sync::Arc;

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use ouzel_api::{messages::Message, search::From};
use web_sys::{Element, HtmlElement};

use super::{Page, query::Start};
use crate::{
    format::{count, counted},
    ui::use_clock,
};

/// Bars drawn at most: each a few pixels wide on the narrowest screen.
const BARS_MAX: i64 = 60;

/// Lengths of a stretch to choose from, in milliseconds: those that people count in.
const STEPS_MS: [i64; 20] = [
    1,
    10,
    100,
    1_000,
    5_000,
    15_000,
    60_000,
    300_000,
    900_000,
    3_600_000,
    4 * 3_600_000,
    12 * 3_600_000,
    86_400_000,
    7 * 86_400_000,
    30 * 86_400_000,
    90 * 86_400_000,
    365 * 86_400_000,
    3_650 * 86_400_000,
    36_500 * 86_400_000,
    365_000 * 86_400_000,
];

/// Counts by stretches of equal length.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Histogram {
    /// Where the first stretch begins.
    start_ms: i64,
    step_ms: i64,
    counts: Vec<u32>,
}

impl Histogram {
    /// Of these times; `None` if there is none.
    fn of(times: &[i64]) -> Option<Histogram> {
        let (least, most) = (*times.iter().min()?, *times.iter().max()?);
        let fits = |step: &i64| most.div_euclid(*step) - least.div_euclid(*step) < BARS_MAX;
        let step_ms = STEPS_MS.into_iter().find(fits)?;
        let first = least.div_euclid(step_ms);
        let bars = usize::try_from(most.div_euclid(step_ms) - first + 1).ok()?;
        let mut counts = vec![0; bars];
        for time in times {
            let at = usize::try_from(time.div_euclid(step_ms) - first).unwrap_or_default();
            counts[at] += 1;
        }
        Some(Histogram { start_ms: first * step_ms, step_ms, counts })
    }

    fn begins(&self, at: usize) -> i64 {
        self.start_ms + self.step_ms * i64::try_from(at).unwrap_or_default()
    }
}

/// The times of the rows that have one.
fn times(rows: &[Arc<Message>]) -> Vec<i64> {
    rows.iter().map(|row| row.timestamp_ms).filter(|time| *time >= 0).collect()
}

/// The bars. A click on one searches from its beginning upwards.
#[component]
pub fn Bars(page: Page) -> impl IntoView {
    let clock = use_clock();
    let shown = Memo::new(move |_| page.feed.rows.with(|rows| Histogram::of(&times(rows))));
    // The bar that Tab comes to; the arrows go on from there.
    let active = RwSignal::new(0_usize);
    let click = move |event: ev::MouseEvent| {
        let bar = event.target().and_then(|at| at.dyn_into::<Element>().ok());
        let bar = bar.and_then(|bar| bar.closest("[data-from]").ok().flatten());
        let from = bar.and_then(|bar| bar.get_attribute("data-from")?.parse().ok());
        if let Some(timestamp_ms) = from {
            page.ask(|asked| asked.start = Start::At(From::Time { timestamp_ms }));
        }
    };
    let bar = move |shown: &Histogram, at: usize, most: u32| {
        let (from, matches) = (shown.begins(at), shown.counts[at]);
        let title = format!(
            "{} from {} to {}; press to search from there",
            counted(matches, "match", "matches"),
            clock.date_time(from),
            clock.date_time(from + shown.step_ms),
        );
        let share = f64::from(matches) / f64::from(most.max(1)) * 100.0;
        view! {
            <button
                type="button"
                data-from=from.to_string()
                title=title.clone()
                aria-label=title
                tabindex=move || if active.get() == at { "0" } else { "-1" }
                on:focus=move |_| active.set(at)
            >
                <i style=("--p", format!("{share:.1}%"))></i>
            </button>
        }
    };
    let drawn = move |shown: &Histogram| {
        let most = shown.counts.iter().copied().max().unwrap_or_default();
        let bars = (0..shown.counts.len()).map(|at| bar(shown, at, most)).collect_view();
        let (from, to) = (shown.begins(0), shown.begins(shown.counts.len()));
        let step = crate::format::duration(shown.step_ms);
        let rows = shown.counts.iter().map(|count| u64::from(*count)).sum::<u64>();
        let rows = counted(rows, "row that is loaded here", "rows that are loaded here");
        let label = format!("The {rows} over time, {} at most in one bar of {step}", count(most));
        active.update_untracked(|active| *active = (*active).min(shown.counts.len() - 1));
        view! {
            <div class="bars" role="toolbar" aria-label=label on:click=click on:keydown=walk>
                {bars}
            </div>
            <div class="bars-ends dim">
                <span>{clock.date_time(from)}</span>
                <span>{format!("{rows}, each bar {step}")}</span>
                <span>{clock.date_time(to)}</span>
            </div>
        }
    };
    move || {
        shown.with(|shown| match shown {
            Some(shown) => view! { <div class="histogram">{drawn(shown)}</div> }.into_any(),
            None => ().into_any(),
        })
    }
}

/// The arrows go to the bar beside, Home and End to the first and last one.
fn walk(event: ev::KeyboardEvent) {
    let here = event.target().and_then(|here| here.dyn_into::<Element>().ok());
    let Some(here) = here.and_then(|here| here.closest("[data-from]").ok().flatten()) else {
        return;
    };
    let all = here.parent_element();
    let to = match event.key().as_str() {
        "ArrowRight" => here.next_element_sibling(),
        "ArrowLeft" => here.previous_element_sibling(),
        "Home" => all.and_then(|all| all.first_element_child()),
        "End" => all.and_then(|all| all.last_element_child()),
        _ => return,
    };
    event.prevent_default();
    if let Some(to) = to.and_then(|to| to.dyn_into::<HtmlElement>().ok()) {
        // A bar that takes no focus leaves it where it was.
        to.focus().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_is_counted_once_in_a_stretch_of_a_length_that_people_count_in() {
        let hour = 3_600_000;
        let times: Vec<i64> = (0..10_000).map(|n| 5 * hour + n * 1_000).collect();
        let shown = Histogram::of(&times).expect("bars");
        assert_eq!(shown.counts.iter().sum::<u32>(), 10_000);
        assert!(shown.counts.len() as i64 <= BARS_MAX);
        assert_eq!((shown.step_ms, shown.start_ms), (300_000, 5 * hour));
        assert_eq!(shown.counts[0], 300);
    }

    #[test]
    fn one_time_no_time_and_times_of_all_ages_are_no_trouble() {
        assert_eq!(Histogram::of(&[]), None);
        let one = Histogram::of(&[1_795_442_607_118]).expect("a bar");
        assert_eq!((one.counts, one.start_ms), (vec![1], 1_795_442_607_118));
        let all = Histogram::of(&[0, 253_402_300_799_000]).expect("bars");
        assert_eq!(all.counts.iter().sum::<u32>(), 2);
        assert_eq!(Histogram::of(&[0, i64::MAX]), None);
    }
}
