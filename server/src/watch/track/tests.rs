//! One commit over several looks.

use super::*;

const EVERY_MS: i64 = 15_000;

fn now(at: i64, end: i64, held: bool) -> Now {
    Now { at_ms: at * EVERY_MS, every_ms: EVERY_MS, end, held }
}

/// Looked at once a sample, at these commits and ends.
fn track(looks: &[(i64, i64)]) -> Track {
    let mut looks = looks.iter().zip(0..).map(|((committed, end), at)| see(at, *committed, *end));
    let mut track = Track::new(looks.next().expect("a first look"));
    looks.for_each(|look| {
        track.look(look);
    });
    track
}

fn see(at: i64, committed: i64, end: i64) -> Look {
    Look { at_ms: at * EVERY_MS, committed, end, held: true, stayed: true, moved: false }
}

/// The same, and then nothing but the end changes: looked at until `at`.
fn until(mut track: Track, at: i64, end: i64, held: bool) -> Status {
    let first = track.moved_ms.unwrap_or_default() / EVERY_MS + 1;
    let committed = track.committed;
    (first..=at).for_each(|at| {
        track.look(see(at, committed, end));
    });
    track.status(now(at, end, held))
}

#[test]
fn members_whose_commits_stand_still_while_records_arrive_are_stalled() {
    let track = track(&[(10, 100), (20, 100)]);
    assert_eq!(until(track, 5, 150, true), Status::Moving);
    assert_eq!(until(track, 9, 150, true), Status::Pending, "no look too early");
    assert_eq!(until(track, 10, 150, true), Status::Stalled);
    assert_eq!(until(track, 10, 150, false), Status::Stopped);
    assert_eq!(until(track, 10, 100, true), Status::Resting, "nothing arrives");
    assert_eq!(until(track, 10, 20, true), Status::CaughtUp);
}

#[test]
fn a_record_that_has_just_come_makes_nobody_stalled_however_long_it_was_quiet() {
    for committed in [100, 40] {
        let mut quiet = track(&[(10, 100), (committed, 100)]);
        (2..500).for_each(|at| {
            quiet.look(see(at, committed, 100));
        });
        let before = quiet.status(now(499, 100, true));
        assert!(matches!(before, Status::CaughtUp | Status::Resting), "{before:?}");
        for (after, status) in [(0, Status::Pending), (7, Status::Pending), (8, Status::Stalled)] {
            let mut track = quiet;
            (500..=500 + after).for_each(|at| {
                track.look(see(at, committed, 101));
            });
            assert_eq!(track.status(now(500 + after, 101, true)), status, "{after}");
        }
    }
}

#[test]
fn a_commit_that_was_never_seen_to_move_is_not_called_moving() {
    let track = track(&[(10, 100)]);
    assert_eq!(until(track, 1, 100, false), Status::Pending);
    assert_eq!(until(track, 7, 100, false), Status::Pending);
    assert_eq!(until(track, 8, 100, false), Status::Resting);
}

#[test]
fn a_commit_that_went_back_is_rewound_for_a_while() {
    let rewound = track(&[(50, 100), (10, 100)]);
    assert_eq!(until(rewound, 2, 100, true), Status::Rewound);
    assert_eq!(until(rewound, 30, 100, true), Status::Rewound);
    assert_eq!(until(rewound, 60, 100, true), Status::Resting);
    assert_eq!(until(rewound, 20, 130, true), Status::Stalled, "that is worse");
    assert_eq!(rewound.moved_ms, None, "nobody has read");
    assert_eq!(track(&[(50, 100), (60, 100)]).moved_ms, Some(EVERY_MS));
    assert_eq!(track(&[(50, 100), (50, 200)]).moved_ms, None);
}

#[test]
fn a_partition_whose_reader_is_busy_elsewhere_waits_its_turn_and_not_for_ever() {
    let mut track = Track::new(see(0, 10, 100));
    for at in 1..=TURN_SAMPLES + 1 {
        track.look(see(at, 10, 150));
        track.reader_moved_ms = Some(at * EVERY_MS);
        let wanted = if at > TURN_SAMPLES { Status::Stalled } else { Status::Pending };
        let told = track.status(now(at, 150, true));
        assert!(told == wanted || told == Status::Resting, "{at}: {told:?}");
    }
    let mut track = Track::new(see(0, 10, 100));
    (1..20).for_each(|at| {
        track.look(see(at, 10, 150));
    });
    track.reader_moved_ms = Some(5 * EVERY_MS);
    assert_eq!(track.status(now(19, 150, true)), Status::Stalled, "its reader stands still");
}

#[test]
fn a_commit_that_was_moved_is_not_taken_for_reading() {
    let held = see(1, 60, 100);
    let unheld = |at, committed| Look { held: false, ..see(at, committed, 100) };
    let of = |looks: &[Look]| {
        let mut track = Track::new(looks[0]);
        let steps: Vec<Step> = looks[1..].iter().map(|look| track.look(*look)).collect();
        (steps, track.moved_ms)
    };
    assert_eq!(of(&[see(0, 50, 100), held]).0, [Step::Read(10)]);
    let moved = Look { moved: true, ..held };
    assert_eq!(of(&[see(0, 50, 100), moved]), (vec![Step::Jumped], None));
    assert_eq!(of(&[see(0, 90, 100), held]), (vec![Step::Jumped], None), "back");
    assert_eq!(of(&[unheld(0, 50), unheld(1, 60)]), (vec![Step::Jumped], None));
    let left = [see(0, 50, 100), unheld(1, 60)];
    assert_eq!(of(&left).0, [Step::Read(10)], "the last commit of who leaves");
    let loose = [unheld(0, 50), unheld(1, 60), unheld(2, 60), unheld(3, 70)];
    let steps = [Step::Jumped, Step::Read(0), Step::Read(10)];
    assert_eq!(of(&loose).0, steps, "who goes on reads without being a member");
    let joined = [unheld(0, 50), see(1, 60, 100), see(2, 70, 100)];
    assert_eq!(of(&joined).0, [Step::Jumped, Step::Read(10)], "before whoever came");
    let replaced = Look { stayed: false, ..see(1, 60, 100) };
    let all_new = [see(0, 50, 100), replaced, see(2, 70, 100)];
    assert_eq!(of(&all_new).0, [Step::Jumped, Step::Read(10)], "while nobody may have been there");
    let brief = [see(0, 50, 100), replaced, Look { committed: 70, at_ms: 30_000, ..replaced }];
    assert_eq!(of(&brief).0, [Step::Jumped, Step::Read(10)], "who goes on never stays for long");
    let moves = [unheld(0, 50), Look { moved: true, ..unheld(1, 60) }, unheld(2, 50)];
    assert_eq!(of(&moves).0, [Step::Jumped, Step::Jumped], "done and undone");
}
