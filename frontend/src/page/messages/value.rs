//! A key or value in full: JSON in lines that fold, text, or a dump of its bytes. However large it
//! is, only a bounded number of lines is in the page.

use std::{collections::HashSet, ops::Range, sync::Arc};

use leptos::prelude::*;
use ouzel_api::messages::{Encoding, Message, Payload};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{
    body::Body,
    find::Find,
    json::{self, Kind, Line},
    long::{Dump, Long},
    marks::pieces,
    preview::{beginning, class},
};
use crate::{format::counted, ui::Button};

/// Lines of JSON drawn at first: several screens.
const LINES_FIRST: usize = 400;

/// Lines that each press of the button adds.
const LINES_MORE: usize = 2_000;

/// Lines of JSON that are laid out at all: enough for any reading by eye, and some ten megabytes.
/// A longer value is whole as text, in a copy and in a download.
const JSON_LINES_MAX: usize = 100_000;

/// Bytes of a text that the browser wraps itself; a longer one is cut into lines here.
const PLAIN_BYTES_MAX: usize = 64 * 1024;

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
    /// The styles that something so encoded can be shown in, the best first.
    pub fn of(encoding: Encoding) -> &'static [Style] {
        match encoding {
            Encoding::Null => &[],
            Encoding::Json => &[Style::Pretty, Style::Text, Style::Hex],
            Encoding::Text | Encoding::Xml => &[Style::Text, Style::Hex],
            Encoding::Hex => &[Style::Hex],
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Style::Pretty => "Tree",
            Style::Text => "Text",
            Style::Hex => "Hex",
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

/// What is marked: what the person looks for, else why the record matched. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Marked {
    /// Stretches of the body, sorted.
    pub all: Memo<Arc<Vec<Range<usize>>>>,
    /// The one that is looked at.
    pub now: Memo<Option<Range<usize>>>,
}

impl Marked {
    /// `matched` are the stretches for which the record matched.
    pub fn new(find: Find, matched: Vec<Range<usize>>) -> Marked {
        let matched = Arc::new(matched);
        Marked {
            all: Memo::new(move |_| match find.wanted.with(String::is_empty) {
                true => matched.clone(),
                false => find.found.get(),
            }),
            now: Memo::new(move |_| find.now()),
        }
    }
}

/// A body. `style` is the person's wish; it is met if it can be.
#[component]
pub fn Value(body: Arc<Body>, style: RwSignal<Style>, marked: Marked) -> impl IntoView {
    let possible = Style::of(body.encoding);
    let style = Memo::new(move |_| {
        let wish = style.get();
        possible.iter().copied().find(|style| *style == wish).or(possible.first().copied())
    });
    move || {
        let body = body.clone();
        match style.get() {
            None => hollow("null", "There is none: not even an empty one."),
            Some(_) if body.size_bytes == 0 => hollow("empty", "It is there, and has no bytes."),
            Some(Style::Pretty) => view! { <Tree body marked/> }.into_any(),
            Some(Style::Text) if body.legible().len() > PLAIN_BYTES_MAX => {
                view! { <Long body marked/> }.into_any()
            }
            Some(Style::Text) => view! { <Plain body marked/> }.into_any(),
            Some(Style::Hex) => view! { <Dump body marked/> }.into_any(),
        }
    }
}

fn hollow(name: &'static str, meaning: &'static str) -> AnyView {
    view! { <div class="state"><strong>{name}</strong><p>{meaning}</p></div> }.into_any()
}

/// A tree of JSON: which lines are folded, and which part of the rest is drawn. Cheap to copy.
#[derive(Clone, Copy)]
struct Drawn {
    folded: RwSignal<HashSet<usize>>,
    /// How many lines above are left out.
    from: RwSignal<usize>,
    /// How many are drawn.
    most: RwSignal<usize>,
}

