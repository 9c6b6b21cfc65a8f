//! What filters find, and what they leave.
#![allow(clippy::unwrap_used)]

use base64::{Engine, prelude::BASE64_STANDARD};
use ouzel_api::{
    messages::Decoder,
    search::{Decode, FILTER_BYTES_MAX, Filter, Operator, Side, Target, Test},
};
use ouzel_wire::batch::{Batch, BatchBuilder, NewRecord};

use super::{FilterError, Filters, Verdict};
use crate::browse::decode::{Decoding, Unfit};

fn compile(filters: &[Filter]) -> Result<Filters, FilterError> {
    Filters::compile(filters, Decoding::default())
}

/// A record's key, value and one header, judged by `filters`.
fn judge(filters: &[Filter], key: Option<&str>, value: Option<&[u8]>) -> Verdict {
    judge_by(Decode::default(), filters, key.map(str::as_bytes), value)
}

fn judge_by(
    decode: Decode,
    filters: &[Filter],
    key: Option<&[u8]>,
    value: Option<&[u8]>,
) -> Verdict {
    let decoding = Decoding::new("orders", decode);
    let headers: &[(&str, Option<&[u8]>)] = &[("trace", Some(b"t-77"))];
    let mut builder = BatchBuilder::new();
    builder.push(NewRecord { timestamp: 1, key, value, headers });
    let batch = Batch::parse(&builder.build().unwrap()).unwrap();
    let unpacked = batch.unpack(1 << 20).unwrap();
    let record = batch.records(&unpacked).next().unwrap().unwrap();
    let filters = Filters::compile(filters, decoding).unwrap();
    let verdict = filters.judge(&record);
    assert!(verdict != Verdict::Match || filters.can_match(&unpacked));
    verdict
}

fn contains(target: Target, text: &str) -> Filter {
    Filter::new(Test::Contains { target, text: text.to_owned() })
}

fn field(path: &str, op: Operator, value: &str) -> Filter {
    let (path, value) = (path.to_owned(), value.to_owned());
    Filter::new(Test::Field { of: Side::Value, path, op, value })
}

fn part(target: Target, op: Operator, value: &str) -> Filter {
    Filter::new(Test::Part { target, op, value: value.to_owned() })
}

fn regex(target: Target, pattern: &str) -> Filter {
    Filter::new(Test::Regex { target, pattern: pattern.to_owned() })
}

fn matches(filter: Filter, value: &str) -> bool {
    judge(&[filter], None, Some(value.as_bytes())) == Verdict::Match
}

#[test]
fn a_text_is_found_where_it_is_looked_for_and_nowhere_else() {
    let found = |target, text| {
        judge(&[contains(target, text)], Some("order-1"), Some(b"paid")) == Verdict::Match
    };
    assert!(found(Target::Key, "er-1") && !found(Target::Key, "paid"));
    assert!(found(Target::Value, "paid") && !found(Target::Value, "order"));
    assert!(found(Target::Headers, "trace") && found(Target::Headers, "t-77"));
    assert!(!found(Target::Headers, "paid"));
    assert!(["order", "paid", "t-77"].into_iter().all(|text| found(Target::Any, text)));
    assert!(!found(Target::Any, "PAID"));
    assert!(!found(Target::Any, "1p"), "key and value are not one text");
}

#[test]
fn a_pattern_sees_bytes_that_are_no_text() {
    let pattern = |pattern: &str| regex(Target::Value, pattern);
    assert!(matches(pattern("(?i)PA.D$"), "paid"));
    assert_eq!(judge(&[pattern(r"(?-u)\xff+")], None, Some(b"a\xff\xff")), Verdict::Match);
    assert_eq!(judge(&[pattern("a")], None, None), Verdict::NoMatch);
}

