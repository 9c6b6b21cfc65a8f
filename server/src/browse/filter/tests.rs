//! What filters find, and what they leave.
#![allow(clippy::unwrap_used)]

use ouzel_api::search::{FILTER_BYTES_MAX, Filter, Operator, Target};
use ouzel_wire::batch::{Batch, BatchBuilder, NewRecord};

use super::{FilterError, Filters, Verdict};

/// A record's key, value and one header, judged by `filters`.
fn judge(filters: &[Filter], key: Option<&str>, value: Option<&[u8]>) -> Verdict {
    let headers: &[(&str, Option<&[u8]>)] = &[("trace", Some(b"t-77"))];
    let mut builder = BatchBuilder::new();
    builder.push(NewRecord { timestamp: 1, key: key.map(str::as_bytes), value, headers });
    let batch = Batch::parse(&builder.build().unwrap()).unwrap();
    let unpacked = batch.unpack(1 << 20).unwrap();
    let record = batch.records(&unpacked).next().unwrap().unwrap();
    let filters = Filters::compile(filters).unwrap();
    let verdict = filters.judge(&record);
    assert!(verdict != Verdict::Match || filters.can_match(&unpacked));
    verdict
}

fn contains(target: Target, text: &str) -> Filter {
    Filter::Contains { target, text: text.to_owned() }
}

fn field(path: &str, op: Operator, value: &str) -> Filter {
    Filter::Field { path: path.to_owned(), op, value: value.to_owned() }
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
    let pattern = |pattern: &str| Filter::Regex { target: Target::Value, pattern: pattern.into() };
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
    assert!(matches!(judged, Verdict::NotJson(_)));
    let judged = judge(std::slice::from_ref(&fields), None, Some(b"\xff"));
    assert!(matches!(judged, Verdict::NotJson(_)));
    assert_eq!(judge(std::slice::from_ref(&fields), None, None), Verdict::NoMatch);
    let both = [fields, contains(Target::Value, "absent")];
    assert_eq!(judge(&both, None, Some(b"no json")), Verdict::NoMatch);
}

#[test]
fn filters_that_cannot_be_are_refused_with_their_number() {
    let error = |filter| Filters::compile(&[contains(Target::Any, "x"), filter]).unwrap_err();
    let regex = |pattern: &str| Filter::Regex { target: Target::Any, pattern: pattern.into() };
    assert!(matches!(error(contains(Target::Key, "")), FilterError::NoText { at: 2 }));
    assert!(matches!(error(regex("(")), FilterError::Pattern { at: 2, .. }));
    assert!(matches!(error(regex("(a{1000}){1000}")), FilterError::Pattern { at: 2, .. }));
    assert!(matches!(error(field("a..b", Operator::Eq, "")), FilterError::Path { at: 2, .. }));
    let long = "x".repeat(FILTER_BYTES_MAX + 1);
    assert!(matches!(error(contains(Target::Any, &long)), FilterError::TooLong { at: 2, .. }));
    let many = vec![contains(Target::Any, "x"); 21];
    assert!(matches!(Filters::compile(&many), Err(FilterError::TooMany(21))));
}
