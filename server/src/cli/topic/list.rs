//! `ouzel topic list`: all topics, or those with these names.

use clap::Args;
use ouzel_api::topics::TopicRow;

use super::{ConnectFlags, Failure, Loaded, OutputFlags};
use crate::{
    cli::{
        connect::target,
        detail::Detail,
        names::Expressions,
        output::{show, table},
    },
    kafka::Cluster,
};

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
    /// Each partition too: who leads it, and who holds copies
    #[arg(short, long)]
    detailed: bool,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

pub async fn run(asked: List, loaded: &Loaded) -> Result<(), Failure> {
    let which = Which::of(&asked)?;
    let cluster = target(&asked.connect, loaded)?.cluster;
    if asked.detailed {
        return detailed(&asked, &which, &cluster).await;
    }
    let mut topics = cluster.topic_list().await.map_err(Failure::of)?.topics;
    topics.retain(|topic| which.holds(&topic.name, topic.internal));
    show(asked.output.format, &topics, |topics| {
        let row = |it: &TopicRow| {
            vec![it.name.clone(), it.partitions.to_string(), it.replication_factor.to_string()]
        };
        table(&["name", "partitions", "replicas"], &topics.iter().map(row).collect::<Vec<_>>())
    })?;
    which.all_in(|name| topics.iter().any(|topic| topic.name == name))
}

async fn detailed(asked: &List, which: &Which, cluster: &Cluster) -> Result<(), Failure> {
    let metadata = cluster.fresh_metadata().await.map_err(Failure::of)?;
    let mut topics = Detail::of(&metadata);
    topics.retain(|topic| which.holds(&topic.name, topic.internal));
    show(asked.output.format, &topics, |topics| Detail::text(topics))?;
    which.all_in(|name| topics.iter().any(|topic| topic.name == name))
}

/// What was asked for.
enum Which {
    All { internal: bool },
    Named(Vec<String>),
    Like { expressions: Expressions, internal: bool },
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
        Ok(Which::Like { expressions: Expressions::read(&asked.topics)?, internal })
    }

    /// Who names a topic of the cluster's own wants to see it.
    fn holds(&self, name: &str, is_internal: bool) -> bool {
        match self {
            Which::All { internal } => *internal || !is_internal,
            Which::Named(names) => names.iter().any(|wanted| wanted == name),
            Which::Like { expressions, internal } => {
                (*internal || !is_internal) && expressions.fit(name)
            }
        }
    }

    /// Fails with the first name that no topic has.
    fn all_in(&self, is_there: impl Fn(&str) -> bool) -> Result<(), Failure> {
        let Which::Named(names) = self else { return Ok(()) };
        match names.iter().find(|name| !is_there(name)) {
            None => Ok(()),
            Some(name) => Err(Failure::Failed(format!("there is no topic `{name}`"))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_expression_means_no_internal_topic() {
        let expressions = Expressions::read(&[".*".to_owned()]).unwrap();
        let like = Which::Like { expressions, internal: false };
        assert!(like.holds("orders", false) && !like.holds("__consumer_offsets", true));
    }

    #[test]
    fn a_name_is_that_topic_even_an_internal_one() {
        let named = Which::Named(vec!["__consumer_offsets".to_owned()]);
        assert!(named.holds("__consumer_offsets", true) && !named.holds("orders", false));
        assert!(named.all_in(|_| false).is_err() && named.all_in(|_| true).is_ok());
        assert!(Which::All { internal: false }.all_in(|_| false).is_ok());
    }
}