#[component]
fn Tree(body: Arc<Body>, marked: Marked) -> impl IntoView {
    let (lines, bytes) = json::lines(body.text().unwrap_or_default(), JSON_LINES_MAX);
    let (lines, left) = (Arc::new(lines), body.legible().len() - bytes);
    let left = (left > 0).then(|| {
        let left = counted(left as i128, "byte more is", "bytes more are");
        let left = format!("{left} shown as Text only.");
        view! { <div class="more inside">{left}</div> }
    });
    let drawn = Drawn {
        folded: RwSignal::new(HashSet::new()),
        from: RwSignal::new(0),
        most: RwSignal::new(LINES_FIRST),
    };
    let open = {
        let lines = lines.clone();
        Memo::new(move |_| drawn.folded.with(|folded| unfolded(&lines, folded)))
    };
    look_at(drawn, lines.clone(), open, marked);
    let shown = move || {
        let text = body.text().unwrap_or_default();
        let (marks, now) = (marked.all.get(), marked.now.get());
        let ink = Ink { text, marks: &marks, now: now.as_ref() };
        let draw = |at: &usize| draw_line(ink, &lines, *at, drawn.folded);
        let (from, most) = (drawn.from.get(), drawn.most.get());
        open.with(|open| open.iter().skip(from).take(most).map(draw).collect_view())
    };
    let all = Signal::derive(move || open.with(Vec::len));
    view! { <Above drawn/> <div class="code json">{shown}</div> <More all drawn/> {left} }
}

/// Whenever a place is looked at, unfolds what hides it, draws it, and brings it on screen.
fn look_at(drawn: Drawn, lines: Arc<Vec<Line>>, open: Memo<Vec<usize>>, marked: Marked) {
    Effect::new(move |_| {
        let Some(place) = marked.now.get() else { return };
        let at = line_of(&lines, place.start);
        let hides = |folded: &usize| lines[*folded].closed_by.is_some_and(|end| at <= end);
        drawn.folded.update(|folded| folded.retain(|fold| !(*fold < at && hides(fold))));
        let position = open.with_untracked(|open| open.binary_search(&at).unwrap_or_else(|it| it));
        let (from, most) = (drawn.from.get_untracked(), drawn.most.get_untracked());
        if !(from..from + most).contains(&position) {
            drawn.most.set(LINES_FIRST);
            drawn.from.set(position.saturating_sub(LINES_FIRST / 2));
        }
        show_the_place();
    });
}

/// The line whose tokens hold a byte.
fn line_of(lines: &[Line], byte: usize) -> usize {
    let starts_before =
        |line: &Line| line.tokens.first().is_none_or(|first| first.at.start <= byte);
    lines.partition_point(starts_before).saturating_sub(1)
}

/// Brings the place that is looked at on screen, once it is drawn.
fn show_the_place() {
    request_animation_frame(|| {
        let place = document().query_selector(".drawer mark.now").ok().flatten();
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Center);
        place.inspect(|place| place.scroll_into_view_with_scroll_into_view_options(&options));
    });
}

/// A button above the lines while some are left out there.
#[component]
fn Above(drawn: Drawn) -> impl IntoView {
    let more = move |_| {
        let from = drawn.from.get_untracked();
        let step = from.min(LINES_MORE);
        drawn.from.set(from - step);
        drawn.most.update(|most| *most += step);
    };
    move || {
        let from = drawn.from.get();
        let text = format!("Show more ({} above)", counted(from as i128, "line", "lines"));
        (from > 0).then(|| view! { <div class="more"><Button on_press=more>{text}</Button></div> })
    }
}

/// A button below the lines while there are more.
#[component]
fn More(all: Signal<usize>, drawn: Drawn) -> impl IntoView {
    let left = Memo::new(move |_| all.get().saturating_sub(drawn.from.get() + drawn.most.get()));
    let more = move |_| drawn.most.update(|most| *most += LINES_MORE);
    move || {
        let left = left.get();
        let text = format!("Show more ({} left)", counted(left as i128, "line", "lines"));
        (left > 0).then(|| view! { <div class="more"><Button on_press=more>{text}</Button></div> })
    }
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

/// A text, and what is marked in it.
#[derive(Clone, Copy)]
pub struct Ink<'a> {
    /// The text.
    pub text: &'a str,
    /// Stretches of it, sorted.
    pub marks: &'a [Range<usize>],
    /// The one that is looked at.
    pub now: Option<&'a Range<usize>>,
}

