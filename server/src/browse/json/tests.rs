//! The scanner against serde_json, and the paths it follows.
#![allow(clippy::unwrap_used)]

use proptest::{arbitrary::any as arbitrary, prelude::*};
use serde::de::IgnoredAny;

use super::{Found, any, check, path::Path, unescape};

fn found<'a>(text: &'a str, path: &str) -> Vec<Found<'a>> {
    let mut all = Vec::new();
    let path = Path::parse(path).unwrap();
    any(text, &path, &mut |value| {
        all.push(value);
        false
    })
    .unwrap();
    all
}

#[test]
fn a_path_leads_to_each_value_it_names() {
    let text = r#" {"a": {"b": [10, {"c": 1.50}, {"c": "x\n"}]}, "a": {"b": [null]}, "d.e": {}} "#;
    assert_eq!(found(text, "a.b[0]"), [Found::Number("10"), Found::Word("null")]);
    assert_eq!(found(text, "a.b[*].c"), [Found::Number("1.50"), Found::String("x\\n")]);
    assert_eq!(found(text, r#"["d.e"]"#), [Found::Nested("{}")]);
    assert_eq!(found(text, "a.b.c"), []);
    assert_eq!(found("[[1],[2]]", "[*][0]"), [Found::Number("1"), Found::Number("2")]);
}

#[test]
fn an_escaped_key_is_the_same_key() {
    assert_eq!(found(r#"{"\u0061\"b": 1}"#, r#"["a\"b"]"#), [Found::Number("1")]);
}

#[test]
fn a_hit_does_not_hide_that_the_rest_is_broken() {
    let path = Path::parse("a").unwrap();
    assert!(any(r#"{"a":1,"b":}"#, &path, &mut |_| true).is_err());
    assert_eq!(any(r#"{"a":1,"b":2}"#, &path, &mut |_| true), Ok(true));
}

#[test]
fn nesting_is_read_to_its_limit_and_no_further() {
    let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(check(&nested(super::DEPTH_MAX)), Ok(()));
    assert_eq!(check(&nested(super::DEPTH_MAX + 1)).unwrap_err().at, super::DEPTH_MAX);
    assert!(check(&"[".repeat(1_000_000)).is_err());
}

#[test]
fn escapes_are_resolved_and_half_pairs_marked() {
    assert_eq!(unescape(r#"a\"\\\/\b\f\n\r\tz"#), "a\"\\/\u{8}\u{c}\n\r\tz");
    assert_eq!(unescape(r"\u00e4\ud83d\ude00 \ud83d!"), "ä😀 \u{fffd}!");
}

/// JSON, and things that nearly are: structure characters in random order.
fn nearly_json() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"\\u12ab\"",
        "\"\\x\"",
        "1",
        "-0.5e+7",
        "01",
        "1.",
        "true",
        "null",
        "fals",
        " ",
        "\n",
        "\"",
        "\\",
        "\u{1}",
        "ä",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn valid_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        arbitrary::<bool>().prop_map(Into::into),
        arbitrary::<i64>().prop_map(Into::into),
        arbitrary::<f64>().prop_map(Into::into),
        ".{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(".{0,4}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_scanner_takes_exactly_what_serde_json_takes(text in nearly_json()) {
        let theirs = serde_json::from_str::<IgnoredAny>(&text).is_ok();
        prop_assert_eq!(check(&text).is_ok(), theirs, "{}", text);
    }

    #[test]
    fn every_field_of_valid_json_is_found_where_serde_json_finds_it(value in valid_json()) {
        let text = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(check(&text), Ok(()));
        // Read again from the text: how serde_json rounds floats is not the question here.
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        for (key, field) in value.as_object().into_iter().flatten() {
            let path = format!("[{}]", serde_json::to_string(key).unwrap());
            let raw = match found(&text, &path).as_slice() {
                [Found::String(raw)] => format!("\"{raw}\""),
                [Found::Number(raw) | Found::Word(raw) | Found::Nested(raw)] => (*raw).to_owned(),
                other => panic!("{path} leads to {other:?}"),
            };
            prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&raw).unwrap(), field);
        }
    }
}
