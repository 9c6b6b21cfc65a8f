//! A key or value in one cell: its beginning, coloured by what it is.

use leptos::prelude::*;
use ouzel_api::messages::{Encoding, Payload};

use super::json::{self, Kind};

/// Bytes shown in a cell: wider than any screen.
const CELL_BYTES: usize = 320;

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

/// JSON on one line, in its colours.
fn coloured(text: &str) -> impl IntoView + use<> {
    let span = |token: json::Token| {
        let mut shown = text[token.at].to_owned();
        if matches!(shown.as_str(), ":" | ",") {
            shown.push(' ');
        }
        view! { <span class=class(token.kind)>{shown}</span> }
    };
    view! { <span class="mono json">{json::tokens(text).map(span).collect_view()}</span> }
}

/// At most so many bytes, cut between two characters.
pub fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
