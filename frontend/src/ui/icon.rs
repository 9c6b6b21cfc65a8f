//! A drawing from the sprite `assets/icons.svg`. Always beside a text or in something with a label,
//! so it is hidden from screen readers.

use leptos::prelude::*;

/// The drawing `name`; `size` is `""`, `"big"` or `"small"`.
#[component]
pub fn Icon(name: &'static str, #[prop(optional)] size: &'static str) -> impl IntoView {
    let href = format!("{}#{name}", sprite());
    view! {
        <svg class=format!("icon {size}") aria-hidden="true">
            <use href=href></use>
        </svg>
    }
}

/// The sprite's address with its hash: only the shell page knows it.
fn sprite() -> String {
    thread_local! {
        static SPRITE: std::cell::OnceCell<String> = const { std::cell::OnceCell::new() };
    }
    let read = || {
        let script = document().query_selector("script[data-icons]").ok().flatten();
        script.and_then(|script| script.get_attribute("data-icons")).unwrap_or_default()
    };
    SPRITE.with(|sprite| sprite.get_or_init(read).clone())
}
