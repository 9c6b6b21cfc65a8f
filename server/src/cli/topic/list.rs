//! `ouzel topic list`: all topics, or those with these names.

use clap::Args;
use ouzel_api::topics::TopicRow;
use regex::{Regex, RegexBuilder};

use super::{ConnectFlags, Failure, Loaded, OutputFlags};
use crate::cli::{
    connect::target,
    output::{show, table},
};

/// Most bytes that one expression may become: nobody writes one by hand that is so large.
const REGEX_BYTES_MAX: usize = 1 << 20;

/// Which topics.
#[derive(Debug, Args)]
pub struct List {
    /// Only these topics
    topics: Vec<String>,
    /// TOPICS are regular expressions, of which one must fit a whole name
    #[arg(short, long, requires = "topics")]
    regex: bool,
    /// Also those that the cluster keeps for itself
    #[arg(short, long)]
    internal: bool,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

pub async fn run(asked: List, loaded: &Loaded) -> Result<(), Failure> {
    let which = Which::of(&asked)?;
    let cluster = target(&asked.connect, loaded)?.cluster;
    let mut topics = cluster.topic_list().await.map_err(Failure::of)?.topics;
    topics.retain(|topic| which.holds(&topic.name, topic.internal));
    show(asked.output.format, &topics, |topics| {
        let row = |it: &TopicRow| {
            vec![it.name.clone(), it.partitions.to_string(), it.replication_factor.to_string()]
        };
        table(&["name", "partitions", "replicas"], &topics.iter().map(row).collect::<Vec<_>>())
    })?;
    match which.missing(&topics) {
        None => Ok(()),
        Some(name) => Err(Failure::Failed(format!("there is no topic `{name}`"))),
    }
}

/// What was asked for.
enum Which {
    All { internal: bool },
    Named(Vec<String>),
    Like { expressions: Vec<Regex>, internal: bool },
}

impl Which {
    fn of(asked: &List) -> Result<Which, Failure> {
        let internal = asked.internal;
        if asked.topics.is_empty() {
            return Ok(Which::All { internal });
        }
        if !asked.regex {
            return Ok(Which::Named(asked.topics.clone()));
        }
        let expressions: Result<_, _> = asked.topics.iter().map(|text| whole(text)).collect();
        Ok(Which::Like { expressions: expressions?, internal })
    }

    /// Who names a topic of the cluster's own wants to see it.
    fn holds(&self, name: &str, is_internal: bool) -> bool {
        match self {
            Which::All { internal } => *internal || !is_internal,
            Which::Named(names) => names.iter().any(|wanted| wanted == name),
            Which::Like { expressions, internal } => {
                (*internal || !is_internal) && expressions.iter().any(|it| it.is_match(name))
            }
        }
    }

    /// The first name that no topic has.
    fn missing(&self, there: &[TopicRow]) -> Option<&str> {
        let Which::Named(names) = self else { return None };
        let is_there = |name: &&String| there.iter().any(|topic| topic.name == **name);
        names.iter().find(|name| !is_there(name)).map(String::as_str)
    }
}

/// An expression for a whole name, as rpk reads it.
fn whole(text: &str) -> Result<Regex, Failure> {
    let built = RegexBuilder::new(&format!("^(?:{text})$")).size_limit(REGEX_BYTES_MAX).build();
    built.map_err(|wrong| Failure::Usage(format!("`{text}` is no regular expression: {wrong}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn like(expression: &str) -> Which {
        Which::Like { expressions: vec![whole(expression).unwrap()], internal: false }
    }

    #[test]
    fn an_expression_fits_a_whole_name_and_no_internal_topic() {
        assert!(like("ord.*").holds("orders", false));
        assert!(!like("ord").holds("orders", false));
        assert!(!like("a|orders").holds("my-orders", false), "the bar does not reach the ends");
        assert!(!like(".*").holds("__consumer_offsets", true));
        assert!(whole("(").is_err());
    }

    #[test]
    fn a_name_is_that_topic_even_an_internal_one() {
        let named = Which::Named(vec!["__consumer_offsets".to_owned()]);
        assert!(named.holds("__consumer_offsets", true) && !named.holds("orders", false));
        assert_eq!(named.missing(&[]), Some("__consumer_offsets"));
        assert_eq!(Which::All { internal: false }.missing(&[]), None);
    }
}
