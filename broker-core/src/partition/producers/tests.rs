//! Producers that repeat, skip, come back and are too many.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use ouzel_wire::batch::BatchBuilder;

use super::*;
use crate::config::Limits;
use crate::partition::producer_room::Crowded;

/// A batch of `count` records of producer 7.
fn batch(epoch: i16, sequence: i32, count: usize) -> BatchHeader {
    let mut builder = BatchBuilder::new().producer(7, epoch, sequence);
    for _ in 0..count {
        builder.push_value(1000, None, b"v");
    }
    BatchHeader::parse(&builder.build().unwrap()).unwrap()
}

fn after_batches(batches: &[(i16, i32, usize)]) -> Producers {
    let (mut producers, mut offset) = (Producers::default(), 100);
    for &(epoch, sequence, count) in batches {
        producers.note(&batch(epoch, sequence, count), offset, 0);
        offset += count as i64;
    }
    producers
}

#[track_caller]
fn refused(result: Result<Verdict, AppendError>, expected: i32, got: i32) {
    let error = AppendError::OutOfOrderSequence { producer_id: 7, expected, got };
    assert_eq!(result, Err(error));
}

#[test]
fn an_unknown_producer_may_begin_anywhere() {
    assert_eq!(Producers::default().judge(&batch(3, 42, 2), 0), Ok(Verdict::Append));
}

#[test]
fn the_next_sequence_is_accepted_and_a_gap_is_refused() {
    let mut producers = after_batches(&[(0, 0, 3)]);
    assert_eq!(producers.judge(&batch(0, 3, 1), 0), Ok(Verdict::Append));
    refused(producers.judge(&batch(0, 4, 1), 0), 3, 4);
}

#[test]
fn sequences_begin_again_after_the_largest() {
    let mut producers = after_batches(&[(0, i32::MAX - 1, 2)]);
    assert_eq!(producers.judge(&batch(0, 0, 1), 0), Ok(Verdict::Append));
    let mut across = after_batches(&[(0, i32::MAX, 3)]);
    assert_eq!(across.judge(&batch(0, 2, 1), 0), Ok(Verdict::Append));
}

#[test]
fn a_repeat_of_the_last_five_is_recognised_and_an_older_one_is_refused() {
    let sent: Vec<_> = (0..6).map(|sequence| (0, sequence, 1)).collect();
    let mut producers = after_batches(&sent);
    for sequence in 1..6 {
        let verdict = producers.judge(&batch(0, sequence, 1), 0).unwrap();
        let Verdict::Repeat(first) = verdict else { panic!("{sequence}: {verdict:?}") };
        assert_eq!(first.base_offset, 100 + i64::from(sequence));
    }
    refused(producers.judge(&batch(0, 0, 1), 0), 6, 0);
    refused(producers.judge(&batch(0, 5, 2), 0), 6, 5);
}

#[test]
fn a_new_epoch_begins_at_zero_and_fences_the_old_one() {
    let mut producers = after_batches(&[(1, 0, 5)]);
    refused(producers.judge(&batch(2, 5, 1), 0), 0, 5);
    assert_eq!(producers.judge(&batch(2, 0, 1), 0), Ok(Verdict::Append));
    producers.note(&batch(2, 0, 1), 105, 0);
    let stale = AppendError::StaleProducerEpoch { producer_id: 7, current: 2, got: 1 };
    assert_eq!(producers.judge(&batch(1, 5, 1), 0), Err(stale));
    assert_eq!(producers.judge(&batch(2, 1, 1), 0), Ok(Verdict::Append));
}

#[test]
fn an_expired_producer_is_a_new_one() {
    let mut producers = after_batches(&[(0, 0, 1)]);
    producers.expire(999, 1000);
    refused(producers.judge(&batch(0, 9, 1), 0), 1, 9);
    producers.expire(1000, 1000);
    assert_eq!(producers.judge(&batch(0, 9, 1), 0), Ok(Verdict::Append));
}

/// The first batch of producer `id`; made once, since tests have very many.
fn first_of(id: i64) -> BatchHeader {
    static FIRST: LazyLock<BatchHeader> = LazyLock::new(|| batch(0, 0, 1));
    BatchHeader { producer_id: id, ..*FIRST }
}

