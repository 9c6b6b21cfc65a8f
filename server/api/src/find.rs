//! Finding a topic or group by a part of its name, on all clusters at once, and how well a name
//! fits what was typed: the server ranks its names by it, the palette its pages.

use serde::{Deserialize, Serialize};

/// Most names one answer holds; more are narrowed by typing on.
pub const FOUND_MAX: usize = 40;
/// Longest text that is looked for, in bytes: the longest name that Kafka allows a topic.
pub const WANTED_BYTES_MAX: usize = 249;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct FindQuery {
    /// Words that the name must hold, in any order and case; at most 249 bytes.
    pub q: String,
}

/// The names that fit, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Found {
    /// At most 40.
    pub hits: Vec<Hit>,
    /// How many names fit in all.
    pub total: usize,
    /// Clusters that could not be looked through, or not wholly.
    pub unread: Vec<Unread>,
}

/// A name that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hit {
    /// The cluster's id.
    pub cluster: String,
    /// What bears the name.
    pub kind: HitKind,
    /// The name.
    pub name: String,
}

/// What bears a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    /// A topic.
    Topic,
    /// A consumer group.
    Group,
}

/// What could not be looked through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unread {
    /// The cluster's id.
    pub cluster: String,
    /// What of it.
    pub kind: HitKind,
    /// Why, in words.
    pub reason: String,
}

/// How a name fits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is what was typed.
    Whole,
    /// It begins with it.
    Start,
    /// Each word begins a part of it, as `ev` and `pay` do in `payments.events`.
    Parts,
    /// It holds all words somewhere.
    Within,
}

/// The words of what was typed, in lower case.
pub fn words(typed: &str) -> Vec<String> {
    typed.split_whitespace().map(str::to_lowercase).collect()
}

/// How `name` fits `words` (see [`words`]); `None` if one of them is not in it. No words fit all.
pub fn fit(name: &str, words: &[String]) -> Option<Fit> {
    let name = name.to_lowercase();
    let places: Option<Vec<usize>> = words.iter().map(|word| name.find(word.as_str())).collect();
    let places = places?;
    Some(match (words, &places[..]) {
        ([word], _) if *word == name => Fit::Whole,
        (_, [0, ..]) => Fit::Start,
        _ if words.iter().all(|word| begins_a_part(&name, word)) => Fit::Parts,
        _ => Fit::Within,
    })
}

/// Whether `word` stands in `name` where a letter or digit follows none.
fn begins_a_part(name: &str, word: &str) -> bool {
    name.match_indices(word).any(|(at, _)| {
        name[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::{Fit, fit, words};

    fn how(name: &str, typed: &str) -> Option<Fit> {
        fit(name, &words(typed))
    }

    #[test]
    fn a_name_fits_better_the_nearer_it_is_to_what_was_typed() {
        assert_eq!(how("orders", "Orders"), Some(Fit::Whole));
        assert_eq!(how("orders.v2", "ord"), Some(Fit::Start));
        assert_eq!(how("shop-orders", "ord"), Some(Fit::Parts));
        assert_eq!(how("reorders", "ord"), Some(Fit::Within));
        assert_eq!(how("payments", "ord"), None);
        assert!(Fit::Whole < Fit::Start && Fit::Start < Fit::Parts && Fit::Parts < Fit::Within);
    }

    #[test]
    fn all_words_must_be_in_the_name_in_any_order() {
        assert_eq!(how("payments.events", "ev pay"), Some(Fit::Parts));
        assert_eq!(how("payments.events", "pay ev"), Some(Fit::Start));
        assert_eq!(how("payments.events", "pay log"), None);
    }

    #[test]
    fn letters_of_several_bytes_are_no_trap() {
        assert_eq!(how("größe-übung", "ÜBUNG"), Some(Fit::Parts));
        assert_eq!(how("日本語", "本"), Some(Fit::Within));
        assert_eq!(how("", "a"), None);
    }

    #[test]
    fn nothing_typed_fits_everything() {
        assert!(how("orders", "  ").is_some());
    }
}
