//! What a key is: its name, type, default, legal values and meaning.
//!
//! Which keys there are is for `topic_keys.rs` and, of a broker, for the node; judging a value is
//! `value.rs`.

/// The type of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number of 16 bits.
    Short,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    Long,
    /// A number with a fraction.
    Double,
    /// Words with commas between them.
    List,
    /// One word.
    Text,
    /// The name of a class.
    Class,
    /// A word that is never told.
    Password,
}

/// What values are legal, beside what the type says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Legal {
    /// Whatever the type allows.
    Any,
    /// A whole number, this or more.
    AtLeast(i64),
    /// A whole number between these, or one of these.
    Within(i64, i64),
    /// The same, or this one number beside them.
    WithinOr(i64, i64, i64),
    /// A number with a fraction between these.
    Between(f64, f64),
    /// One of these words; of a list, each of its words.
    OneOf(&'static [&'static str]),
    /// `*`, or a list of `partition:broker`.
    Replicas,
}

/// One thing that can be set.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Kafka's name.
    pub name: &'static str,
    /// The broker-wide setting that the default of a topic's comes from, where there is one.
    pub default_from: Option<&'static str>,
    /// Its type.
    pub kind: Kind,
    /// Its value when nobody sets it. Nothing stands for no value, as Kafka has it for keys whose
    /// value another key gives or that most brokers do without; a list may be empty.
    pub default: &'static str,
    pub(super) legal: Legal,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
}

impl Setting {
    /// A topic's key whose default a broker can be told.
    pub(super) const fn topic(
        name: &'static str,
        default_from: &'static str,
        value: (Kind, &'static str, Legal),
        doc: &'static str,
    ) -> Setting {
        let alone = Setting::alone(name, value, doc);
        Setting { default_from: Some(default_from), ..alone }
    }

    /// Whether this value says that there is none.
    pub fn is_none(&self, value: &str) -> bool {
        value.is_empty() && self.kind != Kind::List
    }

    /// A key that has nothing to do with another one.
    pub const fn alone(
        name: &'static str,
        (kind, default, legal): (Kind, &'static str, Legal),
        doc: &'static str,
    ) -> Setting {
        Setting { name, default_from: None, kind, default, legal, doc }
    }
}

/// The keys of topics, or those of brokers, under the names that they have there.
#[derive(Debug)]
pub struct Keys {
    /// Whose they are, in a word.
    pub whose: &'static str,
    /// Name and key, sorted by name.
    pub all: Vec<(&'static str, &'static Setting)>,
}

impl Keys {
    /// Sorts them.
    pub fn new(
        whose: &'static str,
        keys: impl Iterator<Item = (&'static str, &'static Setting)>,
    ) -> Keys {
        let mut all: Vec<_> = keys.collect();
        all.sort_by_key(|(name, _)| *name);
        Keys { whose, all }
    }

    /// The key of this name.
    pub fn get(&self, name: &str) -> Option<(&'static str, &'static Setting)> {
        let place = self.all.binary_search_by_key(&name, |(name, _)| name).ok()?;
        Some(self.all[place])
    }

    /// The key that somebody meant who wrote this name, if one looks much like it.
    pub(super) fn nearest(&self, name: &str) -> Option<&'static str> {
        let letters =
            |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let looks_like = |known: &str| letters(known).eq_ignore_ascii_case(&letters(name));
        self.all.iter().map(|(known, _)| *known).find(|known| looks_like(known))
    }
}
