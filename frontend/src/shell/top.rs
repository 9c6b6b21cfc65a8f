//! The top bar: where one is, the way to the palette, shortcuts, whether the server answers, time
//! zone, theme, and the account with the density of tables.

use std::time::Duration;

use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*, task::spawn_local};

use super::zone::ZoneMenu;
use crate::{
    client,
    clusters::use_clusters,
    keys::Opened,
    location::use_location,
    prefs::{Density, Theme, use_prefs},
    rights,
    route::{AccessTab, BrokerTab, GroupTab, Route, TopicTab},
    session::{Session, use_session},
    ui::{Copyable, Icon, IconButton, Menu, MenuItem, Toasts, use_toasts},
};

/// The top bar.
#[component]
pub fn Top(
    /// Whether the rail lies over the page (on narrow screens).
    rail_open: RwSignal<bool>,
    /// What its buttons open.
    opened: Opened,
) -> impl IntoView {
    rights::keep_young(use_session());
    view! {
        <header class="top">
            <span class="rail-button">
                <IconButton
                    icon="menu"
                    label="Show the pages"
                    opens=("rail", rail_open.into())
                    on_press=move |_| rail_open.update(|open| *open = !*open)
                />
            </span>
            <Crumbs/>
            <button
                type="button"
                class="btn find-button"
                title="Find a page, act, topic or group (Ctrl+K)"
                on:click=move |_| opened.palette.set(true)
            >
                <Icon name="search"/>
                <span class="wide-only">"Find"</span>
                <kbd class="wide-only" aria-hidden="true">"Ctrl K"</kbd>
            </button>
            <span class="keys-button">
                <IconButton
                    icon="keyboard"
                    label="Keyboard shortcuts (?)"
                    on_press=move |_| opened.sheet.set(true)
                />
            </span>
            <Live/>
            <ZoneMenu/>
            <ThemeMenu/>
            <Account/>
        </header>
    }
}

/// How often a server that does not answer is asked whether it does again.
const AGAIN: Duration = Duration::from_secs(3);

/// Whether the server answers. While it does not, it is asked for the clusters, so that this is
/// true on pages that ask for nothing by themselves.
#[component]
fn Live() -> impl IntoView {
    let answers = RwSignal::new(true);
    client::on_heard(move |now| {
        if answers.try_get_untracked().is_some_and(|before| before != now) {
            answers.try_set(now);
        }
    });
    let list = use_clusters().list;
    let ask = move || {
        if !answers.try_get_untracked().unwrap_or(true) && !document().hidden() {
            list.reload();
        }
    };
    if let Ok(interval) = set_interval_with_handle(ask, AGAIN) {
        on_cleanup(move || interval.clear());
    }
    let told = move || match answers.get() {
        true => ("live", "The server answers, and pages read again by themselves"),
        false => ("no answer", "The server does not answer; it is asked again every few seconds"),
    };
    view! {
        <span
            class="live in-top"
            class:off=move || !answers.get()
            role="status"
            title=move || told().1
        >
            <span class="live-text">{move || told().0}</span>
        </span>
    }
}

/// The way from the cluster's list to what is open.
#[component]
fn Crumbs() -> impl IntoView {
    let location = use_location();
    let frame = Memo::new(move |_| location.route.with(Route::frame));
    let crumbs = move || match frame.get() {
        Route::Topic { cluster, topic, .. } => {
            under("Topics", Route::Topics { cluster: cluster.clone() }, topic).into_any()
        }
        Route::Tail { cluster } => {
            let topics = Route::Topics { cluster }.path();
            view! {
                <a href=topics>"Topics"</a>
                <span class="dim" aria-hidden="true">"/"</span>
                <b aria-current="page">"Live tail"</b>
            }
            .into_any()
        }
        Route::Group { cluster, group, .. } => {
            under("Consumer groups", Route::Groups { cluster }, group).into_any()
        }
        Route::Broker { cluster, broker, .. } => {
            under("Brokers", Route::Brokers { cluster }, format!("Broker {broker}")).into_any()
        }
        Route::Access { .. } => view! { <b aria-current="page">"Access"</b> }.into_any(),
        route => view! { <b aria-current="page">{page_name(&route)}</b> }.into_any(),
    };
    view! { <nav class="crumbs" aria-label="Where you are">{crumbs}</nav> }
}

