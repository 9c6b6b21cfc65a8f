//! Why a record matched: which stretches of its texts the conditions that are on were about. Pure.
//!
//! The server alone decides what matches; this only finds the place again. What cannot be found in
//! the text at hand (it was cut, or the pattern is not understood here) is not marked.

use std::ops::Range;

use ouzel_api::{
    messages::{Encoding, Header, Message, Payload},
    search::{Filter, Operator, Side, Target, Test},
};
use regex_lite::{Regex, RegexBuilder};

use super::{
    fields::{self, Path},
    query::Asked,
};

/// Marks in one text; more would not help to see the place.
const MARKS_MAX: usize = 200;

/// Bytes of a text that are looked at: what a row comes with.
const LOOKED_AT_BYTES: usize = 64 * 1024;

/// Memory that one pattern may take. The server has a limit of its own.
const PATTERN_BYTES_MAX: usize = 1024 * 1024;

/// What the conditions of a search look for.
#[derive(Debug, Clone, Default)]
pub struct Marks(Vec<Mark>);

#[derive(Debug, Clone)]
enum Mark {
    Text(Target, String),
    Pattern(Target, Regex),
    /// The part as a whole.
    All(Target),
    Field(Side, Path),
}

/// Compared by what they were made of: a pattern has no equality of its own.
impl PartialEq for Marks {
    fn eq(&self, other: &Marks) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| a.same(b))
    }
}

impl Mark {
    /// What a filter looks for. One that must not hold is about nothing that is there.
    fn of(filter: &Filter) -> Option<Mark> {
        if filter.negate {
            return None;
        }
        match &filter.test {
            Test::Contains { target, text } => Mark::text(target, text),
            Test::Regex { target, pattern } => Mark::pattern(target, pattern),
            Test::Part { target, op: Operator::Contains, value } => Mark::text(target, value),
            Test::Part { target, op: Operator::Regex, value } => Mark::pattern(target, value),
            Test::Part { target, .. } | Test::Bytes { target, .. } => {
                Some(Mark::All(target.clone()))
            }
            Test::Field { of, path, .. } => Path::parse(path).map(|path| Mark::Field(*of, path)),
            // What it looked at, it alone knows.
            Test::Javascript { .. } => None,
        }
    }

    fn text(target: &Target, text: &str) -> Option<Mark> {
        (!text.is_empty()).then(|| Mark::Text(target.clone(), text.to_owned()))
    }

    fn pattern(target: &Target, pattern: &str) -> Option<Mark> {
        let built = RegexBuilder::new(pattern).size_limit(PATTERN_BYTES_MAX).build();
        built.ok().map(|pattern| Mark::Pattern(target.clone(), pattern))
    }

    fn same(&self, other: &Mark) -> bool {
        match (self, other) {
            (Mark::Text(a, text), Mark::Text(b, same)) => (a, text) == (b, same),
            (Mark::Pattern(a, one), Mark::Pattern(b, two)) => {
                (a, one.as_str()) == (b, two.as_str())
            }
            (Mark::All(one), Mark::All(two)) => one == two,
            (Mark::Field(a, one), Mark::Field(b, two)) => (a, one) == (b, two),
            _ => false,
        }
    }

    /// Whether it looks at `part` at all.
    fn concerns(&self, part: &Target) -> bool {
        match self {
            Mark::Text(target, _) | Mark::Pattern(target, _) | Mark::All(target) => {
                let header = matches!((target, part), (Target::Headers, Target::Header(_)));
                *target == Target::Any || target == part || header
            }
            Mark::Field(Side::Value, _) => *part == Target::Value,
            Mark::Field(Side::Key, _) => *part == Target::Key,
        }
    }

    fn find(&self, text: &str, is_json: bool, found: &mut Vec<Range<usize>>) {
        let room = MARKS_MAX.saturating_sub(found.len());
        match self {
            Mark::Text(_, wanted) => {
                let places = text.match_indices(wanted.as_str()).take(room);
                found.extend(places.map(|(at, it)| at..at + it.len()));
            }
            Mark::Pattern(_, pattern) => {
                let places = pattern.find_iter(text).filter(|it| !it.is_empty());
                found.extend(places.take(room).map(|it| it.range()));
            }
            Mark::All(_) => found.push(0..text.len()),
            Mark::Field(_, path) if is_json => found.extend(fields::find(text, path, room)),
            Mark::Field(..) => {}
        }
    }
}

impl Marks {
    /// Of the conditions that are on.
    pub fn of(asked: &Asked) -> Marks {
        Marks(asked.filters().iter().filter_map(Mark::of).collect())
    }

    /// Stretches of the key's text.
    pub fn in_key(&self, key: &Payload) -> Vec<Range<usize>> {
        self.within(&Target::Key, key)
    }

    /// Stretches of the value's text.
    pub fn in_value(&self, value: &Payload) -> Vec<Range<usize>> {
        self.within(&Target::Value, value)
    }

