//! The records: a kilobyte of JSON each, that compresses as events do, with its number in front.

/// Every record's value. Records have no key.
pub const VALUE_BYTES: usize = 1024;

/// Different values that take turns: more than one batch holds, less than a processor's cache.
const DIFFERENT: usize = 1_200;

/// Where in a value its number stands, and how long it is.
const NUMBER_AT: usize = 6;
const NUMBER_DIGITS: usize = 12;

const WORDS: [&str; 24] = [
    "accepted",
    "amount",
    "basket",
    "blue",
    "Cologne",
    "courier",
    "customer",
    "delivery",
    "express",
    "invoice",
    "large",
    "leather",
    "order",
    "paid",
    "parcel",
    "pending",
    "quantity",
    "returned",
    "shelf",
    "small",
    "Torino",
    "voucher",
    "warehouse",
    "window",
];

/// Values made before the clock runs.
pub struct Values(Vec<Vec<u8>>);

impl Values {
    pub fn new() -> Values {
        Values((0..DIFFERENT).map(value).collect())
    }

    /// The value for a record, without its number.
    pub fn of(&self, record: usize) -> &[u8] {
        &self.0[record % DIFFERENT]
    }

    /// The same with its number, by which a consumer knows it again.
    pub fn numbered(&mut self, record: usize) -> &[u8] {
        let value = &mut self.0[record % DIFFERENT];
        let digits = format!("{record:0NUMBER_DIGITS$}");
        value[NUMBER_AT..NUMBER_AT + NUMBER_DIGITS].copy_from_slice(digits.as_bytes());
        value
    }
}

/// The number in a value; none if it is not one of ours.
pub fn number(value: &[u8]) -> Option<usize> {
    let digits = value.get(NUMBER_AT..NUMBER_AT + NUMBER_DIGITS)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn value(seed: usize) -> Vec<u8> {
    let mut random = seed as u64 + 1;
    let mut next = move || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (random >> 33) as usize
    };
    let mut text = format!(r#"{{"n":"{:0NUMBER_DIGITS$}","items":["#, 0);
    while text.len() < VALUE_BYTES {
        let (word, other) = (WORDS[next() % WORDS.len()], WORDS[next() % WORDS.len()]);
        let (id, price) = (next() % 100_000_000, next() % 10_000);
        text += &format!(r#"{{"id":{id},"state":"{word}","price":{price},"note":"{other}"}},"#);
    }
    text.truncate(VALUE_BYTES - 2);
    text += "]}";
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_a_kilobyte_and_keeps_its_number() {
        let mut values = Values::new();
        for record in [0, 7, DIFFERENT + 7, 123_456_789] {
            let value = values.numbered(record);
            assert_eq!((value.len(), number(value)), (VALUE_BYTES, Some(record)));
        }
        assert_eq!(number(b"{}"), None);
    }
}
