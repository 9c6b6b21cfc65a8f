//! What `-X KEY=VALUE` and a profile say of a cluster, in rpk's words: where its brokers are, and
//! how they are spoken to.
//!
//! A password is no such word. What stands in a command, everybody on the machine can read; so only
//! where it stands is said. What the words mean together is the configuration's business.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Failure;
use crate::config::{HostPort, SecurityConfig, security};

/// rpk's word for where brokers are.
const BROKERS: &str = "brokers";

/// The other words, and what `ouzel.toml` calls the same.
const WORDS: [(&str, &str); 8] = [
    ("tls.enabled", "tls"),
    ("tls.ca", "tls_ca_file"),
    ("tls.cert", "tls_certificate_file"),
    ("tls.key", "tls_key_file"),
    ("sasl.mechanism", "sasl_mechanism"),
    ("user", "sasl_user"),
    ("pass_file", "sasl_password_file"),
    ("pass_env", "sasl_password_env"),
];

/// Values by their words.
///
/// Invariant: every word is `brokers` or one of [`WORDS`]; [`Options::check`] holds a file to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Options(BTreeMap<String, String>);

impl Options {
    /// Each `KEY=VALUE`; `flag` is what they were given by. rpk's `kafka_api.` before a word may be
    /// left out.
    pub fn read(words: &[String], flag: &str) -> Result<Options, Failure> {
        let mut options = Options::default();
        for word in words {
            let no_pair = || Failure::Usage(format!("{flag} {word}: it is not KEY=VALUE"));
            let (key, value) = word.split_once('=').ok_or_else(no_pair)?;
            let key = key.strip_prefix("kafka_api.").unwrap_or(key);
            // The value may be what must not be shown.
            known(key).map_err(|why| Failure::Usage(format!("{flag} {key}: {why}")))?;
            options.0.insert(key.to_owned(), value.to_owned());
        }
        options.brokers().map_err(|why| Failure::Usage(format!("{flag} {BROKERS}=…: {why}")))?;
        Ok(options)
    }

    /// What a file says may be anything.
    pub fn check(&self) -> Result<(), String> {
        self.0.keys().try_for_each(|key| known(key))?;
        self.security().map(drop)
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The brokers, if they are said.
    pub fn brokers(&self) -> Result<Option<Vec<HostPort>>, String> {
        self.0.get(BROKERS).map(|list| HostPort::list(list)).transpose()
    }

    /// All but the brokers.
    pub fn without_brokers(&self) -> Options {
        let words = self.0.iter().filter(|(word, _)| *word != BROKERS);
        Options(words.map(|(word, value)| (word.clone(), value.clone())).collect())
    }

    /// These, and of `others` what these do not say.
    pub fn over(self, others: Options) -> Options {
        let mut all = others.0;
        all.extend(self.0);
        Options(all)
    }

    /// How brokers are spoken to.
    pub fn security(&self) -> Result<SecurityConfig, String> {
        let word = |key: &str| WORDS.iter().find(|(_, ours)| *ours == key).map(|(word, _)| *word);
        security(|key| self.0.get(word(key)?).cloned()).map_err(|why| in_rpks_words(&why))
    }
}

fn known(key: &str) -> Result<(), String> {
    if key == "pass" {
        let told = "a password in a command is read by all on this machine; say where it stands \
                    instead: pass_file=FILE or pass_env=VARIABLE";
        return Err(told.to_owned());
    }
    let words = || WORDS.iter().map(|(word, _)| *word);
    if key == BROKERS || words().any(|word| word == key) {
        return Ok(());
    }
    let words: Vec<_> = words().collect();
    Err(format!("known are {BROKERS}, {}", words.join(", ")))
}

/// A complaint in the words that its reader used.
fn in_rpks_words(why: &str) -> String {
    let mut told = why.to_owned();
    for (word, ours) in WORDS {
        told = told.replace(&format!("`{ours}`"), &format!("`{word}`"));
    }
    told
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::config::Reference;

    fn options(words: &[&str]) -> Result<Options, Failure> {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        Options::read(&words, "-X")
    }

    #[test]
    fn rpks_words_say_where_brokers_are_and_how_they_are_spoken_to() {
        let said = options(&[
            "kafka_api.brokers=a:1,b:2",
            "tls.ca=ca.pem",
            "sasl.mechanism=SCRAM-SHA-256",
            "user=anna",
            "pass_file=secret",
        ]);
        let said = said.unwrap();
        assert_eq!(said.brokers().unwrap().unwrap().len(), 2);
        let security = said.security().unwrap();
        assert_eq!(security.tls.unwrap().ca, Some(Reference::File("ca.pem".into())));
        assert_eq!(security.sasl.unwrap().password, Reference::File("secret".into()));
        assert_eq!(options(&[]).unwrap().security().unwrap(), SecurityConfig::default());
    }

    #[test]
    fn what_is_unknown_wrong_or_a_password_is_refused() {
        for (word, why) in [
            ("brokers=a", "brokers"),
            ("brokers", "KEY=VALUE"),
            ("tls.insecure_skip_verify=true", "known are brokers, tls.enabled"),
            ("pass=hush", "pass_file=FILE"),
        ] {
            let Err(Failure::Usage(refused)) = options(&[word]) else { panic!("{word} was taken") };
            assert!(refused.contains(why), "{word}: {refused}");
            assert!(!refused.contains("hush"), "{refused}");
        }
        let half = options(&["user=anna", "sasl.mechanism=PLAIN"]).unwrap().security();
        assert!(half.unwrap_err().contains("`user`"));
    }

    #[test]
    fn a_command_says_more_than_the_profile_that_it_uses() {
        let profile = options(&["tls.ca=one.pem", "user=anna"]).unwrap();
        let all = options(&["tls.ca=two.pem"]).unwrap().over(profile);
        assert_eq!(all, options(&["tls.ca=two.pem", "user=anna"]).unwrap());
    }
}
