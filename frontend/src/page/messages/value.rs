//! A payload in full: JSON in lines that fold, text, or a dump of its bytes. However large it is,
//! only a bounded number of lines is drawn until more are asked for.

use std::{collections::HashSet, sync::Arc};

use leptos::prelude::*;
use ouzel_api::messages::{Encoding, Message, Payload};

use super::{
    bytes,
    json::{self, Kind, Line},
    preview::{beginning, class},
};
use crate::{format::count, ui::Button};

/// Lines drawn at first: several screens.
const LINES_FIRST: usize = 400;

/// Lines that each press of the button adds.
const LINES_MORE: usize = 2_000;

/// Lines of JSON that are laid out at all: enough for any reading by eye, and some ten megabytes.
/// A longer value is whole as text, in a copy and in a download.
const JSON_LINES_MAX: usize = 100_000;

/// Bytes of plain text that count as one line here.
const TEXT_CHUNK: usize = 400;

/// Longest token that is drawn whole; of a longer one its beginning is, with what was left out.
const TOKEN_BYTES: usize = 8 * 1024;

/// How a payload is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Indented JSON.
    Pretty,
    /// As it was written.
    Text,
    /// Bytes.
    Hex,
}

impl Style {
    /// The styles that a payload can be shown in, the best first.
    pub fn of(payload: &Payload) -> &'static [Style] {
        match payload.encoding {
            Encoding::Null => &[],
            Encoding::Json => &[Style::Pretty, Style::Text, Style::Hex],
            Encoding::Text => &[Style::Text, Style::Hex],
            Encoding::Hex => &[Style::Hex],
        }
    }
}

/// A part of a record that has a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The key.
    Key,
    /// The value.
    Value,
}

impl Part {
    /// The part of this record.
    pub fn of(self, message: &Message) -> &Payload {
        match self {
            Part::Key => &message.key,
            Part::Value => &message.value,
        }
    }

    /// Its name, for people and in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Part::Key => "key",
            Part::Value => "value",
        }
    }
}

/// The payload `part` of a record. `style` is the person's wish; it is met if it can be.
#[component]
pub fn Value(message: Arc<Message>, part: Part, style: RwSignal<Style>) -> impl IntoView {
    let possible = Style::of(part.of(&message));
    let style = Memo::new(move |_| {
        let wish = style.get();
        possible.iter().copied().find(|style| *style == wish).or(possible.first().copied())
    });
    move || {
        let message = message.clone();
        match style.get() {
            None => hollow("null", "There is none: not even an empty one."),
            Some(_) if part.of(&message).size_bytes == 0 => {
                hollow("empty", "It is there, and has no bytes.")
            }
            Some(Style::Pretty) => view! { <Pretty message part/> }.into_any(),
            Some(Style::Text) => view! { <Plain message part/> }.into_any(),
            Some(Style::Hex) => view! { <Dump message part/> }.into_any(),
        }
    }
}

fn hollow(name: &'static str, meaning: &'static str) -> AnyView {
    view! { <div class="state"><strong>{name}</strong><p>{meaning}</p></div> }.into_any()
}

/// A button below the lines while there are more.
#[component]
fn More(all: Signal<usize>, shown: RwSignal<usize>) -> impl IntoView {
    let left = Memo::new(move |_| all.get().saturating_sub(shown.get()));
    let more = move |_| shown.update(|shown| *shown += LINES_MORE);
    move || {
        let left = left.get();
        let text = format!("Show more ({} lines left)", count(left as i128));
        (left > 0).then(|| view! { <div class="more"><Button on:click=more>{text}</Button></div> })
    }
}

#[component]
fn Pretty(message: Arc<Message>, part: Part) -> impl IntoView {
    let (lines, bytes) = json::lines(&part.of(&message).text, JSON_LINES_MAX);
    let (lines, left) = (Arc::new(lines), part.of(&message).text.len() - bytes);
    let left = (left > 0).then(|| {
        let left = format!("{} bytes more are shown as Text only.", count(left as i128));
        view! { <div class="more inside">{left}</div> }
    });
    let folded = RwSignal::new(HashSet::<usize>::new());
    let shown = RwSignal::new(LINES_FIRST);
    let open = {
        let lines = lines.clone();
        Memo::new(move |_| folded.with(|folded| unfolded(&lines, folded)))
    };
    let all = Signal::derive(move || open.with(Vec::len));
    let drawn = move || {
        let text = &part.of(&message).text;
        let draw = |at: &usize| draw_line(text, &lines, *at, folded);
        open.with(|open| open.iter().take(shown.get()).map(draw).collect_view())
    };
    view! { <div class="code json">{drawn}</div> <More all shown/> {left} }
}

