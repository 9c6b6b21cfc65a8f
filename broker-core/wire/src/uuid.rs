//! Ids of topics and directories, in the text form that Kafka prints.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Letters of the text form: base64 in the variant that is safe in URLs, without padding.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Letters that sixteen bytes take.
const TEXT_LENGTH: usize = 22;

/// Sixteen bytes that name a topic, whatever it is called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Uuid(pub [u8; 16]);

/// Text that is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an id is 22 letters of A-Z, a-z, 0-9, - and _")]
pub struct InvalidUuid;

impl Uuid {
    /// The id that means none.
    pub const ZERO: Uuid = Uuid([0; 16]);

    /// A new random id (version 4). Its text never begins with `-`, so that it can be given as an
    /// argument to command-line tools.
    pub fn random() -> Self {
        loop {
            let id = Self(*uuid::Uuid::new_v4().as_bytes());
            if !id.to_string().starts_with('-') {
                return id;
            }
        }
    }

    /// Whether this is the id that means none.
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 128 bits and four zero bits make 22 groups of six.
        let number = u128::from_be_bytes(self.0);
        let mut text = [0; TEXT_LENGTH];
        text[TEXT_LENGTH - 1] = ALPHABET[((number << 4) & 0x3f) as usize];
        for (place, letter) in text[..TEXT_LENGTH - 1].iter_mut().enumerate() {
            *letter = ALPHABET[(number >> (122 - 6 * place) & 0x3f) as usize];
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Uuid {
    type Err = InvalidUuid;

    fn from_str(text: &str) -> Result<Self, InvalidUuid> {
        // Some tools pad the text as base64 usually is.
        let letters = text.strip_suffix("==").unwrap_or(text).as_bytes();
        let (Some((last, others)), TEXT_LENGTH) = (letters.split_last(), letters.len()) else {
            return Err(InvalidUuid);
        };
        let mut number = 0u128;
        for letter in others {
            number = number << 6 | u128::from(value_of(*letter)?);
        }
        let last = value_of(*last)?;
        if last & 0x0f != 0 {
            return Err(InvalidUuid);
        }
        Ok(Self((number << 2 | u128::from(last >> 4)).to_be_bytes()))
    }
}

fn value_of(letter: u8) -> Result<u8, InvalidUuid> {
    let place = ALPHABET.iter().position(|&known| known == letter);
    place.map(|place| place as u8).ok_or(InvalidUuid)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn text_is_what_kafka_prints() {
        assert_eq!(Uuid::ZERO.to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
        let one = Uuid(1u128.to_be_bytes());
        assert_eq!(one.to_string(), "AAAAAAAAAAAAAAAAAAAAAQ");
        let all = Uuid([0xff; 16]);
        assert_eq!(all.to_string(), "_____________________w");
    }

    #[test]
    fn text_and_id_are_one_to_one() {
        for _ in 0..1000 {
            let id = Uuid::random();
            assert_eq!(id.to_string().parse(), Ok(id));
            assert!(!id.to_string().starts_with('-'));
        }
    }

    #[test]
    fn other_text_is_refused() {
        let cases = ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAAA+", "äääääääääää"];
        for text in cases {
            assert_eq!(text.parse::<Uuid>(), Err(InvalidUuid), "{text}");
        }
    }
}
