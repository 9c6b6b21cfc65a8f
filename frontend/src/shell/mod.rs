//! The frame around every page: the rail, the top bar, the palette, the sheet of shortcuts, and
//! what the tab's title and icon say of the cluster.

mod palette;
mod rail;
mod sheet;
mod title;
mod top;
mod zone;

use leptos::{html, prelude::*};

use crate::{
    clusters,
    keys::{self, Turned},
    location::{History, use_location},
    prefs::use_prefs,
    route::Route,
    session::use_session,
    ui::Dialog,
};

/// The frame; `children` are the page.
#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let location = use_location();
    let clusters = clusters::provide();
    let id = clusters.id;
    Effect::new(move |_| {
        if let (Route::Home, Some(cluster)) = (location.route.get(), id.get()) {
            location.go(&Route::Overview { cluster }.path(), History::Replace);
        }
    });
    let session = use_session();
    Effect::new(move |_| {
        let all = clusters.all().unwrap_or_default();
        let fixed = all.iter().filter(|cluster| cluster.read_only);
        session.note_read_only(fixed.map(|cluster| cluster.id.clone()).collect());
    });
    title::follow(location, clusters);
    let turned = Turned { rail_folded: use_prefs().rail_folded };
    let opened = keys::provide(location, id.into(), turned);
    let rail_open = RwSignal::new(false);
    let page = NodeRef::<html::Main>::new();
    Effect::new(move |_| {
        location.route.track();
        rail_open.set(false);
    });
    Effect::new(move |before: Option<()>| {
        location.route.with(Route::frame);
        // The first page finds the list asked for, and nothing scrolled: to say so all the same
        // would have the browser lay out a page that is not all there yet.
        if before.is_none() {
            return;
        }
        // It may be a page on which somebody adds or removes one; no broker is asked.
        clusters.list.reload();
        if let Some(page) = page.get_untracked() {
            page.set_scroll_top(0);
        }
    });
    view! {
        <div class="app" class:rail-open=rail_open>
            <a class="skip" href="#page">"Skip to the page"</a>
            <rail::Rail/>
            <div class="rail-shade" on:click=move |_| rail_open.set(false)></div>
            <top::Top rail_open opened/>
            <main class="page" id="page" tabindex="-1" node_ref=page>
                // For narrow screens, where the rail is out of sight.
                <rail::ReadOnly/>
                <rail::NoClusters/>
                {children()}
            </main>
        </div>
        <Dialog open=opened.sheet title="Keyboard shortcuts">
            <sheet::Sheet/>
        </Dialog>
        <palette::Palette opened/>
    }
}
