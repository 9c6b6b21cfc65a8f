//! Writing records from the page: one, one once more, a tombstone, or those of a file.
//!
//! Owns the dialogs. What is written goes through the same API that scripts use; the server alone
//! decides whether it may.

mod draft;
mod form;
mod import;
mod many;
mod outcome;
mod tombstone;

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{
    messages::Message,
    session::Permission,
    topics::{TopicList, is_kept},
};

use super::{Page, query::Writes};
use crate::{
    client,
    load::{Load, load},
    session::use_session,
    ui::{Button, Dialog, Tabs},
};
use draft::Draft;

/// What is to be written.
#[derive(Debug, Clone, PartialEq)]
pub enum Purpose {
    /// Something new.
    New,
    /// This record once more, after editing.
    Replay(Arc<Message>),
    /// That the key of this record has no value any more.
    Tombstone(Arc<Message>),
}

/// The dialog's state, which the parts of the page share. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Writing {
    open: RwSignal<bool>,
    purpose: RwSignal<Purpose>,
    /// Records that were written to the page's topic from here since its list was read.
    unseen: RwSignal<u64>,
    /// Whether an import runs, which ends with the page.
    runs: RwSignal<bool>,
}

impl Writing {
    /// Shut.
    pub fn new() -> Writing {
        Writing {
            open: RwSignal::new(false),
            purpose: RwSignal::new(Purpose::New),
            unseen: RwSignal::new(0),
            runs: RwSignal::new(false),
        }
    }

    /// Opens the dialog.
    pub fn begin(self, purpose: Purpose) {
        self.purpose.set(purpose);
        self.open.set(true);
    }

    /// Whether the dialog is open; reactive.
    pub fn is_open(self) -> bool {
        self.open.get()
    }

    /// So many records were written to the page's topic, after its list was read.
    fn wrote(self, records: u64) {
        self.unseen.try_update(|unseen| *unseen = unseen.saturating_add(records));
    }

    /// The list is read anew, and what was written until now with it.
    pub fn read_anew(self) {
        self.unseen.try_set(0);
    }

    /// How many records were written that the list cannot hold yet; reactive.
    pub fn unseen(self) -> u64 {
        self.unseen.get()
    }

    /// Whether an import runs.
    pub fn runs(self) -> Signal<bool> {
        self.runs.into()
    }

    /// Shuts the dialog.
    pub fn close(self) {
        self.open.try_set(false);
    }
}

/// Why the person may not write here; reactive.
pub fn refusal(page: Page) -> Signal<Option<String>> {
    let session = use_session();
    let kept = page.names.with_value(|(_, topic)| is_kept(topic));
    let kept = kept.then(|| "The cluster writes this topic itself.".to_owned());
    Signal::derive(move || session.refusal(Permission::ProduceMessages).or_else(|| kept.clone()))
}

/// The button that begins a new record.
#[component]
pub fn ProduceButton(page: Page) -> impl IntoView {
    let begin = move |_| page.begin_to_write(Some(Writes::One));
    view! {
        <Button icon="send" off=refusal(page) on_press=begin>
            <span class="clip">"Produce…"</span>
        </Button>
    }
}

/// The dialog.
#[component]
pub fn WriteDialog(page: Page) -> impl IntoView {
    let Writing { open, purpose, .. } = page.writing;
    let title = move || {
        let topic = page.names.with_value(|(_, topic)| topic.clone());
        purpose.with(|purpose| match purpose {
            Purpose::New => format!("Produce to {topic}"),
            Purpose::Replay(_) => "Write this record once more".to_owned(),
            Purpose::Tombstone(_) => "Write a tombstone".to_owned(),
        })
    };
    view! {
        <Dialog open title=Signal::derive(title) wide=true>
            {move || match purpose.get() {
                Purpose::New => view! { <New page/> }.into_any(),
                Purpose::Replay(message) => {
                    let topic = page.names.with_value(|(_, topic)| topic.clone());
                    let draft = Draft::replay(&topic, &message);
                    view! { <form::Form page draft topics=topics(page)/> }.into_any()
                }
                Purpose::Tombstone(message) => {
                    view! { <tombstone::Tombstone page message/> }.into_any()
                }
            }}
        </Dialog>
    }
}

/// One or many, as the address says.
#[component]
fn New(page: Page) -> impl IntoView {
    let many = Memo::new(move |_| page.view.with(|view| view.writes == Some(Writes::Many)));
    let asked = move || if many.get() { Writes::Many } else { Writes::One };
    let now = RwSignal::new(untrack(asked));
    Effect::new(move |_| {
        let asked = asked();
        if now.get_untracked() != asked {
            now.set(asked);
        }
    });
    Effect::new(move |before: Option<Writes>| {
        let now = now.get();
        if before.is_some_and(|before| before != now) {
            page.begin_to_write(Some(now));
        }
        now
    });
    let topics = topics(page);
    let tabs = vec![(Writes::One, "One record", None), (Writes::Many, "Many, from a file", None)];
    let topic = page.names.with_value(|(_, topic)| topic.clone());
    // What is typed survives a look at the other tab.
    let draft = Draft::new(&topic);
    let many = import::Import::new(page);
    view! {
        <Tabs now tabs/>
        {move || match now.get() {
            Writes::Many => view! { <many::Many many topics/> }.into_any(),
            _ => view! { <form::Form page draft topics/> }.into_any(),
        }}
    }
}

/// All topics of the cluster, for choosing one and for their partitions.
fn topics(page: Page) -> Load<TopicList> {
    load(move || {
        let (cluster, _) = page.names.get_value();
        client::topics::list(cluster)
    })
}
