//! What is wrong with the cluster, each with a link to its cause.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{
    clusters::{GroupsSummary, Overview as Data, PartitionName, StuckGroup},
    progress::Status,
};

use crate::{
    cells,
    client::ClientError,
    format::counted,
    route::{GroupTab, Route, TopicTab},
    ui::Icon,
};

/// Most partitions, groups or brokers named in one line of trouble; the rest are counted.
const NAMED_MAX: usize = 8;

/// Only what is wrong, and what nobody knows; one quiet line if nothing is.
#[component]
pub fn Trouble(data: Memo<Arc<Data>>, cluster: StoredValue<String>) -> impl IntoView {
    let lines = move || {
        let data = data.get();
        let offline = partitions_line(
            &data.offline_partitions,
            (
                "partition has no leader and can be neither written nor read",
                "partitions have no leader and can be neither written nor read",
            ),
            cluster,
        );
        let behind = partitions_line(
            &data.under_replicated_partitions,
            ("partition has too few replicas in sync", "partitions have too few replicas in sync"),
            cluster,
        );
        let groups = KINDS.iter().filter_map(|kind| {
            let line = groups_line(&data.glance.stuck, kind, cluster)?;
            Some((kind.bad, line))
        });
        let cluster_wide = [
            brokers_line(&data.offline_brokers, cluster).map(|line| (true, line)),
            offline.map(|line| (true, line)),
            behind.map(|line| (false, line)),
        ];
        let unread =
            [unread_groups(&data.groups, cluster), unread_topics(data.unread_topics, cluster)];
        let unread = unread.into_iter().flatten().map(|line| (false, line));
        let missing = missing(&data.groups).iter().map(|missing| {
            (false, unread_line(missing.clone(), |cluster| Route::Groups { cluster }, cluster))
        });
        let missing: Vec<(bool, AnyView)> = missing.collect();
        let found: Vec<(bool, AnyView)> =
            cluster_wide.into_iter().flatten().chain(groups).chain(unread).chain(missing).collect();
        let quiet = quiet(&data, !found.is_empty()).map(|(text, good)| {
            view! {
                <p class="healthy" class:good=good>
                    <Icon name=if good { "circle-check" } else { "clock" }/>
                    {text}
                </p>
            }
        });
        view! { {found.into_iter().map(trouble).collect_view()} {quiet} }.into_any()
    };
    view! { <div class="col trouble" role="status" aria-label="Health">{lines}</div> }
}

fn trouble((bad, line): (bool, AnyView)) -> impl IntoView {
    view! {
        <div class="note" class:bad=bad>
            <Icon name="triangle-alert"/>
            <span class="grow">{line}</span>
        </div>
    }
}

/// What is said below all that was found, and whether it is good news: never more than is known.
/// Whether groups get on is known by the first sample, which is later than the first page.
fn quiet(data: &Data, any_found: bool) -> Option<(&'static str, bool)> {
    match (data.glance.read_at_ms, any_found) {
        (Some(_), true) => None,
        (Some(_), false) => Some((
            "Every partition has its leader and all replicas in sync; no group is stuck or has \
             lost records.",
            true,
        )),
        (None, true) => {
            Some(("Whether a group is stuck or has lost records is not known yet.", false))
        }
        (None, false) => Some((
            "Every partition has its leader and all replicas in sync. Whether a group is stuck or \
             has lost records is not known yet.",
            false,
        )),
    }
}

/// What the figures of the groups lack, such as the groups of a broker that did not answer: they
/// may be stuck, and nobody would see it.
fn missing(groups: &GroupsSummary) -> &[String] {
    match groups {
        GroupsSummary::Known { warnings, .. } => warnings,
        GroupsSummary::Failed { .. } => &[],
    }
}

/// A line about what could not be read, which leads to the list that says more.
fn unread_line(text: String, to: fn(String) -> Route, cluster: StoredValue<String>) -> AnyView {
    let href = to(cluster.try_get_value().unwrap_or_default()).path();
    view! { <a href=href><b>{text}</b></a> }.into_any()
}

fn unread_groups(groups: &GroupsSummary, cluster: StoredValue<String>) -> Option<AnyView> {
    let list = |cluster| Route::Groups { cluster };
    match groups {
        GroupsSummary::Known { unknown: 0, .. } => None,
        GroupsSummary::Known { unknown, .. } => {
            let groups = counted(*unknown, "consumer group", "consumer groups");
            Some(unread_line(format!("The lag of {groups} could not be read."), list, cluster))
        }
        GroupsSummary::Failed { error } => {
            let error = ClientError::from(error.clone());
            let head =
                unread_line("The consumer groups could not be read.".to_owned(), list, cluster);
            Some(view! { {head} " " {error.message()} }.into_any())
        }
    }
}

fn unread_topics(many: u32, cluster: StoredValue<String>) -> Option<AnyView> {
    let topics = counted(many, "topic", "topics");
    let text = format!("The offsets of {topics} could not all be read.");
    (many > 0).then(|| unread_line(text, |cluster| Route::Topics { cluster }, cluster))
}

/// Brokers that are not there: each leads to what it holds.
fn brokers_line(offline: &[i32], cluster: StoredValue<String>) -> Option<AnyView> {
    if offline.is_empty() {
        return None;
    }
    let link = |id: &i32| {
        let cluster = cluster.try_get_value().unwrap_or_default();
        view! { " " {cells::broker_link(&cluster, *id)} }
    };
    let named = offline.iter().take(NAMED_MAX).map(link).collect_view();
    let more = offline.len().saturating_sub(NAMED_MAX);
    let more = (more > 0).then(|| format!(" and {}", counted(more as i128, "other", "others")));
    let brokers = counted(
        offline.len() as i128,
        "broker holds replicas and is not there",
        "brokers hold replicas and are not there",
    );
    Some(view! { <b>{brokers}</b> ":" {named} {more} }.into_any())
}