/// Indexes of the lines that are not inside something folded.
fn unfolded(lines: &[Line], folded: &HashSet<usize>) -> Vec<usize> {
    let mut open = Vec::with_capacity(lines.len());
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        open.push(at);
        at = match line.closed_by {
            Some(end) if folded.contains(&at) => end + 1,
            _ => at + 1,
        };
    }
    open
}

fn draw_line(
    text: &str,
    lines: &[Line],
    at: usize,
    folded: RwSignal<HashSet<usize>>,
) -> impl IntoView + use<> {
    let line = &lines[at];
    let is_folded = folded.with_untracked(|folded| folded.contains(&at));
    let rest = line.closed_by.filter(|_| is_folded).and_then(|end| {
        let tokens = draw_tokens(text, &lines.get(end)?.tokens);
        let inside = format!(" {} lines ", count((end - at - 1) as i128));
        Some(view! { <span class="inside">{inside}</span> {tokens} })
    });
    let turn = move |_| {
        folded.update(|folded| {
            if !folded.remove(&at) {
                folded.insert(at);
            }
        });
    };
    let fold = line.closed_by.map(|_| {
        let (sign, label) = if is_folded { ("▸", "Unfold") } else { ("▾", "Fold") };
        view! { <button type="button" class="fold" aria-label=label on:click=turn>{sign}</button> }
    });
    view! {
        <div class="code-line" style=("--depth", line.indent.to_string())>
            {fold} {draw_tokens(text, &line.tokens)} {rest}
        </div>
    }
}

fn draw_tokens(text: &str, tokens: &[json::Token]) -> Vec<AnyView> {
    let draw = |token: &json::Token| {
        let whole = &text[token.at.clone()];
        let mut shown = beginning(whole, TOKEN_BYTES).to_owned();
        let left = whole.len() - shown.len();
        if token.kind == Kind::Mark && whole == ":" {
            shown.push(' ');
        }
        let left = (left > 0).then(|| {
            let left = format!("… {} bytes more; copy or download it", count(left as i128));
            view! { <span class="inside">{left}</span> }
        });
        view! { <span class=class(token.kind)>{shown}</span> {left} }.into_any()
    };
    tokens.iter().map(draw).collect()
}

#[component]
fn Plain(message: Arc<Message>, part: Part) -> impl IntoView {
    let shown = RwSignal::new(LINES_FIRST);
    let all = part.of(&message).text.len().div_ceil(TEXT_CHUNK);
    let drawn = move || {
        let bytes = shown.get().saturating_mul(TEXT_CHUNK);
        beginning(&part.of(&message).text, bytes).to_owned()
    };
    view! { <pre class="code plain">{drawn}</pre> <More all=Signal::derive(move || all) shown/> }
}

#[component]
fn Dump(message: Arc<Message>, part: Part) -> impl IntoView {
    let bytes = bytes::of(part.of(&message));
    let shown = RwSignal::new(LINES_FIRST);
    let all = bytes.len().div_ceil(bytes::LINE_BYTES);
    let line = |(at, hex, text): (String, String, String)| {
        view! {
            <div class="hex-line">
                <span class="dim">{at}</span>
                <span>{hex}</span>
                <span class="j-str">{text}</span>
            </div>
        }
    };
    let drawn = move || {
        let lines = 0..shown.get().min(all);
        lines.map(|at| line(bytes::dump_line(&bytes, at))).collect_view()
    };
    view! { <div class="code hex">{drawn}</div> <More all=Signal::derive(move || all) shown/> }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{json, unfolded};

    #[test]
    fn what_is_folded_hides_its_inside_and_its_end() {
        let (lines, _) = json::lines(r#"{"a":[1,2],"b":{"c":3}}"#, 100);
        let all: Vec<usize> = (0..lines.len()).collect();
        assert_eq!(unfolded(&lines, &HashSet::new()), all);
        assert_eq!(unfolded(&lines, &HashSet::from([1])), [0, 1, 5, 6, 7, 8]);
        assert_eq!(unfolded(&lines, &HashSet::from([0, 1])), [0]);
    }
}
