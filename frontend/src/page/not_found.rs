//! An address that leads nowhere.

use leptos::prelude::*;

use crate::{location::use_location, route::Route, ui::Empty};

/// Says which address it was, and offers a way on.
#[component]
pub fn NotFound() -> impl IntoView {
    let here = use_location().here();
    view! {
        <div class="card">
            <Empty icon="file-question" title="There is no such page">
                <p class="mono break">{here}</p>
                <a class="btn" href=Route::Home.path()>"Go to the overview"</a>
            </Empty>
        </div>
    }
}
