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

/// Most partitions named in one line of trouble; the rest are counted.
const NAMED_MAX: usize = 8;

/// Only what is wrong; one quiet line if nothing is.
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
        let stuck = |status, words| stuck_line(&data.glance.stuck, status, words, cluster);
        let stalled = stuck(
            Status::Stalled,
            ("group has members and does not move", "groups have members and do not move"),
        );
        let stopped = stuck(
            Status::Stopped,
            (
                "group has no members while records arrive",
                "groups have no members while records arrive",
            ),
        );
        let found: Vec<(bool, AnyView)> = [
            brokers_line(&data.offline_brokers).map(|line| (true, line)),
            offline.map(|line| (true, line)),
            behind.map(|line| (false, line)),
            stalled.map(|line| (true, line)),
            stopped.map(|line| (false, line)),
            unread_groups(&data.groups).map(|line| (false, line)),
            unread_topics(data.unread_topics).map(|line| (false, line)),
        ]
        .into_iter()
        .flatten()
        .collect();
        if found.is_empty() {
            return view! {
                <p class="healthy good">
                    <Icon name="circle-check"/>
                    "Every partition has its leader and all replicas in sync; no group is stuck."
                </p>
            }
            .into_any();
        }
        found.into_iter().map(trouble).collect_view().into_any()
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

fn unread_groups(groups: &GroupsSummary) -> Option<AnyView> {
    match groups {
        GroupsSummary::Known { unknown: 0, .. } => None,
        GroupsSummary::Known { unknown, .. } => {
            let groups = counted(*unknown, "consumer group", "consumer groups");
            Some(view! { <b>"The lag of " {groups} " could not be read."</b> }.into_any())
        }
        GroupsSummary::Failed { error } => {
            let error = ClientError::from(error.clone());
            let line = view! { <b>"The consumer groups could not be read. "</b> {error.message()} };
            Some(line.into_any())
        }
    }
}

fn unread_topics(unread: u32) -> Option<AnyView> {
    let topics = counted(unread, "topic", "topics");
    let line = move || view! { <b>"The offsets of " {topics} " could not all be read."</b> };
    (unread > 0).then(|| line().into_any())
}

/// Brokers that are not there.
fn brokers_line(offline: &[i32]) -> Option<AnyView> {
    if offline.is_empty() {
        return None;
    }
    let ids = offline.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let brokers = counted(
        offline.len() as i128,
        "broker holds replicas and is not there",
        "brokers hold replicas and are not there",
    );
    let line = view! { <b>{brokers}</b> ": " <span class="mono">{ids}</span> };
    Some(line.into_any())
}

/// How many groups are stuck in the same way, and which: each leads to its page.
fn stuck_line(
    stuck: &[StuckGroup],
    status: Status,
    (one, many): (&'static str, &'static str),
    cluster: StoredValue<String>,
) -> Option<AnyView> {
    let of = |group: &&StuckGroup| group.status == status;
    let number = stuck.iter().filter(of).count();
    if number == 0 {
        return None;
    }
    let link = |StuckGroup { group, time_lag, .. }: &StuckGroup| {
        let cluster = cluster.try_get_value().unwrap_or_default();
        let route = Route::group(&cluster, group, GroupTab::Lag);
        let name = group.clone();
        view! {
            " "
            <span class="nowrap">
                <a class="mono" href=route.path()>{name}</a>
                " "
                <span class="dim">"(" {cells::time_lag(*time_lag)} ")"</span>
            </span>
        }
    };
    let named = stuck.iter().filter(of).take(NAMED_MAX).map(link).collect_view();
    let more = number.saturating_sub(NAMED_MAX);
    let more = (more > 0).then(|| format!(" and {}", counted(more as i128, "other", "others")));
    let line = view! { <b>{counted(number as i128, one, many)}</b> ":" {named} {more} };
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