#[test]
fn numbers_compare_as_exact_decimals() {
    let text = r#"{"id": 9007199254740993, "sum": 12.50, "huge": 1e400, "money": "99.90"}"#;
    let holds = |path, op, value| matches(field(path, op, value), text);
    assert!(holds("id", Operator::Eq, "9007199254740993"));
    assert!(!holds("id", Operator::Eq, "9007199254740992"));
    assert!(holds("id", Operator::Gt, "9007199254740992"));
    assert!(holds("sum", Operator::Eq, "12.5") && !holds("sum", Operator::Ne, "12.5"));
    assert!(holds("huge", Operator::Gt, "1e399") && holds("huge", Operator::Lt, "1e401"));
    assert!(holds("money", Operator::Lt, "100") && holds("money", Operator::Eq, "99.9"));
    assert!(!holds("money", Operator::Lt, "\"100\""), "in quotes it is text");
}

#[test]
fn words_strings_and_nested_values_compare_as_what_they_are() {
    let text = r#"{"ok": true, "none": null, "s": "a\u0062c", "five": "5", "n": {"a": 1}}"#;
    let holds = |path, op, value| matches(field(path, op, value), text);
    assert!(holds("ok", Operator::Eq, "true") && holds("ok", Operator::Ne, "false"));
    assert!(!holds("ok", Operator::Gt, "false"), "words have no order");
    assert!(holds("none", Operator::Eq, "null") && holds("none", Operator::Exists, ""));
    assert!(holds("s", Operator::Eq, "abc") && holds("s", Operator::Contains, "bc"));
    assert!(holds("s", Operator::Lt, "abd") && holds("five", Operator::Eq, "\"5\""));
    assert!(holds("n", Operator::Contains, "\"a\": 1") && holds("n.a", Operator::Le, "1"));
    assert!(!holds("n.b", Operator::Exists, "") && !holds("n.b", Operator::Ne, "1"));
}

