//! The menu of the zone in which times are shown: UTC, this computer's, or any by its name.

use leptos::{ev, prelude::*};

use crate::{
    prefs::use_prefs,
    ui::{Field, Icon, Menu, MenuItem, Zone, zones},
};

/// Ties the field to the names that it proposes.
const NAMES: &str = "zone-names";

/// The menu.
#[component]
pub fn ZoneMenu() -> impl IntoView {
    let zone = use_prefs().zone;
    let item = move |own: Zone, text: String| {
        let same = own.clone();
        let chosen = Signal::derive(move || zone.get() == same);
        view! { <MenuItem on_pick=move || zone.set(own.clone()) chosen>{text}</MenuItem> }
    };
    let face = move || {
        let name = zone.with(short);
        view! { <Icon name="clock"/> <span class="wide-only">{name}</span> }
    };
    let named = move || match zone.get() {
        Zone::Named(name) => Some(item(Zone::Named(name.clone()), name.to_string())),
        _ => None,
    };
    view! {
        <Menu label="Time zone" face=face>
            <div class="menu-head">"Times are shown in"</div>
            {item(Zone::Utc, "UTC".to_owned())}
            {item(Zone::Local, "This computer's zone".to_owned())}
            {named}
            <Other zone/>
        </Menu>
    }
}

/// What the button says: the place alone of `America/Argentina/Buenos_Aires`.
fn short(zone: &Zone) -> String {
    match zone {
        Zone::Utc => "UTC".to_owned(),
        Zone::Local => "Local".to_owned(),
        Zone::Named(name) => {
            let place = name.rsplit('/').next().unwrap_or(name);
            place.replace('_', " ")
        }
    }
}

/// Any other zone, by typing.
#[component]
fn Other(zone: RwSignal<Zone>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let listed = StoredValue::new(zones());
    let take = move |text: &str| match Zone::named(text) {
        Some(named) => {
            zone.set(named);
            typed.set(String::new());
        }
        None => wrong.set(Some("This browser knows no zone of that name.".to_owned())),
    };
    // One that is picked from the list arrives whole, and need not be confirmed.
    let input = move |event: ev::Event| {
        let text = event_target_value(&event);
        wrong.set(None);
        typed.set(text.clone());
        if listed.with_value(|all| all.contains(&text)) {
            take(&text);
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        let text = typed.get_untracked();
        if event.key() == "Enter" && !text.trim().is_empty() {
            event.prevent_default();
            take(&text);
        }
    };
    let option = |name: String| view! { <option value=name></option> };
    view! {
        <div class="menu-fields">
            <Field label="Another zone" error=wrong>
                <input
                    class="input"
                    type="text"
                    list=NAMES
                    placeholder="such as Europe/Berlin"
                    autocomplete="off"
                    spellcheck="false"
                    aria-invalid=move || wrong.with(Option::is_some).to_string()
                    prop:value=typed
                    on:input=input
                    on:keydown=key
                />
            </Field>
            <datalist id=NAMES>
                {listed.with_value(|all| all.iter().cloned().map(option).collect_view())}
            </datalist>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_names_the_place_without_its_continent() {
        assert_eq!(short(&Zone::Named("America/Argentina/Buenos_Aires".into())), "Buenos Aires");
        assert_eq!(short(&Zone::Named("EST5EDT".into())), "EST5EDT");
        assert_eq!(short(&Zone::Utc), "UTC");
    }
}
