//! A panel beside a list that shows what was opened; on narrow screens it lies over the list.

use leptos::prelude::*;

use super::IconButton;

/// A drawer. `head` is its title line, `foot` its acts. It stands in a `.split.open` beside the
/// list. Escape is the owner's business, for the list has the focus.
#[component]
pub fn Drawer(
    #[prop(into)] label: String,
    #[prop(into)] head: ViewFn,
    #[prop(into)] foot: ViewFn,
    on_close: impl Fn() + Send + Sync + 'static,
    children: Children,
) -> impl IntoView {
    view! {
        <aside class="drawer" aria-label=label>
            <header>
                <div class="title">{move || head.run()}</div>
                <IconButton icon="x" label="Close (Esc)" on_press=move |_| on_close()/>
            </header>
            {children()}
            <footer>{move || foot.run()}</footer>
        </aside>
    }
}
