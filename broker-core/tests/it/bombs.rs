//! Records that unpack to far more than they are.

use ouzel_wire::ErrorCode;
use ouzel_wire::batch::{BatchBuilder, Codec};
use ouzel_wire::messages::*;
use tokio::time::Instant;

use crate::support::*;

/// Bombs in one request: three times as many as it may unpack.
const BOMBS: usize = 6;

/// A batch of some kilobytes that unpacks to little less than what is allowed.
fn bomb() -> bytes::Bytes {
    let mut builder = BatchBuilder::new().codec(Codec::Zstd);
    builder.push_value(now_ms(), None, &vec![0; 120 << 20]);
    builder.build().unwrap()
}

fn bombs(batch: &bytes::Bytes) -> ProduceRequest {
    let mut request = produce_request("orders", 0, batch.clone());
    let parts = &mut request.topic_data[0].partition_data;
    *parts = vec![parts[0].clone(); BOMBS];
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn others_are_served_while_bombs_are_unpacked() {
    let test = TestBroker::start().await;
    let (mut bomber, mut bystander) = (test.client().await, test.client().await);
    create(&mut bomber, "orders", 1).await;
    bystander.call(ListGroupsRequest::default()).await;
    let batch = bomb();
    let bombing = async {
        for _ in 0..3 {
            bomber.send(12, &bombs(&batch)).await;
        }
        for _ in 0..3 {
            bomber.receive::<ProduceRequest>(12).await;
        }
        Instant::now()
    };
    let asking = async {
        bystander.call(ListGroupsRequest::default()).await;
        Instant::now()
    };
    let (bombed, answered) = tokio::join!(bombing, asking);
    assert!(answered < bombed, "the bystander waited for the bombs");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_records_of_a_request_share_what_they_may_unpack_to() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let answer = client.call_at(12, bombs(&bomb())).await.responses.remove(0);
    let codes: Vec<i16> = answer.partition_responses.iter().map(|p| p.error_code).collect();
    let mut expected = [ErrorCode::MessageTooLarge.code(); BOMBS];
    expected[..2].fill(NONE);
    assert_eq!(codes, expected);
}
