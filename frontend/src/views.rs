//! Views of a list: a filter, an order and ticks under a name.
//!
//! A view is what stands after the question mark, so whoever gets the address has the view. Only
//! its name is kept, in the browser: no server has to remember it, and no right is needed.

use leptos::{ev, prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    location::{History, use_location},
    prefs,
    query::Query,
    ui::{Dialog, Field, Icon, Menu, MenuItem, SubmitFoot, TextInput, Tone},
};

/// Most views that are kept: a menu must fit on a screen.
const VIEWS_MAX: usize = 30;
/// Longest name of one.
const NAME_CHARS_MAX: usize = 60;

/// The list that views are of.
#[derive(Debug, Clone, Copy)]
pub struct Viewed {
    /// Where the browser keeps them.
    pub key: &'static str,
    /// The views that everybody has: their names and their queries.
    pub given: &'static [(&'static str, &'static str)],
}

/// A named view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct View {
    name: String,
    query: String,
}

/// The menu, and the dialog that gives a view its name.
#[component]
pub fn ViewsMenu(of: Viewed) -> impl IntoView {
    let location = use_location();
    let views = RwSignal::new(read(of.key));
    let naming = RwSignal::new(false);
    let here = Memo::new(move |_| location.query.with(Query::to_string));
    let item = move |name: String, query: String| {
        let own = query.clone();
        let chosen = Signal::derive(move || here.with(|here| *here == own));
        let pick = move || location.set_query(&Query::parse(&query), History::Push);
        view! { <MenuItem on_pick=pick chosen><span class="clip">{name}</span></MenuItem> }
    };
    let full = Signal::derive(move || {
        views
            .with(|views| views.len() >= VIEWS_MAX)
            .then(|| format!("There are {VIEWS_MAX} views already."))
    });
    let forget = move |name: String| {
        let label = format!("Forget “{name}”");
        let drop = move || {
            views.update(|views| views.retain(|view| view.name != name));
            keep(of.key, &views.get_untracked());
        };
        view! { <MenuItem on_pick=drop><Icon name="x"/> {label}</MenuItem> }
    };
    let known = move || {
        let is_here = |view: &View| here.with(|here| *here == view.query);
        views.with(|views| views.iter().find(|view| is_here(view)).map(|view| view.name.clone()))
    };
    view! {
        <Menu label="Views" face=|| view! { <Icon name="bookmark"/> "Views" }>
            <div class="menu-head">"Views of this list"</div>
            {of.given.iter().copied().map(|(name, query)| item(name.to_owned(), query.to_owned()))
                .collect_view()}
            {move || {
                let own = views.get().into_iter();
                own.map(|View { name, query }| item(name, query)).collect_view()
            }}
            <hr/>
            {move || match known() {
                Some(name) => forget(name).into_any(),
                None => view! {
                    <MenuItem on_pick=move || naming.set(true) off=full>
                        <Icon name="plus"/>
                        "Keep this view…"
                    </MenuItem>
                }
                .into_any(),
            }}
        </Menu>
        <Dialog open=naming title="Keep this view">
            <Naming open=naming views of/>
        </Dialog>
    }
}

#[component]
fn Naming(open: RwSignal<bool>, views: RwSignal<Vec<View>>, of: Viewed) -> impl IntoView {
    let location = use_location();
    let name = RwSignal::new(String::new());
    let error = move || {
        let name = name.get().trim().to_owned();
        let taken = of.given.iter().any(|(given, _)| *given == name)
            || views.with(|views| views.iter().any(|view| view.name == name));
        match name.chars().count() {
            _ if taken => Some("There is a view of that name.".to_owned()),
            ..=NAME_CHARS_MAX => None,
            _ => Some(format!("At most {NAME_CHARS_MAX} characters.")),
        }
    };
    let off = move || error().is_some() || name.with(|name| name.trim().is_empty());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if untrack(off) {
            return;
        }
        let query = location.query.with_untracked(Query::to_string);
        let name = name.get_untracked().trim().to_owned();
        views.update(|views| views.push(View { name, query }));
        keep(of.key, &views.get_untracked());
        open.set(false);
    };
    view! {
        <form class="col" on:submit=submit>
            <Field
                label="Name"
                hint="Filter, order and ticks are kept under it, in this browser. The address of \
                      the page holds them all, for others."
                error=Signal::derive(error)
            >
                <TextInput value=name attr:autofocus=true attr:name="name"/>
            </Field>
            <SubmitFoot open off tone=Tone::Primary>
                "Keep"
            </SubmitFoot>
        </form>
    }
}

/// What is there may be anything; what cannot be read is nothing.
fn read(key: &str) -> Vec<View> {
    let mut views: Vec<View> = serde_json::from_str(&prefs::read(key)).unwrap_or_default();
    views.truncate(VIEWS_MAX);
    views
}

fn keep(key: &'static str, views: &[View]) {
    prefs::keep(key, &serde_json::to_string(views).unwrap_or_default());
}
