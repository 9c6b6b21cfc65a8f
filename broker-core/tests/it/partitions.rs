//! Topics get more partitions (CreatePartitions), and what that may not be.

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::*;

use crate::support::*;

fn grow(name: &str, count: i32, placed: Option<&[&[i32]]>) -> CreatePartitionsTopic {
    let assignment = |nodes: &&[i32]| CreatePartitionsAssignment {
        broker_ids: nodes.to_vec(),
        ..Default::default()
    };
    CreatePartitionsTopic {
        name: name.to_owned(),
        count,
        assignments: placed.map(|placed| placed.iter().map(assignment).collect()),
        ..Default::default()
    }
}

async fn outcome(client: &mut Client, topic: CreatePartitionsTopic, judge: bool) -> (i16, String) {
    let request =
        CreatePartitionsRequest { topics: vec![topic], validate_only: judge, ..Default::default() };
    let result = client.call(request).await.results.remove(0);
    (result.error_code, result.error_message.unwrap_or_default())
}

async fn count(client: &mut Client, topic: &str) -> usize {
    metadata(client, topic, false).await.partitions.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_growth_that_cannot_be_is_refused_alike_when_judged_and_when_meant() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 2).await;
    Member::new(&test, "g", None).await;
    let here: &[i32] = &[0];
    let cases = [
        (grow("nowhere", 3, None), ErrorCode::UnknownTopicOrPartition, "called `nowhere`"),
        (grow("__consumer_offsets", 99, None), ErrorCode::InvalidTopicException, "belongs to"),
        (grow("orders", 2, None), ErrorCode::InvalidPartitions, "has 2 partitions"),
        (grow("orders", 1, None), ErrorCode::InvalidPartitions, "1 would not be more"),
        (grow("orders", -3, None), ErrorCode::InvalidPartitions, "-3 would not be more"),
        (grow("orders", i32::MAX, None), ErrorCode::PolicyViolation, "10000"),
        (grow("orders", 4, Some(&[here])), ErrorCode::InvalidReplicaAssignment, "1 are placed"),
        (grow("orders", 3, Some(&[&[5]])), ErrorCode::InvalidReplicaAssignment, "node 0"),
        (grow("orders", 3, Some(&[&[0, 0]])), ErrorCode::InvalidReplicaAssignment, "node 0"),
        (grow("orders", 3, Some(&[])), ErrorCode::InvalidReplicaAssignment, "0 are placed"),
    ];
    for (asked, code, words) in cases {
        for judge in [true, false] {
            let (got, message) = outcome(&mut client, asked.clone(), judge).await;
            assert_eq!(got, code.code(), "{asked:?}: {message}");
            assert!(message.contains(words), "{message}");
        }
    }
    assert_eq!(count(&mut client, "orders").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judgement_adds_nothing_and_a_placement_is_taken() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let growth = grow("orders", 3, Some(&[&[0], &[0]]));
    assert_eq!(outcome(&mut client, growth.clone(), true).await.0, NONE);
    assert_eq!(count(&mut client, "orders").await, 1);
    assert_eq!(outcome(&mut client, growth, false).await.0, NONE);
    assert_eq!(count(&mut client, "orders").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_asked_for_twice_is_left_alone_and_answered_once_in_every_version() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    for version in 0..=3 {
        let (twice, once) = (format!("twice{version}"), format!("once{version}"));
        create(&mut client, &twice, 1).await;
        create(&mut client, &once, 1).await;
        let topics = vec![grow(&twice, 2, None), grow(&once, 2, None), grow(&twice, 3, None)];
        let request = CreatePartitionsRequest { topics, ..Default::default() };
        let results = client.call_at(version, request).await.results;
        let codes: Vec<_> = results.iter().map(|r| (r.name.as_str(), r.error_code)).collect();
        let invalid = ErrorCode::InvalidRequest.code();
        assert_eq!(codes, [(twice.as_str(), invalid), (once.as_str(), NONE)]);
        assert_eq!((count(&mut client, &twice).await, count(&mut client, &once).await), (1, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_in_the_place_of_a_new_partition_is_moved_aside_and_not_read() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "old", 1).await;
    produce(&mut client, "old", &["not yours"]).await;
    create(&mut client, "orders", 1).await;
    drop(client);
    let stray = test.dir.path().join("orders-1");
    let old = test.dir.path().join("old-0");
    std::fs::create_dir(&stray).unwrap();
    for file in std::fs::read_dir(&old).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), stray.join(file.file_name())).unwrap();
    }
    let mut client = test.client().await;
    assert_eq!(outcome(&mut client, grow("orders", 2, None), false).await.0, NONE);
    let request = produce_request("orders", 1, batch(&["mine"]));
    let answer = produced(client.call(request).await);
    assert_eq!((answer.error_code, answer.base_offset), (NONE, 0));
    let names = std::fs::read_dir(test.dir.path()).unwrap().map(|e| e.unwrap().file_name());
    let names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    assert!(names.iter().any(|name| name.ends_with("-stray")), "{names:?}");
}
