//! What was seen of the cluster in the latest samples: rates, lag, the busiest topics.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::clusters::{BusyTopic, Overview as Data};

use crate::{
    cells,
    format::{count, count_short, rate},
    route::TopicTab,
    ui::{Age, Column, Empty, Fact, Panel, Sparkline, Table, TableSpec},
};

/// How much is written now, and how that went lately.
pub fn written(rates: &[f64]) -> Option<impl IntoView + use<>> {
    let (last, values) = (*rates.last()?, rates.to_vec());
    let label = format!("Records written a second, from {} to {}", rate(rates[0]), rate(last));
    Some(view! {
        <Fact name="written">{rate(last)} " " {line(values, label)}</Fact>
    })
}

/// How far all groups together are behind, and how that went lately.
pub fn lag(lags: &[i64]) -> Option<impl IntoView + use<>> {
    let (first, last) = (*lags.first()?, *lags.last()?);
    let label = format!("Records behind, from {} to {}", count(first), count(last));
    let values = lags.iter().map(|lag| *lag as f64).collect();
    Some(view! {
        <Fact name="behind, all groups">{count_short(last)} " " {line(values, label)}</Fact>
    })
}

/// One value is no line yet.
fn line(values: Vec<f64>, label: String) -> Option<impl IntoView> {
    (values.len() > 1).then(|| view! { <Sparkline values label/> })
}

/// The topics that are written to most.
#[component]
pub fn Busiest(data: Memo<Arc<Data>>, cluster: StoredValue<String>) -> impl IntoView {
    let rows = Memo::new(move |_| data.with(|data| data.glance.busiest.clone()));
    let name = move |row: &BusyTopic| {
        cluster.with_value(|it| cells::topic_link(it, &row.topic, TopicTab::Messages))
    };
    let columns = vec![
        Column::new("topic", "topic", "minmax(140px, 1fr)", name).narrow("minmax(0, 1fr)"),
        Column::new("rate", "written", "110px", |row: &BusyTopic| rate(row.written_per_s))
            .narrow("92px")
            .right()
            .hint("Records a second"),
        Column::new("records", "records", "130px", |row: &BusyTopic| {
            cells::figure(row.records, "The offsets could not be read")
        })
        .narrow("112px")
        .right(),
    ];
    let empty = move || match data.with(|data| data.glance.read_at_ms) {
        None => view! { <Empty icon="clock" title="Nothing has been seen yet"/> },
        Some(_) => view! { <Empty title="Nothing is written now"/> },
    };
    let side = move || {
        let at_ms = data.with(|data| data.glance.read_at_ms)?;
        Some(view! { "seen " <Age at_ms/> })
    };
    view! {
        <Panel title="Busiest topics" side>
            <Table spec=TableSpec::new("Busiest topics", columns) rows empty/>
        </Panel>
    }
}
