//! Consumer groups: three kinds of lag, and who reads a topic.

use ouzel::kafka::member::Member;
use ouzel_api::{
    ErrorCode, Lag,
    clusters::{GroupsSummary, Overview},
    groups::{Group, GroupList},
    route,
    topics::TopicConsumers,
};
use ouzel_wire::batch::Codec;
use tokio::time::timeout;

use crate::support::{
    DEADLINE,
    app::start,
    kafka::{CLUSTER, Sample, create, join, produce, until, value},
};

/// Reads and commits so many records.
async fn read(member: &Member, count: usize) {
    for _ in 0..count {
        let message = timeout(DEADLINE, member.next()).await.expect("a record").unwrap();
        member.done(&message).unwrap();
    }
}

fn known(records: i64) -> Lag {
    Lag::Known { records }
}

#[tokio::test]
async fn no_commit_caught_up_and_behind_look_different_everywhere() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "orders", 1).await;
    create(&client, "silent", 1).await;
    let samples: Vec<Sample> = (0..10).map(|n| value(n.to_string())).collect();
    produce(&app, "orders", Codec::None, &samples).await;

    let (even, behind, waiting) = tokio::join!(
        join(&app, "even", "orders"),
        join(&app, "behind", "orders"),
        join(&app, "waiting", "silent")
    );
    let idle = tokio::spawn(async move { drop(waiting.next().await) });
    tokio::join!(read(&even, 10), read(&behind, 4));
    // Leaving commits what was done, and no more.
    tokio::join!(even.leave(), behind.leave());

    let settled = |list: &GroupList| {
        let lag = |id: &str| list.groups.iter().find(|group| group.group == id).map(|it| it.lag);
        (lag("even"), lag("behind")) == (Some(known(0)), Some(known(6)))
            && list.groups.iter().any(|it| it.group == "waiting" && it.members == Some(1))
    };
    let list: GroupList = until(&client, &route::groups(CLUSTER), settled).await;
    let waiting = list.groups.iter().find(|group| group.group == "waiting").unwrap();
    assert_eq!((waiting.lag, waiting.topics), (Lag::NoCommit, Some(0)));

    let group: Group = client.get(&route::group(CLUSTER, "behind")).await.json();
    let [partition] = &group.partitions[..] else { panic!("{group:?}") };
    assert_eq!((partition.committed, partition.end_offset), (Some(4), Some(10)));
    assert_eq!((group.lag, group.state.as_str()), (known(6), "Empty"));

    let holds = |group: &Group| group.partitions.iter().any(|it| it.member_id.is_some());
    let group: Group = until(&client, &route::group(CLUSTER, "waiting"), holds).await;
    assert_eq!(group.partitions[0].lag, Lag::NoCommit);
    assert_eq!(group.members[0].client_id, "tester");

    let path = route::topic_consumers(CLUSTER, "orders");
    let consumers: TopicConsumers = client.get(&path).await.json();
    let rows: Vec<_> = consumers.consumers.iter().map(|it| (it.group.as_str(), it.lag)).collect();
    assert_eq!(rows, [("behind", known(6)), ("even", known(0))]);

    let overview: Overview = client.get(&route::overview(CLUSTER)).await.json();
    let GroupsSummary::Known { total: 3, behind, .. } = overview.groups else {
        panic!("{overview:?}")
    };
    assert_eq!(behind.iter().map(|it| it.group.as_str()).collect::<Vec<_>>(), ["behind"]);
    idle.abort();
}

#[tokio::test]
async fn a_group_that_is_not_there_is_not_found() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    let reply = client.get(&route::group(CLUSTER, "no/such group")).await;
    assert_eq!((reply.status, reply.code()), (404, ErrorCode::NotFound));
    let list: GroupList = client.get(&route::groups(CLUSTER)).await.json();
    assert!(list.groups.is_empty());
}
