//! What one run is told, as `name=value` words.

use std::{fmt::Display, str::FromStr};

use crate::Outcome;

/// Everything a run can be told; each kind of load takes what it needs of it.
#[derive(Debug, Clone)]
pub struct Options {
    /// `host:port`.
    pub brokers: String,
    /// It exists already.
    pub topic: String,
    /// How many partitions of it are used, from 0 on.
    pub partitions: usize,
    /// Records in all, where no rate decides.
    pub records: usize,
    /// Records a second, of all producers together.
    pub rate: u64,
    /// How long the paced load is measured.
    pub seconds: u64,
    /// How long it runs before that.
    pub warm_seconds: u64,
    /// Clients, each with connections of its own.
    pub producers: usize,
    /// `linger.ms`.
    pub linger_ms: u32,
    /// `batch.size`.
    pub batch_bytes: usize,
    /// `compression.type`.
    pub codec: String,
    /// Whether the paced records are consumed, too.
    pub consume: bool,
}

impl Options {
    /// Reads words such as `rate=1000` over the defaults.
    pub fn read(words: &[String]) -> Outcome<Options> {
        let mut options = Options {
            brokers: String::new(),
            topic: String::new(),
            partitions: 1,
            records: 0,
            rate: 1_000,
            seconds: 10,
            warm_seconds: 2,
            producers: 1,
            linger_ms: 0,
            batch_bytes: 1_000_000,
            codec: "none".into(),
            consume: false,
        };
        for word in words {
            let (name, value) = word.split_once('=').ok_or(format!("`{word}` has no ="))?;
            options.set(name, value)?;
        }
        if options.partitions == 0 || options.producers == 0 || options.rate == 0 {
            return Err("partitions, producers and rate are at least 1".into());
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Outcome<()> {
        match name {
            "brokers" => self.brokers = value.into(),
            "topic" => self.topic = value.into(),
            "partitions" => self.partitions = parsed(name, value)?,
            "records" => self.records = parsed(name, value)?,
            "rate" => self.rate = parsed(name, value)?,
            "seconds" => self.seconds = parsed(name, value)?,
            "warm_seconds" => self.warm_seconds = parsed(name, value)?,
            "producers" => self.producers = parsed(name, value)?,
            "linger_ms" => self.linger_ms = parsed(name, value)?,
            "batch_bytes" => self.batch_bytes = parsed(name, value)?,
            "codec" => self.codec = value.into(),
            "consume" => self.consume = parsed(name, value)?,
            _ => return Err(format!("`{name}` is not known").into()),
        }
        Ok(())
    }

    /// The partition of a record. Spread without an order, so that neighbours in time rarely
    /// share a batch unless there are few partitions.
    pub fn partition_of(&self, number: usize) -> i32 {
        let mixed = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        (mixed % self.partitions as u64) as i32
    }
}

fn parsed<T: FromStr<Err: Display>>(name: &str, value: &str) -> Outcome<T> {
    value.parse().map_err(|cause| format!("{name}={value}: {cause}").into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(words: &[&str]) -> Outcome<Options> {
        Options::read(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn words_are_read_and_unknown_ones_refused() {
        let options = read(&["rate=5000", "consume=true", "topic=t"]).unwrap();
        assert_eq!((options.rate, options.consume, options.topic.as_str()), (5000, true, "t"));
        for wrong in ["rates=5", "rate=fast", "rate", "rate=0"] {
            assert!(read(&[wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn records_are_spread_evenly() {
        let options = read(&["partitions=6"]).unwrap();
        let mut counts = [0; 6];
        (0..60_000).for_each(|number| counts[options.partition_of(number) as usize] += 1);
        assert!(counts.iter().all(|count| (9_900..10_100).contains(count)), "{counts:?}");
    }
}
