//! The brokers, one of them with what lies on it, and how it is set.

use ouzel_api::{
    ErrorCode,
    brokers::{BrokerConfig, BrokerList, BrokerPage},
    route,
    session::Role,
    topic_config::SettingKind,
};
use ouzel_wire::batch::Codec;

use crate::support::{
    app::start,
    kafka::{CLUSTER, create, produce, value},
};

/// The number of the broker in the process.
const NODE: i32 = 0;

#[tokio::test]
async fn a_broker_tells_what_it_leads_where_that_lies_and_how_much_room_is_left() {
    let app = start(&[]).await;
    let client = app.somebody(Role::Editor).await;
    create(&client, "orders", 3).await;
    produce(&app, "orders", Codec::None, &[value("x".repeat(1000))]).await;
    let list: BrokerList = client.get(&route::brokers(CLUSTER)).await.json();
    let [row] = &list.brokers[..] else { panic!("{list:?}") };
    assert_eq!((row.id, row.controller, row.out_of_sync), (NODE, true, 0));
    assert_eq!(row.address.as_deref(), Some(&*app.kafka()));
    assert_eq!((row.leads >= 3, row.follows, row.disk_error.as_deref()), (true, 0, None));
    assert!(row.usable_bytes.is_some_and(|usable| Some(usable) <= row.total_bytes), "{row:?}");
    let page: BrokerPage = client.get(&route::broker(CLUSTER, NODE)).await.json();
    let [folder] = &page.folders[..] else { panic!("{page:?}") };
    assert_eq!((folder.partitions, folder.error.as_deref()), (page.broker.leads, None));
    assert!(folder.size_bytes >= 1000 && page.broker.size_bytes == Some(folder.size_bytes));
    let orders: Vec<_> = page.partitions.iter().filter(|it| it.topic == "orders").collect();
    assert_eq!(orders.iter().map(|it| it.partition).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(orders.iter().all(|it| it.leads && it.in_sync && it.size_bytes.is_some()));
    assert!(orders.iter().any(|it| it.size_bytes >= Some(1000)), "{orders:?}");
}

#[tokio::test]
async fn a_broker_s_settings_have_their_source_their_default_and_their_meaning() {
    let app = start(&[]).await;
    let client = app.somebody(Role::Viewer).await;
    let config: BrokerConfig = client.get(&route::broker_config(CLUSTER, NODE)).await.json();
    let names: Vec<&str> = config.settings.iter().map(|it| it.name.as_str()).collect();
    assert!(names.is_sorted() && names.len() > 20, "{names:?}");
    let of = |name: &str| config.settings.iter().find(|it| it.name == name).unwrap();
    let retention = of("log.retention.hours");
    assert_eq!((retention.value.as_deref(), retention.kind), (Some("168"), SettingKind::Int));
    assert_eq!((&*retention.source, retention.sensitive), ("DEFAULT_CONFIG", false));
    assert!(retention.documentation.as_deref().is_some_and(|text| text.len() > 20));
    let node = of("node.id");
    assert_eq!((node.value.as_deref(), node.read_only), (Some("0"), true));
}

#[tokio::test]
async fn a_broker_that_is_not_there_is_not_found_and_a_word_is_no_number() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    for path in [route::broker(CLUSTER, 7), route::broker_config(CLUSTER, 7)] {
        let error = client.get(&path).await;
        assert_eq!(error.code(), ErrorCode::NotFound, "{path}");
    }
    let word = format!("{}/first", route::brokers(CLUSTER));
    assert_eq!(client.get(&word).await.code(), ErrorCode::Invalid);
}
