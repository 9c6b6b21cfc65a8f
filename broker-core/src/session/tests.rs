//! What sessions promise to their readers and to each other.
#![allow(clippy::unwrap_used)]

use super::*;

const NOW_MS: i64 = 1_700_000_000_000;

fn ask(partition: i32, offset: i64) -> Ask {
    let topic = TopicRef::Name("orders".into());
    Ask { topic, partition, offset, bytes_max: 100, leader_epoch: -1, last_fetched_epoch: -1 }
}

fn asks(count: i32) -> Vec<Ask> {
    (0..count).map(|partition| ask(partition, 0)).collect()
}

fn stands(high_watermark: i64) -> Fetched {
    Fetched { high_watermark, ..Fetched::default() }
}

fn with_records(high_watermark: i64) -> Fetched {
    Fetched { has_records: true, ..stands(high_watermark) }
}

fn sessions(limits: SessionLimits) -> Sessions {
    let mut last = 0;
    Sessions::new(limits, move || {
        last += 1;
        last
    })
}

fn one() -> Sessions {
    sessions(SessionLimits::default())
}

fn request(session_id: i32, epoch: i32, asks: Vec<Ask>) -> Asked {
    Asked { session_id, epoch, asks, ..Asked::default() }
}

/// Opens a session of so many partitions that all stand at 0; returns its number.
#[track_caller]
fn open(sessions: &mut Sessions, count: i32, now_ms: i64) -> i32 {
    let turn = sessions.begin(request(0, 0, asks(count)), now_ms).unwrap();
    let fetched = vec![stands(0); turn.asks.len()];
    sessions.end(turn, &fetched, now_ms).unwrap().session_id
}

/// A turn in which nothing new is asked; returns what is told, by partition.
#[track_caller]
fn turn(sessions: &mut Sessions, asked: Asked, fetched: impl Fn(i32) -> Fetched) -> Vec<i32> {
    let turn = sessions.begin(asked, NOW_MS).unwrap();
    let order: Vec<i32> = turn.asks.iter().map(|ask| ask.partition).collect();
    let fetched: Vec<Fetched> = order.iter().map(|partition| fetched(*partition)).collect();
    let ended = sessions.end(turn, &fetched, NOW_MS).unwrap();
    let news = ended.news.unwrap_or_else(|| vec![true; order.len()]);
    order.into_iter().zip(news).filter_map(|(partition, news)| news.then_some(partition)).collect()
}

#[test]
fn the_first_answer_tells_all_and_later_ones_what_has_changed() {
    let mut sessions = one();
    let id = open(&mut sessions, 3, NOW_MS);
    assert!(id > 0);
    assert!(turn(&mut sessions, request(id, 1, vec![]), |_| stands(0)).is_empty());
    let moved = |partition| if partition == 1 { stands(5) } else { stands(0) };
    assert_eq!(turn(&mut sessions, request(id, 2, vec![]), moved), [1], "its high watermark");
    assert!(turn(&mut sessions, request(id, 3, vec![]), moved).is_empty());
    let trimmed = |partition| Fetched { log_start: i64::from(partition == 1), ..moved(partition) };
    assert_eq!(turn(&mut sessions, request(id, 4, vec![]), trimmed), [1], "its log start");
}

#[test]
fn records_and_errors_are_told_each_time_and_so_is_the_end_of_an_error() {
    let mut sessions = one();
    let id = open(&mut sessions, 2, NOW_MS);
    let failed = |partition| Fetched { is_urgent: partition == 0, ..stands(0) };
    assert_eq!(turn(&mut sessions, request(id, 1, vec![]), failed), [0]);
    assert_eq!(turn(&mut sessions, request(id, 2, vec![]), failed), [0]);
    assert_eq!(turn(&mut sessions, request(id, 3, vec![]), |_| stands(0)), [0], "it is over");
    assert!(turn(&mut sessions, request(id, 4, vec![]), |_| stands(0)).is_empty());
    for epoch in 5..7 {
        let records = |partition| if partition == 0 { with_records(9) } else { stands(0) };
        assert_eq!(turn(&mut sessions, request(id, epoch, vec![]), records), [0]);
    }
}

