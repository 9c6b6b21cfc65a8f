//! The address of the page of several topics: which they are, and what must hold. Pure.
//!
//! `?topics=orders,payments&q=EUR&f=field~gt~amount~100`

use ouzel_api::{
    live::TAILS_MAX,
    search::{Filter, Target, Test},
};

use super::super::{
    condition::Condition,
    query::{Asked, TOPIC, View},
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

/// The record in the drawer. `?topic=orders&p=3&o=42`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its topic.
    pub topic: String,
    /// Partition and offset.
    pub id: (i32, i64),
}

impl Opened {
    /// The one that the address names, if it does.
    pub fn parse(query: &Query) -> Option<Opened> {
        let topic = query.get(TOPIC).filter(|topic| !topic.is_empty())?.to_owned();
        Some(Opened { topic, id: View::parse(query).open? })
    }

    /// Writes it into the address of the tail.
    pub fn write(&self, query: Query) -> Query {
        let (partition, offset) = self.id;
        let query = query.with(TOPIC, self.topic.clone());
        query.with("p", partition.to_string()).with("o", offset.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::query::View, Ask, Opened, Query, TAILS_MAX};

    #[test]
    fn an_open_record_changes_nothing_of_what_is_followed_and_goes_without_a_trace() {
        let tail = Query::parse("topics=a,b&q=EUR&f=contains~key~x");
        let opened = Opened { topic: "b".to_owned(), id: (3, 42) };
        let there = opened.write(tail.clone());
        assert_eq!(Opened::parse(&there), Some(opened));
        assert_eq!(Ask::parse(&there), Ask::parse(&tail));
        let shut = View { open: None, ..View::parse(&there) };
        assert_eq!(shut.write_record(there), tail);
        assert_eq!(Opened::parse(&tail), None);
    }

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