/// Producer `id` sends its first batch.
fn begin(producers: &mut Producers, id: i64, now_ms: i64) -> Result<(), AppendError> {
    let header = first_of(id);
    let verdict = producers.judge(&header, now_ms)?;
    assert_eq!(verdict, Verdict::Append, "{id}");
    producers.note(&header, id, now_ms);
    Ok(())
}

/// Whether a repeat of that batch is recognised.
fn knows(producers: &mut Producers, id: i64, now_ms: i64) -> bool {
    let header = first_of(id);
    matches!(producers.judge(&header, now_ms), Ok(Verdict::Repeat(_)))
}

fn partition(room: &Arc<ProducerRoom>) -> Producers {
    Producers::default().within(room)
}

#[test]
fn two_hundred_live_producers_in_each_of_a_thousand_partitions_keep_their_repeats_apart() {
    let room = Arc::new(ProducerRoom::of(Limits::default().producers_max));
    let mut partitions: Vec<Producers> = (0..1_000).map(|_| partition(&room)).collect();
    for id in 0..200 {
        for producers in &mut partitions {
            begin(producers, id, id).unwrap();
        }
    }
    for producers in &mut partitions {
        producers.expire(1_000, 86_400_000);
        assert!((0..200).all(|id| knows(producers, id, 1_000)));
    }
    assert_eq!((room.remembered(), room.crowded()), (200_000, Crowded::default()));
}

#[test]
fn those_that_were_silent_for_longest_make_room_and_recent_ones_do_not() {
    let room = Arc::new(ProducerRoom::of(100));
    let mut producers = partition(&room);
    for id in 0..100 {
        begin(&mut producers, id, id).unwrap();
    }
    let one_more = begin(&mut producers, 100, RECENT_MS - 1);
    assert_eq!(one_more, Err(AppendError::TooManyProducers));
    assert!((0..100).all(|id| knows(&mut producers, id, RECENT_MS - 1)));
    assert_eq!(room.crowded(), Crowded { forgotten: 0, refused: 1 });
    begin(&mut producers, 100, RECENT_MS + 4).unwrap();
    assert!((0..5).all(|id| !producers.known.contains_key(&id)), "silent for ten minutes");
    assert!((5..=100).all(|id| knows(&mut producers, id, RECENT_MS + 4)));
    assert_eq!(room.crowded(), Crowded { forgotten: 5, refused: 1 });
    let later = 10 * RECENT_MS;
    (200..300).for_each(|id| begin(&mut producers, id, later).unwrap());
    assert_eq!(producers.iter().len(), 100);
    assert!((200..300).all(|id| knows(&mut producers, id, later)));
    assert!(begin(&mut producers, 300, later).is_err());
    begin(&mut producers, 301, later + RECENT_MS).unwrap();
}

#[test]
fn a_log_with_endless_producers_is_read_again_within_bounds() {
    let mut producers = Producers::default();
    for id in 0..=PRODUCERS_MAX as i64 {
        let header = first_of(id);
        producers.note(&header, id, id);
    }
    let forgotten = PRODUCERS_MAX / FORGOTTEN_AT_ONCE;
    assert_eq!(producers.iter().len(), PRODUCERS_MAX + 1 - forgotten);
    assert!(!producers.known.contains_key(&0));
    assert!(producers.known.contains_key(&(PRODUCERS_MAX as i64 / 2)));
}

#[test]
fn partitions_that_rest_make_room_for_busy_ones_and_all_together_keep_their_bound() {
    let room = Arc::new(ProducerRoom::of(100));
    let fill = |producers: &mut Producers, from: i64, to: i64| {
        for id in from..to {
            begin(producers, id, id * RECENT_MS).unwrap();
        }
    };
    let (mut resting, mut busy) = (partition(&room), partition(&room));
    fill(&mut resting, 0, 90);
    fill(&mut busy, 1000, 1200);
    assert!((45..=50).contains(&busy.iter().len()), "{}", busy.iter().len());
    assert!(busy.known.contains_key(&1199), "the newest stay");
    resting.expire(2000 * RECENT_MS, i64::MAX);
    assert_eq!(resting.iter().len(), 50);
    assert!(resting.known.contains_key(&89) && !resting.known.contains_key(&0));
    drop(resting);
    fill(&mut busy, 2000, 2200);
    assert!((90..=100).contains(&busy.iter().len()), "{}", busy.iter().len());
    drop(busy);
    assert_eq!(room.remembered(), 0);
    assert_eq!(room.share(), PRODUCERS_MAX);
}