    /// The first header that a condition was about, with the stretches of its name and its value.
    pub fn in_headers(&self, message: &Message) -> Option<(usize, HeaderMarks)> {
        message.headers.iter().enumerate().find_map(|(at, header)| {
            let (name, value) = self.in_header(header);
            (!name.is_empty() || !value.is_empty()).then_some((at, (name, value)))
        })
    }

    /// Stretches of a header's name and of its value.
    pub fn in_header(&self, header: &Header) -> HeaderMarks {
        let name = self.search(&Target::Headers, &header.key, false);
        (name, self.within(&Target::Header(header.key.clone()), &header.value))
    }

    fn within(&self, part: &Target, payload: &Payload) -> Vec<Range<usize>> {
        match payload.encoding {
            Encoding::Null | Encoding::Hex => Vec::new(),
            encoding => self.search(part, &payload.text, encoding == Encoding::Json),
        }
    }

    fn search(&self, part: &Target, text: &str, is_json: bool) -> Vec<Range<usize>> {
        let text = &text[..text.floor_char_boundary(LOOKED_AT_BYTES)];
        let mut found = Vec::new();
        for mark in self.0.iter().filter(|mark| mark.concerns(part)) {
            mark.find(text, is_json, &mut found);
        }
        joined(found)
    }
}

/// Marks of a header's name, and of its value.
pub type HeaderMarks = (Vec<Range<usize>>, Vec<Range<usize>>);

/// Sorted, and none over another.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut out: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

/// Cuts `at` at the borders of `marks`, which are sorted: each piece, and whether it is marked.
pub fn pieces(at: Range<usize>, marks: &[Range<usize>]) -> Vec<(Range<usize>, bool)> {
    let mut out = Vec::new();
    let mut from = at.start;
    let first = marks.partition_point(|mark| mark.end <= at.start);
    for mark in marks[first..].iter().take_while(|mark| mark.start < at.end) {
        let (start, end) = (mark.start.max(at.start), mark.end.min(at.end));
        if from < start {
            out.push((from..start, false));
        }
        if start < end {
            out.push((start..end, true));
        }
        from = end;
    }
    if from < at.end {
        out.push((from..at.end, false));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::condition::Condition;
    use super::*;

    fn marks(filters: Vec<Filter>) -> Marks {
        let conditions = filters.into_iter().map(|filter| Condition { on: true, filter }).collect();
        Marks::of(&Asked { conditions, ..Asked::default() })
    }

    fn json(text: &str) -> Payload {
        let (encoding, text) = (Encoding::Json, text.to_owned());
        Payload { encoding, text, ..Payload::default() }
    }

    fn contains(target: Target, text: &str) -> Filter {
        Filter::new(Test::Contains { target, text: text.to_owned() })
    }

    fn matches(target: Target, pattern: &str) -> Filter {
        Filter::new(Test::Regex { target, pattern: pattern.to_owned() })
    }

    #[test]
    fn each_condition_marks_its_own_place_and_overlaps_are_one() {
        let payload = json(r#"{"city":"Berlin","amount":12.50}"#);
        let shown = |filters| -> Vec<String> {
            let found = marks(filters).in_value(&payload);
            found.into_iter().map(|at| payload.text[at].to_owned()).collect()
        };
        assert_eq!(shown(vec![contains(Target::Any, "erl")]), ["erl"]);
        assert_eq!(shown(vec![contains(Target::Key, "erl")]), Vec::<String>::new());
        let regex = || matches(Target::Value, "[A-Z][a-z]+");
        assert_eq!(shown(vec![regex()]), ["Berlin"]);
        assert_eq!(shown(vec![contains(Target::Any, "n\",\"a"), regex()]), ["Berlin\",\"a"]);
        let field = Filter::new(Test::Field {
            of: Side::Value,
            path: "amount".to_owned(),
            op: Operator::Gt,
            value: "12".to_owned(),
        });
        assert_eq!(shown(vec![field.clone()]), ["12.50"]);
        assert!(shown(vec![Filter { negate: true, ..field }]).is_empty());
    }

    #[test]
    fn what_cannot_be_looked_for_marks_nothing() {
        let wrong = matches(Target::Any, "[");
        let marks = marks(vec![wrong, contains(Target::Any, "")]);
        assert_eq!(marks, Marks::default());
    }

    #[test]
    fn a_pattern_that_explodes_elsewhere_takes_no_time_here() {
        let marks = marks(vec![matches(Target::Any, "(a+)+$")]);
        let text = "a".repeat(2_000) + "b";
        assert!(marks.in_value(&json(&text)).is_empty());
    }

    #[test]
    fn a_stretch_is_cut_at_the_borders_of_its_marks() {
        let marks = [2..4, 6..9];
        let all = pieces(0..8, &marks);
        assert_eq!(all, [(0..2, false), (2..4, true), (4..6, false), (6..8, true)]);
        assert_eq!(pieces(4..6, &marks), [(4..6, false)]);
        assert_eq!(pieces(2..3, &marks), [(2..3, true)]);
        assert!(pieces(3..3, &marks).is_empty());
    }
}
