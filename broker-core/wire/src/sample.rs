//! Random values of every message, repeatable from a seed; for tests and fuzzing only.

use bytes::Bytes;

use crate::TaggedFields;

/// Tags of made-up fields begin here, above any that Kafka uses.
const FIRST_UNKNOWN_TAG: u32 = 1000;
/// Letters of made-up text, of one to four bytes each.
const LETTERS: [char; 6] = ['a', '-', '.', 'ß', '漢', '🦆'];
/// Lengths of made-up text and bytes: none, few, two length bytes, more than a copy is worth.
const LENGTHS: [usize; 8] = [0, 1, 2, 3, 5, 8, 200, 5000];

/// A source of random values. The same seed gives the same values.
#[derive(Debug, Clone)]
pub struct Sampler {
    state: u64,
    unknown_tags: bool,
}

impl Sampler {
    /// A source that begins at `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: seed, unknown_tags: true }
    }

    /// The same, but without tagged fields that nobody described.
    pub fn without_unknown_tags(self) -> Self {
        Self { unknown_tags: false, ..self }
    }

    /// Any number, small ones as often as large ones.
    pub fn number(&mut self) -> u64 {
        let bits = self.next();
        match bits & 3 {
            0 => bits >> 60,
            1 => (bits >> 60).wrapping_neg(),
            _ => self.next(),
        }
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    pub(crate) fn text(&mut self) -> String {
        let length = LENGTHS[self.below(LENGTHS.len() - 1)];
        (0..length).map(|_| LETTERS[self.below(LETTERS.len())]).collect()
    }

    pub(crate) fn bytes(&mut self) -> Bytes {
        let length = LENGTHS[self.below(LENGTHS.len())];
        (0..length).map(|_| self.next() as u8).collect()
    }

    pub(crate) fn tagged_fields(&mut self) -> TaggedFields {
        let mut fields = TaggedFields::new();
        if !self.unknown_tags {
            return fields;
        }
        for _ in 0..self.below(4).saturating_sub(1) {
            fields.insert(FIRST_UNKNOWN_TAG + self.below(9000) as u32, self.bytes());
        }
        fields
    }

    /// Steele, Lea and Flood's splitmix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}
