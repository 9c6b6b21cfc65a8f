//! Views of this topic that the person keeps under a name: the whole search with its columns, as
//! its address. They are kept in this browser; a colleague gets one as a link.

use leptos::{ev, prelude::*};
use serde::{Deserialize, Serialize};

use super::{Page, query::View};
use crate::{
    location::History,
    prefs,
    query::Query,
    ui::{Icon, IconButton, Menu, MenuItem, TextInput, use_toasts},
};

/// Views kept for one topic; more than a menu can show are of no use.
const VIEWS_MAX: usize = 30;

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 60;

/// A view under its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Saved {
    name: String,
    /// What stands after the question mark.
    query: String,
}

/// What is kept is read as far as it can be; anybody may have changed it.
fn parse(text: &str) -> Vec<Saved> {
    let mut views: Vec<Saved> = serde_json::from_str(text).unwrap_or_default();
    views.truncate(VIEWS_MAX);
    views
}

/// The same with `new` in the place of the one of its name, or at the end; the error says why not.
fn with(mut views: Vec<Saved>, new: Saved) -> Result<Vec<Saved>, String> {
    let length = new.name.chars().count();
    if length == 0 || length > NAME_CHARS_MAX {
        return Err(format!("A name has 1 to {NAME_CHARS_MAX} characters"));
    }
    match views.iter().position(|view| view.name == new.name) {
        Some(at) => views[at] = new,
        None if views.len() >= VIEWS_MAX => {
            return Err(format!("At most {VIEWS_MAX} views are kept for a topic"));
        }
        None => views.push(new),
    }
    Ok(views)
}

/// The address of a view: neither the record that is open nor where the search stopped are part.
fn address(view: View) -> String {
    let asked = view.asked.afresh();
    View { asked, open: None, ..view }.write().to_string()
}

/// The menu of views.
#[component]
pub fn ViewMenu(page: Page) -> impl IntoView {
    let face = || view! { <Icon name="list"/> <span class="wide-only">"Views"</span> }.into_any();
    view! { <Menu label="Saved views" face fields=true><Views page/></Menu> }
}

#[component]
fn Views(page: Page) -> impl IntoView {
    let (cluster, topic) = page.names.get_value();
    let key = StoredValue::new(format!("ouzel.views.{cluster}/{topic}"));
    let views = RwSignal::new(parse(&key.with_value(|key| prefs::read(key))));
    let keep = move |all: Vec<Saved>| {
        let text = serde_json::to_string(&all).unwrap_or_default();
        key.with_value(|key| prefs::keep(key, &text));
        views.set(all);
    };
    let open = move |query: &str| {
        page.location.set_query(&Query::parse(query), History::Push);
    };
    let line = move |view: Saved| {
        let (name, query) = (view.name.clone(), view.query.clone());
        let label = format!("Forget {name}");
        let forget = move |_| {
            let mut all = views.get_untracked();
            all.retain(|other| other.name != view.name);
            keep(all);
        };
        view! {
            <div class="row view-line">
                <MenuItem on_pick=move || open(&query)>
                    <span class="clip">{name.clone()}</span>
                </MenuItem>
                <IconButton icon="x" label=label on_press=forget/>
            </div>
        }
    };
    view! {
        <Save page views=Signal::from(views) keep/>
        {move || match views.with(Vec::is_empty) {
            true => view! {
                <p class="menu-head">"Searches and columns that you keep appear here."</p>
            }
            .into_any(),
            false => views.get().into_iter().map(line).collect_view().into_any(),
        }}
    }
}

/// Keeps what is shown under a name.
#[component]
fn Save(
    page: Page,
    views: Signal<Vec<Saved>>,
    keep: impl Fn(Vec<Saved>) + 'static,
) -> impl IntoView {
    let (name, toasts) = (RwSignal::new(String::new()), use_toasts());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let query = page.view.with_untracked(|view| address(view.clone()));
        let new = Saved { name: name.get_untracked().trim().to_owned(), query };
        match with(views.get_untracked(), new) {
            Err(reason) => toasts.bad(reason),
            Ok(all) => {
                keep(all);
                name.set(String::new());
            }
        }
    };
    view! {
        <form class="menu-form" on:submit=submit>
            <TextInput
                value=name
                placeholder="Keep this view as… (Enter)"
                attr:aria-label="Name of the view"
                attr:autofocus=true
            />
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(name: &str, query: &str) -> Saved {
        Saved { name: name.to_owned(), query: query.to_owned() }
    }

    #[test]
    fn a_name_is_kept_once_and_has_bounds() {
        let one = with(Vec::new(), view("a", "x=1")).expect("one");
        let same = with(one, view("a", "x=2")).expect("the same");
        assert_eq!(same, [view("a", "x=2")]);
        assert!(with(same.clone(), view("", "")).is_err());
        assert!(with(same, view(&"n".repeat(61), "")).is_err());
        let full: Vec<Saved> = (0..VIEWS_MAX).map(|n| view(&n.to_string(), "")).collect();
        assert!(with(full.clone(), view("more", "")).is_err());
        assert!(with(full, view("0", "y")).is_ok());
    }

    #[test]
    fn what_somebody_else_wrote_there_is_no_view() {
        assert!(parse("").is_empty() && parse("{}").is_empty() && parse("[1]").is_empty());
        let text = serde_json::to_string(&[view("a", "b")]).unwrap_or_default();
        assert_eq!(parse(&text), [view("a", "b")]);
    }

    #[test]
    fn a_view_holds_neither_the_open_record_nor_a_token() {
        let query = Query::parse("limit=50&col=a&resume=t&p=1&o=2&chart=1");
        assert_eq!(address(View::parse(&query)), "limit=50&col=a&chart=1");
    }
}
