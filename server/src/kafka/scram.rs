//! SCRAM (RFC 5802, RFC 7677) from the client's side: three messages, as pure functions of what the
//! broker says. Neither side learns the password, and each proves that it knows it.

use std::num::NonZeroU32;

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::{digest, hmac, pbkdf2};

use super::security::Mechanism;

/// Most rounds that a broker may ask for: a second's work, hundreds of times what Kafka asks for.
const ITERATIONS_MAX: u32 = 2_000_000;
/// Fewest: what RFC 7677 asks for.
const ITERATIONS_MIN: u32 = 4096;

/// A conversation that has begun.
#[derive(Debug, Clone)]
pub struct Scram {
    hash: Hash,
    nonce: String,
    bare: String,
}

/// What the broker must prove in the end.
pub struct Expected {
    key: hmac::Key,
    whole: String,
}

#[derive(Debug, Clone, Copy)]
enum Hash {
    Sha256,
    Sha512,
}

impl Hash {
    fn hmac(self) -> hmac::Algorithm {
        match self {
            Hash::Sha256 => hmac::HMAC_SHA256,
            Hash::Sha512 => hmac::HMAC_SHA512,
        }
    }

    fn digest(self) -> &'static digest::Algorithm {
        match self {
            Hash::Sha256 => &digest::SHA256,
            Hash::Sha512 => &digest::SHA512,
        }
    }

    fn pbkdf2(self) -> pbkdf2::Algorithm {
        match self {
            Hash::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Hash::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        }
    }

    fn sign(self, key: &[u8], text: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(self.hmac(), key), text).as_ref().to_vec()
    }
}

impl Scram {
    /// Begins; `nonce` must be new each time. `None` for a mechanism that is not SCRAM.
    pub fn new(mechanism: Mechanism, user: &str, nonce: String) -> Option<Scram> {
        let hash = match mechanism {
            Mechanism::Plain => return None,
            Mechanism::ScramSha256 => Hash::Sha256,
            Mechanism::ScramSha512 => Hash::Sha512,
        };
        let user = user.replace('=', "=3D").replace(',', "=2C");
        let bare = format!("n={user},r={nonce}");
        Some(Scram { hash, nonce, bare })
    }

    /// The first message.
    pub fn first(&self) -> String {
        format!("n,,{}", self.bare)
    }

    /// The last message, in answer to the broker's first; takes as long as the broker asks for.
    pub fn last(&self, answer: &[u8], password: &str) -> Result<(String, Expected), String> {
        let answer = std::str::from_utf8(answer).map_err(|_| "its challenge is no text")?;
        let challenge = Challenge::parse(answer)?;
        if !challenge.nonce.starts_with(&self.nonce) || challenge.nonce.len() == self.nonce.len() {
            return Err("its challenge does not belong to this conversation".to_owned());
        }
        let salted = self.salted(password, &challenge);
        let unproved = format!("c=biws,r={}", challenge.nonce);
        let whole = format!("{},{answer},{unproved}", self.bare);
        let client_key = self.hash.sign(&salted, b"Client Key");
        let stored = digest::digest(self.hash.digest(), &client_key);
        let signature = self.hash.sign(stored.as_ref(), whole.as_bytes());
        let proof: Vec<u8> = client_key.iter().zip(&signature).map(|(a, b)| a ^ b).collect();
        let server_key = self.hash.sign(&salted, b"Server Key");
        let expected = Expected { key: hmac::Key::new(self.hash.hmac(), &server_key), whole };
        Ok((format!("{unproved},p={}", BASE64_STANDARD.encode(proof)), expected))
    }

    fn salted(&self, password: &str, challenge: &Challenge<'_>) -> Vec<u8> {
        let mut salted = vec![0; self.hash.digest().output_len()];
        let (salt, password) = (&challenge.salt, password.as_bytes());
        pbkdf2::derive(self.hash.pbkdf2(), challenge.iterations, salt, password, &mut salted);
        salted
    }
}

impl Expected {
    /// Whether the broker has proved that it knows the password, too.
    pub fn check(&self, answer: &[u8]) -> Result<(), String> {
        let answer = std::str::from_utf8(answer).map_err(|_| "its proof is no text")?;
        if let Some(error) = answer.strip_prefix("e=") {
            return Err(error.to_owned());
        }
        let proof = field(answer, "v=").and_then(|text| BASE64_STANDARD.decode(text).ok());
        let fits = |proof: Vec<u8>| hmac::verify(&self.key, self.whole.as_bytes(), &proof).is_ok();
        match proof.is_some_and(fits) {
            true => Ok(()),
            false => Err("the broker does not know the password itself".to_owned()),
        }
    }
}

/// The broker's first message.
struct Challenge<'a> {
    nonce: &'a str,
    salt: Vec<u8>,
    iterations: NonZeroU32,
}

impl Challenge<'_> {
    fn parse(text: &str) -> Result<Challenge<'_>, String> {
        if let Some(error) = text.strip_prefix("e=") {
            return Err(error.to_owned());
        }
        let unreadable = || format!("its challenge cannot be read: {text}");
        let nonce = field(text, "r=").ok_or_else(unreadable)?;
        let salt = field(text, "s=").and_then(|text| BASE64_STANDARD.decode(text).ok());
        let iterations: u32 =
            field(text, "i=").and_then(|text| text.parse().ok()).ok_or_else(unreadable)?;
        if !(ITERATIONS_MIN..=ITERATIONS_MAX).contains(&iterations) {
            return Err(format!("it asks for {iterations} rounds"));
        }
        let iterations = NonZeroU32::new(iterations).ok_or_else(unreadable)?;
        Ok(Challenge { nonce, salt: salt.ok_or_else(unreadable)?, iterations })
    }
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split(',').find_map(|part| part.strip_prefix(name))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NONCE: &str = "rOprNGfwEbeRWgbNEkqO";
    const CHALLENGE: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                             s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    fn scram() -> Scram {
        Scram::new(Mechanism::ScramSha256, "user", NONCE.to_owned()).unwrap()
    }

    /// The conversation that RFC 7677 prints.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let scram = scram();
        assert_eq!(scram.first(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        let (last, expected) = scram.last(CHALLENGE.as_bytes(), "pencil").unwrap();
        let wanted = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                      p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
        assert_eq!(last, wanted);
        assert_eq!(expected.check(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), Ok(()));
        assert!(expected.check(b"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").is_err());
        assert_eq!(expected.check(b"e=invalid-proof"), Err("invalid-proof".to_owned()));
    }

    #[test]
    fn a_broker_that_asks_for_too_little_or_too_much_is_refused() {
        for (from, to) in [
            ("i=4096", "i=4095"),
            ("i=4096", "i=4000000000"),
            ("i=4096", "i=x"),
            ("r=rOpr", "r=xOpr"),
            ("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", ""),
            ("s=W22Z", "s=!"),
        ] {
            let wrong = CHALLENGE.replace(from, to);
            assert!(scram().last(wrong.as_bytes(), "pencil").is_err(), "{wrong}");
        }
        assert!(scram().last(&[0xff], "pencil").is_err());
    }

    #[test]
    fn a_name_may_hold_what_the_messages_are_made_of() {
        let scram = Scram::new(Mechanism::ScramSha512, "a=b,c", "n".to_owned()).unwrap();
        assert_eq!(scram.first(), "n,,n=a=3Db=2Cc,r=n");
        assert!(Scram::new(Mechanism::Plain, "a", "n".to_owned()).is_none());
    }
}
