//! The whole app on one screen: what every page shares, who may come in, and the route table.

use leptos::prelude::*;

use crate::{
    load::broken,
    location::{self, History, Location},
    page, prefs,
    query::Query,
    route::Route,
    session::{self, Place, Session, SessionState},
    shell::Shell,
    ui::provide_toasts,
};

/// The app.
#[component]
pub fn App() -> impl IntoView {
    if let Some(notice) = document().get_element_by_id("boot") {
        notice.remove();
    }
    prefs::provide();
    let toasts = provide_toasts();
    let location = location::provide();
    let session = session::provide(Memo::new(move |_| location.route.with(place)));
    Effect::new(move |_| guard(location, session));
    let door = Memo::new(move |_| Door::of(&session.state()));
    view! {
        {move || match door.get() {
            Door::Wait => ().into_any(),
            Door::Broken => doorstep(session).into_any(),
            Door::Shut => view! { <page::sign_in::SignIn/> }.into_any(),
            Door::Renew => view! { <page::access::FirstPassword/> }.into_any(),
            Door::Open => view! { <Shell><Pages/></Shell> }.into_any(),
        }}
        {toasts.view()}
    }
}

/// What a person finds at the door. A renewed session of the same person keeps the page mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Wait,
    Broken,
    Shut,
    /// Known, but by a password that somebody else has seen.
    Renew,
    Open,
}

/// Where on the clusters a page is.
fn place(route: &Route) -> Place {
    let resource = match route {
        Route::Topic { topic, .. } => Some(topic.clone()),
        Route::Group { group, .. } => Some(group.clone()),
        _ => None,
    };
    Place { cluster: route.cluster().map(str::to_owned), resource }
}

impl Door {
    fn of(state: &SessionState) -> Door {
        match state {
            SessionState::Asking => Door::Wait,
            SessionState::Failed(_) => Door::Broken,
            SessionState::Guest { .. } => Door::Shut,
            SessionState::Known(viewer) if viewer.must_change_password => Door::Renew,
            SessionState::Known(_) => Door::Open,
        }
    }
}

/// Leads guests to the sign-in and, once signed in, back to where they wanted to go.
fn guard(location: Location, session: Session) {
    let at_door = location.route.get() == Route::SignIn;
    match session.state() {
        SessionState::Guest { .. } if !at_door => {
            let query = Query::default().with("then", location.here());
            location.go(&format!("{}?{query}", Route::SignIn.path()), History::Replace);
        }
        SessionState::Known(_) if at_door => {
            let wanted =
                location.query.with_untracked(|query| query.get("then").map(str::to_owned));
            let ours = wanted.filter(|path| path.starts_with('/') && !path.starts_with("//"));
            location.go(&ours.unwrap_or_else(|| Route::Home.path()), History::Replace);
        }
        _ => {}
    }
}

/// Who is signed in could not even be asked.
fn doorstep(session: Session) -> impl IntoView {
    let failed = move || match session.state() {
        SessionState::Failed(error) => Some(broken(&error, move || session.ask())),
        _ => None,
    };
    view! { <main class="middle"><div class="card">{failed}</div></main> }
}

/// The route table. A page stays mounted while only its tab or what follows `?` changes.
#[component]
fn Pages() -> impl IntoView {
    let location = location::use_location();
    let frame = Memo::new(move |_| location.route.with(Route::frame));
    move || match frame.get() {
        Route::Home | Route::SignIn => ().into_any(),
        Route::Overview { cluster } => view! { <page::overview::Overview cluster/> }.into_any(),
        Route::Topics { cluster } => view! { <page::topics::Topics cluster/> }.into_any(),
        Route::Topic { cluster, topic, .. } => {
            view! { <page::topics::Topic cluster topic messages/> }.into_any()
        }
        Route::Tail { cluster } => view! { <page::messages::Together cluster/> }.into_any(),
        Route::Groups { cluster } => view! { <page::groups::Groups cluster/> }.into_any(),
        Route::Group { cluster, group, .. } => {
            view! { <page::groups::Group cluster group/> }.into_any()
        }
        Route::Brokers { cluster } => view! { <page::brokers::Brokers cluster/> }.into_any(),
        Route::Broker { cluster, broker, .. } => {
            view! { <page::brokers::Broker cluster broker/> }.into_any()
        }
        Route::Clusters => view! { <page::clusters::Clusters/> }.into_any(),
        Route::Audit => view! { <page::audit::Audit/> }.into_any(),
        Route::Access { .. } => view! { <page::access::Access/> }.into_any(),
        Route::Account => view! { <page::access::Account/> }.into_any(),
        Route::NotFound => view! { <page::not_found::NotFound/> }.into_any(),
    }
}

/// The messages tab, a page of its own, within the topic's page.
fn messages(cluster: String, topic: String) -> AnyView {
    view! { <page::messages::Messages cluster topic/> }.into_any()
}
