//! What a record says of itself beside key and value: its headers, its batch, its producer.

use leptos::prelude::*;
use ouzel_api::messages::{Header, Message, TimestampType, Transaction};

use super::{Page, preview};
use crate::{
    format::{bytes, count, counted},
    ui::{Copyable, Time},
};

/// The headers, with what matched in them.
pub fn headers(page: Page, message: &Message) -> impl IntoView + use<> {
    let headers = &message.headers;
    let row = |header: &Header| {
        let (key, text) = (header.key.clone(), header.value.text.clone());
        let marks = page.marks.with_untracked(|marks| marks.in_header(header));
        let shown = preview::cell(&header.value, &marks.1);
        let key = preview::marked(&key, 0..key.len(), &marks.0);
        view! {
            <dt>{key}</dt>
            <dd><Copyable text what="the header's value">{shown}</Copyable></dd>
        }
    };
    match headers.is_empty() {
        true => view! { <div class="state"><strong>"No headers"</strong></div> }.into_any(),
        false => {
            let rows = headers.iter().map(row).collect_view();
            view! { <dl class="pairs padded">{rows}</dl> }.into_any()
        }
    }
}

/// What the record and its batch say of themselves.
pub fn metadata(message: &Message) -> impl IntoView + use<> {
    let batch = &message.batch;
    let time = match message.timestamp_type {
        TimestampType::CreateTime => "set by the producer",
        TimestampType::LogAppendTime => "set by the broker on append",
    };
    let at_ms = message.timestamp_ms;
    let at = match at_ms {
        -1 => view! { "none" }.into_any(),
        _ => view! { <Time at_ms/> <span class="dim">" " {time}</span> }.into_any(),
    };
    let producer = match batch.producer_id {
        Some(id) => {
            let epoch = batch.producer_epoch.map_or("unknown".to_owned(), |it| it.to_string());
            format!("id {id}, epoch {epoch}")
        }
        None => "not idempotent".to_owned(),
    };
    let sequence = match batch.base_sequence {
        Some(base) => {
            let own = sequence(base, message.offset - batch.base_offset);
            format!("{own}, the batch's first is {base}")
        }
        None => "none".to_owned(),
    };
    let last = batch.base_offset.saturating_add(i64::from(batch.records)).saturating_sub(1);
    let rows = [
        ("Partition", message.partition.to_string()),
        ("Offset", count(message.offset)),
        ("Key", bytes(message.key.size_bytes.into())),
        ("Value", bytes(message.value.size_bytes.into())),
        ("Size", format!("{} with headers", bytes(message.size_bytes.into()))),
        (
            "Batch",
            format!(
                "{}, first offset {}, up to {}",
                counted(batch.records, "record", "records"),
                count(batch.base_offset),
                count(last),
            ),
        ),
        ("Batch size", format!("{} on disk", bytes(batch.size_bytes.into()))),
        ("Codec", batch.codec.clone()),
        ("Leader epoch", batch.leader_epoch.to_string()),
        ("Producer", producer),
        ("Sequence", sequence),
        ("Transaction", transaction(message).to_owned()),
    ];
    let row = |(name, value): (&'static str, String)| view! { <dt>{name}</dt> <dd>{value}</dd> };
    let (before, after) = rows.split_at(2);
    view! {
        <dl class="pairs padded">
            {before.iter().cloned().map(row).collect_view()}
            <dt>"Time"</dt>
            <dd>{at}</dd>
            {after.iter().cloned().map(row).collect_view()}
        </dl>
    }
}

/// What became of the record's transaction.
fn transaction(message: &Message) -> &'static str {
    match message.transaction {
        Some(Transaction::Committed) => "committed",
        Some(Transaction::Aborted) => "aborted: consumers that read committed do not get it",
        Some(Transaction::Open) => "not decided yet",
        None if message.batch.transactional => "part of one",
        None => "none",
    }
}

/// The sequence number of the record so far behind the batch's first: after the largest comes 0.
fn sequence(base: i32, behind: i64) -> i64 {
    const SEQUENCES: i64 = 1 << 31;
    (i64::from(base) + behind).rem_euclid(SEQUENCES)
}

#[cfg(test)]
mod tests {
    use super::sequence;

    #[test]
    fn after_the_largest_sequence_number_comes_zero() {
        assert_eq!(sequence(5, 3), 8);
        assert_eq!(sequence(i32::MAX, 0), i64::from(i32::MAX));
        assert_eq!(sequence(i32::MAX, 1), 0);
    }
}
