//! Credits, drops and tallies, without a cluster.

use ouzel_api::live::{CREDITS_MAX, ServerFrame};
use ouzel_wire::batch::{Batch, BatchBuilder};
use tokio::sync::mpsc;

use super::{Command, Decoding, Event, Figures, Flow, Message, Unjudged};
use crate::browse::Shape;

fn messages(count: usize) -> Vec<Message> {
    let mut builder = BatchBuilder::new();
    for _ in 0..count {
        builder.push_value(1, None, b"value");
    }
    let batch = builder.build().and_then(|bytes| Batch::parse(&bytes)).expect("a batch");
    let unpacked = batch.unpack(1 << 20).expect("plain records");
    let how = (&Decoding::default(), Shape::Decoded(100));
    let shown = |record| crate::browse::message(0, &batch, &record, how);
    batch.records(&unpacked).map(|record| shown(record.expect("a record"))).collect()
}

fn flow(frames: mpsc::Sender<ServerFrame>, credits: u32) -> Flow {
    let (figures, told) = (Figures::default(), Figures::default());
    Flow { tail: 7, frames, credits, figures, told, unjudged: Unjudged::default() }
}

fn records(frames: &mut mpsc::Receiver<ServerFrame>) -> (usize, Vec<(u64, u64, u64)>) {
    let (mut records, mut tallies) = (0, Vec::new());
    while let Ok(frame) = frames.try_recv() {
        match frame {
            ServerFrame::Record { tail: 7, .. } => records += 1,
            ServerFrame::Tally { tail: 7, read, matched, dropped } => {
                tallies.push((read, matched, dropped));
            }
            other => panic!("{other:?}"),
        }
    }
    (records, tallies)
}

#[tokio::test]
async fn a_record_is_sent_for_each_credit_and_the_rest_is_counted() {
    let (frames, mut received) = mpsc::channel(100);
    let (commander, commands) = mpsc::channel(4);
    let (producer, events) = mpsc::channel(4);
    let mut flow = flow(frames, 3);
    let script = async {
        let records = |count, read| Event::Records { messages: messages(count), read };
        producer.send(records(5, 50)).await.expect("it listens");
        // The credit is taken before the next records: commands come first.
        producer.reserve_many(4).await.expect("the first were taken");
        commander.send(Command::Credit(1)).await.expect("it listens");
        producer.send(records(2, 2)).await.expect("it listens");
        producer.reserve_many(4).await.expect("the second were taken");
        drop(commander);
    };
    let (ended, ()) = tokio::join!(flow.run(commands, events), script);
    assert!(ended.is_ok());
    assert_eq!(flow.figures, Figures { read: 52, matched: 7, dropped: 3 });
    let (sent, tallies) = records(&mut received);
    assert_eq!((sent, tallies.last()), (4, Some(&(52, 7, 3))));
}

#[tokio::test]
async fn credits_are_cut_to_their_limit() {
    let (frames, _received) = mpsc::channel(100);
    let (commander, commands) = mpsc::channel(4);
    let (_producer, events) = mpsc::channel(4);
    let mut flow = flow(frames, 5);
    for _ in 0..2 {
        commander.send(Command::Credit(u32::MAX)).await.expect("there is room");
    }
    drop(commander);
    assert!(flow.run(commands, events).await.is_ok());
    assert_eq!(flow.credits, CREDITS_MAX);
}

#[tokio::test]
async fn what_could_not_be_judged_is_told_with_the_first_of_all() {
    let (frames, mut received) = mpsc::channel(100);
    let (_commander, commands) = mpsc::channel(4);
    let (producer, events) = mpsc::channel(4);
    for (records, first) in [(2, "one"), (3, "another")] {
        let event = Event::Unjudged { records, first: first.to_owned() };
        producer.send(event).await.expect("there is room");
    }
    drop(producer);
    assert!(flow(frames, 5).run(commands, events).await.is_ok());
    let mut last = None;
    while let Ok(frame) = received.try_recv() {
        last = Some(frame);
    }
    let first = "one".to_owned();
    assert_eq!(last, Some(ServerFrame::Unjudged { tail: 7, filter_errors: 5, first }));
}
