//! Dense tables that stay quick at any length: only rows near the screen are in the page.
//!
//! Owns scrolling, the active row and its keys (`j` `k` arrows Home End Page Enter), headings that
//! sort. The owner keeps the rows, sorts them, and decides what opening one does.

mod handle;
mod kept;
mod spec;

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::{ev, prelude::*, wasm_bindgen::JsCast, wasm_bindgen::prelude::Closure};
use web_sys::{Element, ResizeObserver};

pub use handle::TableHandle;
pub use spec::{Column, Sort, Sorting, TableSpec};

use super::{Icon, density::track_density};
use handle::{Pixels, ROW_PX};
use kept::{Kept, Place};

/// A pointer that moved further than this between press and release was selecting text.
const CLICK_PX: i32 = 4;

/// A table over `rows`; `empty` stands below the head while there are none.
#[component]
pub fn Table<R>(
    spec: TableSpec<R>,
    #[prop(into)] rows: Signal<Vec<R>>,
    #[prop(optional)] handle: TableHandle,
    #[prop(optional, into)] empty: ViewFn,
) -> impl IntoView
where
    R: Clone + PartialEq + Send + Sync + 'static,
{
    let name = next_name();
    let count = Memo::new(move |_| rows.with(Vec::len));
    let drawn = Memo::new(move |_| {
        let seen = handle::on_screen(handle.place.get(), count.get());
        if handle.visible.with_untracked(|visible| *visible != seen) {
            handle.visible.set(seen.clone());
        }
        handle::drawn(&seen, count.get())
    });
    watch_place(handle);
    let columns = spec.columns.clone();
    let kept = StoredValue::new(Kept::default());
    let places = move || {
        let range = drawn.get();
        rows.with(|rows| kept.try_update_value(|kept| kept.renew(rows, range))).unwrap_or_default()
    };
    let draw = move |place: Place<R>| {
        let of = RowPlace { name, at: place.at, handle };
        draw_row(&columns, &place.row, of)
    };
    let (open, select) = (spec.open, spec.select);
    let (tracks, least) = (spec.tracks(), spec.least_width());
    let (narrow, tall) = (spec.narrow_tracks(), spec.is_tall());
    let row_px = Memo::new(move |_| handle.place.get().row);
    let active = move || handle.active.get().map(|at| format!("t{name}-{at}"));
    view! {
        <div
            class="table"
            class:opens=open.is_some()
            class:narrows=narrow.is_some()
            class:tall=tall
            role="grid"
            tabindex="0"
            node_ref=handle.node
            aria-label=spec.label
            aria-rowcount=move || (count.get() + 1).to_string()
            aria-activedescendant=active
            style=("--cols", tracks)
            style=("--min", least)
            style=("--narrow", narrow.unwrap_or_default())
            on:scroll=move |_| measure(handle)
            on:keydown=move |event| on_key(&event, handle, count.get_untracked(), (open, select))
        >
            <Head columns=spec.columns sorting=spec.sorting/>
            <Body handle open height=Signal::derive(move || count.get() as f64 * row_px.get())
                above=Signal::derive(move || drawn.get().start as f64 * row_px.get())>
                <For each=places key=Place::key children=draw/>
            </Body>
        </div>
        // Below the grid, not in it: a grid owns rows, and what stands here has buttons of its own.
        <Show when=move || count.get() == 0>{empty.run()}</Show>
    }
}

/// The box that is as high as all rows together.
#[component]
fn Body(
    handle: TableHandle,
    open: Option<Callback<usize>>,
    height: Signal<f64>,
    above: Signal<f64>,
    children: Children,
) -> impl IntoView {
    let pressed = StoredValue::new((0, 0));
    let press = move |event: ev::PointerEvent| {
        pressed.set_value((event.client_x(), event.client_y()));
    };
    let click = move |event: ev::MouseEvent| {
        let (x, y) = pressed.get_value();
        let moved = (event.client_x() - x).abs().max((event.client_y() - y).abs());
        let Some(at) = clicked_row(&event).filter(|_| moved <= CLICK_PX) else { return };
        handle.active.set(Some(at));
        if let Some(open) = open {
            open.run(at);
        }
    };
    view! {
        <div
            class="table-body"
            role="rowgroup"
            style:height=move || format!("{}px", height.get())
            style:padding-top=move || format!("{}px", above.get())
            on:pointerdown=press
            on:click=click
        >
            {children()}
        </div>
    }
}

