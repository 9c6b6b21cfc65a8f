//! Moments on screen: absolute in the viewer's zone, with the relative time on hover, or an age
//! that keeps growing.

use std::time::Duration;

use leptos::prelude::*;

use super::Zone;
use crate::format;

/// The chosen zone and the current time, to the second.
#[derive(Clone, Copy)]
pub struct Clock {
    /// The chosen zone.
    pub zone: Signal<Zone>,
    now_ms: RwSignal<i64>,
}

/// Starts the clock for everything below; called once, by the app.
pub fn provide_clock(zone: Signal<Zone>) {
    let now = RwSignal::new(now_ms());
    let tick = move || {
        now.try_set(now_ms());
    };
    if let Ok(ticking) = set_interval_with_handle(tick, Duration::from_secs(1)) {
        on_cleanup(move || ticking.clear());
    }
    provide_context(Clock { zone, now_ms: now });
}

/// The clock of this app.
pub fn use_clock() -> Clock {
    expect_context()
}

/// The browser's time.
pub fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

impl Clock {
    /// Date and time in the chosen zone; reactive.
    pub fn date_time(self, at_ms: i64) -> String {
        format::date_time(at_ms, self.zone.get().offset_min(at_ms))
    }

    /// Time of day in the chosen zone; reactive.
    pub fn time_of_day(self, at_ms: i64) -> String {
        format::time_of_day(at_ms, self.zone.get().offset_min(at_ms))
    }

    /// How long ago; reactive, changes as time passes.
    pub fn relative(self, at_ms: i64) -> String {
        format::relative(at_ms, self.now_ms.get())
    }

    /// How long ago at the moment of asking.
    pub fn relative_now(self, at_ms: i64) -> String {
        format::relative(at_ms, now_ms())
    }

    /// Reads a time written in the chosen zone.
    pub fn parse(self, text: &str) -> Option<i64> {
        // Near a change of the clocks the offset is that of the moment, not that of now.
        let zone = self.zone.get_untracked();
        let about = format::parse_time(text, zone.offset_min(now_ms()))?;
        format::parse_time(text, zone.offset_min(about))
    }

    /// Date and time with the zone's name and the age: the tooltip of a moment.
    pub fn in_full(self, at_ms: i64) -> String {
        let offset = self.zone.get().offset_min(at_ms);
        let (at, zone) = (format::date_time(at_ms, offset), format::zone_name(offset));
        format!("{at} {zone}, {}", self.relative_now(at_ms))
    }
}

/// A moment, with date.
#[component]
pub fn Time(at_ms: i64) -> impl IntoView {
    let clock = use_clock();
    view! {
        <time class="nowrap" datetime=format::iso(at_ms) title=move || clock.in_full(at_ms)>
            {move || clock.date_time(at_ms)}
        </time>
    }
}

/// How long ago a moment was, kept up to date.
#[component]
pub fn Age(at_ms: i64) -> impl IntoView {
    let clock = use_clock();
    view! {
        <time class="nowrap" datetime=format::iso(at_ms) title=move || clock.in_full(at_ms)>
            {move || clock.relative(at_ms)}
        </time>
    }
}
