//! The address of the page of several topics: which they are, and what must hold. Pure.
//!
//! `?topics=orders,payments&q=EUR&f=field~gt~amount~100`

use ouzel_api::{
    live::TAILS_MAX,
    search::{Filter, Target, Test},
};

use super::super::{
    condition::Condition,
    query::{Asked, View},
};
use crate::query::Query;

/// The topics, with commas between them: no topic has one in its name.
pub const TOPICS: &str = "topics";
/// A text that must stand somewhere in a record.
pub const TEXT: &str = "q";

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The topics, each once, in their order.
    pub topics: Vec<String>,
    /// How many more were named than are followed at once.
    pub left_out: usize,
    /// The text.
    pub text: String,
    /// The conditions as those of a search, with the text among them.
    pub asked: Asked,
}

impl Ask {
    /// Reads the address; conditions mean what they mean on a topic's page.
    pub fn parse(query: &Query) -> Ask {
        let mut topics: Vec<String> = Vec::new();
        let named = query.get(TOPICS).unwrap_or_default().split(',').map(str::trim);
        for name in named.filter(|name| !name.is_empty()) {
            if !topics.iter().any(|topic| topic == name) {
                topics.push(name.to_owned());
            }
        }
        let left_out = topics.len().saturating_sub(TAILS_MAX);
        topics.truncate(TAILS_MAX);
        let text = query.get(TEXT).unwrap_or_default().to_owned();
        let mut asked = View::parse(query).asked;
        asked.partitions = None;
        if !text.is_empty() {
            let test = Test::Contains { target: Target::Any, text: text.clone() };
            asked.conditions.push(Condition { on: true, filter: Filter::new(test) });
        }
        Ask { topics, left_out, text, asked }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ask, Query, TAILS_MAX};

    #[test]
    fn topics_are_followed_once_each_and_no_more_than_one_connection_carries() {
        let read = |text: &str| Ask::parse(&Query::parse(text));
        let some = read("topics=a,b,,a&q=EUR&f=contains~key~x");
        assert_eq!(some.topics, ["a", "b"]);
        assert_eq!((some.asked.filters().len(), some.left_out), (2, 0));
        let names = (0..TAILS_MAX + 3).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        let many = read(&format!("topics={names}"));
        assert_eq!((many.topics.len(), many.left_out), (TAILS_MAX, 3));
        assert!(read("").topics.is_empty());
    }
}