#[component]
fn Head<R: 'static>(columns: Vec<Column<R>>, sorting: Option<Sorting>) -> impl IntoView {
    let cell = move |column: Column<R>| {
        let sorting = sorting.filter(|_| column.sortable);
        let class = column.class();
        let sort = move || sorting.and_then(|sorting| sorting.aria(column.id));
        let title = match (&column.head, sorting) {
            (Some(head), _) => head.run(),
            (None, None) => column.title.into_any(),
            (None, Some(sorting)) => heading(sorting, &column).into_any(),
        };
        view! {
            <div class=class role="columnheader" aria-sort=sort title=column.hint>{title}</div>
        }
    };
    view! {
        <div class="table-head" role="row" aria-rowindex="1">
            {columns.into_iter().map(cell).collect_view()}
        </div>
    }
}

/// A heading that sorts, with an arrow while it does.
fn heading<R>(sorting: Sorting, column: &Column<R>) -> impl IntoView + use<R> {
    let (id, right, title) = (column.id, column.right, column.title.clone());
    let arrow = move || {
        sorting.aria(id).map(|way| match way {
            "descending" => view! { <Icon name="arrow-down" size="small"/> },
            _ => view! { <Icon name="arrow-up" size="small"/> },
        })
    };
    view! {
        <button type="button" on:click=move |_| sorting.pick.run(sorting.toggled(id, right))>
            {title} {arrow}
        </button>
    }
}

/// Where a row stands.
struct RowPlace {
    name: u32,
    at: usize,
    handle: TableHandle,
}

fn draw_row<R>(columns: &[Column<R>], row: &R, place: RowPlace) -> impl IntoView + use<R> {
    let RowPlace { name, at, handle } = place;
    let cell = |column: &Column<R>| {
        let class = column.class();
        view! { <div class=class role="gridcell">{(column.cell)(row)}</div> }
    };
    view! {
        <div
            class="table-row"
            role="row"
            id=format!("t{name}-{at}")
            data-at=at.to_string()
            aria-rowindex=(at + 2).to_string()
            aria-selected=move || (handle.active.get() == Some(at)).to_string()
        >
            {columns.iter().map(cell).collect_view()}
        </div>
    }
}

/// Names the rows of one table apart from those of another.
fn next_name() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Keeps `place` true when the container changes its size.
fn watch_place(handle: TableHandle) {
    let watching = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move |_| {
        track_density();
        // A frame later the style sheet has followed.
        request_animation_frame(move || measure_rows(handle));
    });
    Effect::new(move |_| {
        let Some(node) = handle.node.get() else { return };
        measure_rows(handle);
        let resized = Closure::<dyn FnMut()>::new(move || measure_rows(handle));
        // Without an observer the table still measures on every scroll.
        let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) else { return };
        observer.observe(&node);
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

/// Where the container is scrolled to.
fn measure(handle: TableHandle) {
    let Some(node) = handle.node.try_get_untracked().flatten() else { return };
    let Some(now) = handle.place.try_get_untracked() else { return };
    let (top, height) = (f64::from(node.scroll_top()), f64::from(node.client_height()));
    let place = Pixels { top, height, ..now };
    if now != place {
        handle.place.try_set(place);
    }
}

/// The same, and how high rows are at this width of the page.
fn measure_rows(handle: TableHandle) {
    let Some(node) = handle.node.try_get_untracked().flatten() else { return };
    let style = window().get_computed_style(&node).ok().flatten();
    let text = style.and_then(|style| style.get_property_value("--row").ok()).unwrap_or_default();
    let px = text.trim().strip_suffix("px").and_then(|text| text.parse().ok());
    let row = px.filter(|px: &f64| *px >= 1.0).unwrap_or(ROW_PX);
    handle.place.try_update(|place| place.row = row);
    measure(handle);
}

/// The row under a click, unless the click was for something inside the row.
fn clicked_row(event: &ev::MouseEvent) -> Option<usize> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    if target.closest("a, button, input, select").ok()?.is_some() {
        return None;
    }
    target.closest(".table-row").ok()??.get_attribute("data-at")?.parse().ok()
}

fn on_key(
    event: &ev::KeyboardEvent,
    handle: TableHandle,
    count: usize,
    (open, select): (Option<Callback<usize>>, Option<Callback<usize>>),
) {
    let on_table = event.target() == event.current_target();
    if !on_table || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let page = i64::try_from(handle.visible.get_untracked().len()).unwrap_or(1).max(2) - 1;
    let step = match event.key().as_str() {
        "ArrowDown" | "j" => 1,
        "ArrowUp" | "k" => -1,
        "PageDown" => page,
        "PageUp" => -page,
        "Home" => i64::MIN,
        "End" => i64::MAX,
        "Enter" => {
            if let (Some(open), Some(at)) = (open, handle.active.get_untracked()) {
                open.run(at);
            }
            return;
        }
        " " | "x" => {
            if let (Some(select), Some(at)) = (select, handle.active.get_untracked()) {
                event.prevent_default();
                select.run(at);
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    handle.walk(step, count);
}
