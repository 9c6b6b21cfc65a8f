//! What a view is in the address, and what comes back from there.

use ouzel_api::search::{Filter, Target, Test};

use super::{super::value::Style, *};

fn there_and_back(view: &View) -> View {
    View::parse(&Query::parse(&view.write().to_string()))
}

fn view(asked: Asked) -> View {
    let columns = vec!["user.city".to_owned(), r#"["a&b"].x"#.to_owned()];
    let open = Some((3, 9_007_199_254_740_993));
    let face = Face { tab: RecordTab::Key, style: Style::Hex };
    View {
        asked,
        open,
        face,
        columns,
        chart: true,
        writes: Some(Writes::One),
        problems: Vec::new(),
    }
}

#[test]
fn the_whole_search_survives_the_address() {
    let test = Test::Contains { target: Target::Any, text: "a&b=c #~".to_owned() };
    let filter = Filter::new(test);
    let conditions =
        vec![Condition { on: true, filter: filter.clone() }, Condition { on: false, filter }];
    let starts = [
        Start::At(From::Newest),
        Start::At(From::Oldest),
        Start::At(From::Offset { offset: i64::MAX }),
        Start::At(From::Time { timestamp_ms: 1_795_442_607_118 }),
        Start::At(From::Time { timestamp_ms: -1 }),
        Start::At(From::Time { timestamp_ms: i64::MAX }),
        Start::At(From::Group { group: "a:b c".to_owned() }),
        Start::Live,
    ];
    for start in starts {
        let asked = Asked {
            start,
            until: Until::Time { timestamp_ms: 7 },
            isolation: Isolation::ReadCommitted,
            decode: Decode { key: Decoder::I64, value: Decoder::Cbor },
            partitions: Some(vec![0, 3, 4, 5, 9]),
            limit: 500,
            conditions: conditions.clone(),
            resume: Some("eyJ9+/=".to_owned()),
        };
        assert_eq!(there_and_back(&view(asked.clone())), view(asked));
    }
    assert_eq!(there_and_back(&view(Asked::default())), view(Asked::default()));
}

#[test]
fn the_usual_search_has_an_empty_address() {
    let usual = View::default();
    assert!(usual.write().is_empty());
    assert_eq!(View::parse(&Query::default()), usual);
}

#[test]
fn what_cannot_be_understood_is_named_and_the_rest_is_kept() {
    let query =
        Query::parse("from=yesterday&limit=0&partitions=1-&f=x&f=contains~key~a&o=-4&col=a..b");
    let view = View::parse(&query);
    let problems = ["from=yesterday", "partitions=1-", "limit=0", "f=x", "o=-4", "col=a..b"];
    assert_eq!(view.problems, problems);
    assert_eq!(view.asked.conditions.len(), 1);
    assert_eq!(view.open, None);
}

#[test]
fn a_condition_that_is_off_is_kept_but_not_asked() {
    let query = Query::parse("f=-contains~key~a&f=contains~value~b");
    let asked = View::parse(&query).asked;
    let text = "b".to_owned();
    let test = Test::Contains { target: Target::Value, text };
    assert_eq!(asked.filters(), [Filter::new(test)]);
    assert_eq!(asked.conditions.len(), 2);
}

#[test]
fn partitions_are_read_and_written_as_ranges() {
    assert_eq!(parse_partitions("3-5, 0,4"), Some(vec![0, 3, 4, 5]));
    assert_eq!(write_partitions(&[0, 3, 4, 5, 7, 8]), "0,3-5,7-8");
    for wrong in ["", "a", "5-3", "-1", "0-2000000000", "1,,2"] {
        assert_eq!(parse_partitions(wrong), None, "{wrong}");
    }
}

#[test]
fn only_the_same_search_with_a_token_goes_on() {
    let first = Asked::default();
    let next = Asked { resume: Some("t".to_owned()), ..first.clone() };
    assert!(next.continues(&first));
    assert!(!first.continues(&next));
    assert!(!Asked { limit: 7, ..next }.continues(&first));
}
