//! What a numbered producer was told, against what is stored.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    stage::CLIENT_LIMIT,
    tools::{self, holds},
};
use crate::{
    problem::{Context, Problem, Result},
    server::process::Ouzel,
};

/// Where a record is, as its producer or its consumer says: partition, offset, number.
pub type Place = (u32, i64, u64);

/// What the producer has printed so far.
pub fn acknowledged(printed: &str) -> Result<Vec<Place>> {
    printed.lines().map(place).collect()
}

/// Everything in the topic, as kcat reads it.
pub fn stored(server: &Ouzel, topic: &str) -> Result<Vec<Place>> {
    let format = ["-C", "-t", topic, "-e", "-q", "-X", "check.crcs=true", "-f", "%p %o %s\n"];
    let text = tools::finish(&mut tools::kcat(server.kafka, &format), "", CLIENT_LIMIT)?;
    acknowledged(&text)
}

fn place(line: &str) -> Result<Place> {
    let words: Vec<&str> = line.split(' ').collect();
    let [partition, offset, number] = words[..] else {
        return Problem::stop(format!("unreadable: {line}"));
    };
    let unreadable = || format!("unreadable: {line}");
    Ok((
        partition.parse().context(unreadable)?,
        offset.parse().context(unreadable)?,
        number.parse().context(unreadable)?,
    ))
}

/// The producer has ended well, so all it sent was acknowledged: each partition holds its records
/// once and in order, each at the offset that the producer was told.
pub fn compare(acknowledged: &[Place], stored: &[Place]) -> Result<()> {
    let mut next: BTreeMap<u32, u64> = BTreeMap::new();
    for &(partition, offset, number) in stored {
        let wanted = next.entry(partition).or_default();
        holds((offset, number) == (*wanted as i64, *wanted), || {
            format!("partition {partition}: record {number} at offset {offset}, not {wanted}")
        })?;
        *wanted += 1;
    }
    let (told, there) = (set(acknowledged), set(stored));
    differ("acknowledged but not stored", told.difference(&there))?;
    differ("stored but never acknowledged", there.difference(&told))?;
    holds(told.len() == acknowledged.len(), || "a record was acknowledged twice".into())
}

fn set(places: &[Place]) -> BTreeSet<Place> {
    places.iter().copied().collect()
}

fn differ<'a>(what: &str, places: impl Iterator<Item = &'a Place>) -> Result<()> {
    let some: Vec<_> = places.take(5).collect();
    holds(some.is_empty(), || format!("{what} (partition, offset, number): {some:?} …"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_a_repeated_a_swapped_and_a_moved_record_are_each_noticed() {
        let told = [(0, 0, 0), (0, 1, 1), (1, 0, 0)];
        assert!(compare(&told, &told).is_ok());
        let bad: [&[Place]; 6] = [
            &[(0, 0, 0), (1, 0, 0)],
            &[(0, 1, 1), (1, 0, 0)],
            &[(0, 0, 0), (0, 1, 1), (0, 2, 1), (1, 0, 0)],
            &[(0, 0, 1), (0, 1, 0), (1, 0, 0)],
            &[(0, 0, 0), (0, 2, 1), (1, 0, 0)],
            &[(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 0, 0)],
        ];
        for stored in bad {
            assert!(compare(&told, stored).is_err(), "{stored:?}");
        }
        let twice = [(0, 0, 0), (0, 1, 1), (0, 1, 1), (1, 0, 0)];
        assert!(compare(&twice, &told).is_err());
    }
}
