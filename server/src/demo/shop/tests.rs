//! What the shop writes can be read.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use super::{CUSTOMERS, DAY_MS, ORDERS, PAGE_VIEWS, PAYMENTS, Record, SENSOR_FRAMES, Shop};

const NOW_MS: i64 = 1_795_455_274_451;

fn past() -> Vec<Record> {
    let mut shop = Shop::new(NOW_MS);
    let mut records = Vec::new();
    let mut at_ms = NOW_MS - 3 * DAY_MS;
    while at_ms < NOW_MS {
        at_ms += DAY_MS / 8;
        records.extend(shop.past_until(at_ms));
    }
    records
}

#[test]
fn three_days_make_tens_of_thousands_of_records_in_every_topic() {
    let records = past();
    let mut by_topic: HashMap<&str, usize> = HashMap::new();
    for record in &records {
        *by_topic.entry(record.topic).or_default() += 1;
    }
    assert!((20_000..60_000).contains(&records.len()), "{}", records.len());
    for topic in [ORDERS, PAYMENTS, PAGE_VIEWS, SENSOR_FRAMES, CUSTOMERS] {
        assert!(by_topic[topic] > 1_000, "{topic}: {by_topic:?}");
    }
    assert!(records.iter().all(|it| (NOW_MS - 3 * DAY_MS..=NOW_MS).contains(&it.at_ms)));
}

#[test]
fn values_are_json_but_for_frames_and_the_old_app() {
    let mut lines = 0;
    for record in past().iter().filter(|record| record.topic != SENSOR_FRAMES) {
        let Some(value) = &record.value else { continue };
        match serde_json::from_slice::<serde_json::Value>(value) {
            Ok(value) => assert!(value.is_object()),
            Err(_) if record.topic == PAGE_VIEWS => lines += 1,
            Err(error) => panic!("{error} in {}", String::from_utf8_lossy(value)),
        }
    }
    assert!(lines > 0, "the old app sends lines");
}

#[test]
fn payments_have_ids_beyond_a_float_and_each_its_own() {
    let mut last = 9_007_199_254_740_992;
    for record in past().iter().filter(|record| record.topic == PAYMENTS) {
        let value: serde_json::Value =
            serde_json::from_slice(record.value.as_ref().unwrap()).unwrap();
        let id = value["payment_id"].as_i64().unwrap();
        assert!(id > last, "{id} after {last}");
        last = id;
    }
}

#[test]
fn some_customers_are_gone_and_some_orders_are_too_large_for_a_preview() {
    let records = past();
    let gone = records.iter().filter(|record| record.value.is_none());
    assert!(gone.clone().count() > 5 && gone.clone().all(|record| record.topic == CUSTOMERS));
    let size = |record: &Record| record.value.as_ref().map_or(0, Vec::len);
    assert!(records.iter().map(size).max().unwrap() > 65_536);
}
