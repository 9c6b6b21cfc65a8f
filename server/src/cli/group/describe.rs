//! `ouzel group describe`: a summary of groups, and their lag by partition.

use clap::Args;
use ouzel_api::groups::{Group, GroupPartition};

use super::{ConnectFlags, Failure, Loaded, OutputFlags, lag, target};
use crate::{
    cli::{
        names::{Expressions, found},
        output::{show, table},
    },
    kafka::{Cluster, groups::snapshot::AGE_MAX},
};

/// What to describe.
#[derive(Debug, Args)]
pub struct Describe {
    /// The groups
    #[arg(required = true)]
    groups: Vec<String>,
    /// GROUPS are regular expressions, of which one must fit a whole name
    #[arg(short, long)]
    regex: bool,
    #[command(flatten)]
    shown: Shown,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

/// What text has of a group; JSON and YAML hold everything.
#[derive(Debug, Clone, Copy, Args)]
struct Shown {
    /// Print the summary only
    #[arg(short = 's', long)]
    print_summary: bool,
    /// Print the commits only
    #[arg(short = 'c', long)]
    print_commits: bool,
    /// Print the instance ids of static members too
    #[arg(short, long)]
    instance_ids: bool,
}

pub async fn run(asked: Describe, loaded: &Loaded) -> Result<(), Failure> {
    let cluster = target(&asked.connect, loaded)?.cluster;
    let mut described = Vec::new();
    for group in named(&cluster, &asked).await? {
        described.push(cluster.group(&group).await.map_err(Failure::of)?);
    }
    show(asked.output.format, &described, |groups| {
        groups.iter().map(|group| text(group, asked.shown)).collect::<Vec<_>>().join("\n\n")
    })
}

async fn named(cluster: &Cluster, asked: &Describe) -> Result<Vec<String>, Failure> {
    if !asked.regex {
        return Ok(asked.groups.clone());
    }
    let expressions = Expressions::read(&asked.groups)?;
    let groups = cluster.groups(AGE_MAX).await.map_err(Failure::of)?;
    let names = groups.groups.iter().map(|group| group.id.clone());
    found(names.filter(|name| expressions.fit(name)).collect(), &asked.groups, "group")
}

/// rpk's layout.
fn text(group: &Group, shown: Shown) -> String {
    let both = shown.print_summary == shown.print_commits;
    let mut parts = Vec::new();
    if both || shown.print_summary {
        parts.push(summary(group));
    }
    if shown.print_commits || both && !group.partitions.is_empty() {
        parts.push(partitions(group, shown.instance_ids));
    }
    parts.join("\n\n")
}

fn summary(group: &Group) -> String {
    let coordinator = group.coordinator.map_or("-".to_owned(), |id| id.to_string());
    let lines = [
        ("GROUP", group.group.clone()),
        ("COORDINATOR", coordinator),
        ("STATE", group.state.clone()),
        ("BALANCER", group.assignor.clone()),
        ("MEMBERS", group.members.len().to_string()),
        ("TOTAL-LAG", lag(group.lag)),
    ];
    let line = |(name, value)| format!("{name:<12} {value}").trim_end().to_owned();
    lines.map(line).join("\n")
}

fn partitions(group: &Group, instance_ids: bool) -> String {
    let mut head = vec![
        "topic",
        "partition",
        "current-offset",
        "log-start-offset",
        "log-end-offset",
        "lag",
        "member-id",
        "client-id",
        "host",
    ];
    if instance_ids {
        head.insert(INSTANCE_ID_AT, "instance-id");
    }
    let row = |partition| {
        let mut row = cells(partition);
        if instance_ids {
            row.insert(INSTANCE_ID_AT, instance_id(group, partition).unwrap_or_default());
        }
        row
    };
    table(&head, &group.partitions.iter().map(row).collect::<Vec<_>>())
}

/// Behind the member's id.
const INSTANCE_ID_AT: usize = 7;

fn cells(partition: &GroupPartition) -> Vec<String> {
    let offset = |offset: Option<i64>| offset.map_or("-".to_owned(), |offset| offset.to_string());
    vec![
        partition.topic.clone(),
        partition.partition.to_string(),
        offset(partition.committed),
        offset(partition.start_offset),
        offset(partition.end_offset),
        lag(partition.lag),
        partition.member_id.clone().unwrap_or_default(),
        partition.client_id.clone().unwrap_or_default(),
        partition.host.clone().unwrap_or_default(),
    ]
}

/// The `group.instance.id` of whoever holds the partition.
fn instance_id(group: &Group, partition: &GroupPartition) -> Option<String> {
    let holder = partition.member_id.as_ref()?;
    let member = group.members.iter().find(|member| member.member_id == *holder)?;
    member.instance_id.clone()
}

#[cfg(test)]
mod tests {
    use ouzel_api::{Lag, groups::Member};

    use super::*;

    fn group() -> Group {
        let partition = GroupPartition {
            topic: "t".to_owned(),
            partition: 0,
            committed: Some(2),
            metadata: None,
            start_offset: Some(0),
            end_offset: Some(3),
            lag: Lag::Known { records: 1 },
            member_id: Some("m-1".to_owned()),
            client_id: Some("c".to_owned()),
            host: Some("/127.0.0.1".to_owned()),
            progress: None,
        };
        let member = Member {
            member_id: "m-1".to_owned(),
            instance_id: Some("till-4".to_owned()),
            client_id: "c".to_owned(),
            host: "/127.0.0.1".to_owned(),
            assigned: 1,
            assignment: Vec::new(),
        };
        Group {
            group: "g".to_owned(),
            group_type: "classic".to_owned(),
            state: "Stable".to_owned(),
            assignor: "range".to_owned(),
            coordinator: Some(1),
            members: vec![member],
            partitions: vec![partition],
            lag: Lag::Known { records: 1 },
            without_commit: 0,
            progress: None,
            read_at_ms: 0,
        }
    }

    #[test]
    fn instance_ids_have_a_column_where_they_are_asked_for() {
        let shown = |print_summary, print_commits, instance_ids| {
            text(&group(), Shown { print_summary, print_commits, instance_ids })
        };
        assert!(shown(false, false, true).contains("MEMBER-ID  INSTANCE-ID  CLIENT-ID"));
        assert!(shown(false, true, true).contains("m-1        till-4       c"));
        assert!(!shown(false, false, false).contains("INSTANCE-ID"));
    }

    #[test]
    fn summary_and_commits_are_printed_alone_or_together() {
        let parts = |print_summary, print_commits| {
            let text = text(&group(), Shown { print_summary, print_commits, instance_ids: false });
            (text.contains("TOTAL-LAG"), text.contains("CURRENT-OFFSET"))
        };
        assert_eq!(parts(false, false), (true, true));
        assert_eq!(parts(true, false), (true, false));
        assert_eq!(parts(false, true), (false, true));
        assert_eq!(parts(true, true), (true, true));
    }
}
