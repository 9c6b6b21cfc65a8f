//! A topic's settings: grouped, the topic's own beside what it inherits, changed after a look at
//! the difference.
//!
//! `draft.rs` decides purely what changes, `meaning.rs` knows what keys belong together and what
//! their values mean, `row.rs` draws one setting, `review.rs` shows the difference and sends it.

mod draft;
mod meaning;
mod review;
mod row;

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{
    session::Permission,
    topic_config::{TopicConfig, TopicSetting},
};

use self::{
    draft::Draft,
    meaning::{GROUPS, Group, group_of},
    review::ReviewDialog,
    row::Row,
};
use crate::{
    cells, client,
    format::{count, counted},
    leaving::AskBeforeLeaving,
    listing::{Narrowing, use_flag, use_text},
    load::{Load, Loaded, load},
    session::use_session,
    ui::{Button, Checkbox, Empty, FilterBox, Note, Panel, Tone},
};

/// What the parts of the tab share. Cheap to copy.
#[derive(Clone, Copy)]
struct Editing {
    /// Cluster and topic.
    names: StoredValue<(String, String)>,
    config: Load<TopicConfig>,
    draft: RwSignal<Draft>,
    /// Whether the difference is shown.
    reviewing: RwSignal<bool>,
    /// Why nothing can be changed here.
    refusal: Signal<Option<String>>,
}

/// The tab. `replicas` is how many copies each partition has, as far as it is known.
#[component]
pub fn Configuration(
    cluster: String,
    topic: String,
    #[prop(into)] replicas: Signal<Option<usize>>,
) -> impl IntoView {
    let of = (cluster.clone(), topic.clone());
    // Not asked again by itself: what somebody types must not be drawn anew under the hands.
    let config = load(move || client::topics::config(of.0.clone(), of.1.clone()));
    let session = use_session();
    let refusal = Signal::derive(move || {
        let by_cluster = || config.latest().and_then(|config| config.unchangeable.clone());
        session.refusal(Permission::AlterTopic).or_else(by_cluster)
    });
    let editing = Editing {
        names: StoredValue::new((cluster, topic)),
        config,
        draft: RwSignal::new(Draft::default()),
        reviewing: RwSignal::new(false),
        refusal,
    };
    view! {
        <Loaded from=config let:data>
            <Settings data editing/>
        </Loaded>
        <ReviewDialog editing replicas/>
        <AskBeforeLeaving
            lost=Signal::derive(move || editing.draft.with(|draft| !draft.is_empty()))
            text="Your changes of the settings are not saved. Leaving discards them."
            act="Discard and leave"
        />
    }
}

#[component]
fn Settings(data: Memo<Arc<TopicConfig>>, editing: Editing) -> impl IntoView {
    let filter = use_text("q");
    let only_own = use_flag("modified");
    let shown = Memo::new(move |_| {
        let narrowing = filter.with(|filter| Narrowing::parse(filter));
        let kept =
            |it: &&TopicSetting| (!only_own.get() || it.modified) && narrowing.keeps(&searched(it));
        data.with(|data| data.settings.iter().filter(kept).cloned().collect::<Vec<_>>())
    });
    let own = move || data.with(|data| data.settings.iter().filter(|it| it.modified).count());
    let group = move |(group, title): (Group, &'static str)| {
        let rows = Memo::new(move |_| {
            let here = |it: &&TopicSetting| group_of(&it.name) == group;
            shown.with(|shown| shown.iter().filter(here).cloned().collect::<Vec<_>>())
        });
        view! { <GroupPanel title rows editing/> }
    };
    view! {
        <div class="bar">
            <FilterBox value=filter label="Filter by key or meaning"/>
            <Checkbox value=only_own label="Only what the topic sets itself"/>
            <span class="dim">{move || format!("{} modified", count(own() as i128))}</span>
            <span class="grow"></span>
            {cells::read_at(move || data.with(|data| data.read_at_ms))}
            <Button icon="refresh-cw" on_press=move |_| editing.config.reload()>
                "Read again"
            </Button>
        </div>
        {move || {
            editing.refusal.get().map(|reason| view! { <Note><span>{reason}</span></Note> })
        }}
        {GROUPS.map(group).into_iter().collect_view()}
        <Show when=move || shown.with(Vec::is_empty)>
            <div class="card">
                <Empty icon="text-search" title="No setting matches">
                    <Button on_press=move |_| {
                        filter.set(String::new());
                        only_own.set(false);
                    }>"Show all settings"</Button>
                </Empty>
            </div>
        </Show>
        <Changes data editing/>
    }
}

/// What the filter looks at.
fn searched(setting: &TopicSetting) -> String {
    format!("{} {}", setting.name, setting.documentation.as_deref().unwrap_or_default())
}

/// The settings that belong together.
#[component]
fn GroupPanel(
    title: &'static str,
    rows: Memo<Vec<TopicSetting>>,
    editing: Editing,
) -> impl IntoView {
    let own = move || rows.with(|rows| rows.iter().filter(|it| it.modified).count());
    let side = move || match own() {
        0 => String::new(),
        own => format!("{} modified", count(own as i128)),
    };
    view! {
        <Show when=move || !rows.with(Vec::is_empty)>
            <Panel title side>
                <ul class="settings">
                    <For each=move || rows.get() key=identity let:setting>
                        <Row setting editing/>
                    </For>
                </ul>
            </Panel>
        </Show>
    }
}

/// A setting that has become another one is drawn anew, all others stay.
fn identity(setting: &TopicSetting) -> (String, Option<String>, Option<String>, bool) {
    let TopicSetting { name, value, inherited, modified, .. } = setting;
    (name.clone(), value.clone(), inherited.clone(), *modified)
}

/// The bar below everything while something would change.
#[component]
fn Changes(data: Memo<Arc<TopicConfig>>, editing: Editing) -> impl IntoView {
    let changes = Memo::new(move |_| {
        editing.draft.with(|draft| data.with(|data| draft.changes(&data.settings).len()))
    });
    view! {
        <Show when=move || editing.draft.with(|draft| !draft.is_empty())>
            <div class="changes" role="region" aria-label="Changes that are not saved">
                <span class="grow" role="status">
                    {move || match changes.get() {
                        0 => "Nothing would change.".to_owned(),
                        some => format!(
                            "{} not saved yet.",
                            counted(some as i128, "change is", "changes are"),
                        ),
                    }}
                </span>
                <Button on_press=move |_| editing.draft.set(Draft::default())>"Discard"</Button>
                <Button
                    tone=Tone::Primary
                    off=Signal::derive(move || {
                        let wrong = data.with(|data| {
                            editing.draft.with(|draft| draft.wrong(&data.settings))
                        });
                        wrong.or_else(|| {
                            (changes.get() == 0).then(|| "There is nothing to save.".to_owned())
                        })
                    })
                    on_press=move |_| editing.reviewing.set(true)
                >
                    "Review…"
                </Button>
            </div>
        </Show>
    }
}