#[test]
fn a_field_that_is_in_no_record_is_told_apart_from_one_that_never_matches() {
    let records: [&[u8]; 3] = [br#"{"a": {"b": "x"}}"#, br#"{"b": 1, "a": 2}"#, b"{}"];
    let unseen = |filters: &[Filter]| -> Vec<(u32, u64)> {
        let filters = compile(filters).unwrap();
        for value in records {
            let mut builder = BatchBuilder::new();
            builder.push(NewRecord { timestamp: 1, key: None, value: Some(value), headers: &[] });
            let batch = Batch::parse(&builder.build().unwrap()).unwrap();
            let unpacked = batch.unpack(1 << 20).unwrap();
            let record = batch.records(&unpacked).next().unwrap().unwrap();
            assert_eq!(filters.judge(&record), Verdict::NoMatch);
        }
        filters.unseen().into_iter().map(|it| (it.filter, it.records)).collect()
    };
    assert_eq!(unseen(&[field("no.such", Operator::Eq, "1")]), [(0, 3)]);
    assert_eq!(unseen(&[field("no.such", Operator::Eq, "text")]), [(0, 3)]);
    assert_eq!(unseen(&[field("a.b", Operator::Eq, "other")]), []);
    assert_eq!(unseen(&[field("a.b", Operator::Gt, "y")]), []);
    assert_eq!(unseen(&[field("c.b", Operator::Eq, "other")]), [(0, 3)], "a name is no path");
    let second = [contains(Target::Value, "x"), field("c", Operator::Exists, "")];
    assert_eq!(unseen(&second), [(1, 1)], "the first rules out two of three");
}

#[test]
fn any_element_and_any_repeated_key_is_enough() {
    let text = r#"{"items": [{"qty": 1}, {"qty": 7}], "k": 1, "k": 2}"#;
    assert!(matches(field("items[*].qty", Operator::Gt, "5"), text));
    assert!(!matches(field("items[0].qty", Operator::Gt, "5"), text));
    assert!(matches(field("k", Operator::Eq, "1"), text));
    assert!(matches(field("k", Operator::Eq, "2"), text));
}

#[test]
fn what_is_not_json_is_said_to_be_so_unless_another_filter_rules_it_out() {
    let fields = field("a", Operator::Exists, "");
    let judged = judge(std::slice::from_ref(&fields), None, Some(b"{\"a\": 1"));
    assert!(matches!(judged, Verdict::Unjudged(Unfit::Json(_))));
    let judged = judge(std::slice::from_ref(&fields), None, Some(b"\xff"));
    assert!(matches!(judged, Verdict::Unjudged(Unfit::Json(_))));
    assert_eq!(judge(std::slice::from_ref(&fields), None, None), Verdict::NoMatch);
    let both = [fields, contains(Target::Value, "absent")];
    assert_eq!(judge(&both, None, Some(b"no json")), Verdict::NoMatch);
}

#[test]
fn filters_that_cannot_be_are_refused_with_their_number() {
    let error = |filter| compile(&[contains(Target::Any, "x"), filter]).unwrap_err();
    let regex = |pattern: &str| regex(Target::Any, pattern);
    assert!(matches!(error(contains(Target::Key, "")), FilterError::NoText { at: 2 }));
    assert!(matches!(error(regex("(")), FilterError::Pattern { at: 2, .. }));
    assert!(matches!(error(regex("(a{1000}){1000}")), FilterError::Pattern { at: 2, .. }));
    assert!(matches!(error(field("a..b", Operator::Eq, "")), FilterError::Path { at: 2, .. }));
    let long = "x".repeat(FILTER_BYTES_MAX + 1);
    assert!(matches!(error(contains(Target::Any, &long)), FilterError::TooLong { at: 2, .. }));
    let many = vec![contains(Target::Any, "x"); 21];
    assert!(matches!(compile(&many), Err(FilterError::TooMany(21))));
}

fn not(filter: Filter) -> Filter {
    Filter { negate: true, ..filter }
}

#[test]
fn a_condition_that_must_not_hold_finds_the_others() {
    let text = r#"{"a": 1}"#;
    assert!(matches(not(contains(Target::Value, "b")), text));
    assert!(!matches(not(contains(Target::Value, "a")), text));
    assert!(matches(not(field("a", Operator::Eq, "2")), text));
    assert!(matches(not(field("b", Operator::Exists, "")), text));
    assert!(!matches(not(field("a", Operator::Exists, "")), text));
    assert!(matches(not(regex(Target::Value, "x")), text));
    let judged = judge(&[not(field("a", Operator::Eq, "1"))], None, Some(b"no json"));
    assert!(matches!(judged, Verdict::Unjudged(_)), "what cannot be judged matches neither way");
    assert_eq!(judge(&[not(field("a", Operator::Exists, ""))], None, None), Verdict::Match);
}

#[test]
fn a_condition_that_is_off_is_checked_and_ignored() {
    let off = Filter { enabled: false, ..contains(Target::Value, "absent") };
    assert!(matches(off, "text"));
    let wrong = Filter { enabled: false, ..field("a..b", Operator::Eq, "") };
    assert!(compile(&[wrong]).is_err());
}

#[test]
fn parts_compare_as_a_whole_and_a_header_by_its_key() {
    let found = |target, op, value| {
        let filter = part(target, op, value);
        judge(&[filter], Some("17"), Some(b"paid")) == Verdict::Match
    };
    assert!(found(Target::Key, Operator::Eq, "17.0") && found(Target::Key, Operator::Lt, "100"));
    assert!(!found(Target::Key, Operator::Eq, "\"17.0\""));
    assert!(found(Target::Value, Operator::In, "open, paid"));
    assert!(!found(Target::Value, Operator::In, "open, pai"));
    assert!(found(Target::Value, Operator::Regex, "^p.*d$"));
    assert!(found(Target::Any, Operator::Eq, "paid") && !found(Target::Any, Operator::Eq, "pai"));
    let header = |name: &str| Target::Header(name.to_owned());
    assert!(found(header("trace"), Operator::Eq, "t-77"));
    assert!(found(header("trace"), Operator::Exists, ""));
    assert!(!found(header("span"), Operator::Exists, ""));
    assert!(!found(header("trace"), Operator::Eq, "trace"), "its value and not its key");
    let key = judge(&[part(Target::Key, Operator::Exists, "")], None, Some(b"v"));
    assert_eq!(key, Verdict::NoMatch);
}

fn exactly(target: Target, bytes: &[u8]) -> Filter {
    Filter::new(Test::Bytes { target, base64: BASE64_STANDARD.encode(bytes) })
}

#[test]
fn exact_bytes_are_found_whole_and_a_longer_or_shorter_part_is_not() {
    let keys: [&[u8]; 5] = [b"", b"\0", b"\0\0\0*", b"\0\0\0*x", b"\xff\xfe"];
    for wanted in keys {
        for key in keys {
            let filter = exactly(Target::Key, wanted);
            let found = judge_by(Decode::default(), &[filter], Some(key), None);
            assert_eq!(found == Verdict::Match, key == wanted, "{wanted:?} of {key:?}");
        }
        let none = judge(&[exactly(Target::Key, wanted)], None, Some(b"\0\0\0*"));
        assert_eq!(none, Verdict::NoMatch, "no key is not an empty one");
    }
    let header = Target::Header("trace".to_owned());
    assert_eq!(judge(&[exactly(header, b"t-77")], None, None), Verdict::Match);
    let other = judge(&[not(exactly(Target::Value, b"a"))], None, Some(b"ab"));
    assert_eq!(other, Verdict::Match);
    let wrong = Test::Bytes { target: Target::Key, base64: "AA".to_owned() };
    let refused = compile(&[Filter::new(wrong)]).unwrap_err();
    assert!(matches!(refused, FilterError::Base64 { at: 1, .. }), "{refused}");
}

#[test]
fn fields_take_every_operator() {
    let text = r#"{"state": "paid", "n": 5, "tags": ["a,b", "c"]}"#;
    let holds = |path, op, value| matches(field(path, op, value), text);
    assert!(holds("state", Operator::In, "open, paid") && !holds("state", Operator::In, "pai"));
    assert!(holds("n", Operator::In, "4, 5.0") && !holds("n", Operator::In, "4, 6"));
    assert!(holds("tags[*]", Operator::In, "\"a,b\"") && !holds("tags[*]", Operator::In, "a,b"));
    assert!(holds("state", Operator::Regex, "^p") && !holds("state", Operator::Regex, "^a"));
    let key = Test::Field {
        of: Side::Key,
        path: "id".to_owned(),
        op: Operator::Eq,
        value: "7".to_owned(),
    };
    assert_eq!(judge(&[Filter::new(key)], Some("{\"id\": 7}"), None), Verdict::Match);
}

#[test]
fn an_escaped_text_is_found_although_its_bytes_differ() {
    let escaped = r#"{"\u0061": "\u0070aid"}"#;
    assert!(matches(field("a", Operator::Eq, "paid"), escaped));
    assert!(matches(field("a", Operator::Exists, ""), escaped));
    assert!(matches(field("a", Operator::Contains, "ai"), escaped));
    assert!(!matches(field("a", Operator::Eq, "open"), escaped));
}

#[test]
fn other_formats_are_compared_as_they_are_shown() {
    let packed: &[u8] = b"\x82\xa1n\x05\xa2ok\xc3";
    let by = |decode, filter: Filter, key: Option<&[u8]>, value: Option<&[u8]>| {
        judge_by(decode, &[filter], key, value)
    };
    let auto = Decode::default();
    assert_eq!(by(auto, field("n", Operator::Eq, "5"), None, Some(packed)), Verdict::Match);
    assert_eq!(by(auto, field("ok", Operator::Eq, "true"), None, Some(packed)), Verdict::Match);
    let numbers = Decode { key: Decoder::I64, value: Decoder::Auto };
    let key = 7i64.to_be_bytes();
    let seven = || part(Target::Key, Operator::Ge, "7");
    assert_eq!(by(numbers, seven(), Some(&key), None), Verdict::Match);
    assert_eq!(by(numbers, not(seven()), Some(&key), None), Verdict::NoMatch);
    let wrong = by(numbers, seven(), Some(b"x"), None);
    assert_eq!(wrong, Verdict::Unjudged(Unfit::Length { length: 1, wanted: 8 }));
}

#[test]
fn twenty_megabytes_are_filtered_by_text_pattern_and_field() {
    let text = format!("{{\"pad\": \"{}\", \"n\": 7}}", "x".repeat(20_000_000));
    assert!(matches(field("n", Operator::Eq, "7"), &text));
    assert!(!matches(field("m", Operator::Eq, "7"), &text));
    assert!(matches(regex(Target::Value, r"x+y*(x|z)*\W+n"), &text));
    assert!(!matches(contains(Target::Value, "xz"), &text));
}