fn under(list: &'static str, route: Route, name: String) -> impl IntoView {
    view! {
        <a href=route.path()>{list}</a>
        <span class="dim" aria-hidden="true">"/"</span>
        <Copyable text=name.clone() what="the name">
            <b aria-current="page" title=name.clone()>{name.clone()}</b>
        </Copyable>
    }
}

/// The page's name.
pub fn page_name(route: &Route) -> &'static str {
    match route {
        Route::Home => "Ouzel",
        Route::SignIn => "Sign in",
        Route::Overview { .. } => "Overview",
        Route::Topics { .. } => "Topics",
        Route::Topic { tab: TopicTab::Messages, .. } => "Messages",
        Route::Topic { tab: TopicTab::Partitions, .. } => "Partitions",
        Route::Topic { tab: TopicTab::Consumers, .. } => "Consumers",
        Route::Topic { tab: TopicTab::Configuration, .. } => "Configuration",
        Route::Tail { .. } => "Live tail",
        Route::Groups { .. } => "Consumer groups",
        Route::Group { tab: GroupTab::Lag, .. } => "Lag",
        Route::Group { tab: GroupTab::Members, .. } => "Members",
        Route::Brokers { .. } => "Brokers",
        Route::Broker { tab: BrokerTab::Partitions, .. } => "Partitions",
        Route::Broker { tab: BrokerTab::Folders, .. } => "Log directories",
        Route::Broker { tab: BrokerTab::Configuration, .. } => "Configuration",
        Route::Clusters => "Clusters",
        Route::Group { tab: GroupTab::Reset, .. } => "Reset offsets",
        Route::Audit => "Audit",
        Route::Access { tab: AccessTab::Users } => "Users",
        Route::Access { tab: AccessTab::Roles } => "Roles",
        Route::Access { tab: AccessTab::Sessions } => "Sessions",
        Route::Access { tab: AccessTab::Tokens } => "API tokens",
        Route::Access { tab: AccessTab::Check } => "Who may do what",
        Route::Account => "Your account",
        Route::NotFound => "Not found",
    }
}

#[component]
fn ThemeMenu() -> impl IntoView {
    let theme = use_prefs().theme;
    let icon = |theme| match theme {
        Theme::Light => "sun",
        Theme::Dark => "moon",
        Theme::System => "monitor",
    };
    let item = move |own: Theme, text: &'static str| {
        let chosen = Signal::derive(move || theme.get() == own);
        view! {
            <MenuItem on_pick=move || theme.set(own) chosen>
                <Icon name=icon(own)/>
                {text}
            </MenuItem>
        }
    };
    view! {
        <Menu label="Theme" face=move || view! { <Icon name=icon(theme.get())/> }>
            {item(Theme::Light, "Light")}
            {item(Theme::Dark, "Dark")}
            {item(Theme::System, "As the system")}
        </Menu>
    }
}

/// Signs out, and says so if that failed: whoever leaves a shared machine must know.
pub fn sign_out(session: Session, toasts: Toasts) {
    spawn_local(async move {
        if let Err(error) = session.sign_out().await {
            toasts.bad(format!("You are still signed in. {}", error.message()));
        }
    });
}

#[component]
fn Account() -> impl IntoView {
    let session = use_session();
    let location = use_location();
    let toasts = use_toasts();
    let user = move || session.viewer().map(|viewer| viewer.user).unwrap_or_default();
    let role = move || session.viewer().map(|viewer| viewer.role).unwrap_or_default();
    let initials = move || user().chars().take(2).collect::<String>().to_uppercase();
    let leave = move || sign_out(session, toasts);
    let face = move || view! { <span class="avatar" aria-hidden="true">{initials}</span> };
    let density = use_prefs().density;
    let dense = move |own: Density, text: &'static str| {
        let chosen = Signal::derive(move || density.get() == own);
        view! { <MenuItem on_pick=move || density.set(own) chosen>{text}</MenuItem> }
    };
    view! {
        <Menu label="Account" face=face>
            <div class="menu-head account">
                <b class="break">{user}</b>
                <span>{role}</span>
            </div>
            <MenuItem on_pick=move || location.open(&Route::Account)>
                <Icon name="circle-user"/>
                "Your account"
            </MenuItem>
            <div class="menu-head">"Rows of tables are"</div>
            {dense(Density::Comfortable, "Comfortable")}
            {dense(Density::Compact, "Compact")}
            <hr/>
            <MenuItem on_pick=leave>
                <Icon name="log-out"/>
                "Sign out"
            </MenuItem>
        </Menu>
    }
}
