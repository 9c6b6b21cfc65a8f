//! A key or value in one cell: its beginning, coloured by what it is.

use leptos::prelude::*;
use ouzel_api::messages::{Encoding, Payload};

use super::json::{self, Kind};

/// Bytes shown in a cell: about as many as the widest screen has room for.
const CELL_BYTES: usize = 220;

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

/// A payload in a cell.
pub fn cell(payload: &Payload) -> AnyView {
    let text = beginning(&payload.text, CELL_BYTES);
    match payload.encoding {
        Encoding::Null => {
            view! { <span class="none" title="There is none">"null"</span> }.into_any()
        }
        _ if text.is_empty() => {
            view! { <span class="none" title="There is one, of no bytes">"empty"</span> }.into_any()
        }
        Encoding::Json => coloured(text).into_any(),
        Encoding::Text => view! { <span class="mono">{text.to_owned()}</span> }.into_any(),
        Encoding::Hex => view! {
            <span class="mono"><span class="dim">"0x"</span>{text.to_owned()}</span>
        }
        .into_any(),
    }
}

/// JSON on one line, in its colours. Marks have the colour of the line, so they need no element.
fn coloured(text: &str) -> impl IntoView + use<> {
    let mut parts = Vec::new();
    let mut marks = String::new();
    for token in json::tokens(text) {
        let shown = &text[token.at];
        if token.kind == Kind::Mark {
            marks.push_str(shown);
            marks.push_str(if matches!(shown, ":" | ",") { " " } else { "" });
            continue;
        }
        let before = std::mem::take(&mut marks);
        let (class, shown) = (class(token.kind), shown.to_owned());
        parts.push(view! { {before} <span class=class>{shown}</span> });
    }
    view! { <span class="mono json">{parts} {marks}</span> }
}

/// At most so many bytes, cut between two characters.
pub fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
