//! Brokers that take a connection and say nothing: pages show what the others tell, and what is
//! missing.

use ouzel_api::{
    clusters::{GroupsSummary, Overview},
    find::{Found, HitKind},
    route,
    topics::Topic,
};
use serde_json::json;

use crate::support::{
    app::{App, start},
    broker::{scripted, silent},
    http::Client,
    kafka::{CLUSTER, create, until},
};

#[tokio::test]
async fn a_cluster_that_never_answers_holds_back_no_name_of_the_others() {
    let (_listener, brokers) = silent().await;
    let app = start(&[("OUZEL_BROKERS", &brokers)]).await;
    let client = app.administrator().await;
    create(&client, "orders", 1).await;
    let found: Found = client.get(&route::find("orders")).await.json();
    assert_eq!(found.hits.len(), 1, "{found:?}");
    assert_eq!(found.hits[0].cluster, CLUSTER);
    let unread: Vec<_> = found.unread.iter().map(|it| it.kind).collect();
    assert_eq!(unread, [HitKind::Topic, HitKind::Group], "{found:?}");
    let late = |it: &ouzel_api::find::Unread| it.reason.contains("within 600 ms");
    assert!(found.unread.iter().all(late), "{found:?}");
}

/// A cluster of two brokers, of which the second one hangs.
async fn half() -> (App, Client) {
    let app = start(&[("OUZEL_KAFKA", "off")]).await;
    let client = app.administrator().await;
    let (first, second) = (scripted(Some("Empty")).await, scripted(None).await);
    second.tell(|script| script.hangs = true);
    first.tell(|script| script.second = Some(second.port));
    let wanted = json!({ "id": "half", "bootstrap": [first.address] });
    assert_eq!(client.post(route::CLUSTERS, &wanted).await.status, 201);
    (app, client)
}

// What watches the cluster asks, too, and waits longer: a page that comes just as that gives up is
// told so instead, and asks again.

#[tokio::test]
async fn a_broker_that_hangs_costs_a_topics_page_its_own_partitions_only() {
    let (_app, client) = half().await;
    let told = |topic: &Topic| {
        let late = "broker 2 did not answer ListOffsets within 3 s";
        topic.partitions[1].error.as_deref() == Some(late)
    };
    let topic = until::<Topic>(&client, &route::topic("half", "orders"), told).await;
    assert_eq!((topic.partitions[0].end_offset, &topic.partitions[0].error), (Some(7), &None));
}

#[tokio::test]
async fn a_broker_that_hangs_does_not_hold_the_overview_which_says_what_is_missing() {
    let (_app, client) = half().await;
    let told = |overview: &Overview| match &overview.groups {
        GroupsSummary::Failed { error } => error.message.contains("within 3 s"),
        GroupsSummary::Known { .. } => false,
    };
    let overview = until::<Overview>(&client, &route::overview("half"), told).await;
    assert_eq!((overview.brokers.len(), overview.topics, overview.unread_topics), (2, 1, 1));
}
