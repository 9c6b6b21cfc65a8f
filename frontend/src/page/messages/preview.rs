//! A key or value in one cell: its beginning, or the place that matched, coloured by what it is.

use std::ops::Range;

use leptos::prelude::*;
use ouzel_api::messages::{Encoding, Message, Payload, Transaction};

use super::{
    fields::{self, Path},
    json::{self, Kind},
    marks::{Marks, pieces},
};
use crate::ui::{Badge, Mood};

/// Bytes shown in a cell: about as many as the widest screen has room for.
const CELL_BYTES: usize = 220;

/// A match that begins later than this many bytes might be out of sight, so that the cell begins
/// shortly before it.
const LEAD_BYTES_MAX: usize = 36;

/// Bytes shown before such a match.
const LEAD_BYTES: usize = 8;

/// The class of a token's colour.
pub fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Mark => "j-mark",
        Kind::Key => "j-key",
        Kind::Str => "j-str",
        Kind::Num => "j-num",
        Kind::Literal => "j-lit",
        Kind::Text => "",
    }
}

/// The key of a row, with what matched in it.
pub fn key(message: &Message, marks: &Marks) -> AnyView {
    cell(&message.key, &marks.in_key(&message.key))
}

/// The value of a row, with what matched in it; before it the header that matched if neither key
/// nor value did.
pub fn value(message: &Message, marks: &Marks) -> AnyView {
    let found = marks.in_value(&message.value);
    let elsewhere = found.is_empty() && marks.in_key(&message.key).is_empty();
    let header = marks.in_headers(message).filter(|_| elsewhere).and_then(|(at, (name, value))| {
        let header = message.headers.get(at)?;
        Some(view! {
            <span class="why" title="The header that matched">
                {marked(&header.key, 0..header.key.len(), &name)}
                ": "
                {cell(&header.value, &value)}
            </span>
        })
    });
    let fate = match message.transaction {
        Some(Transaction::Aborted) => Some((Mood::Bad, "aborted")),
        Some(Transaction::Open) => Some((Mood::Warn, "undecided")),
        Some(Transaction::Committed) | None => None,
    };
    let fate = fate.map(|(mood, text)| view! { <Badge mood=mood>{text}</Badge> " " });
    view! { {fate} {header} {cell(&message.value, &found)} }.into_any()
}

/// A payload in a cell; `marks` are stretches of its text.
pub fn cell(payload: &Payload, marks: &[Range<usize>]) -> AnyView {
    let text = payload.text.as_str();
    let window = window(text, marks);
    match payload.encoding {
        Encoding::Null => {
            view! { <span class="none" title="There is none">"null"</span> }.into_any()
        }
        _ if text.is_empty() => {
            view! { <span class="none" title="There is one, of no bytes">"empty"</span> }.into_any()
        }
        Encoding::Json => coloured(text, window, marks).into_any(),
        Encoding::Text | Encoding::Xml => {
            view! { <span class="mono">{marked(text, window, marks)}</span> }.into_any()
        }
        Encoding::Hex => view! {
            <span class="mono"><span class="dim">"0x"</span>{text[window].to_owned()}</span>
        }
        .into_any(),
    }
}

/// What of `text` is shown: its beginning, or what is around the first mark.
fn window(text: &str, marks: &[Range<usize>]) -> Range<usize> {
    let start = match marks.first() {
        Some(first) if first.start > LEAD_BYTES_MAX => first.start - LEAD_BYTES,
        _ => 0,
    };
    let start = text.floor_char_boundary(start);
    start..text.floor_char_boundary(start + CELL_BYTES)
}

/// A stretch of text with what is marked in it.
pub fn marked(text: &str, window: Range<usize>, marks: &[Range<usize>]) -> Vec<AnyView> {
    let before = (window.start > 0).then(|| "…".into_any());
    let piece = |(at, is_marked): (Range<usize>, bool)| {
        let shown = text[at].to_owned();
        if is_marked { view! { <mark>{shown}</mark> }.into_any() } else { shown.into_any() }
    };
    before.into_iter().chain(pieces(window, marks).into_iter().map(piece)).collect()
}

/// JSON on one line, in its colours. Marks have the colour of the line, so they need no element.
fn coloured(text: &str, window: Range<usize>, marks: &[Range<usize>]) -> impl IntoView + use<> {
    let mut parts: Vec<AnyView> = Vec::new();
    let mut plain = String::from(if window.start > 0 { "…" } else { "" });
    for token in json::tokens(&text[..window.end]) {
        if token.at.end <= window.start {
            continue;
        }
        let visible = token.at.start.max(window.start)..token.at.end;
        for (at, is_marked) in pieces(visible.clone(), marks) {
            let shown = &text[at];
            if token.kind == Kind::Mark && !is_marked {
                plain.push_str(shown);
                continue;
            }
            let before = std::mem::take(&mut plain);
            parts.push(view! { {before} {token_piece(token.kind, shown, is_marked)} }.into_any());
        }
        if token.kind == Kind::Mark && matches!(&text[visible], ":" | ",") {
            plain.push(' ');
        }
    }
    view! { <span class="mono json">{parts} {plain}</span> }
}

/// A piece of a token in its colour.
pub fn token_piece(kind: Kind, shown: &str, is_marked: bool) -> AnyView {
    let (class, shown) = (class(kind), shown.to_owned());
    match is_marked {
        true => view! { <mark class=class>{shown}</mark> }.into_any(),
        false => view! { <span class=class>{shown}</span> }.into_any(),
    }
}

/// The values of a field in a cell, as they were written; nothing where there is no such field.
pub fn fields(text: &str, path: &Path, most: usize) -> AnyView {
    let found = fields::find(text, path, most);
    let several = found.len() > 1;
    let value = |at: Range<usize>| {
        let end = text.floor_char_boundary(at.end.min(at.start + CELL_BYTES));
        coloured(&text[at.start..end], 0..end - at.start, &[])
    };
    let separated = |at: Range<usize>| {
        let comma = several.then_some(", ");
        view! { {value(at)} {comma} }
    };
    found.into_iter().map(separated).collect_view().into_any()
}

/// At most so many bytes, cut between two characters.
pub fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
// One mark is a list of one stretch.
#[allow(clippy::single_range_in_vec_init)]
mod tests {
    use super::window;

    #[test]
    fn a_cell_begins_shortly_before_a_match_that_would_be_out_of_sight() {
        let text = format!("{}needle{}", "ü".repeat(500), "x".repeat(500));
        let at = text.find("needle").unwrap_or_default();
        assert_eq!(window(&text, &[]), 0..220);
        let shown = window(&text, &[at..at + 6]);
        assert!(text[shown.clone()].contains("needle") && shown.start > 900, "{shown:?}");
        assert_eq!(window(&text, &[4..6]), 0..220);
        assert_eq!(window("short", &[0..2]), 0..5);
    }
}