/// One kind of trouble that groups have.
struct Kind {
    /// Whether somebody should look at once.
    bad: bool,
    /// Whether a group has it.
    of: fn(&StuckGroup) -> bool,
    /// What one group, and what several have.
    words: (&'static str, &'static str),
    /// What is said of each.
    detail: fn(&StuckGroup) -> AnyView,
}

/// In the order in which they are told.
const KINDS: [Kind; 5] = [
    Kind {
        bad: true,
        of: |group| group.status == Status::Stalled,
        words: ("group has members and does not move", "groups have members and do not move"),
        detail: time_lag,
    },
    Kind {
        bad: false,
        of: |group| group.status == Status::Stopped,
        words: (
            "group has no members while records arrive",
            "groups have no members while records arrive",
        ),
        detail: time_lag,
    },
    Kind {
        bad: false,
        of: |group| group.stuck > 0 && !group.status.is_trouble(),
        words: ("group moves, but not everywhere", "groups move, but not everywhere"),
        detail: |group| cells::standing_still(group.stuck, group.partitions).into_any(),
    },
    Kind {
        bad: false,
        of: |group| group.lost > 0,
        words: (
            "group has lost records, which were deleted before it has read them",
            "groups have lost records, which were deleted before they have read them",
        ),
        detail: |group| counted(group.lost, "record", "records").into_any(),
    },
    Kind {
        bad: false,
        of: |group| group.status == Status::Rewound,
        words: ("group went back a short while ago", "groups went back a short while ago"),
        detail: time_lag,
    },
];

fn time_lag(group: &StuckGroup) -> AnyView {
    cells::time_lag(group.time_lag).into_any()
}

/// How many groups have the same trouble, and which: each leads to its page.
fn groups_line(all: &[StuckGroup], kind: &Kind, cluster: StoredValue<String>) -> Option<AnyView> {
    let of: Vec<&StuckGroup> = all.iter().filter(|group| (kind.of)(group)).collect();
    if of.is_empty() {
        return None;
    }
    let link = |group: &&StuckGroup| {
        let cluster = cluster.try_get_value().unwrap_or_default();
        let route = Route::group(&cluster, &group.group, GroupTab::Lag);
        let name = group.group.clone();
        view! {
            " "
            <span class="nowrap">
                <a class="mono" href=route.path()>{name}</a>
                " "
                <span class="dim">"(" {(kind.detail)(group)} ")"</span>
            </span>
        }
    };
    let named = of.iter().take(NAMED_MAX).map(link).collect_view();
    let more = of.len().saturating_sub(NAMED_MAX);
    let more = (more > 0).then(|| format!(" and {}", counted(more as i128, "other", "others")));
    let (one, many) = kind.words;
    let line = view! { <b>{counted(of.len() as i128, one, many)}</b> ":" {named} {more} };
    Some(line.into_any())
}

/// How many partitions share a trouble, and which: each leads to its topic.
fn partitions_line(
    partitions: &[PartitionName],
    (one, many): (&'static str, &'static str),
    cluster: StoredValue<String>,
) -> Option<AnyView> {
    if partitions.is_empty() {
        return None;
    }
    let link = |PartitionName { topic, partition }: &PartitionName| {
        let cluster = cluster.try_get_value().unwrap_or_default();
        let route = Route::topic(&cluster, topic, TopicTab::Partitions);
        view! { " " <a class="mono" href=route.path()>{format!("{topic}-{partition}")}</a> }
    };
    let named = partitions.iter().take(NAMED_MAX).map(link).collect_view();
    let more = partitions.len().saturating_sub(NAMED_MAX);
    let more = (more > 0).then(|| format!(" and {}", counted(more as i128, "other", "others")));
    let line = view! { <b>{counted(partitions.len() as i128, one, many)}</b> ":" {named} {more} };
    Some(line.into_any())
}

#[cfg(test)]
mod tests {
    use ouzel_api::clusters::Glance;

    use super::*;

    fn data(read_at_ms: Option<i64>) -> Data {
        let groups = GroupsSummary::Known {
            total: 2,
            behind: Vec::new(),
            without_commit: 0,
            unknown: 0,
            warnings: vec!["the groups of broker 3 are missing".to_owned()],
        };
        Data {
            kafka_cluster_id: None,
            brokers: Vec::new(),
            controller_id: None,
            topics: 0,
            internal_topics: 0,
            partitions: 0,
            offline_partitions: Vec::new(),
            under_replicated_partitions: Vec::new(),
            groups,
            largest_topics: Vec::new(),
            offline_brokers: Vec::new(),
            glance: Glance { read_at_ms, ..Glance::default() },
            unread_topics: 0,
            read_at_ms: 0,
        }
    }

    #[test]
    fn good_news_of_groups_are_told_only_by_who_knows_them() {
        let good = |data: &Data, found| quiet(data, found).map(|(_, good)| good);
        assert_eq!(good(&data(Some(5)), false), Some(true));
        assert_eq!(good(&data(Some(5)), true), None);
        for found in [true, false] {
            let (text, good) = quiet(&data(None), found).expect("it is said");
            assert!(!good && text.contains("not known yet"), "{text}");
        }
        assert_eq!(missing(&data(Some(5)).groups), ["the groups of broker 3 are missing"]);
    }
}
