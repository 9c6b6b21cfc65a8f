//! Every connection that ends leaves one line that says why.

use std::time::Duration;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::*;

use crate::support::*;

/// Waits for the line about this client, and asserts that there is one only.
async fn ended(client: std::net::SocketAddr, because: &str) {
    let reasons = eventually_some(async || {
        let given = reasons(client);
        (!given.is_empty()).then_some(given)
    })
    .await;
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert!(reasons[0].contains(because), "{:?} is not for {because:?}", reasons[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_client_does_wrong_is_written_down_once() {
    let test = TestBroker::start_with(|config| {
        config.limits.stall = Duration::from_millis(100);
    })
    .await;
    let metadata_99: &[u8] = &[0, 0, 0, 11, 0, 3, 0, 99, 0, 0, 0, 1, 0xff, 0xff, 0];
    // A list of topics that claims two thousand million of them.
    let metadata_0: &[u8] =
        &[0, 0, 0, 14, 0, 3, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff];
    let cases: [(&[u8], &str); 8] = [
        (&[0xff, 0xff, 0xff, 0xff], "-1"),
        (&[0x7f, 0, 0, 0], "2130706432"),
        (&[0, 0, 0, 1, 0], "no room for its header"),
        (&[0, 0, 0, 20, 0x7f, 0xff, 0, 0], "request 32767 version 0 is not served"),
        (metadata_99, "request 3 version 99 is not served"),
        (metadata_0, "request 3 version 0 cannot be read"),
        (&[0, 0, 0, 20, 0, 3, 0, 0], "did not go on for 100ms"),
        (&[0, 0x70, 0, 0, 0, 3, 0, 0], "where 1048576 are allowed"),
    ];
    for (bytes, because) in cases {
        let mut client = test.client_alone().await;
        client.send_bytes(bytes).await;
        assert!(client.receive_frame().await.is_none(), "{because}");
        ended(client.addr(), because).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_is_written_down_too() {
    let test = TestBroker::start().await;
    let client = test.client_alone().await;
    let addr = client.addr();
    drop(client);
    ended(addr, "the client closed it").await;
    let mut client = test.client_alone().await;
    let addr = client.addr();
    client.send_bytes(&[0, 0, 0, 20, 0, 3]).await;
    drop(client);
    ended(addr, "in the middle of a request").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_without_acknowledgement_that_cannot_be_stored_are_the_reason() {
    let test = TestBroker::start().await;
    let mut client = test.client_alone().await;
    let request = ProduceRequest { acks: 0, ..produce_request("nowhere", 0, batch(&["x"])) };
    client.send(9, &request).await;
    assert!(client.receive_frame().await.is_none());
    ended(client.addr(), "were not stored").await;
    let answered = ProduceRequest { acks: 1, ..request };
    let code = produced(test.client_alone().await.call(answered).await).error_code;
    assert_eq!(code, ErrorCode::UnknownTopicOrPartition.code(), "who waits is told instead");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_decides_is_written_down() {
    let idle = |config: &mut ouzel_broker::BrokerConfig| {
        config.limits.idle = Duration::from_millis(50);
    };
    let test = TestBroker::start_with(idle).await;
    let mut client = test.client_alone().await;
    assert!(client.receive_frame().await.is_none());
    ended(client.addr(), "it was idle for 50ms").await;

    let test = TestBroker::start().await;
    let (mut first, mut second) = (test.client_alone().await, test.client_alone().await);
    metadata(&mut first, "orders", false).await;
    metadata(&mut second, "orders", false).await;
    test.broker.stop().await;
    ended(first.addr(), "the broker stops").await;
    ended(second.addr(), "the broker stops").await;

    let test = TestBroker::start().await;
    let mut client = test.client_alone().await;
    metadata(&mut client, "orders", false).await;
    drop(test.broker);
    let reason = eventually_some(async || reasons(client.addr()).pop()).await;
    assert!(reason.contains("the broker"), "{reason}");
}
