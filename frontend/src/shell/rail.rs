//! The rail: which cluster, and its pages; below a line, what belongs to no cluster.

use leptos::prelude::*;
use ouzel_api::{
    clusters::{Cluster, Colour, Environment},
    session::Permission,
};

use crate::{
    clusters::{Clusters, read_only_by, use_clusters},
    load::broken,
    location::use_location,
    prefs::use_prefs,
    route::{AccessTab, Route},
    session::{Place, use_session},
    ui::{Badge, Empty, Icon, Menu, MenuItem, Mood},
};

/// One entry of the rail.
#[derive(Clone, Copy)]
struct Entry {
    icon: &'static str,
    label: &'static str,
    needs: Permission,
    route: fn(String) -> Route,
    here: fn(&Route) -> bool,
}

/// The pages of a cluster.
const OF_CLUSTER: [Entry; 4] = [
    Entry {
        icon: "house",
        label: "Overview",
        needs: Permission::ViewCluster,
        route: |cluster| Route::Overview { cluster },
        here: |route| matches!(route, Route::Overview { .. } | Route::Home),
    },
    Entry {
        icon: "list",
        label: "Topics",
        needs: Permission::ViewCluster,
        route: |cluster| Route::Topics { cluster },
        here: |route| {
            matches!(route, Route::Topics { .. } | Route::Topic { .. } | Route::Tail { .. })
        },
    },
    Entry {
        icon: "users",
        label: "Consumer groups",
        needs: Permission::ViewCluster,
        route: |cluster| Route::Groups { cluster },
        here: |route| matches!(route, Route::Groups { .. } | Route::Group { .. }),
    },
    Entry {
        icon: "hard-drive",
        label: "Brokers",
        needs: Permission::ViewCluster,
        route: |cluster| Route::Brokers { cluster },
        here: |route| matches!(route, Route::Brokers { .. } | Route::Broker { .. }),
    },
];

const AUDIT: Entry = Entry {
    icon: "scroll-text",
    label: "Audit",
    needs: Permission::ReadAudit,
    route: |_| Route::Audit,
    here: |route| matches!(route, Route::Audit),
};

const CLUSTERS: Entry = Entry {
    icon: "server",
    label: "Clusters",
    needs: Permission::ViewCluster,
    route: |_| Route::Clusters,
    here: |route| matches!(route, Route::Clusters),
};

const ACCESS: Entry = Entry {
    icon: "lock",
    label: "Access",
    needs: Permission::ManageAccess,
    route: |_| Route::Access { tab: AccessTab::Users },
    here: |route| matches!(route, Route::Access { .. }),
};

/// The rail.
#[component]
pub fn Rail() -> impl IntoView {
    let clusters = use_clusters();
    let environment = move || clusters.current().map(|cluster| environment(cluster.environment).0);
    let colour = move || clusters.current().and_then(|it| it.colour).map(Colour::name);
    let entries = OF_CLUSTER.map(|entry| link(entry, clusters));
    view! {
        <nav class="rail" id="rail" aria-label="Pages" data-env=environment
            data-colour=colour>
            <a class="brand" href=Route::Home.path()>
                <Icon name="ouzel"/>
                <span>"Ouzel"</span>
            </a>
            <Switcher/>
            {entries.into_iter().collect_view()}
            <hr/>
            {link(CLUSTERS, clusters)}
            {link(AUDIT, clusters)}
            {link(ACCESS, clusters)}
            <Fold/>
        </nav>
    }
}

/// Folds the rail to its drawings, and unfolds it. A phone has the rail over the page.
#[component]
fn Fold() -> impl IntoView {
    let folded = use_prefs().rail_folded;
    let told = move || if folded.get() { "Show the names of the pages" } else { "Fold the rail" };
    view! {
        <button
            type="button"
            class="rail-link fold"
            aria-expanded=move || (!folded.get()).to_string()
            aria-label=told
            title=move || format!("{} ([)", told())
            on:click=move |_| folded.update(|folded| *folded = !*folded)
        >
            <Icon name="panel-left"/>
            <span>"Fold"</span>
        </button>
    }
}

/// A link, or, if the viewer lacks the right or there is no cluster yet, its name with the reason.
fn link(entry: Entry, clusters: Clusters) -> impl IntoView {
    let location = use_location();
    let session = use_session();
    let here = move || location.route.with(entry.here).then_some("page");
    let face = move || view! { <Icon name=entry.icon/> <span>{entry.label}</span> };
    move || {
        let route = (entry.route)(clusters.id.get().unwrap_or_default());
        let no_cluster = clusters.id.with(Option::is_none) && route.cluster().is_some();
        let place = Place { cluster: route.cluster().map(str::to_owned), resource: None };
        let reason = session
            .refusal_at(entry.needs, &place)
            .or_else(|| no_cluster.then(|| no_cluster_reason(clusters)));
        match reason {
            Some(reason) => view! {
                <span
                    class="rail-link"
                    role="link"
                    aria-disabled="true"
                    tabindex="0"
                    title=reason.clone()
                >
                    {face()}
                    <span class="unseen">{reason.clone()}</span>
                </span>
            }
            .into_any(),
            None => view! {
                <a class="rail-link" href=route.path() aria-current=here title=entry.label>
                    {face()}
                </a>
            }
            .into_any(),
        }
    }
}

