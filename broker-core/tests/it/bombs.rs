//! Records that unpack to far more than they are.

use ouzel_wire::ErrorCode;
use ouzel_wire::batch::{BatchBuilder, Codec};
use ouzel_wire::messages::*;
use tokio::time::Instant;

use crate::support::*;

/// As many of these bombs as one request may unpack.
const UNPACKED_MAX: usize = 2;

/// A batch of some kilobytes that unpacks to little less than what is allowed.
fn bomb() -> bytes::Bytes {
    let mut builder = BatchBuilder::new().codec(Codec::Zstd);
    builder.push_value(now_ms(), None, &vec![0; 120 << 20]);
    builder.build().unwrap()
}

fn bombs(batch: &bytes::Bytes, count: usize) -> ProduceRequest {
    let mut request = produce_request("orders", 0, batch.clone());
    let parts = &mut request.topic_data[0].partition_data;
    *parts = vec![parts[0].clone(); count];
    request
}

/// Work for seconds.
const REQUESTS: usize = 4;
/// A few may be answered before the bombs have come.
const QUESTIONS: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn others_are_served_while_bombs_are_unpacked() {
    let test = TestBroker::start().await;
    let (mut bomber, mut bystander) = (test.client().await, test.client().await);
    create(&mut bomber, "orders", 1).await;
    bystander.call(ListGroupsRequest::default()).await;
    let batch = bomb();
    let bombing = async {
        for _ in 0..REQUESTS {
            bomber.send(12, &bombs(&batch, UNPACKED_MAX)).await;
        }
        for _ in 0..REQUESTS {
            bomber.receive::<ProduceRequest>(12).await;
        }
        Instant::now()
    };
    let asking = async {
        for _ in 0..QUESTIONS {
            bystander.call(ListGroupsRequest::default()).await;
        }
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
    let answer = client.call_at(12, bombs(&bomb(), 6)).await.responses.remove(0);
    let codes: Vec<i16> = answer.partition_responses.iter().map(|p| p.error_code).collect();
    let mut expected = [ErrorCode::MessageTooLarge.code(); 6];
    expected[..UNPACKED_MAX].fill(NONE);
    assert_eq!(codes, expected);
}
