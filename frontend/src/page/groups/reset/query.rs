//! What a reset's address says, both ways: `?s=orders~0-3,7&to=shift~-100`. Pure.

use ouzel_api::resets::{ResetScope, ResetTo};

use crate::{format::ranges, query::Query};

/// Where it is done; may be there several times.
const SCOPE: &str = "s";
/// Where to.
const TO: &str = "to";
/// Most partitions that a range may name: no topic has more.
const RANGE_MAX: i32 = 100_000;

/// The state of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResetQuery {
    /// Topics and partitions; empty for everything that the group has committed or holds.
    pub scope: Vec<ResetScope>,
    /// The strategy, once it is complete.
    pub to: Option<ResetTo>,
    /// What the address says and nobody can read. While there is any, nothing is planned: a scope
    /// that is left out would make a narrow reset a wide one.
    pub unread: Vec<Unread>,
}

/// A part of the address that cannot be read: its name and its value, as they stand there.
pub type Unread = (&'static str, String);

impl ResetQuery {
    /// From an address.
    pub fn read(query: &Query) -> ResetQuery {
        let mut asked = ResetQuery::default();
        for text in query.all(SCOPE) {
            match read_scope(text, '~') {
                Some(scope) => asked.scope.push(scope),
                None => asked.unread.push((SCOPE, text.to_owned())),
            }
        }
        if let Some(text) = query.get(TO) {
            asked.to = read_to(text);
            if asked.to.is_none() {
                asked.unread.push((TO, text.to_owned()));
            }
        }
        asked
    }

    /// Whether a plan can be asked for.
    pub fn is_complete(&self) -> bool {
        self.to.is_some() && self.unread.is_empty()
    }

    /// For the address.
    pub fn write(&self) -> Query {
        let mut query = Query::default();
        for scope in &self.scope {
            query.push(SCOPE, write_scope(scope, '~'));
        }
        if let Some(to) = &self.to {
            query.push(TO, write_to(to));
        }
        // A strategy that was chosen takes the place of one that could not be read.
        for (name, text) in &self.unread {
            if *name != TO || self.to.is_none() {
                query.push(name, text.as_str());
            }
        }
        query
    }
}

/// `orders`, or `orders~0-3,7` with `~` for the separator.
pub fn read_scope(text: &str, separator: char) -> Option<ResetScope> {
    let (topic, numbers) = match text.split_once(separator) {
        Some((topic, numbers)) => (topic.trim(), Some(numbers)),
        None => (text.trim(), None),
    };
    let partitions = match numbers {
        Some(numbers) => Some(read_numbers(numbers)?),
        None => None,
    };
    (!topic.is_empty()).then(|| ResetScope { topic: topic.to_owned(), partitions })
}

/// The same, for the address or for a person.
pub fn write_scope(scope: &ResetScope, separator: char) -> String {
    match &scope.partitions {
        None => scope.topic.clone(),
        Some(numbers) => format!("{}{separator}{}", scope.topic, ranges(numbers, "-", ",")),
    }
}

/// `0-3,7`: sorted, each once.
fn read_numbers(text: &str) -> Option<Vec<i32>> {
    let mut numbers = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (from, to): (i32, i32) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        if from < 0 || to < from || to - from > RANGE_MAX {
            return None;
        }
        numbers.extend(from..=to);
    }
    numbers.sort_unstable();
    numbers.dedup();
    (!numbers.is_empty()).then_some(numbers)
}

fn read_to(text: &str) -> Option<ResetTo> {
    let (name, value) = text.split_once('~').unwrap_or((text, ""));
    Some(match name {
        "earliest" => ResetTo::Earliest,
        "latest" => ResetTo::Latest,
        "shift" => ResetTo::Shift { by: value.parse().ok()? },
        "offset" => ResetTo::Offset { offset: value.parse().ok().filter(|it| *it >= 0)? },
        "time" => ResetTo::Time { at_ms: value.parse().ok()? },
        "group" if !value.is_empty() => ResetTo::Group { group: value.to_owned() },
        "record" => {
            let mut parts = value.rsplitn(3, '~');
            let offset = parts.next()?.parse().ok()?;
            let partition = parts.next()?.parse().ok()?;
            ResetTo::Record { topic: parts.next()?.to_owned(), partition, offset }
        }
        "forget" => ResetTo::Forget,
        "undo" => ResetTo::Undo { reset: value.parse().ok()? },
        _ => return None,
    })
}

fn write_to(to: &ResetTo) -> String {
    match to {
        ResetTo::Earliest => "earliest".to_owned(),
        ResetTo::Latest => "latest".to_owned(),
        ResetTo::Shift { by } => format!("shift~{by}"),
        ResetTo::Offset { offset } => format!("offset~{offset}"),
        ResetTo::Time { at_ms } => format!("time~{at_ms}"),
        ResetTo::Group { group } => format!("group~{group}"),
        ResetTo::Record { topic, partition, offset } => {
            format!("record~{topic}~{partition}~{offset}")
        }
        ResetTo::Forget => "forget".to_owned(),
        ResetTo::Undo { reset } => format!("undo~{reset}"),
    }
}