#[test]
fn partitions_are_added_moved_and_forgotten() {
    let mut sessions = one();
    let id = open(&mut sessions, 2, NOW_MS);
    let asked = request(id, 1, vec![ask(1, 40), ask(7, 9)]);
    let turn = sessions.begin(asked, NOW_MS).unwrap();
    assert_eq!(turn.asks, [ask(0, 0), ask(1, 40), ask(7, 9)]);
    let ended = sessions.end(turn, &[stands(0); 3], NOW_MS).unwrap();
    assert_eq!(ended.news, Some(vec![false, false, true]), "what is new is told");
    let forgotten = vec![ask(0, 0).key(), ask(5, 0).key(), ask(8, 0).key()];
    let asked = Asked { forgotten, ..request(id, 2, vec![ask(8, 0)]) };
    let turn = sessions.begin(asked, NOW_MS).unwrap();
    assert_eq!(turn.asks, [ask(1, 40), ask(7, 9)]);
}

#[test]
fn a_session_whose_last_partition_is_forgotten_is_over() {
    let mut sessions = one();
    let id = open(&mut sessions, 1, NOW_MS);
    let asked = Asked { forgotten: vec![ask(0, 0).key()], ..request(id, 1, vec![]) };
    let turn = sessions.begin(asked, NOW_MS).unwrap();
    let ended = sessions.end(turn, &[], NOW_MS).unwrap();
    assert_eq!(ended, Ended { session_id: NO_SESSION, news: None });
    let gone = sessions.begin(request(id, 2, vec![]), NOW_MS).unwrap_err();
    assert_eq!(gone, SessionError::NotFound);
}

#[test]
fn partitions_that_gave_records_are_read_last_next_time() {
    let mut sessions = one();
    let id = open(&mut sessions, 4, NOW_MS);
    let order = |sessions: &mut Sessions, epoch, gives: [i32; 2]| {
        let turn = sessions.begin(request(id, epoch, vec![]), NOW_MS).unwrap();
        let order: Vec<i32> = turn.asks.iter().map(|ask| ask.partition).collect();
        let gives = |p: &i32| if gives.contains(p) { with_records(9) } else { stands(0) };
        let fetched: Vec<Fetched> = order.iter().map(gives).collect();
        sessions.end(turn, &fetched, NOW_MS).unwrap();
        order
    };
    assert_eq!(order(&mut sessions, 1, [0, 2]), [0, 1, 2, 3]);
    assert_eq!(order(&mut sessions, 2, [1, 1]), [1, 3, 0, 2]);
    assert_eq!(order(&mut sessions, 3, [1, 1]), [3, 0, 2, 1]);
}

#[test]
fn a_request_that_is_lost_or_comes_twice_is_noticed() {
    let mut sessions = one();
    let id = open(&mut sessions, 1, NOW_MS);
    let error = |sessions: &mut Sessions, id, epoch| {
        sessions.begin(request(id, epoch, vec![]), NOW_MS).map(drop)
    };
    assert_eq!(error(&mut sessions, id, 2), Err(SessionError::WrongEpoch));
    assert_eq!(error(&mut sessions, id + 1, 1), Err(SessionError::NotFound));
    assert_eq!(error(&mut sessions, 0, 1), Err(SessionError::NotFound));
    let first = sessions.begin(request(id, 1, vec![]), NOW_MS).unwrap();
    assert_eq!(error(&mut sessions, id, 1), Err(SessionError::WrongEpoch));
    // One that did not wait for the answer is ahead of it.
    let second = sessions.begin(request(id, 2, vec![]), NOW_MS).unwrap();
    let late = sessions.end(first, &[stands(3)], NOW_MS);
    assert_eq!(late, Err(SessionError::WrongEpoch));
    let ended = sessions.end(second, &[stands(3)], NOW_MS).unwrap();
    assert_eq!(ended.news, Some(vec![true]));
}

