//! How large partitions are and how much room there is (DescribeLogDirs).

use ouzel_wire::messages::*;

use crate::support::*;

async fn folder(client: &mut Client, topics: Option<Vec<(&str, &[i32])>>) -> DescribeLogDirsResult {
    let topic = |(name, partitions): (&str, &[i32])| DescribableLogDirTopic {
        topic: name.to_owned(),
        partitions: partitions.to_vec(),
        ..Default::default()
    };
    let topics = topics.map(|topics| topics.into_iter().map(topic).collect());
    let answer = client.call(DescribeLogDirsRequest { topics, ..Default::default() }).await;
    assert_eq!((answer.error_code, answer.results.len()), (NONE, 1));
    answer.results.into_iter().next().unwrap()
}

/// Topic, partition and size, in the order of the answer.
fn sizes(folder: &DescribeLogDirsResult) -> Vec<(&str, i32, i64)> {
    let topics = folder.topics.iter().flat_map(|topic| {
        let partitions = topic.partitions.iter();
        partitions.map(|p| (topic.name.as_str(), p.partition_index, p.partition_size))
    });
    topics.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_are_as_large_as_their_segments_and_the_disk_is_larger() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 2).await;
    create(&mut client, "payments", 1).await;
    let records = batch(&["one", "two"]);
    let written = records.len() as i64;
    let request = produce_request("orders", 1, records);
    assert_eq!(produced(client.call(request).await).error_code, NONE);
    let all = folder(&mut client, None).await;
    let wanted = [("orders", 0, 0), ("orders", 1, written), ("payments", 0, 0)];
    assert_eq!(sizes(&all), wanted);
    assert_eq!(all.error_code, NONE);
    assert_eq!(all.log_dir, test.dir.path().to_str().unwrap());
    let segments = std::fs::read_dir(test.dir.path().join("orders-1")).unwrap();
    let segments = segments.map(|file| file.unwrap().path());
    let segment = segments.into_iter().find(|path| path.extension().unwrap() == "log").unwrap();
    assert_eq!(segment.metadata().unwrap().len() as i64, written);
    assert!(all.usable_bytes > 0 && all.usable_bytes <= all.total_bytes, "{all:?}");
    let partition = &all.topics[0].partitions[0];
    assert_eq!((partition.offset_lag, partition.is_future_key), (0, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_asked_for_is_told_and_what_is_not_here_is_left_out() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 3).await;
    create(&mut client, "payments", 1).await;
    let asked: Vec<(&str, &[i32])> =
        vec![("orders", &[2, 0, 2, 7]), ("nowhere", &[0]), ("payments", &[1])];
    let some = folder(&mut client, Some(asked)).await;
    assert_eq!(sizes(&some), [("orders", 0, 0), ("orders", 2, 0)]);
    let none = folder(&mut client, Some(Vec::new())).await;
    assert_eq!(sizes(&none), []);
    assert!(none.total_bytes > 0);
}
