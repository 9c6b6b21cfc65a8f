//! Topics with their partitions, a page at a time (DescribeTopicPartitions).

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::*;

use crate::support::*;

fn request(topics: &[&str], limit: i32, cursor: Option<Cursor>) -> DescribeTopicPartitionsRequest {
    let topic = |name: &&str| TopicRequest { name: (*name).to_owned(), ..Default::default() };
    DescribeTopicPartitionsRequest {
        topics: topics.iter().map(topic).collect(),
        response_partition_limit: limit,
        cursor,
        ..Default::default()
    }
}

fn at(topic: &str, partition_index: i32) -> Option<Cursor> {
    Some(Cursor { topic_name: topic.to_owned(), partition_index, ..Default::default() })
}

/// Each topic with its partitions' numbers, or its error.
fn told(answer: &DescribeTopicPartitionsResponse) -> Vec<(&str, Result<Vec<i32>, i16>)> {
    let topic = |topic: &DescribeTopicPartitionsResponseTopic| match topic.error_code {
        NONE => Ok(topic.partitions.iter().map(|p| p.partition_index).collect()),
        code => Err(code),
    };
    answer.topics.iter().map(|t| (t.name.as_deref().unwrap(), topic(t))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_one_another_until_all_is_told() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    for (name, partitions) in [("a", 3), ("b", 2), ("c", 1)] {
        create(&mut client, name, partitions).await;
    }
    let (mut cursor, mut pages) = (None, Vec::new());
    loop {
        let answer = client.call(request(&[], 2, cursor)).await;
        let page = told(&answer).into_iter().map(|(name, told)| (name.to_owned(), told.unwrap()));
        pages.push(page.collect::<Vec<_>>());
        cursor = answer.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let page = |of: &[(&str, &[i32])]| -> Vec<(String, Vec<i32>)> {
        of.iter().map(|(name, numbers)| ((*name).to_owned(), numbers.to_vec())).collect()
    };
    let wanted = [
        page(&[("a", &[0, 1])]),
        page(&[("a", &[2]), ("b", &[0])]),
        page(&[("b", &[1]), ("c", &[0])]),
    ];
    assert_eq!(pages, wanted);
    let full = client.call(request(&["a", "b"], 3, None)).await;
    assert_eq!(full.next_cursor, at("b", 0), "a page that ends with its topic points to the next");
    let limitless = client.call(request(&[], -7, None)).await;
    assert_eq!(told(&limitless), [("a", Ok(vec![0]))], "a page has at least one partition");
    let least = [(SET, "max.request.partition.size.limit", Some("2"))];
    assert_eq!(alter(&mut client, BROKER, "", &least).await, done());
    let full = client.call(request(&["a", "b"], 2000, None)).await;
    assert_eq!(full.next_cursor, at("a", 2), "the broker has its own limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_are_told_by_name_with_leaders_and_ids_and_unknown_ones_with_their_error() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let id = create(&mut client, "b", 1).await.topic_id;
    Member::new(&test, "g", None).await;
    let names = ["nowhere", "b", "../x", "__consumer_offsets", "b"];
    let answer = client.call(request(&names, 2000, None)).await;
    let unknown = ErrorCode::UnknownTopicOrPartition.code();
    let wanted = [
        ("../x", Err(ErrorCode::InvalidTopicException.code())),
        ("__consumer_offsets", Ok(vec![0, 1])),
        ("b", Ok(vec![0])),
        ("nowhere", Err(unknown)),
    ];
    assert_eq!(told(&answer), wanted);
    assert_eq!(answer.next_cursor, None);
    let (offsets, b) = (&answer.topics[1], &answer.topics[2]);
    assert_eq!((offsets.is_internal, b.is_internal, b.topic_id), (true, false, id));
    let partition = &b.partitions[0];
    let known = metadata(&mut client, "b", false).await.partitions.remove(0);
    assert_eq!(partition.leader_id, known.leader_id);
    assert_eq!(partition.leader_epoch, known.leader_epoch);
    assert_eq!((&partition.replica_nodes, &partition.isr_nodes), (&vec![0], &vec![0]));
    assert_eq!(partition.eligible_leader_replicas, Some(Vec::new()));
    let nowhere = metadata(&mut client, "nowhere", false).await.error_code;
    assert_eq!(nowhere, unknown, "it was not made by asking");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_points_into_what_is_asked_for() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "a", 2).await;
    create(&mut client, "b", 1).await;
    let invalid = || Err(ErrorCode::InvalidRequest.code());
    let elsewhere = client.call(request(&["a"], 10, at("b", 0))).await;
    assert_eq!(told(&elsewhere), [("a", invalid())]);
    let negative = client.call(request(&["a"], 10, at("a", -1))).await;
    assert_eq!(told(&negative), [("a", invalid())]);
    let behind = client.call(request(&["a", "b"], 10, at("a", 9))).await;
    assert_eq!(told(&behind), [("a", Ok(vec![])), ("b", Ok(vec![0]))]);
    let gone = client.call(request(&[], 10, at("aa", 4))).await;
    assert_eq!(told(&gone), [("b", Ok(vec![0]))], "a topic deleted meanwhile is passed over");
}
