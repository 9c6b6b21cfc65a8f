//! The line under the controls: what was found, what was read, how far, how fast, what went wrong,
//! and how to go on.

use leptos::prelude::*;
use ouzel_api::search::{DoneReason, PartitionProgress};

use super::{
    Page,
    columns::ColumnMenu,
    feed::{Figures, Phase},
    views::ViewMenu,
};
use crate::{
    format::{bytes, count, count_short, counted, duration},
    location::History,
    ui::{Coverage, Covered, Icon, StatusLine, use_clock},
};

/// The status line.
#[component]
pub fn Status(page: Page) -> impl IntoView {
    let figures = page.feed.figures;
    let matched = move || match page.feed.live.get() {
        true => figures.with(|figures| figures.matched),
        // The rows are on screen a moment before the server's figures say so.
        false => page.feed.rows.with(|rows| rows.len() as u64),
    };
    let parts =
        move || figures.with(|figures| figures.partitions.iter().map(covered).collect::<Vec<_>>());
    let some = move || figures.with(|figures| !figures.partitions.is_empty());
    view! {
        <StatusLine>
            <b data-matches="">{move || counted(matched(), "match", "matches")}</b>
            <span>{move || figures.with(|figures| format!("{} read", count(figures.read)))}</span>
            {move || figures.with(pace)}
            <Show when=some>
                <Coverage parts=Signal::derive(parts)/>
            </Show>
            {move || end(page)}
            {move || continued(page)}
            <span class="grow"></span>
            {move || figures.with(troubles)}
            {move || on(page)}
            <ChartSwitch page/>
            <ColumnMenu page/>
            <ViewMenu page/>
        </StatusLine>
    }
}

/// Draws the matches over time, or not.
#[component]
fn ChartSwitch(page: Page) -> impl IntoView {
    let drawn = Memo::new(move |_| page.view.with(|view| view.chart));
    let turn = move |_| {
        let mut view = page.view.get_untracked();
        view.chart = !view.chart;
        page.location.set_query(&view.write(), History::Replace);
    };
    view! {
        <button
            type="button"
            class="btn quiet only-icon"
            aria-pressed=move || drawn.get().to_string()
            aria-label="Matches over time"
            title="Matches over time"
            on:click=turn
        >
            <Icon name="chart-column"/>
        </button>
    }
}

fn covered(part: &PartitionProgress) -> Covered {
    let whole = (part.end - part.start).max(0);
    let share = |offsets: i64| offsets as f64 / whole as f64;
    let done = (part.covered_to - part.covered_from).clamp(0, whole);
    let label = format!(
        "Partition {}: {} of {} offsets, {} to {}",
        part.partition,
        count(done),
        count(whole),
        count(part.covered_from),
        count(part.covered_to),
    );
    match whole {
        0 => Covered { label, from: 0.0, share: 1.0 },
        _ => Covered { label, from: share(part.covered_from - part.start), share: share(done) },
    }
}

/// Rate, bytes and time, as far as they mean something yet.
fn pace(figures: &Figures) -> Vec<AnyView> {
    if figures.elapsed_ms == 0 {
        return Vec::new();
    }
    let per_second = u128::from(figures.read) * 1000 / u128::from(figures.elapsed_ms);
    let elapsed = i64::try_from(figures.elapsed_ms).unwrap_or(i64::MAX);
    let rate = format!("{}/s", count_short(i128::try_from(per_second).unwrap_or(i128::MAX)));
    vec![text_of(rate), text_of(bytes(figures.bytes)), text_of(duration(elapsed))]
}

