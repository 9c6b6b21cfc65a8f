//! A producer that repeats itself is recognised; one that skips is told.

use bytes::Bytes;
use ouzel_wire::ErrorCode;
use ouzel_wire::batch::BatchBuilder;
use ouzel_wire::messages::{InitProducerIdRequest, InitProducerIdResponse, ProduceRequest};

use crate::support::*;

fn numbered(producer: i64, epoch: i16, sequence: i32) -> Bytes {
    let mut builder = BatchBuilder::new().producer(producer, epoch, sequence);
    builder.push_value(now_ms(), None, b"one").push_value(now_ms(), None, b"two");
    builder.build().unwrap()
}

async fn producer_id(client: &mut Client) -> InitProducerIdResponse {
    let given =
        client.call(InitProducerIdRequest { transactional_id: None, ..Default::default() }).await;
    assert_eq!((given.error_code, given.producer_epoch), (NONE, 0));
    given
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_answered_with_its_first_offset_and_stored_once() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let producer = producer_id(&mut client).await.producer_id;
    for sequence in [0, 2, 0, 2] {
        let request = produce_request("orders", 0, numbered(producer, 0, sequence));
        let answer = produced(client.call(request).await);
        assert_eq!((answer.error_code, answer.base_offset), (NONE, i64::from(sequence)));
    }
    assert_eq!(list_offset(&mut client, "orders", -1).await, 4);
    let gap = produce_request("orders", 0, numbered(producer, 0, 6));
    let code = produced(client.call(gap).await).error_code;
    assert_eq!(code, ErrorCode::OutOfOrderSequenceNumber.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn five_batches_in_flight_are_all_recognised_and_an_older_one_is_out_of_order() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let producer = producer_id(&mut client).await.producer_id;
    let request = |sequence| produce_request("orders", 0, numbered(producer, 0, sequence));
    // Nobody waits for an answer before the next request, as clients do with five in flight.
    for sequence in [0, 2, 4, 6, 8, 10, 2, 4, 6, 8, 10] {
        client.send(12, &request(sequence)).await;
    }
    for sequence in [0, 2, 4, 6, 8, 10, 2, 4, 6, 8, 10] {
        let answer = produced(client.receive::<ProduceRequest>(12).await.1);
        assert_eq!((answer.error_code, answer.base_offset), (NONE, i64::from(sequence)));
    }
    let oldest = produced(client.call(request(0)).await).error_code;
    assert_eq!(oldest, ErrorCode::OutOfOrderSequenceNumber.code());
    assert_eq!(list_offset(&mut client, "orders", -1).await, 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_epoch_begins_at_zero_and_ends_the_one_before_it() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let mut send = async |epoch, sequence| {
        let request = produce_request("orders", 0, numbered(70, epoch, sequence));
        produced(client.call(request).await).error_code
    };
    assert_eq!(send(3, 40).await, NONE, "of a producer that nobody knows any sequence is taken");
    let out_of_order = ErrorCode::OutOfOrderSequenceNumber.code();
    assert_eq!(send(4, 42).await, out_of_order);
    assert_eq!(send(4, 0).await, NONE);
    assert_eq!(send(3, 42).await, ErrorCode::InvalidProducerEpoch.code());
    assert_eq!(send(4, 2).await, NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_no_idempotent_producers_is_refused_and_repeats_count_per_partition() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 2).await;
    let producer = producer_id(&mut client).await.producer_id;
    for partition in [0, 1, 0, 1] {
        let request = produce_request("orders", partition, numbered(producer, 0, 0));
        let answer = produced(client.call(request).await);
        assert_eq!((answer.error_code, answer.base_offset), (NONE, 0), "partition {partition}");
    }
    let request = produce_request("orders", 0, numbered(producer, 0, -1));
    let code = produced(client.call(request).await).error_code;
    assert_eq!(code, ErrorCode::InvalidRecord.code(), "a producer without a sequence");
    let acks_one =
        ProduceRequest { acks: 1, ..produce_request("orders", 0, numbered(producer, 0, 0)) };
    let answer = produced(client.call(acks_one).await);
    assert_eq!((answer.error_code, answer.base_offset), (NONE, 0));
    assert_eq!(list_offset(&mut client, "orders", -1).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_recognised_after_a_restart_and_after_a_crash() {
    let mut test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let producer = producer_id(&mut client).await.producer_id;
    let request = produce_request("orders", 0, numbered(producer, 0, 0));
    assert_eq!(produced(client.call(request.clone()).await).error_code, NONE);
    for round in 0..2 {
        drop(client);
        test = match round {
            0 => test.restart().await,
            _ => test.crash(|_| {}).await,
        };
        client = test.client().await;
        let answer = produced(client.call(request.clone()).await);
        assert_eq!((answer.error_code, answer.base_offset), (NONE, 0), "round {round}");
    }
    assert_eq!(list_offset(&mut client, "orders", -1).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_producer_id_is_given_twice_not_even_after_a_crash() {
    let mut test = TestBroker::start().await;
    let mut given = Vec::new();
    for _ in 0..3 {
        let mut client = test.client().await;
        for _ in 0..3 {
            given.push(producer_id(&mut client).await.producer_id);
        }
        drop(client);
        test = test.crash(|_| {}).await;
    }
    let count = given.len();
    given.sort_unstable();
    given.dedup();
    assert_eq!(given.len(), count, "{given:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_brings_an_identity_brings_all_of_it_and_gets_a_new_one() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let known = producer_id(&mut client).await.producer_id;
    let mut ask = async |producer_id, producer_epoch| {
        let request = InitProducerIdRequest {
            transactional_id: None,
            producer_id,
            producer_epoch,
            ..Default::default()
        };
        client.call(request).await
    };
    for (id, epoch) in [(known, -1), (-1, 0)] {
        let refused = ask(id, epoch).await;
        assert_eq!(refused.error_code, ErrorCode::InvalidRequest.code());
        assert_eq!((refused.producer_id, refused.producer_epoch), (-1, -1));
    }
    let again = ask(known, 0).await;
    assert_eq!((again.error_code, again.producer_epoch), (NONE, 0));
    assert_ne!(again.producer_id, known);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transactional_producer_is_refused_for_good() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let transactional_id = Some("payments".to_owned());
    let request = InitProducerIdRequest { transactional_id, ..Default::default() };
    let refused = client.call(request).await;
    assert_eq!(refused.error_code, ErrorCode::UnsupportedVersion.code());
}
