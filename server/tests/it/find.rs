//! Finding names across clusters.

use std::time::Instant;

use ouzel_api::{
    ErrorCode,
    find::{Found, HitKind},
    route,
    session::Role,
};

use crate::support::{
    DEADLINE,
    app::start,
    kafka::{CLUSTER, create, join},
};

/// A place where nothing listens: the port of a socket that is closed again.
fn nowhere() -> String {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().to_string()
}

#[tokio::test]
async fn topics_and_groups_are_found_by_words_of_their_names_the_nearest_first() {
    let app = start(&[]).await;
    let editor = app.somebody(Role::Editor).await;
    for name in ["orders", "reorders", "shop.orders.v2", "payments"] {
        create(&editor, name, 1).await;
    }
    let member = join(&app, "orders-billing", "orders").await;
    let viewer = app.somebody(Role::Viewer).await;
    let found = async |typed: &str| viewer.get(&route::find(typed)).await.json::<Found>();
    // The group's name is known a moment after its member joined.
    let until = Instant::now() + DEADLINE;
    let all = loop {
        let all = found("ORDERS").await;
        if all.hits.iter().any(|hit| hit.kind == HitKind::Group) || Instant::now() > until {
            break all;
        }
        tokio::task::yield_now().await;
    };
    let names: Vec<_> = all.hits.iter().map(|hit| hit.name.as_str()).collect();
    assert_eq!(names, ["orders", "orders-billing", "shop.orders.v2", "reorders"]);
    assert_eq!((all.total, all.unread.len()), (4, 0));
    assert!(all.hits.iter().all(|hit| hit.cluster == CLUSTER));
    let narrowed = found("v2 shop").await;
    assert_eq!(narrowed.hits.len(), 1, "{narrowed:?}");
    assert_eq!(found("nothing like it").await, Found::default());
    drop(member);
}

#[tokio::test]
async fn a_cluster_that_is_down_is_named_and_costs_the_others_nothing() {
    let brokers = nowhere();
    let app = start(&[("OUZEL_BROKERS", &brokers)]).await;
    let client = app.administrator().await;
    create(&client, "orders", 1).await;
    let found: Found = client.get(&route::find("orders")).await.json();
    assert_eq!(found.hits.len(), 1, "{found:?}");
    assert_eq!(found.hits[0].cluster, CLUSTER);
    let unread: Vec<_> = found.unread.iter().map(|it| it.kind).collect();
    assert_eq!(unread, [HitKind::Topic, HitKind::Group], "{found:?}");
    assert!(found.unread[0].reason.contains(&brokers), "{}", found.unread[0].reason);
}

#[tokio::test]
async fn a_text_that_no_name_can_hold_is_refused() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    let reply = client.get(&route::find(&"x".repeat(250))).await;
    assert_eq!((reply.status, reply.code()), (400, ErrorCode::Invalid));
}
