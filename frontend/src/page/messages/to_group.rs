//! The way from a record to a group that shall read it next: which group, and then its reset page
//! with that record filled in. What it would do is shown there, before it is done.

use leptos::{ev, prelude::*};
use ouzel_api::topics::{TopicConsumer, TopicConsumers};

use super::{Page, record::Id};
use crate::{
    client,
    format::count,
    load::load,
    location::{History, use_location},
    query::Query,
    route::{GroupTab, Route},
    ui::{Button, Dialog, Field},
};

/// Ties the field to the names that it proposes.
const GROUPS: &str = "groups-of-topic";

/// The dialog; open while there is a `record`.
#[component]
pub fn ToGroup(page: Page, record: RwSignal<Option<Id>>) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(record.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && record.with_untracked(Option::is_some) {
            record.set(None);
        }
    });
    view! {
        <Dialog open title="Reset a group to this record">
            {move || record.get().map(|id| view! { <Choice page id open/> })}
        </Dialog>
    }
}

#[component]
fn Choice(page: Page, id: Id, open: RwSignal<bool>) -> impl IntoView {
    let location = use_location();
    let (cluster, topic) = page.names.get_value();
    let typed = RwSignal::new(String::new());
    let groups = load(move || {
        let (cluster, topic) = page.names.get_value();
        client::topics::consumers(cluster, topic)
    });
    let chosen = move || typed.with(|typed| typed.trim().to_owned());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let group = untrack(chosen);
        if !group.is_empty() {
            open.set(false);
            location.go(&address(&cluster, &group, &topic, id), History::Push);
        }
    };
    let (partition, offset) = id;
    view! {
        <form class="col" on:submit=submit>
            <p>
                "The group would read offset " {count(offset)} " of partition " {partition}
                " next; its other partitions stay where they are. What changes is shown before it "
                "is done."
            </p>
            <Field label="Group" hint="One of those that read this topic, or any other">
                <input
                    class="input"
                    type="text"
                    list=GROUPS
                    autofocus
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=typed
                    on:input=move |event| typed.set(event_target_value(&event))
                />
            </Field>
            // Proposals alone: whoever knows the name need not wait for them.
            <datalist id=GROUPS>{move || groups.latest().map(|data| proposed(&data))}</datalist>
            <div class="dialog-foot">
                <Button on_press=move |_| open.set(false)>"Cancel"</Button>
                <button
                    class="btn primary"
                    type="submit"
                    disabled=move || chosen().is_empty()
                >
                    "Show what would change"
                </button>
            </div>
        </form>
    }
}

fn proposed(data: &TopicConsumers) -> impl IntoView + use<> {
    let option = |row: &TopicConsumer| view! { <option value=row.group.clone()></option> };
    data.consumers.iter().map(option).collect_view()
}

/// The group's reset page with the record filled in, as that page reads it.
fn address(cluster: &str, group: &str, topic: &str, (partition, offset): Id) -> String {
    let page = Route::group(cluster, group, GroupTab::Reset).path();
    let to = format!("record~{topic}~{partition}~{offset}");
    format!("{page}?{}", Query::default().with("s", topic).with("to", to))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_reset_page_opens_with_the_record_filled_in() {
        let to = "/c/dev/groups/a%2Fb/reset?s=orders&to=record~orders~3~42";
        assert_eq!(address("dev", "a/b", "orders", (3, 42)), to);
    }
}
