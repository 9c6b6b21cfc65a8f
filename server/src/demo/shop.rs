//! The shop: what happens in it, and when.
//!
//! Owns the made-up world: customers, orders and what becomes of them. Every record's text is
//! written by hand, so that money and ids keep every digit. Start at [`Shop::until`].

use std::{cmp::Reverse, collections::BinaryHeap};

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::{
    record::Record,
    time::{DAY_MS, iso},
    topics::{CUSTOMERS, ORDERS, PAGE_VIEWS, PAYMENTS, SENSOR_FRAMES},
    words::{BROWSERS, CITIES, FAMILY, GIVEN, PAGES, PRODUCTS, RATES},
};

/// How far back its past goes: some days to look through, and well within a week, after which
/// records are deleted by default.
const OPEN_DAYS: i64 = 3;
/// Customers of the shop.
const CUSTOMER_COUNT: usize = 400;
/// Sensors in its warehouse.
const SENSOR_COUNT: u32 = 24;
/// The first payment's number: the first integer that a double cannot hold.
const PAYMENT_BASE: i64 = 9_007_199_254_740_993;
/// Payments are numbered by milliseconds since this time, so that a second start goes on.
const PAYMENT_EPOCH_MS: i64 = 1_700_000_000_000;
/// Items of the one order in a thousand that is a reseller's; too large for a preview.
const BULK_ITEMS: usize = 900;

/// Makes one record of a kind.
type Make = fn(&mut Shop, i64) -> Record;

/// How many of each happen in a thousand seconds.
#[derive(Debug, Clone, Copy)]
struct Rates {
    orders: f64,
    views: f64,
    frames: f64,
    profiles: f64,
}

/// In the past, so that three days make some fifty thousand records.
const PAST: Rates = Rates { orders: 28.0, views: 70.0, frames: 24.0, profiles: 8.0 };
/// Now, so that something moves on every page.
const NOW: Rates = Rates { orders: 450.0, views: 2_500.0, frames: 900.0, profiles: 120.0 };

#[derive(Debug, Clone)]
struct Customer {
    id: String,
    name: String,
    city: (&'static str, &'static str, &'static str),
    orders: u32,
}

/// What is still to happen to an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Pay,
    Pack,
    Ship,
    Refund,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at_ms: i64,
    next: Next,
    order: String,
    customer: usize,
    cents: i64,
}

/// See the module.
#[derive(Debug)]
pub struct Shop {
    rng: StdRng,
    customers: Vec<Customer>,
    due: BinaryHeap<Reverse<Due>>,
    at_ms: i64,
    last_payment: i64,
}

impl Shop {
    /// A shop that opened some days before `now_ms`.
    pub fn new(now_ms: i64) -> Shop {
        let mut rng = StdRng::seed_from_u64(now_ms.unsigned_abs());
        let customers = (0..CUSTOMER_COUNT).map(|number| customer(&mut rng, number)).collect();
        let at_ms = now_ms - OPEN_DAYS * DAY_MS;
        Shop { rng, customers, due: BinaryHeap::new(), at_ms, last_payment: 0 }
    }

    /// Up to when all that happened has been told.
    pub fn at_ms(&self) -> i64 {
        self.at_ms
    }

    /// What happened up to `at_ms` in the past, in order.
    pub fn past_until(&mut self, at_ms: i64) -> Vec<Record> {
        self.run(at_ms, PAST)
    }

    /// What happened up to `at_ms` since the last time, in order.
    pub fn until(&mut self, at_ms: i64) -> Vec<Record> {
        self.run(at_ms, NOW)
    }

    /// Nothing happened until `at_ms`, but what was due still is.
    pub fn skip_to(&mut self, at_ms: i64) {
        self.at_ms = self.at_ms.max(at_ms);
    }

    fn run(&mut self, until_ms: i64, rates: Rates) -> Vec<Record> {
        let mut records = Vec::new();
        let kinds: [(f64, Make); 4] = [
            (rates.orders, Shop::order),
            (rates.views, Shop::view),
            (rates.frames, Shop::frame),
            (rates.profiles, Shop::profile),
        ];
        for (rate, make) in kinds {
            for at_ms in self.moments(until_ms, rate) {
                records.push(make(self, at_ms));
            }
        }
        while self.due.peek().is_some_and(|Reverse(due)| due.at_ms <= until_ms) {
            let Some(Reverse(due)) = self.due.pop() else { break };
            records.push(self.follow_up(due));
        }
        records.sort_by_key(|record| record.at_ms);
        self.at_ms = self.at_ms.max(until_ms);
        records
    }