/// A record as somebody names it: the link to it, or `topic partition offset` in any of the usual
/// ways of writing that.
pub fn read_record(text: &str) -> Option<ResetTo> {
    let text = text.trim();
    let (topic, partition, offset) = match text.split_once("/topics/") {
        Some((_, rest)) => from_link(rest)?,
        None => {
            let mut parts = text.rsplitn(3, [' ', '/', ':', '@']).map(str::to_owned);
            let (offset, partition) = (parts.next()?, parts.next()?);
            (parts.next()?, partition, offset)
        }
    };
    let (partition, offset) = (partition.parse().ok()?, offset.parse().ok()?);
    (!topic.is_empty()).then_some(ResetTo::Record { topic, partition, offset })
}

/// From what follows `/topics/` in the address of a message's page.
fn from_link(rest: &str) -> Option<(String, String, String)> {
    let (path, query) = rest.split_once('?')?;
    let topic = crate::route::decode(path.split('/').next()?)?;
    let query = Query::parse(query.split('#').next()?);
    Some((topic, query.get("p")?.to_owned(), query.get("o")?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(topic: &str, partitions: Option<&[i32]>) -> ResetScope {
        ResetScope { topic: topic.to_owned(), partitions: partitions.map(<[i32]>::to_vec) }
    }

    #[test]
    fn every_state_of_the_page_survives_its_address() {
        let strategies = [
            None,
            Some(ResetTo::Earliest),
            Some(ResetTo::Latest),
            Some(ResetTo::Shift { by: -100 }),
            Some(ResetTo::Offset { offset: 9_007_199_254_740_993 }),
            Some(ResetTo::Time { at_ms: 1_795_442_607_118 }),
            Some(ResetTo::Group { group: "a~b/c ü".to_owned() }),
            Some(ResetTo::Record { topic: "a~b".to_owned(), partition: 3, offset: 7 }),
            Some(ResetTo::Forget),
            Some(ResetTo::Undo { reset: 17 }),
        ];
        for to in strategies {
            let scope = vec![scope("orders", None), scope("pay", Some(&[0, 1, 2, 3, 7]))];
            let asked = ResetQuery { scope, to, unread: Vec::new() };
            let address = format!("?{}", asked.write());
            assert_eq!(ResetQuery::read(&Query::parse(&address)), asked, "{address}");
        }
    }

    #[test]
    fn partitions_are_read_as_people_write_them() {
        let read = |text| read_scope(text, ':');
        assert_eq!(read("orders: 7, 0-2,1"), Some(scope("orders", Some(&[0, 1, 2, 7]))));
        assert_eq!(read(" orders "), Some(scope("orders", None)));
        assert_eq!(write_scope(&scope("orders", Some(&[0, 1, 2, 7])), ':'), "orders:0-2,7");
        for wrong in ["", ":1", "orders:", "orders:x", "orders:3-1", "orders:0-999999999"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_link_from_a_record_is_read_as_that_record() {
        let asked = ResetQuery::read(&Query::parse("?s=orders&to=record~orders~3~42"));
        let to = ResetTo::Record { topic: "orders".to_owned(), partition: 3, offset: 42 };
        let scope = vec![scope("orders", None)];
        assert_eq!(asked, ResetQuery { scope, to: Some(to), unread: Vec::new() });
    }

    #[test]
    fn what_cannot_be_read_is_no_wider_reset_but_none_and_stays_in_the_address() {
        for (address, unread) in [
            ("s=orders~&to=earliest", ("s", "orders~")),
            ("s=&to=earliest", ("s", "")),
            ("s=pay&s=orders~0-&to=earliest", ("s", "orders~0-")),
            ("s=pay&to=shift~x", ("to", "shift~x")),
        ] {
            let asked = ResetQuery::read(&Query::parse(address));
            assert_eq!(asked.unread, [(unread.0, unread.1.to_owned())], "{address}");
            assert!(!asked.is_complete(), "{address}");
            let again = ResetQuery::read(&Query::parse(&asked.write().to_string()));
            assert_eq!(again, asked, "{address}");
        }
        assert!(ResetQuery::read(&Query::parse("s=pay&to=earliest")).is_complete());
        assert!(ResetQuery::read(&Query::parse("to=earliest")).is_complete(), "the whole group");
    }

    #[test]
    fn a_record_is_read_from_its_link_or_its_place() {
        let wanted =
            Some(ResetTo::Record { topic: "pay/ments".to_owned(), partition: 3, offset: 42 });
        let link = "http://localhost:8080/c/dev/topics/pay%2Fments/messages?from=oldest&p=3&o=42";
        assert_eq!(read_record(link), wanted);
        assert_eq!(read_record("pay/ments 3 42"), wanted);
        assert_eq!(read_record("pay/ments 3@42"), wanted);
        for wrong in ["", "42", "3 42", "orders x 42"] {
            assert_eq!(read_record(wrong), None, "{wrong}");
        }
    }
}