#[test]
fn epochs_start_over_at_one() {
    let mut sessions = one();
    let id = open(&mut sessions, 1, NOW_MS);
    sessions.slots.get_mut(&id).unwrap().epoch = i32::MAX;
    assert!(turn(&mut sessions, request(id, i32::MAX, vec![]), |_| stands(0)).is_empty());
    assert!(turn(&mut sessions, request(id, 1, vec![]), |_| stands(0)).is_empty());
}

#[test]
fn a_session_keeps_to_names_or_ids() {
    let mut sessions = one();
    let id = open(&mut sessions, 1, NOW_MS);
    let asked = Asked { by_id: true, ..request(id, 1, vec![]) };
    assert_eq!(sessions.begin(asked, NOW_MS).map(drop), Err(SessionError::OtherTopicRefs));
}

#[test]
fn a_client_ends_its_session_or_opens_another_in_its_place() {
    let mut sessions = one();
    let first = open(&mut sessions, 1, NOW_MS);
    let turn = sessions.begin(request(first, 0, asks(2)), NOW_MS).unwrap();
    let second = sessions.end(turn, &[stands(0); 2], NOW_MS).unwrap().session_id;
    assert_eq!((sessions.slots.len(), sessions.partitions), (1, 2));
    let turn = sessions.begin(request(second, -1, asks(1)), NOW_MS).unwrap();
    let ended = sessions.end(turn, &[stands(0)], NOW_MS).unwrap();
    assert_eq!(ended, Ended { session_id: NO_SESSION, news: None });
    assert_eq!((sessions.slots.len(), sessions.partitions), (0, 0));
}

#[test]
fn idle_sessions_give_way_then_old_ones_that_save_less_and_others_stay() {
    let limits = SessionLimits { slots: 2, ..SessionLimits::default() };
    let mut sessions = sessions(limits.clone());
    let small = open(&mut sessions, 1, NOW_MS);
    let large = open(&mut sessions, 5, NOW_MS);
    assert_eq!(open(&mut sessions, 9, NOW_MS + limits.idle_ms - 1), NO_SESSION, "both are young");
    let later = NOW_MS + limits.idle_ms;
    for id in [small, large] {
        sessions.begin(request(id, 1, vec![]), later - 1).unwrap();
    }
    assert_eq!(open(&mut sessions, 1, later), NO_SESSION, "it saves no more than the smallest");
    assert!(open(&mut sessions, 2, later) > 0);
    let gone = |sessions: &mut Sessions, id, epoch| {
        sessions.begin(request(id, epoch, vec![]), later).map(drop) == Err(SessionError::NotFound)
    };
    assert!(gone(&mut sessions, small, 2) && !gone(&mut sessions, large, 2));
    let much_later = later + limits.idle_ms;
    sessions.begin(request(large, 3, vec![]), much_later).unwrap();
    assert!(open(&mut sessions, 1, much_later) > 0, "in the place of one that is idle");
    assert!(sessions.slots.contains_key(&large));
}

#[test]
fn partitions_are_counted_and_a_session_too_large_is_none() {
    let limits = SessionLimits { partitions_each: 6, partitions: 10, ..SessionLimits::default() };
    let mut sessions = sessions(limits);
    assert_eq!(open(&mut sessions, 7, NOW_MS), NO_SESSION);
    let id = open(&mut sessions, 6, NOW_MS);
    assert_eq!(open(&mut sessions, 5, NOW_MS), NO_SESSION, "eleven in all");
    let other = open(&mut sessions, 4, NOW_MS);
    assert!(other > 0);
    let grown = sessions.begin(request(id, 1, asks(7)), NOW_MS).map(drop);
    assert_eq!(grown, Err(SessionError::NotFound));
    let grown = sessions.begin(request(other, 1, asks(6)), NOW_MS).map(drop);
    assert_eq!((grown, sessions.partitions), (Ok(()), 6), "in the room that the first one left");
}

#[test]
fn names_that_no_topic_has_are_not_remembered() {
    let mut sessions = one();
    let topic = TopicRef::Name("x".repeat(250).into());
    let turn = sessions.begin(request(0, 0, vec![Ask { topic, ..ask(0, 0) }]), NOW_MS).unwrap();
    assert_eq!(sessions.end(turn, &[stands(0)], NOW_MS).unwrap().session_id, NO_SESSION);
}
