//! The question before a key is told to have no value any more.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use ouzel_api::{
    messages::{Encoding, Message},
    produce::{Codec, Content, NewRecord, Origin, Produce},
};

use super::super::{Page, preview};
use crate::{
    client::{self, ClientError},
    clusters::use_clusters,
    confirm::Confirm,
    format::count,
    load::refused,
    ui::{Button, Tone, use_toasts},
};

/// Says what will happen, and does it.
#[component]
pub fn Tombstone(page: Page, message: Arc<Message>) -> impl IntoView {
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ClientError>));
    let toasts = use_toasts();
    let shown = preview::cell(&message.key, &[]);
    let (cluster, topic) = page.names.get_value();
    let partition = message.partition;
    // A compacted topic forgets the key for good.
    let confirm = Confirm::new(topic.clone(), untrack(|| use_clusters().is_production()));
    let effect = format!(
        "Writes a record with this key and no value to {topic}, partition {partition}, where its \
         records lie. A compacted topic then forgets the key; others only hold one record more.",
    );
    let write = move |_| {
        let (cluster, topic, request) = (cluster.clone(), topic.clone(), request(&topic, &message));
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            match client::produce::records(&cluster, &topic, &request).await {
                Ok(produced) => {
                    let offset = produced.records.first().map(|at| count(at.offset));
                    let offset = offset.unwrap_or_default();
                    toasts.good(format!("The tombstone was written at offset {offset}."));
                    page.writing.wrote(1);
                    page.writing.close();
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    };
    let off = Signal::derive(move || {
        let first = || "Type the topic's name first".to_owned();
        let busy = busy.get().then(|| "It is being written".to_owned());
        busy.or_else(|| (!confirm.given()).then(first))
    });
    view! {
        <p>{effect}</p>
        <p class="clip tombstone-key">{shown}</p>
        {confirm.field()}
        {move || failed.get().map(refused)}
        <div class="dialog-foot">
            <Button on_press=move |_| page.writing.close()>"Cancel"</Button>
            <Button tone=Tone::Danger off on_press=write>"Write the tombstone"</Button>
        </div>
    }
}

/// The key goes byte for byte from the record that is there, and into its partition.
fn request(topic: &str, message: &Message) -> Produce {
    let (partition, offset) = (message.partition, message.offset);
    let key = (message.key.encoding != Encoding::Null).then_some(Content::Stored);
    let record = NewRecord { partition: Some(partition), key, ..NewRecord::default() };
    let origin = Some(Origin { topic: topic.to_owned(), partition, offset });
    Produce { records: vec![record], codec: Codec::None, origin }
}