impl Ink<'_> {
    /// A stretch in its colour, with its marks.
    pub fn draw(self, at: Range<usize>, class: &'static str) -> Vec<AnyView> {
        let piece = |(at, is_marked): (Range<usize>, bool)| {
            let class = match self.now {
                Some(now) if is_marked && now.contains(&at.start) => format!("now {class}"),
                _ => class.to_owned(),
            };
            let shown = self.text[at].to_owned();
            match is_marked {
                true => view! { <mark class=class>{shown}</mark> }.into_any(),
                false if class.is_empty() => shown.into_any(),
                false => view! { <span class=class>{shown}</span> }.into_any(),
            }
        };
        pieces(at, self.marks).into_iter().map(piece).collect()
    }
}

fn draw_line(
    ink: Ink,
    lines: &[Line],
    at: usize,
    folded: RwSignal<HashSet<usize>>,
) -> impl IntoView + use<> {
    let line = &lines[at];
    let is_folded = folded.with_untracked(|folded| folded.contains(&at));
    let rest = line.closed_by.filter(|_| is_folded).and_then(|end| {
        let tokens = draw_tokens(ink, &lines.get(end)?.tokens);
        let inside = format!(" {} ", counted((end - at - 1) as i128, "line", "lines"));
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
            {fold} {draw_tokens(ink, &line.tokens)} {rest}
        </div>
    }
}

fn draw_tokens(ink: Ink, tokens: &[json::Token]) -> Vec<AnyView> {
    let draw = |token: &json::Token| {
        let whole = &ink.text[token.at.clone()];
        let length = beginning(whole, TOKEN_BYTES).len();
        let (start, left) = (token.at.start, whole.len() - length);
        let space = (token.kind == Kind::Mark && whole == ":").then_some(" ");
        let left = (left > 0).then(|| {
            let left = counted(left as i128, "byte", "bytes");
            let left = format!("… {left} more; see Text, copy or download it");
            view! { <span class="inside">{left}</span> }
        });
        view! { {ink.draw(start..start + length, class(token.kind))} {space} {left} }.into_any()
    };
    tokens.iter().map(draw).collect()
}

/// A text that the browser wraps at its words.
#[component]
fn Plain(body: Arc<Body>, marked: Marked) -> impl IntoView {
    let shown = move || {
        let text = body.text().unwrap_or_default();
        let (marks, now) = (marked.all.get(), marked.now.get());
        Ink { text, marks: &marks, now: now.as_ref() }.draw(0..text.len(), "")
    };
    Effect::new(move |_| {
        if marked.now.with(Option::is_some) {
            show_the_place();
        }
    });
    view! { <pre class="code plain">{shown}</pre> }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{json, line_of, unfolded};

    #[test]
    fn what_is_folded_hides_its_inside_and_its_end() {
        let (lines, _) = json::lines(r#"{"a":[1,2],"b":{"c":3}}"#, 100);
        let all: Vec<usize> = (0..lines.len()).collect();
        assert_eq!(unfolded(&lines, &HashSet::new()), all);
        assert_eq!(unfolded(&lines, &HashSet::from([1])), [0, 1, 5, 6, 7, 8]);
        assert_eq!(unfolded(&lines, &HashSet::from([0, 1])), [0]);
    }

    #[test]
    fn a_byte_is_on_the_line_of_its_token() {
        let text = r#"{"a":[1,22],"b":3}"#;
        let (lines, _) = json::lines(text, 100);
        let of = |part: &str| line_of(&lines, text.find(part).unwrap_or_default());
        assert_eq!((of("{"), of("\"a\""), of("22"), of("2]"), of("3")), (0, 1, 3, 3, 5));
    }
}
