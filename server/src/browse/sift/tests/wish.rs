//! Filters, and what they mean: a reference that reads a record as plainly as can be.

use ouzel_api::search::{Filter, Operator, Side, Target, Test};
use proptest::prelude::*;

use super::logs::{Kind, Sample};

/// A filter, and what it means.
#[derive(Debug, Clone)]
pub enum Wish {
    AmountAtLeast(i64),
    AmountIs(i64),
    NoteIs(String),
    NoteIn(Vec<String>),
    HasAmount,
    ValueHolds(String),
    KeyIs(u32),
    HeaderIs(&'static str),
}

pub fn wish() -> impl Strategy<Value = (Wish, bool)> {
    let note = || (0u32..8).prop_map(|n| format!("n{n}"));
    let wish = prop_oneof![
        (0i64..40).prop_map(Wish::AmountAtLeast),
        (0i64..40).prop_map(Wish::AmountIs),
        note().prop_map(Wish::NoteIs),
        prop::collection::vec(note(), 1..3).prop_map(Wish::NoteIn),
        Just(Wish::HasAmount),
        (0u32..40).prop_map(|n| Wish::ValueHolds(format!(" {n}"))),
        (0u32..6).prop_map(Wish::KeyIs),
        prop::sample::select(vec!["x", "y"]).prop_map(Wish::HeaderIs),
    ];
    (wish, prop::bool::weighted(0.3))
}

impl Wish {
    pub fn filter(&self, negate: bool) -> Filter {
        let field = |path: &str, op, value: String| Test::Field {
            of: Side::Value,
            path: path.to_owned(),
            op,
            value,
        };
        let test = match self {
            Wish::AmountAtLeast(n) => field("amount", Operator::Ge, n.to_string()),
            Wish::AmountIs(n) => field("amount", Operator::Eq, format!("{n}.0")),
            Wish::NoteIs(note) => field("note", Operator::Eq, note.clone()),
            Wish::NoteIn(notes) => field("note", Operator::In, notes.join(", ")),
            Wish::HasAmount => field("amount", Operator::Exists, String::new()),
            Wish::ValueHolds(text) => Test::Contains { target: Target::Value, text: text.clone() },
            Wish::KeyIs(n) => {
                Test::Part { target: Target::Key, op: Operator::Eq, value: n.to_string() }
            }
            Wish::HeaderIs(value) => Test::Part {
                target: Target::Header("h".to_owned()),
                op: Operator::Eq,
                value: (*value).to_owned(),
            },
        };
        Filter { negate, ..Filter::new(test) }
    }

    fn is_of_field(&self) -> bool {
        !matches!(self, Wish::ValueHolds(_) | Wish::KeyIs(_) | Wish::HeaderIs(_))
    }

    /// `None` if it cannot be judged.
    fn holds(&self, sample: &Sample) -> Option<bool> {
        let of_fields = |test: &dyn Fn(i64, &str) -> bool| match sample.kind {
            Kind::Tombstone => Some(false),
            _ => sample.fields().map(|(amount, note)| test(amount, &note)),
        };
        match self {
            Wish::AmountAtLeast(n) => of_fields(&|amount, _| amount >= *n),
            Wish::AmountIs(n) => of_fields(&|amount, _| amount == *n),
            Wish::NoteIs(wanted) => of_fields(&|_, note| note == wanted),
            Wish::NoteIn(notes) => of_fields(&|_, note| notes.iter().any(|it| it == note)),
            Wish::HasAmount => of_fields(&|_, _| true),
            Wish::ValueHolds(text) => {
                Some(sample.value().is_some_and(|value| value.contains(text.as_str())))
            }
            Wish::KeyIs(n) => Some(sample.key() == n.to_string()),
            Wish::HeaderIs(value) => Some(*value == "x"),
        }
    }
}

/// Whether a sample matches; `None` if it cannot be told. Fields are looked at last.
pub fn judged(wishes: &[(Wish, bool)], sample: &Sample) -> Option<bool> {
    let (fields, others): (Vec<_>, Vec<_>) = wishes.iter().partition(|(it, _)| it.is_of_field());
    for (wish, negate) in others.into_iter().chain(fields) {
        if wish.holds(sample)? == *negate {
            return Some(false);
        }
    }
    Some(true)
}
