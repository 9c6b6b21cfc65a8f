//! The folders in which a broker keeps its partitions.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::brokers::{BrokerPage, Folder};

use super::room;
use crate::{
    cells,
    ui::{Column, Empty, Table, TableSpec},
};

/// The tab.
#[component]
pub fn Folders(page: Memo<Arc<BrokerPage>>) -> impl IntoView {
    let rows = Memo::new(move |_| page.with(|page| page.folders.clone()));
    let columns = vec![
        Column::new("path", "folder", "minmax(220px, 2fr)", |row: &Folder| {
            cells::mono(row.path.clone(), "the path")
        })
        .headline(),
        Column::new("partitions", "partitions", "110px", |row: &Folder| match &row.error {
            None => cells::number(row.partitions).into_any(),
            Some(error) => cells::unknown(error.clone()).into_any(),
        })
        .narrow("80px")
        .right(),
        Column::new("size", "on disk", "120px", |row: &Folder| {
            let size = row.error.is_none().then_some(row.size_bytes);
            cells::size(size, row.error.as_deref())
        })
        .narrow("88px")
        .right()
        .hint("Bytes of the partitions in it"),
        Column::new("room", "room", "minmax(240px, 1fr)", |row: &Folder| {
            match room(row.usable_bytes, row.total_bytes) {
                Some(room) => room.into_any(),
                None => view! { <span class="dim">"not told"</span> }.into_any(),
            }
        })
        .narrow("minmax(0, 1fr)")
        .right()
        .hint("Of its file system"),
    ];
    let empty = move || {
        let why = page.with(|page| page.broker.disk_error.clone());
        let title = "The broker tells of no folder";
        view! { <Empty title>{why.map(|why| view! { <p>{why}</p> })}</Empty> }
    };
    view! {
        <div class="bar">
            <span class="grow"></span>
            {cells::read_at(move || page.with(|page| page.read_at_ms))}
        </div>
        <div class="card">
            <Table spec=TableSpec::new("Log directories", columns) rows empty/>
        </div>
    }
}
