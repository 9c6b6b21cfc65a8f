//! Bodies of any length: a text in lines as wide as the drawer, and a dump of bytes. Only what is
//! near the screen is in the page.

use std::{ops::Range, sync::Arc};

use leptos::prelude::*;

use super::{
    body::Body,
    bytes::{self, LINE_BYTES, LINE_BYTES_WIDE},
    lines::{Lines, Place},
    marks::pieces,
    value::{Ink, Marked},
    wrap::Wrapped,
};

/// Width of a character of the code font at its size, a little more than any browser makes it.
const CHAR_PX: f64 = 7.4;

/// Room beside the lines: their margins and a scroll bar.
const MARGIN_PX: f64 = 44.0;

/// Width from which a dump shows twice as many bytes on a line.
const WIDE_PX: f64 = 620.0;

/// A text of any length, cut into lines as wide as the drawer.
#[component]
pub fn Long(body: Arc<Body>, marked: Marked) -> impl IntoView {
    let place = RwSignal::new(Place::default());
    let columns = Memo::new(move |_| {
        let width = place.with(|place| place.width);
        (((width - MARGIN_PX) / CHAR_PX).max(20.0)) as usize
    });
    let wrapped = {
        let body = body.clone();
        Memo::new(move |_| Arc::new(Wrapped::new(body.text().unwrap_or_default(), columns.get())))
    };
    let reveal = move || {
        let now = marked.now.get()?;
        Some(wrapped.with_untracked(|wrapped| wrapped.line_of(now.start)))
    };
    let draw = move |at: usize| {
        let text = body.text().unwrap_or_default();
        let line = wrapped.with(|wrapped| wrapped.line(at));
        let line = line.start..line.start + text[line.clone()].trim_end_matches('\n').len();
        let (marks, now) = (marked.all.get(), marked.now.get());
        let drawn = Ink { text, marks: &marks, now: now.as_ref() }.draw(line, "");
        view! { <div class="line">{drawn}</div> }.into_any()
    };
    let all = Signal::derive(move || wrapped.with(|wrapped| wrapped.count()));
    view! { <Lines label="Text" count=all place reveal=Signal::derive(reveal) draw/> }
}

/// The bytes, however many.
#[component]
pub fn Dump(body: Arc<Body>, marked: Marked) -> impl IntoView {
    let place = RwSignal::new(Place::default());
    let wide = Memo::new(move |_| place.with(|place| place.width >= WIDE_PX));
    let length = move || if wide.get() { LINE_BYTES_WIDE } else { LINE_BYTES };
    let size = body.bytes().len();
    // Places in a text that was decoded are none in the bytes it was decoded from.
    let decoded = body.is_decoded();
    let marks = move || if decoded { Arc::default() } else { marked.all.get() };
    let reveal = move || {
        let now = marked.now.get().filter(|_| !decoded)?;
        Some(now.start / untrack(length))
    };
    let draw = move |at: usize| {
        let bytes = body.bytes();
        let from = (at * length()).min(bytes.len());
        let to = (from + length()).min(bytes.len());
        let marks = marks();
        let piece = |(at, is_marked): (Range<usize>, bool)| {
            let (hex, text) = bytes::dumped(&bytes[at]);
            match is_marked {
                true => (
                    view! { <mark>{hex}</mark> " " }.into_any(),
                    view! { <mark>{text}</mark> }.into_any(),
                ),
                false => (format!("{hex} ").into_any(), text.into_any()),
            }
        };
        let (hex, text): (Vec<_>, Vec<_>) = pieces(from..to, &marks).into_iter().map(piece).unzip();
        view! {
            <div class="line hex-line" class:wide=wide>
                <span class="dim">{format!("{from:08x}")}</span>
                <span>{hex}</span>
                <span class="j-str">{text}</span>
            </div>
        }
        .into_any()
    };
    let all = Signal::derive(move || size.div_ceil(length()));
    view! { <Lines label="Bytes" count=all place reveal=Signal::derive(reveal) draw/> }
}
