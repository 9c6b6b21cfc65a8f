//! The line under the controls: what was found, what was read, how far, how fast, what went wrong,
//! and how to go on.

use leptos::prelude::*;
use ouzel_api::search::{DoneReason, PartitionProgress, Skipped};

use super::{
    Page, columns::ColumnMenu, decoders::Reading, export::ExportMenu, feed::Phase,
    figures::Figures, views::ViewMenu,
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
        true => figures.with(Figures::matched_by_now),
        // The rows are on screen a moment before the server's figures say so.
        false => page.feed.rows.with(|rows| rows.len() as u64),
    };
    let parts =
        move || figures.with(|figures| figures.partitions.iter().map(covered).collect::<Vec<_>>());
    let some = move || figures.with(|figures| !figures.partitions.is_empty());
    view! {
        <StatusLine>
            <div class="told">
                <b data-matches="">{move || counted(matched(), "match", "matches")}</b>
                <span>{move || figures.with(read)}</span>
                {move || figures.with(|figures| skipped(&figures.skipped))}
                {move || figures.with(pace)}
                <Show when=some>
                    <Coverage parts=Signal::derive(parts)/>
                </Show>
                {move || end(page)}
                {move || continued(page)}
                <Reading page/>
                {move || on(page)}
                {move || unseen(page)}
            </div>
            <div class="tools">
                <ChartSwitch page/>
                <ColumnMenu page/>
                <ViewMenu page/>
                <ExportMenu page/>
            </div>
            <div class="troubles">{move || figures.with(troubles)}</div>
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
        page.write(&view, History::Replace);
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

fn read(figures: &Figures) -> String {
    format!("{} read", count(figures.read_by_now()))
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
        // Of one that could not be read it is not known how much there is.
        0 if part.failed.is_some() => Covered { label, from: 0.0, share: 0.0 },
        0 => Covered { label, from: 0.0, share: 1.0 },
        _ => Covered { label, from: share(part.covered_from - part.start), share: share(done) },
    }
}

/// Offsets that held no record to look at, if there were any.
fn skipped(skipped: &Skipped) -> Option<impl IntoView + use<>> {
    let Skipped { control, aborted, missing } = *skipped;
    let all = control + aborted + missing;
    let title = format!(
        "{}, {}, {} without a record: compacted away, deleted, or never given to one",
        counted(control, "control record", "control records"),
        counted(aborted, "aborted record", "aborted records"),
        counted(missing, "offset", "offsets"),
    );
    (all > 0).then(|| view! { <span title=title>{format!("{} skipped", count(all))}</span> })
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
        Phase::Done { reason: DoneReason::Exhausted, .. } => text(page.feed.figures.with(all_read)),
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
        Phase::Lost { retry_at_ms, why } => {
            let when = move || clock.relative(retry_at_ms);
            let lost = why.unwrap_or_else(|| "connection lost".to_owned());
            view! { <span class="live off">{lost} ", tried again " {when}</span> }.into_any()
        }
        Phase::Failed(_) => view! { <span class="bad">"broke off"</span> }.into_any(),
    }
}

/// What was read by a search that came to its end: what a transaction holds back was not.
fn all_read(figures: &Figures) -> &'static str {
    match figures.held {
        0 => "everything was read",
        _ => "read up to open transactions",
    }
}

fn text_of(text: String) -> AnyView {
    view! { <span>{text}</span> }.into_any()
}

/// How long a search will still take if it goes on as it did.
fn remaining(figures: &Figures) -> String {
    match figures.left_ms.and_then(|ms| i64::try_from(ms).ok()) {
        Some(ms) if ms >= 1_000 => format!("about {} left at most", duration(ms)),
        _ => "searching…".to_owned(),
    }
}

/// What the reader should not overlook.
fn troubles(figures: &Figures) -> Vec<AnyView> {
    let mut all = Vec::new();
    let clock = use_clock();
    let warn = |text: String, title: &'static str| {
        view! { <span class="warn" title=title>{text}</span> }.into_any()
    };
    let first = |first: &Option<String>| {
        first.as_ref().map(|first| format!(", first: {first}")).unwrap_or_default()
    };
    if figures.held > 0 {
        let text = counted(figures.held, "offset held back", "offsets held back");
        let title = "A transaction that is not decided yet lies before them: whoever reads \
                     committed records gets them when it is";
        all.push(warn(text, title));
    }
    if figures.filter_errors > 0 {
        let text = counted(figures.filter_errors, "not judged", "not judged");
        let title = "A condition cannot judge these records, so they do not match";
        all.push(warn(text + &first(&figures.first_filter_error), title));
    }
    if figures.undecodable > 0 {
        let text = counted(figures.undecodable, "match not decoded", "matches not decoded");
        let title = "Their key or value is not what the search says it is";
        all.push(warn(text + &first(&figures.first_undecodable), title));
    }
    for part in figures.partitions.iter().filter(|part| part.failed.is_some()) {
        let reason = part.failed.clone().unwrap_or_default();
        let text = format!("partition {} could not be read: {reason}", part.partition);
        all.push(warn(text, "The others were read; Continue tries this one again"));
    }
    for lost in &figures.lost {
        let text = format!("partition {} is not followed: {}", lost.partition, lost.reason);
        all.push(warn(text, "The others are followed; this one is tried again every few seconds"));
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
    let token = page.resumable()?;
    Some(view! {
        <button type="button" class="link" on:click=move |_| page.go_on(token.clone())>
            "Continue"
        </button>
    })
}

/// That records were written from here which the list does not hold, and a way to find them. A tail
/// gets them by itself.
fn unseen(page: Page) -> Option<impl IntoView> {
    let written = Some(page.writing.unseen()).filter(|written| *written > 0)?;
    let text = format!("{} written since", count(written));
    let again = move |_| page.begin_anew();
    (!page.feed.live.get()).then(|| {
        view! {
            <span>{text}</span>
            <button type="button" class="link" on:click=again>"Search again"</button>
        }
    })
}
