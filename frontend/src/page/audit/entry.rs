//! One row of the audit log with all that is known of the act.

use leptos::prelude::*;
use ouzel_api::audit::AuditRow;

use super::{BEFORE, ROW, change, outcome, pair};
use crate::{
    format::{count, duration},
    query::Query,
    route::Route,
    ui::{CopyButton, Drawer, Time},
};

/// The drawer.
#[component]
pub fn Entry(row: AuditRow, on_close: impl Fn() + Send + Sync + 'static) -> impl IntoView {
    let (id, kind) = (row.id, row.outcome);
    let head =
        move || view! { <span class="mono">{format!("#{}", count(id))}</span> {outcome(kind)} };
    // Newer rows push this one off the newest page, so the link names its own page.
    let query = Query::default().with(BEFORE, (id + 1).to_string()).with(ROW, id.to_string());
    let origin = window().location().origin().unwrap_or_default();
    let link = format!("{origin}{}?{query}", Route::Audit.path());
    let foot = move || {
        let text = link.clone();
        view! { <span class="dim">"Link to this row"</span> <CopyButton text what="the link"/> }
    };
    let took = row.duration_ms.map_or_else(|| "not ended".to_owned(), duration);
    view! {
        <Drawer label=format!("Act {id}") head foot on_close>
            <div class="drawer-body padded col">
                <dl class="pairs">
                    <dt>"Time"</dt>
                    <dd><Time at_ms=row.at_ms/></dd>
                    {pair("User", Some(row.user))}
                    {pair("Address", Some(row.address))}
                    {pair("Action", Some(row.action))}
                    {pair("Cluster", row.cluster)}
                    {pair("Resource", row.resource)}
                    {pair("Rule", Some(row.rule))}
                    {pair("Result", row.result)}
                    {pair("Took", Some(took))}
                </dl>
                {row.detail.map(|text| change::detail(&text))}
            </div>
        </Drawer>
    }
}
