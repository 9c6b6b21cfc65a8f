//! Figures that cost a request to the brokers: fetched for the rows on screen, and for all rows
//! only while they decide the order; kept while one scrolls on, asked for again when they are old.

use std::{collections::HashMap, ops::Range};

use leptos::prelude::*;
use ouzel_api::topics::{FIGURES_MAX, FiguresResponse, TopicFigures, TopicRow};

use crate::{
    client::{self, ClientError},
    load::{Load, load, sleep},
    ui::{Age, Button, now_ms, use_clock},
};

/// Rows must stand still for so long before anything is asked: quick scrolling costs nothing.
const SETTLE_MS: i32 = 120;
/// Figures older than this are asked for again.
const FRESH_MS: i64 = 10_000;
/// The same for rows that are not on screen, whose figures only decide the order.
const FRESH_OFF_SCREEN_MS: i64 = 60_000;
/// Figures older than this are shown pale.
const STALE_MS: i64 = 120_000;
/// Most topics whose figures are asked for because they decide the order: twenty requests. Those
/// beyond stand last, and the page says so; a filter makes them fewer.
pub const ORDERED_MAX: usize = 20 * FIGURES_MAX;
/// How often old figures are looked for.
const REFRESH_SECONDS: u64 = 10;

/// What is known so far. Cheap to copy.
#[derive(Clone, Copy)]
pub struct KnownFigures(RwSignal<HashMap<String, Known>>);

/// What is known, and who keeps it true. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Figures {
    known: KnownFigures,
    on_screen: Memo<Vec<String>>,
    asking: Load<()>,
}

struct Known {
    figures: TopicFigures,
    read_at_ms: i64,
    /// By the browser's clock, which may differ from the server's.
    received_ms: i64,
}

impl KnownFigures {
    /// Nothing yet.
    pub fn none() -> KnownFigures {
        KnownFigures(RwSignal::new(HashMap::new()))
    }

    /// Looks at the figures of topics by their names; reactive.
    pub fn with<T>(self, look: impl FnOnce(&dyn Fn(&str) -> Option<TopicFigures>) -> T) -> T {
        self.0.with(|known| look(&|name| known.get(name).map(|known| known.figures.clone())))
    }

    /// Everything that is known of these topics, with when it was read; the rest is asked for, and
    /// `told` hears how many are known so far.
    pub async fn of_all(
        self,
        cluster: String,
        topics: &[String],
        told: impl Fn(usize),
    ) -> Result<(), ClientError> {
        let due = self.due(topics.to_vec(), FRESH_OFF_SCREEN_MS);
        let mut known = topics.len() - due.len();
        for topics in due.chunks(FIGURES_MAX) {
            told(known);
            let answer = client::topics::figures(cluster.clone(), topics.to_vec()).await?;
            self.0.try_update(|known| keep(known, answer));
            known += topics.len();
        }
        Ok(())
    }

    /// The figures of a topic and when they were read.
    pub fn read_of(self, topic: &str) -> Option<(TopicFigures, i64)> {
        self.0.try_with_untracked(|known| {
            known.get(topic).map(|known| (known.figures.clone(), known.read_at_ms))
        })?
    }

    /// Keeps the figures of the rows on screen true from here on, and knows those of `ordered`.
    pub fn follow(
        self,
        cluster: StoredValue<String>,
        rows: Memo<Vec<TopicRow>>,
        visible: RwSignal<Range<usize>>,
        ordered: Memo<Vec<String>>,
    ) -> Figures {
        let on_screen = Memo::new(move |_| {
            let range = visible.get();
            rows.with(|rows| {
                let rows = rows.iter().skip(range.start).take(range.len().min(FIGURES_MAX));
                rows.map(|row| row.name.clone()).collect::<Vec<_>>()
            })
        });
        let asking = load(move || {
            let (on_screen, ordered) = (on_screen.get(), ordered.get());
            self.ask(cluster.get_value(), on_screen, ordered)
        });
        Figures { known: self, on_screen, asking: asking.every(REFRESH_SECONDS) }
    }

    /// Asks for those that are missing or old, first of those on screen; dropped midway when other
    /// rows come on screen.
    async fn ask(
        self,
        cluster: String,
        on_screen: Vec<String>,
        ordered: Vec<String>,
    ) -> Result<(), ClientError> {
        sleep(SETTLE_MS).await;
        let mut due = self.due(on_screen, FRESH_MS);
        let others = self.due(ordered, FRESH_OFF_SCREEN_MS);
        due.extend(others.into_iter().filter(|name| !due.contains(name)).collect::<Vec<_>>());
        for topics in due.chunks(FIGURES_MAX) {
            let answer = client::topics::figures(cluster.clone(), topics.to_vec()).await?;
            self.0.try_update(|known| keep(known, answer));
        }
        Ok(())
    }

    /// Those that are missing, or older than `fresh_ms`.
    fn due(self, mut topics: Vec<String>, fresh_ms: i64) -> Vec<String> {
        let old = now_ms() - fresh_ms;
        self.0.try_with_untracked(|known| {
            topics.retain(|topic| known.get(topic).is_none_or(|it| it.received_ms < old));
        });
        topics
    }
}

fn keep(known: &mut HashMap<String, Known>, answer: FiguresResponse) {
    let (read_at_ms, received_ms) = (answer.read_at_ms, now_ms());
    for figures in answer.figures {
        known.insert(figures.name.clone(), Known { figures, read_at_ms, received_ms });
    }
}

impl Figures {
    /// A cell that shows something of a topic's figures as soon as they are known, and on hover
    /// when they were read; figures that could not be read again for long are pale.
    pub fn cell(self, topic: String, draw: fn(&TopicFigures) -> AnyView) -> impl IntoView {
        let clock = use_clock();
        let waiting = || view! { <span class="skeleton-cell" aria-label="Loading"></span> };
        move || {
            self.known.0.with(|known| match known.get(&topic) {
                Some(known) => {
                    let age = format!("Read {}", clock.in_full(known.read_at_ms));
                    let stale = now_ms() - known.received_ms > STALE_MS;
                    view! { <span class:stale=stale title=age>{draw(&known.figures)}</span> }
                        .into_any()
                }
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
            self.known.0.with(read_at)
        });
        move || match (self.asking.error(), oldest.get()) {
            (Some(error), _) => view! {
                <span class="warn row" role="status">
                    {format!("Figures could not be read: {}", error.message())}
                    <Button on_press=move |_| self.asking.reload()>"Try again"</Button>
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
