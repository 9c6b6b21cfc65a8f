//! The whole search as a file: a link that the browser downloads, however long it takes. How far it
//! is, the server tells: see `exports`.

use leptos::prelude::*;
use ouzel_api::{
    route,
    search::{EXPORT_MATCHES_MAX, ExportFormat},
};

use super::Page;
use crate::ui::{Icon, Menu, MenuDownload};

/// The menu of formats. A tail has no end to be exported.
#[component]
pub fn ExportMenu(page: Page) -> impl IntoView {
    let face =
        || view! { <Icon name="download"/> <span class="wide-only">"Export"</span> }.into_any();
    let link = move |format: ExportFormat, label: &'static str| {
        let href = Signal::derive(move || address(page, format));
        view! {
            <MenuDownload href on_begin=move || page.exports.expect()>{label}</MenuDownload>
        }
    };
    view! {
        <Show when=move || page.view.with(|view| view.asked.search().is_some())>
            <Menu label="Export this search" face>
                {link(ExportFormat::Jsonl, "JSON Lines, byte for byte")}
                {link(ExportFormat::Csv, "CSV")}
                <p class="menu-head">"All that matches, whole and exactly as stored."</p>
            </Menu>
        </Show>
    }
}

/// Where the file is.
fn address(page: Page, format: ExportFormat) -> Option<String> {
    let (cluster, topic) = page.names.get_value();
    let search = page.view.with(|view| view.asked.clone().afresh().search())?;
    let search = ouzel_api::search::Search { limit: EXPORT_MATCHES_MAX, ..search };
    let search = serde_json::to_string(&search).ok()?;
    let format = match format {
        ExportFormat::Jsonl => "jsonl",
        ExportFormat::Csv => "csv",
    };
    Some(route::export(&cluster, &topic, format, &search))
}
