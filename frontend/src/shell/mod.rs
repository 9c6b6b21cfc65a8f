//! The frame around every page: the rail, the top bar, the sheet of shortcuts, and what the tab's
//! title and icon say of the cluster.

mod rail;
mod sheet;
mod title;
mod top;

use std::sync::Arc;

use leptos::{html, prelude::*};
use ouzel_api::clusters::Cluster;

use crate::{
    client, keys,
    load::{Load, load},
    location::{History, use_location},
    route::Route,
    ui::Dialog,
};

/// How often the list of clusters is asked for; it changes with the server's configuration alone.
const CLUSTERS_SECONDS: u64 = 60;

/// The clusters and the one that the rail shows. Cheap to copy.
#[derive(Clone, Copy)]
struct Clusters {
    list: Load<Vec<Cluster>>,
    /// The page's cluster; on a page without one, the last one or the first.
    id: Memo<Option<String>>,
}

impl Clusters {
    fn all(&self) -> Option<Arc<Vec<Cluster>>> {
        self.list.latest()
    }

    fn current(&self) -> Option<Cluster> {
        let id = self.id.get()?;
        self.all()?.iter().find(|cluster| cluster.id == id).cloned()
    }
}

/// The frame; `children` are the page.
#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let location = use_location();
    let list = load(client::clusters::list).every(CLUSTERS_SECONDS);
    let id = Memo::new(move |last: Option<&Option<String>>| {
        let named = location.route.with(|route| route.cluster().map(str::to_owned));
        let first = || Some(list.latest()?.first()?.id.clone());
        named.or_else(|| last.cloned().flatten()).or_else(first)
    });
    let clusters = Clusters { list, id };
    provide_context(clusters);
    Effect::new(move |_| {
        if let (Route::Home, Some(cluster)) = (location.route.get(), id.get()) {
            location.go(&Route::Overview { cluster }.path(), History::Replace);
        }
    });
    title::follow(location, clusters);
    let sheet = keys::provide(location, id.into());
    let rail_open = RwSignal::new(false);
    let page = NodeRef::<html::Main>::new();
    Effect::new(move |_| {
        location.route.track();
        rail_open.set(false);
    });
    Effect::new(move |before: Option<()>| {
        location.route.with(Route::frame);
        // It may be a page on which somebody adds or removes one; no broker is asked.
        if before.is_some() {
            list.reload();
        }
        if let Some(page) = page.get_untracked() {
            page.set_scroll_top(0);
        }
    });
    view! {
        <div class="app" class:rail-open=rail_open>
            <a class="skip" href="#page">"Skip to the page"</a>
            <rail::Rail/>
            <div class="rail-shade" on:click=move |_| rail_open.set(false)></div>
            <top::Top rail_open sheet/>
            <main class="page" id="page" tabindex="-1" node_ref=page>
                <rail::NoClusters/>
                {children()}
            </main>
        </div>
        <Dialog open=sheet title="Keyboard shortcuts">
            <sheet::Sheet/>
        </Dialog>
    }
}