    /// Times at which something happens; fewer at night.
    fn moments(&mut self, until_ms: i64, per_thousand_s: f64) -> Vec<i64> {
        let mut moments = Vec::new();
        let mut at = self.at_ms as f64;
        loop {
            let chance: f64 = self.rng.random_range(f64::MIN_POSITIVE..1.0);
            at -= chance.ln() * 1_000_000.0 / per_thousand_s;
            if at > until_ms as f64 {
                return moments;
            }
            let hour = (at as i64).rem_euclid(DAY_MS) / 3_600_000;
            let is_night = !(6..22).contains(&hour) && per_thousand_s < NOW.profiles;
            if !is_night || self.rng.random_bool(0.25) {
                moments.push(at as i64);
            }
        }
    }

    fn order(&mut self, at_ms: i64) -> Record {
        let customer = self.rng.random_range(0..self.customers.len());
        let order = format!("O-{:X}", at_ms * 8 + self.rng.random_range(0..8));
        let is_bulk = self.rng.random_bool(0.001);
        let count = if is_bulk { BULK_ITEMS } else { self.rng.random_range(1..=4) };
        let (mut items, mut cents) = (Vec::with_capacity(count), 0);
        for _ in 0..count {
            let (sku, name, price) = *PRODUCTS.choose(&mut self.rng).unwrap_or(&PRODUCTS[0]);
            let quantity = self.rng.random_range(1..=3);
            cents += price * quantity;
            items.push(format!(
                r#"{{"sku":"{sku}","name":"{name}","qty":{quantity},"unit_price":{}}}"#,
                money(price)
            ));
        }
        self.customers[customer].orders += 1;
        self.plan(at_ms, &order, customer, cents);
        let Customer { id, name, city: (city, country, postcode), .. } = &self.customers[customer];
        let channel = ["web", "app", "store"].choose(&mut self.rng).unwrap_or(&"web");
        let coupon = if self.rng.random_bool(0.1) { "\"AUTUMN10\"" } else { "null" };
        let value = format!(
            concat!(
                r#"{{"event":"placed","order_id":"{}","placed_at":"{}","channel":"{}","#,
                r#""customer":{{"id":"{}","name":"{}"}},"items":[{}],"coupon":{},"#,
                r#""total":{},"currency":"EUR","#,
                r#""ship_to":{{"city":"{}","country":"{}","postcode":"{}"}}}}"#
            ),
            order,
            iso(at_ms),
            channel,
            id,
            name,
            items.join(","),
            coupon,
            money(cents),
            city,
            country,
            postcode
        );
        Record::json(ORDERS, at_ms, &order, value).with("source", channel)
    }

    /// What will become of an order.
    fn plan(&mut self, at_ms: i64, order: &str, customer: usize, cents: i64) {
        let mut later = |next, seconds: std::ops::Range<i64>| {
            let at_ms = at_ms + self.rng.random_range(seconds) * 1000;
            self.due.push(Reverse(Due { at_ms, next, order: order.to_owned(), customer, cents }));
        };
        later(Next::Pay, 2..40);
        later(Next::Pack, 60..1_800);
        later(Next::Ship, 2_000..40_000);
        if cents % 37 == 0 {
            later(Next::Refund, 20_000..60_000);
        }
    }

