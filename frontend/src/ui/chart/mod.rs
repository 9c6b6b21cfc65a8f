//! Values over time: a line with an area below it, and the same as small as a word.
//!
//! What is drawn is also there as a table, and a sentence says what it comes to. Time that nobody
//! has seen stays empty: no line is drawn across it.

mod shape;

use leptos::{ev, html, prelude::*};

use super::{Clock, use_clock};
use shape::{HIGH, Run, SMALL, WIDE};

pub use shape::Spot;

/// What the parts of one chart share. Cheap to copy.
#[derive(Clone, Copy)]
struct Chart {
    label: Signal<String>,
    spots: Signal<Vec<Spot>>,
    range: Signal<(i64, i64)>,
    gap_ms: Signal<i64>,
    write: fn(f64) -> String,
    /// Where the scale ends.
    top: Memo<f64>,
    /// The spot that is looked at.
    at: RwSignal<Option<usize>>,
    clock: Clock,
}

/// A line over time. `write` puts a value into words.
#[component]
pub fn LineChart(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] spots: Signal<Vec<Spot>>,
    /// First and last moment.
    #[prop(into)]
    range: Signal<(i64, i64)>,
    /// Two values further apart than this have unseen time between them.
    #[prop(into)]
    gap_ms: Signal<i64>,
    write: fn(f64) -> String,
) -> impl IntoView {
    let top = Memo::new(move |_| spots.with(|spots| shape::ceiling(shape::most(spots))));
    let (at, clock) = (RwSignal::new(None), use_clock());
    let chart = Chart { label, spots, range, gap_ms, write, top, at, clock };
    view! {
        <figure class="chart">
            <figcaption class="dim">{move || chart.told()}</figcaption>
            <div class="chart-body">
                <div class="chart-scale dim" aria-hidden="true">
                    <span>{move || write(top.get())}</span>
                    <span>{move || write(top.get() / 2.0)}</span>
                    <span>{move || write(0.0)}</span>
                </div>
                {drawing(chart)}
                <div class="chart-times dim" aria-hidden="true">
                    <span>{move || shape::short(clock.date_time(range.get().0))}</span>
                    <span>{move || shape::short(clock.date_time(range.get().1))}</span>
                </div>
            </div>
            <details>
                <summary>"As a table"</summary>
                {table(chart)}
            </details>
        </figure>
    }
}

impl Chart {
    /// The value that is looked at, or what the line comes to; reactive.
    fn told(self) -> String {
        let shown = self.at.get().and_then(|at| self.spots.with(|spots| spots.get(at).copied()));
        match shown {
            Some(spot) => {
                format!("{} · {}", self.clock.date_time(spot.at_ms), self.in_words(spot.value))
            }
            None => self.spots.with(|spots| shape::summary(spots, self.write)),
        }
    }

    fn in_words(self, value: Option<f64>) -> String {
        value.map_or("not known".to_owned(), self.write)
    }

    /// The arrows walk from value to value.
    fn key(self, event: &ev::KeyboardEvent) {
        let last = self.spots.with_untracked(Vec::len).saturating_sub(1);
        let now = self.at.get_untracked().unwrap_or(last);
        let next = match event.key().as_str() {
            "ArrowLeft" => now.saturating_sub(1),
            "ArrowRight" => (now + 1).min(last),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        self.at.set(Some(next));
    }
}

fn drawing(chart: Chart) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let hover = move |event: ev::PointerEvent| {
        let Some(node) = node.get_untracked() else { return };
        let part = f64::from(event.offset_x()) / f64::from(node.client_width()).max(1.0);
        let range = chart.range.get_untracked();
        chart.at.set(chart.spots.with_untracked(|spots| shape::nearest(spots, range, part)));
    };
    let paths = Memo::new(move |_| {
        let (range, top, gap_ms) = (chart.range.get(), chart.top.get(), chart.gap_ms.get());
        chart.spots.with(|spots| shape::runs(spots, range, top, gap_ms))
    });
    let path = move |Run { line, area }: Run| {
        view! {
            <path class="chart-area" d=area/>
            <path class="chart-line" d=line/>
        }
    };
    let mark = move || {
        let spot = chart.at.get().and_then(|at| chart.spots.with(|it| it.get(at).copied()))?;
        let x = shape::place(spot.at_ms, chart.range.get());
        Some(view! { <line class="chart-mark" x1=x x2=x y1="0" y2=HIGH/> })
    };
    let grid = [0.5, HIGH / 2.0, HIGH - 0.5]
        .map(|y| view! { <line class="chart-grid" x1="0" x2=WIDE y1=y y2=y/> });
    view! {
        <div
            class="chart-drawing"
            node_ref=node
            role="img"
            tabindex="0"
            aria-label=move || format!("{}: {}", chart.label.get(), chart.told())
            on:pointermove=hover
            on:pointerleave=move |_| chart.at.set(None)
            on:blur=move |_| chart.at.set(None)
            on:keydown=move |event| chart.key(&event)
        >
            <svg
                viewBox=format!("0 0 {WIDE} {HIGH}")
                preserveAspectRatio="none"
                aria-hidden="true"
            >
                {grid.into_iter().collect_view()}
                {move || paths.get().into_iter().map(path).collect_view()}
                {mark}
            </svg>
        </div>
    }
}

fn table(chart: Chart) -> impl IntoView {
    let row = move |spot: Spot| {
        view! {
            <tr>
                <td class="mono">{move || chart.clock.date_time(spot.at_ms)}</td>
                <td class="mono r">{chart.in_words(spot.value)}</td>
            </tr>
        }
    };
    view! {
        <div class="chart-table">
            <table>
                <thead>
                    <tr><th scope="col">"time"</th><th scope="col">{chart.label}</th></tr>
                </thead>
                <tbody>
                    {move || {
                        let spots = chart.spots.with(|spots| shape::thinned(spots));
                        spots.into_iter().map(row).collect_view()
                    }}
                </tbody>
            </table>
        </div>
    }
}

/// A line as small as a word; `label` says what it shows.
#[component]
pub fn Sparkline(values: Vec<f64>, #[prop(into)] label: String) -> impl IntoView {
    let (wide, high) = SMALL;
    view! {
        <svg
            class="spark"
            width=wide
            height=high
            viewBox=format!("0 0 {wide} {high}")
            role="img"
            aria-label=label
        >
            <path class="chart-line" d=shape::spark(&values)/>
        </svg>
    }
}