fn no_cluster_reason(clusters: Clusters) -> String {
    match clusters.stranger() {
        Some(name) => format!("There is no cluster “{name}”. Choose one above."),
        None => "There is no cluster to show.".to_owned(),
    }
}

/// Which cluster the rail shows, and the way to another one.
#[component]
fn Switcher() -> impl IntoView {
    let clusters = use_clusters();
    let face = move || {
        let none = || match clusters.stranger() {
            Some(_) => "choose a cluster".to_owned(),
            None => "no cluster".to_owned(),
        };
        let cluster = clusters.current();
        let label = cluster.as_ref().and_then(|cluster| cluster.label.clone());
        let name = label.or_else(|| clusters.id.get()).unwrap_or_else(none);
        let tag = cluster.as_ref().map(tag);
        view! { <b class="clip">{name}</b> {tag} <Icon name="chevron-down" size="small"/> }
    };
    view! {
        <div class="cluster">
            <Menu label="Switch the cluster" face=face side="from-left">
                <div class="menu-head">"Clusters"</div>
                {move || {
                    let all = clusters.all().map(|all| all.to_vec()).unwrap_or_default();
                    all.into_iter().map(|cluster| choice(cluster, clusters)).collect_view()
                }}
            </Menu>
            <ReadOnly/>
        </div>
    }
}

/// That nothing is changed on the page's cluster from here, while that is so; it says who has set
/// it so, whatever of the page is looked at.
#[component]
pub fn ReadOnly() -> impl IntoView {
    let clusters = use_clusters();
    let who = Memo::new(move |_| clusters.current().as_ref().and_then(read_only_by));
    move || who.get().map(read_only)
}

fn read_only(who: &'static str) -> impl IntoView {
    view! {
        <Badge mood=Mood::Warn attr:title=who>
            <Icon name="lock" size="small"/>
            "read-only"
        </Badge>
    }
}

fn choice(cluster: Cluster, clusters: Clusters) -> impl IntoView {
    let location = use_location();
    let tag = tag(&cluster);
    let fixed = read_only_by(&cluster).map(read_only);
    let Cluster { id, embedded, bootstrap, label, .. } = cluster;
    let (own, target) = (id.clone(), id.clone());
    let pick = move || location.open(&location.route.get_untracked().on_cluster(&target));
    let chosen = Signal::derive(move || clusters.id.with(|id| id.as_deref() == Some(own.as_str())));
    let where_ = if embedded { "in this process".to_owned() } else { bootstrap.join(", ") };
    view! {
        <MenuItem on_pick=pick chosen>
            <span class="col tight grow">
                <span class="clip">{label.unwrap_or(id)}</span>
                <small class="clip dim mono">{where_}</small>
            </span>
            {fixed}
            {tag}
        </MenuItem>
    }
}

/// The label of a cluster's environment in the cluster's colour.
fn tag(cluster: &Cluster) -> impl IntoView + use<> {
    let (name, short) = environment(cluster.environment);
    let colour = cluster.colour.map(Colour::name);
    view! {
        <span data-env=name data-colour=colour title=name>
            <span class="badge env">{short}</span>
        </span>
    }
}

/// Name and label of an environment.
pub fn environment(kind: Environment) -> (&'static str, &'static str) {
    match kind {
        Environment::Development => ("development", "dev"),
        Environment::Staging => ("staging", "staging"),
        Environment::Production => ("production", "production"),
    }
}

/// What the page says while there is no cluster to show, or not even their list.
#[component]
pub fn NoClusters() -> impl IntoView {
    let list = use_clusters().list;
    let failed = move || list.error().map(|error| broken(&error, move || list.reload()));
    let none = || {
        view! {
            <Empty icon="server" title="There is no cluster">
                <p>
                    "This server has no broker of its own, and its configuration names no other. "
                    "Add one on the page " <a href=Route::Clusters.path()>"Clusters"</a>
                    ", or name it in " <code>"ouzel.toml"</code> "."
                </p>
            </Empty>
        }
        .into_any()
    };
    move || {
        let inner = match list.latest() {
            None => failed()?,
            Some(all) => all.is_empty().then(none)?,
        };
        Some(view! { <div class="card">{inner}</div> })
    }
}