    fn follow_up(&mut self, due: Due) -> Record {
        match due.next {
            Next::Pay => self.payment(&due, "captured", due.cents),
            Next::Refund => self.payment(&due, "refunded", -due.cents),
            Next::Pack => moved(&due, "packed", ""),
            Next::Ship => {
                let parcel: u64 = self.rng.random_range(10_u64.pow(15)..10_u64.pow(16));
                moved(&due, "shipped", &format!(r#","carrier":"Alpenpost","parcel":"{parcel}""#))
            }
        }
    }

    fn payment(&mut self, due: &Due, status: &str, cents: i64) -> Record {
        let number = (due.at_ms - PAYMENT_EPOCH_MS).max(self.last_payment + 1);
        self.last_payment = number;
        let (currency, rate) = *RATES.choose(&mut self.rng).unwrap_or(&RATES[0]);
        let method = ["card", "transfer", "wallet"].choose(&mut self.rng).unwrap_or(&"card");
        let fee = cents.abs() * 29 / 10;
        let value = format!(
            concat!(
                r#"{{"payment_id":{},"order_id":"{}","status":"{}","method":"{}","#,
                r#""amount":{},"currency":"{}","rate":{},"fee":0.{:06},"booked_at":"{}"}}"#
            ),
            PAYMENT_BASE + number,
            due.order,
            status,
            method,
            money(cents),
            currency,
            rate,
            fee % 1_000_000,
            iso(due.at_ms)
        );
        Record::json(PAYMENTS, due.at_ms, &due.order, value)
            .with("customer", &self.customers[due.customer].id)
            .with("schema-version", "3")
    }

    fn view(&mut self, at_ms: i64) -> Record {
        let session =
            format!("s-{:08x}", self.rng.random_range(0..3_000_u32).wrapping_mul(2_654_435_761));
        let page = *PAGES.choose(&mut self.rng).unwrap_or(&"/");
        let browser = *BROWSERS.choose(&mut self.rng).unwrap_or(&"");
        let took_ms = self.rng.random_range(8..900);
        if self.rng.random_bool(0.002) {
            // The old app still sends lines of its own.
            let line = format!("{} GET {page} {took_ms}ms \"{browser}\"\n", iso(at_ms));
            let headers = vec![("content-type".to_owned(), Some(b"text/plain".to_vec()))];
            let value = Some(line.into_bytes());
            return Record { topic: PAGE_VIEWS, at_ms, key: session.into(), value, headers };
        }
        let customer = match self.rng.random_bool(0.4) {
            true => self.customers.choose(&mut self.rng).map(|it| format!("\"{}\"", it.id)),
            false => None,
        };
        let seen = format!(r#""session":"{session}","page":"{page}","took_ms":{took_ms}"#);
        let customer = customer.as_deref().unwrap_or("null");
        let at = iso(at_ms);
        let value =
            format!(r#"{{{seen},"customer":{customer},"browser":"{browser}","at":"{at}"}}"#);
        Record::json(PAGE_VIEWS, at_ms, &session, value)
    }

    /// Four bytes of mark, sensor, time, then temperature, humidity and a counter.
    fn frame(&mut self, at_ms: i64) -> Record {
        let sensor = self.rng.random_range(0..SENSOR_COUNT);
        let celsius: f32 = 18.0 + self.rng.random_range(-2.5..2.5);
        let humidity: u16 = self.rng.random_range(350..620);
        let mut value = vec![0xF5, 0x01, 0x00, 0x1A];
        value.extend(sensor.to_be_bytes());
        value.extend(at_ms.to_be_bytes());
        value.extend(celsius.to_be_bytes());
        value.extend(humidity.to_be_bytes());
        value.extend(self.rng.random::<u32>().to_be_bytes());
        let headers = vec![("unit".to_owned(), Some(vec![0x01, sensor as u8]))];
        let key = [[0xF5, 0x01].as_slice(), &sensor.to_be_bytes()].concat();
        Record { topic: SENSOR_FRAMES, at_ms, key, value: Some(value), headers }
    }

    fn profile(&mut self, at_ms: i64) -> Record {
        let number = self.rng.random_range(0..self.customers.len());
        let is_gone = self.rng.random_bool(0.03);
        let Customer { id, name, city: (city, country, postcode), orders } =
            &self.customers[number];
        let value = format!(
            concat!(
                r#"{{"id":"{}","name":"{}","email":"customer{}@example.com","#,
                r#""address":{{"city":"{}","country":"{}","postcode":"{}"}},"#,
                r#""orders":{},"updated_at":"{}"}}"#
            ),
            id,
            name,
            number,
            city,
            country,
            postcode,
            orders,
            iso(at_ms)
        );
        let record = Record::json(CUSTOMERS, at_ms, id, value);
        if is_gone { Record { value: None, ..record } } else { record }
    }
}

fn moved(due: &Due, event: &str, more: &str) -> Record {
    let (order, at) = (&due.order, iso(due.at_ms));
    let value = format!(r#"{{"event":"{event}","order_id":"{order}","at":"{at}"{more}}}"#);
    Record::json(ORDERS, due.at_ms, order, value).with("source", "warehouse")
}

fn customer(rng: &mut StdRng, number: usize) -> Customer {
    let given = GIVEN.choose(rng).unwrap_or(&"");
    let family = FAMILY.choose(rng).unwrap_or(&"");
    Customer {
        id: format!("c-{}", 10_001 + number),
        name: format!("{given} {family}"),
        city: *CITIES.choose(rng).unwrap_or(&CITIES[0]),
        orders: 0,
    }
}

/// Cents as an amount with two digits after the point.
fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

#[cfg(test)]
mod tests;
