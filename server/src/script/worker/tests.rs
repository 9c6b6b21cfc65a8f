//! What scripts see and say, and where they end: in this thread, over bytes instead of pipes.
#![allow(clippy::unwrap_used)]

use std::io;

use super::super::{
    Script,
    frame::{self, FRAME_BYTES_MAX, Part, Record, Scripts},
    reply::{Limit, Reply, Verdict},
};
use super::serve;

fn script(source: &str) -> Script {
    Script { at: 1, source: source.to_owned(), negate: false, enabled: true }
}

fn record(offset: i64, value: Part<'static>) -> Record<'static> {
    Record {
        partition: 3,
        offset,
        timestamp_ms: 1_700_000_000_000,
        key: Part::Text("key"),
        value,
        headers: Ok(vec![("trace", Part::Json("17")), ("kind", Part::Json("order"))]),
    }
}

fn json(value: &'static str) -> [Record<'static>; 1] {
    [record(7, Part::Json(value))]
}

/// What a child that gets these frames answers, and how it ends.
fn serve_frames(frames: &[Vec<u8>]) -> (Vec<Reply>, io::Result<()>) {
    let mut input = Vec::new();
    for frame in frames {
        frame::write(&mut input, frame).unwrap();
    }
    let mut output = Vec::new();
    let ended = serve(&mut &input[..], &mut output, || Ok(()));
    let (mut rest, mut frame, mut replies) = (&output[..], Vec::new(), Vec::new());
    while frame::read(&mut rest, &mut frame, FRAME_BYTES_MAX).unwrap() {
        replies.push(Reply::parse(&frame).unwrap());
    }
    (replies, ended)
}

/// What is said of these records, all in one batch.
fn judged(scripts: &[Script], records: &[Record<'_>]) -> Reply {
    let scripts = Scripts { scripts: scripts.to_vec(), with_log: true };
    let mut batch = Vec::new();
    records.iter().for_each(|record| record.put(&mut batch));
    let (mut replies, ended) = serve_frames(&[scripts.to_frame(), batch]);
    ended.unwrap();
    replies.pop().unwrap()
}

fn verdicts(reply: Reply) -> Vec<Verdict> {
    match reply {
        Reply::Judged { verdicts, stopped: None, .. } => verdicts,
        other => panic!("{other:?}"),
    }
}

fn one(source: &str, records: &[Record<'_>]) -> Verdict {
    verdicts(judged(&[script(source)], records)).pop().unwrap()
}

fn reason(source: &str, records: &[Record<'_>]) -> String {
    match one(source, records) {
        Verdict::Unjudged { at: 1, reason } => reason,
        other => panic!("{other:?}"),
    }
}

fn stopped(source: &str) -> Limit {
    match judged(&[script(source)], &json("1")) {
        Reply::Judged { verdicts, stopped: Some((1, limit)), .. } if verdicts.is_empty() => limit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_script_sees_the_record_under_the_names_that_redpanda_console_gives_it() {
    for holds in [
        "value.a.b === 2 && value.list[1] === 'x'",
        "key === 'key' && keyText === 'key'",
        "partitionID === 3 && partitionId === 3 && offset === 7",
        "keySchemaID === undefined && valueSchemaID === undefined",
        "timestamp instanceof Date && timestamp.getTime() === 1700000000000",
        "headers.trace === 17 && headers.kind === 'order' && headers.none === undefined",
        "Object.keys(value).join() === 'a,list'",
    ] {
        let value = r#"{"a": {"b": 2}, "list": [1, "x"]}"#;
        assert_eq!(one(&format!("return {holds}"), &json(value)), Verdict::Match, "{holds}");
    }
}

#[test]
fn what_is_not_json_is_text_and_a_tombstone_is_null() {
    let text = |value| [record(1, value)];
    assert_eq!(one("return value === 'tea {'", &json("tea {")), Verdict::Match);
    assert_eq!(one("return value === '{a'", &json("{a")), Verdict::Match);
    assert_eq!(one("return value === '17'", &text(Part::Text("17"))), Verdict::Match);
    let null = "return value === null && valueText === null";
    assert_eq!(one(null, &text(Part::Null)), Verdict::Match);
}

#[test]
fn digits_that_numbers_of_javascript_lose_are_in_the_text() {
    let value = r#"{"id": 9007199254740993}"#;
    let rounded = "return value.id === 9007199254740992 && valueText.includes('740993')";
    assert_eq!(one(rounded, &json(value)), Verdict::Match);
}

#[test]
fn only_who_looks_at_what_cannot_be_read_gets_to_know() {
    let records = [record(1, Part::Unreadable("the value is larger than a script sees"))];
    assert_eq!(one("return key === 'key'", &records), Verdict::Match);
    let reason = reason("return value === 1", &records);
    assert!(reason.contains("the value is larger than a script sees"), "{reason}");
}

#[test]
fn all_scripts_must_hold_one_turned_round_must_not_and_one_switched_off_does_not_count() {
    let wanted = script("return value > 1");
    let unwanted = Script { at: 2, negate: true, ..script("return value > 2") };
    let off = Script { at: 3, enabled: false, ..script("throw 1") };
    let records = ["1", "2", "3"].map(|value| record(1, Part::Json(value)));
    let said = verdicts(judged(&[wanted, unwanted, off], &records));
    assert_eq!(said, [Verdict::NoMatch, Verdict::Match, Verdict::NoMatch]);
}

#[test]
fn what_a_script_changes_of_a_record_no_other_sees() {
    let first = script("value.a = 2; return true");
    let second = Script { at: 2, ..script("return value.a === 1") };
    let said = verdicts(judged(&[first, second], &json(r#"{"a": 1}"#)));
    assert_eq!(said, [Verdict::Match]);
}

#[test]
fn a_throw_is_told_with_its_place_and_the_next_record_is_judged() {
    let records = [record(1, Part::Null), record(2, Part::Json(r#"{"a": 5}"#))];
    let said = verdicts(judged(&[script("const a = 1;\nreturn value.a === 5")], &records));
    let [Verdict::Unjudged { reason, .. }, Verdict::Match] = &said[..] else { panic!("{said:?}") };
    assert!(reason.starts_with("TypeError: "), "{reason}");
    assert!(reason.contains("(line 2, column "), "{reason}");
    assert_eq!(reason_of_throw("throw 'no'"), "it threw no");
    assert_eq!(reason_of_throw("throw {a: 1}"), "it threw object");
}

fn reason_of_throw(source: &str) -> String {
    reason(source, &json("1"))
}

#[test]
fn what_is_returned_must_be_true_or_false() {
    let undefined = reason("value.a > 1", &json("1"));
    assert!(undefined.contains("undefined") && undefined.contains("`return`"), "{undefined}");
    assert!(reason("return 1", &json("1")).contains("neither true nor false"));
    assert!(reason("return Promise.resolve(true)", &json("1")).contains("neither true nor false"));
}

#[test]
fn what_does_not_compile_is_told_with_line_and_column_of_the_script() {
    let broken = |source: &str| {
        let scripts = Scripts { scripts: vec![script(source)], with_log: false };
        match &serve_frames(&[scripts.to_frame()]).0[..] {
            [Reply::Broken { at: 1, line, column, message }] => (*line, *column, message.clone()),
            other => panic!("{source}: {other:?}"),
        }
    };
    let (line, column, message) = broken("const a = 1;\nreturn a ==== 2;");
    assert_eq!(line, Some(2), "{message}");
    assert!(column.is_some_and(|column| (1..=20).contains(&column)), "{column:?}");
    assert!(message.starts_with("SyntaxError: "), "{message}");
    let (line, ..) = broken("return {");
    assert_eq!(line, Some(1), "never behind the script's end");
    assert_eq!(
        broken("return 1 }), (5 + function () {").2,
        "it is more than the body of a function"
    );
    let off = Script { enabled: false, ..script("return (") };
    let scripts = Scripts { scripts: vec![off], with_log: false };
    assert!(matches!(&serve_frames(&[scripts.to_frame()]).0[..], [Reply::Broken { .. }]));
}

#[test]
fn a_script_without_end_is_stopped_whatever_it_catches() {
    assert_eq!(stopped("while (true) {}"), Limit::Time);
    assert_eq!(stopped("for (;;) { try { for (;;) {} } catch (e) {} }"), Limit::Time);
    assert_eq!(stopped("try { for (;;) {} } finally { for (;;) {} }"), Limit::Time);
    assert_eq!(stopped("/(a+)+$/.test('a'.repeat(40) + 'b'); return true"), Limit::Time);
    assert_eq!(stopped("const f = () => Promise.resolve().then(f); f(); return true"), Limit::Time);
    let thrown = "const e = new Error(); \
                  Object.defineProperty(e, 'message', { get() { for (;;) {} } }); throw e";
    assert_eq!(stopped(thrown), Limit::Time);
}

#[test]
fn records_before_the_one_that_takes_too_long_keep_their_verdicts() {
    let records = ["1", "2", "3"].map(|value| record(1, Part::Json(value)));
    let reply = judged(&[script("while (value === 3) {}\nreturn true")], &records);
    let Reply::Judged { verdicts, stopped, .. } = reply else { panic!("{reply:?}") };
    assert_eq!((verdicts, stopped), (vec![Verdict::Match; 2], Some((1, Limit::Time))));
}

#[test]
fn a_script_that_takes_memory_without_end_is_stopped() {
    let keeps = "const all = []; while (true) all.push(new ArrayBuffer(1 << 24))";
    assert_eq!(stopped(keeps), Limit::Memory);
    assert_eq!(stopped("return 'x'.repeat(1 << 28).length > 1"), Limit::Memory);
}

#[test]
fn recursion_without_end_is_an_error_of_that_record() {
    let reason = reason("const f = (n) => f(n + 1) + 1; return f(0) > 1", &json("1"));
    assert!(reason.starts_with("RangeError"), "{reason}");
}

#[test]
fn json_that_is_nested_too_deeply_is_not_taken_for_text() {
    let deep = "[".repeat(200_000);
    let value = Part::Json(Box::leak(deep.into_boxed_str()));
    assert!(reason("return value.length > 1", &[record(1, value)]).starts_with("RangeError"));
}

#[test]
fn a_record_that_needs_too_much_memory_is_not_the_fault_of_the_script() {
    let wide = format!("[{}]", vec!["{}"; 1_000_000].join(","));
    let value = Part::Json(Box::leak(wide.into_boxed_str()));
    let told = reason("return value.length > 1", &[record(1, value)]);
    assert!(told.contains("this record takes more than"), "{told}");
}

#[test]
fn nothing_is_kept_from_one_record_to_the_next() {
    let count = "globalThis.seen = (globalThis.seen || 0) + 1; return true";
    assert!(reason(count, &json("1")).starts_with("TypeError"));
    assert!(reason("seen = 1; return true", &json("1")).starts_with("ReferenceError"));
}

#[test]
fn what_is_written_is_told_line_by_line_and_cut() {
    let write = "console.log('a', {b: 1}, undefined); console.warn('x'.repeat(5000)); return true";
    let Reply::Judged { log, .. } = judged(&[script(write)], &json("1")) else { panic!() };
    assert_eq!(log[0], r#"a {"b":1} undefined"#);
    assert_eq!(log[1].len(), 1_024);
    let many = "for (let n = 0; n < 500; n++) console.log(n); return true";
    let Reply::Judged { log, .. } = judged(&[script(many)], &json("1")) else { panic!() };
    assert_eq!((log.len(), log[99].as_str()), (100, "99"));
}

#[test]
fn garbage_ends_a_child_and_the_end_of_its_input_does_too() {
    let (replies, ended) = serve_frames(&[b"garbage".to_vec()]);
    assert!(replies.is_empty());
    assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::InvalidData);
    let scripts = Scripts { scripts: vec![script("return true")], with_log: false };
    let (replies, ended) = serve_frames(&[scripts.to_frame(), vec![1, 2, 3]]);
    assert_eq!(replies, [Reply::Ready]);
    assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::InvalidData);
    let long = u32::MAX.to_le_bytes();
    let ended = serve(&mut &long[..], &mut Vec::new(), || Ok(()));
    assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::InvalidData);
    assert!(serve(&mut &b""[..], &mut Vec::new(), || Ok(())).is_ok());
}
