//! Figures that cost a request to the brokers: fetched for the rows on screen only, kept while one
//! scrolls on, asked for again when they are old.

use std::{collections::HashMap, ops::Range};

use leptos::prelude::*;
use ouzel_api::topics::{FIGURES_MAX, FiguresResponse, TopicFigures, TopicRow};

use crate::{
    client::{self, ClientError},
    load::{Load, load, sleep},
    ui::{Age, Button, now_ms},
};

/// Rows must stand still for so long before anything is asked: quick scrolling costs nothing.
const SETTLE_MS: i32 = 120;
/// Figures older than this are asked for again.
const FRESH_MS: i64 = 10_000;
/// How often old figures are looked for.
const REFRESH_SECONDS: u64 = 10;

/// What is known so far. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Figures {
    known: RwSignal<HashMap<String, Known>>,
    on_screen: Memo<Vec<String>>,
    asking: Load<()>,
}

struct Known {
    figures: TopicFigures,
    read_at_ms: i64,
    /// By the browser's clock, which may differ from the server's.
    received_ms: i64,
}

/// Keeps the figures of the rows on screen true from here on.
pub fn figures_of_visible(
    cluster: StoredValue<String>,
    rows: Memo<Vec<TopicRow>>,
    visible: RwSignal<Range<usize>>,
) -> Figures {
    let known = RwSignal::new(HashMap::new());
    let on_screen = Memo::new(move |_| {
        let range = visible.get();
        rows.with(|rows| {
            let rows = rows.iter().skip(range.start).take(range.len().min(FIGURES_MAX));
            rows.map(|row| row.name.clone()).collect::<Vec<_>>()
        })
    });
    let asking = load(move || {
        let (topics, cluster) = (on_screen.get(), cluster.get_value());
        ask(known, cluster, topics)
    });
    Figures { known, on_screen, asking: asking.every(REFRESH_SECONDS) }
}

/// Asks for those that are missing or old; dropped midway when other rows come on screen.
async fn ask(
    known: RwSignal<HashMap<String, Known>>,
    cluster: String,
    mut topics: Vec<String>,
) -> Result<(), ClientError> {
    sleep(SETTLE_MS).await;
    let old = now_ms() - FRESH_MS;
    known.try_with_untracked(|known| {
        topics.retain(|topic| known.get(topic).is_none_or(|it| it.received_ms < old));
    });
    if topics.is_empty() {
        return Ok(());
    }
    let answer = client::topics::figures(cluster, topics).await?;
    known.try_update(|known| keep(known, answer));
    Ok(())
}

fn keep(known: &mut HashMap<String, Known>, answer: FiguresResponse) {
    let (read_at_ms, received_ms) = (answer.read_at_ms, now_ms());
    for figures in answer.figures {
        known.insert(figures.name.clone(), Known { figures, read_at_ms, received_ms });
    }
}

impl Figures {
    /// A cell that shows something of a topic's figures as soon as they are known.
    pub fn cell(self, topic: String, draw: fn(&TopicFigures) -> AnyView) -> impl IntoView {
        let waiting = || view! { <span class="skeleton-cell" aria-label="Loading"></span> };
        move || {
            self.known.with(|known| match known.get(&topic) {
                Some(known) => draw(&known.figures),
                None if self.asking.error().is_some() => {
                    view! { <span class="dim">"–"</span> }.into_any()
                }
                None => waiting().into_any(),
            })
        }
    }

    /// How old the figures on screen are, or why there are none.
    pub fn state(self) -> impl IntoView {
        let oldest = Memo::new(move |_| {
            let names = self.on_screen.get();
            let read_at = |known: &HashMap<String, Known>| {
                names.iter().filter_map(|name| known.get(name)).map(|it| it.read_at_ms).min()
            };
            self.known.with(read_at)
        });
        move || match (self.asking.error(), oldest.get()) {
            (Some(error), _) => view! {
                <span class="warn row" role="status">
                    {format!("Figures could not be read: {}", error.message())}
                    <Button on:click=move |_| self.asking.reload()>"Try again"</Button>
                </span>
            }
            .into_any(),
            (None, Some(at_ms)) => {
                view! { <span class="dim">"figures read " <Age at_ms/></span> }.into_any()
            }
            (None, None) => ().into_any(),
        }
    }
}