/// How it stands.
fn end(page: Page) -> impl IntoView {
    let clock = use_clock();
    let text = |text: &'static str| view! { <span>{text}</span> }.into_any();
    match page.feed.phase.get() {
        Phase::Searching => text_of(page.feed.figures.with(remaining)),
        Phase::Stopped => text("stopped"),
        Phase::Done { reason: DoneReason::Exhausted, .. } => text("everything was read"),
        Phase::Done { reason: DoneReason::Partial, .. } => {
            view! { <span class="warn">"some partitions could not be read"</span> }.into_any()
        }
        Phase::Done { reason: DoneReason::Limit, .. } => text("stopped at the limit"),
        Phase::Done { reason: DoneReason::TimeLimit, .. } => {
            view! { <span class="warn">"stopped at the server's time limit"</span> }.into_any()
        }
        Phase::Connecting => text("connecting…"),
        Phase::Following if page.feed.paused.get() => {
            page.feed.figures.track();
            let held = page.feed.held();
            let held =
                if held > 0 { format!(", {} held", count(held as i128)) } else { String::new() };
            view! { <span class="live off">"paused" {held}</span> }.into_any()
        }
        Phase::Following => view! {
            <span class="live" title="Records are added at the bottom, so that no row moves">
                "live, newest last"
            </span>
        }
        .into_any(),
        Phase::Lost { retry_at_ms } => {
            let when = move || clock.relative(retry_at_ms);
            view! { <span class="live off">"connection lost, tried again " {when}</span> }
                .into_any()
        }
        Phase::Failed(_) => view! { <span class="bad">"broke off"</span> }.into_any(),
    }
}

fn text_of(text: String) -> AnyView {
    view! { <span>{text}</span> }.into_any()
}

/// How long a search will still take if it goes on as it did.
fn remaining(figures: &Figures) -> String {
    let whole: f64 = figures.partitions.iter().map(|part| (part.end - part.start) as f64).sum();
    let done: f64 =
        figures.partitions.iter().map(|part| (part.covered_to - part.covered_from) as f64).sum();
    let left_ms = figures.elapsed_ms as f64 * (whole - done) / done;
    match left_ms {
        ms if figures.elapsed_ms > 500 && ms.is_finite() && ms >= 1000.0 => {
            format!("about {} s left at most", (ms / 1000.0).ceil())
        }
        _ => "searching…".to_owned(),
    }
}

/// What the reader should not overlook.
fn troubles(figures: &Figures) -> Vec<AnyView> {
    let mut all = Vec::new();
    let clock = use_clock();
    if figures.not_json > 0 {
        let text = counted(figures.not_json, "record is not JSON", "records are not JSON");
        let first = figures.first_not_json.clone();
        let first = first.map(|first| format!(", first: {first}"));
        let title = "A condition on a field cannot judge them, so they do not match";
        all.push(view! { <span class="warn" title=title>{text} {first}</span> }.into_any());
    }
    if figures.dropped > 0 {
        let text = format!("{} not shown", count(figures.dropped));
        let title =
            "They matched, but arrived faster than this page takes them, or while it was paused";
        all.push(view! { <span class="warn" title=title>{text}</span> }.into_any());
    }
    if let Some((from, to)) = figures.gaps.last() {
        let (from, to) = (clock.time_of_day(*from), clock.time_of_day(*to));
        let more = figures.gaps.len() - 1;
        let more = (more > 0).then(|| format!(" and {more} more"));
        let text = format!("reconnected; nothing seen from {from} to {to}");
        all.push(view! { <span class="warn">{text} {more}</span> }.into_any());
    }
    all
}

/// Says that the search did not begin at its beginning.
fn continued(page: Page) -> Option<impl IntoView> {
    let resumed = page.view.with(|view| view.asked.resume.is_some());
    let title = "The address goes on where an earlier search stopped. Run starts at its beginning.";
    resumed.then(|| view! { <span title=title>"continued"</span> })
}

/// The button that goes on.
fn on(page: Page) -> Option<impl IntoView> {
    let token = page.feed.phase.with(|phase| match phase {
        Phase::Done { resume: Some(token), .. } => Some(token.clone()),
        _ => None,
    })?;
    Some(view! {
        <button type="button" class="link" on:click=move |_| page.go_on(token.clone())>
            "Continue"
        </button>
    })
}
