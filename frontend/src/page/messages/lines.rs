//! Lines of one height, however many: only those near the screen are in the page. For dumps and
//! texts of many megabytes, which no browser lays out.

use std::{ops::Range, sync::Arc};

use leptos::{html, prelude::*, wasm_bindgen::JsCast, wasm_bindgen::prelude::Closure};
use web_sys::ResizeObserver;

/// Height of a line; `.lines` in `assets/css/50-messages.css` says the same.
pub const LINE_PX: f64 = 19.0;

/// Lines drawn above and below the screen.
const OVERSCAN: usize = 12;

/// Most lines drawn at once, however high the container claims to be.
const DRAWN_MAX: usize = 200;

/// Highest box that browsers lay out exactly; of more lines, a pixel of the scroll bar means
/// several.
const BOX_PX_MAX: f64 = 8_000_000.0;

/// The scroll container in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Place {
    top: f64,
    height: f64,
    /// How wide it is.
    pub width: f64,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
struct Window {
    lines: Range<usize>,
    /// Where the first of them stands in the box.
    top_px: f64,
}

fn box_px(count: usize) -> f64 {
    (count as f64 * LINE_PX).min(BOX_PX_MAX)
}

fn window(place: Place, count: usize) -> Window {
    let (all, boxed) = (count as f64 * LINE_PX, box_px(count));
    let run = (boxed - place.height).max(1.0);
    // Where the screen would stand in a box that is as high as all lines.
    let y = (place.top / run).clamp(0.0, 1.0) * (all - place.height).max(0.0);
    let y = if all > boxed { y } else { place.top.max(0.0) };
    let first = (y / LINE_PX) as usize;
    let start = first.saturating_sub(OVERSCAN).min(count);
    let seen = (place.height / LINE_PX).ceil() as usize + 1;
    let end = (first + seen.min(DRAWN_MAX) + OVERSCAN).min(count);
    let top_px = (place.top + start as f64 * LINE_PX - y).max(0.0);
    Window { lines: start..end.max(start), top_px }
}

/// The scroll position that brings a line to the middle of the screen.
fn top_of(line: usize, place: Place, count: usize) -> f64 {
    let (all, boxed) = (count as f64 * LINE_PX, box_px(count));
    let y = (line as f64 * LINE_PX - place.height / 2.0).max(0.0);
    if all > boxed { y / (all - place.height).max(1.0) * (boxed - place.height) } else { y }
}

/// `count` lines, each drawn by `draw`. `place` tells where the container stands; whenever `reveal`
/// names a line, it is brought on screen.
#[component]
pub fn Lines<D>(
    #[prop(into)] label: String,
    #[prop(into)] count: Signal<usize>,
    place: RwSignal<Place>,
    #[prop(into)] reveal: Signal<Option<usize>>,
    draw: D,
) -> impl IntoView
where
    D: Fn(usize) -> AnyView + Send + Sync + 'static,
{
    let node = NodeRef::<html::Div>::new();
    let seen = Memo::new(move |_| window(place.get(), count.get()));
    watch(node, place);
    Effect::new(move |_| {
        let Some(line) = reveal.get() else { return };
        let top = top_of(line, place.get_untracked(), count.get_untracked());
        request_animation_frame(move || {
            if let Some(node) = node.try_get_untracked().flatten() {
                node.set_scroll_top(top as i32);
            }
        });
    });
    let draw = Arc::new(draw);
    let drawn = move || {
        let lines = seen.with(|seen| seen.lines.clone());
        lines.map(|at| draw(at)).collect_view()
    };
    view! {
        <div
            class="lines"
            role="region"
            tabindex="0"
            aria-label=label
            node_ref=node
            on:scroll=move |_| measure(node, place)
        >
            <div style:height=move || format!("{}px", box_px(count.get()))>
                <div
                    class="lines-drawn"
                    style:transform=move || {
                        format!("translateY({}px)", seen.with(|seen| seen.top_px))
                    }
                >
                    {drawn}
                </div>
            </div>
        </div>
    }
}

fn measure(node: NodeRef<html::Div>, place: RwSignal<Place>) {
    let Some(node) = node.try_get_untracked().flatten() else { return };
    let now = Place {
        top: f64::from(node.scroll_top()),
        height: f64::from(node.client_height()),
        width: f64::from(node.client_width()),
    };
    if place.try_get_untracked().is_some_and(|before| before != now) {
        place.try_set(now);
    }
}

/// Measures when the container is there, and whenever its size changes.
fn watch(node: NodeRef<html::Div>, place: RwSignal<Place>) {
    let watching = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        measure(node, place);
        let resized = Closure::<dyn FnMut()>::new(move || measure(node, place));
        // Without an observer it still measures on every scroll.
        let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        watching.set_value(Some((observer, resized)));
    });
    on_cleanup(move || {
        watching.try_update_value(|watching| {
            if let Some((observer, _closure)) = watching.take() {
                observer.disconnect();
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(top: f64) -> Place {
        Place { top, height: 380.0, width: 500.0 }
    }

    #[test]
    fn only_lines_near_the_screen_are_drawn() {
        let seen = window(place(0.0), 1_000_000);
        assert_eq!((seen.lines.start, seen.top_px), (0, 0.0));
        assert!(seen.lines.end < 60);
        let seen = window(place(100.0 * LINE_PX), 300);
        assert_eq!(seen.lines.start, 100 - OVERSCAN);
        assert_eq!(seen.top_px, (100 - OVERSCAN) as f64 * LINE_PX);
    }

    #[test]
    fn the_end_of_more_lines_than_a_box_holds_can_be_reached() {
        let count = 2_500_000;
        let seen = window(place(BOX_PX_MAX - 380.0), count);
        assert_eq!(seen.lines.end, count);
        assert!(seen.lines.len() < 60, "{seen:?}");
        let bottom = seen.top_px + seen.lines.len() as f64 * LINE_PX;
        assert!((bottom - BOX_PX_MAX).abs() < 1.0, "{bottom}");
    }

    #[test]
    fn a_line_that_is_revealed_is_on_screen() {
        for count in [10, 1_000, 2_500_000] {
            for line in [0, count / 3, count - 1] {
                let top = top_of(line, place(0.0), count).floor();
                let seen = window(place(top), count);
                assert!(seen.lines.contains(&line), "{line} of {count}: {seen:?}");
            }
        }
    }

    #[test]
    fn no_lines_draw_nothing() {
        assert_eq!(window(place(0.0), 0).lines, 0..0);
        assert_eq!(window(Place::default(), 5).lines, 0..5);
    }
}
