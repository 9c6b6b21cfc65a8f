//! A condition as the form writes it, both ways. Pure.

use ouzel_api::search::{Operator, Side, Target, Test};

use super::condition::{known, op_name, operator, target};

/// The choice of place that means a field of the value.
pub const FIELD: &str = "field";

/// The choice of place that means a field of the key.
pub const KEY_FIELD: &str = "keyfield";

/// The choice of place that means the headers of one name.
pub const HEADER: &str = "header";

/// What stands in the fields of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where to look.
    pub place: String,
    /// How to look: `contains`, `regex`, or the name of a comparison.
    pub way: String,
    /// The path of a field, or the name of a header.
    pub path: String,
    /// What to look for.
    pub text: String,
}

/// Whether a place is a field, of which every way is a comparison.
pub fn is_field(place: &str) -> bool {
    place == FIELD || place == KEY_FIELD
}

impl Written {
    /// As somebody would have written this test; none if the form cannot say it.
    pub fn of(test: &Test) -> Option<Written> {
        let of_part = |target: &Target, way: &str, text: &str| {
            let (place, path) = match target {
                Target::Header(name) => (HEADER, name.as_str()),
                other => (known(other).0, ""),
            };
            Written::new(place, way, path, text)
        };
        Some(match test {
            Test::Contains { target, text } => of_part(target, "contains", text),
            Test::Regex { target, pattern } => of_part(target, "regex", pattern),
            Test::Part { target, op, value } => of_part(target, op_name(*op), value),
            Test::Field { of, path, op, value } => {
                let place = if *of == Side::Key { KEY_FIELD } else { FIELD };
                Written::new(place, op_name(*op), path, value)
            }
            Test::Bytes { .. } | Test::Javascript { .. } => return None,
        })
    }

    fn new(place: &str, way: &str, path: &str, text: &str) -> Written {
        let [place, way, path, text] = [place, way, path, text].map(str::to_owned);
        Written { place, way, path, text }
    }

    /// The test that is meant, or what is missing.
    pub fn test(&self) -> Result<Test, String> {
        if is_field(&self.place) { self.of_field() } else { self.of_part() }
    }

    fn of_field(&self) -> Result<Test, String> {
        let path = self.path.trim().to_owned();
        let op = operator(&self.way).unwrap_or(Operator::Eq);
        if path.is_empty() {
            return Err("Name the field, such as user.address.city".to_owned());
        }
        let of = if self.place == KEY_FIELD { Side::Key } else { Side::Value };
        Ok(Test::Field { of, path, op, value: self.text.clone() })
    }

    fn of_part(&self) -> Result<Test, String> {
        let target = match self.place == HEADER {
            false => target(&self.place).unwrap_or(Target::Any),
            true => match self.path.trim() {
                "" => return Err("Name the header".to_owned()),
                name => Target::Header(name.to_owned()),
            },
        };
        let (text, way) = (self.text.clone(), self.way.as_str());
        if text.is_empty() && way != "exists" {
            return Err("Write what to look for".to_owned());
        }
        Ok(match (way, operator(way)) {
            ("contains", _) => Test::Contains { target, text },
            ("regex", _) => Test::Regex { target, pattern: text },
            (_, Some(op)) => Test::Part { target, op, value: text },
            (_, None) => Test::Contains { target, text },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_that_the_form_can_say_comes_back_from_it_as_it_was() {
        let (text, header) = ("a~b".to_owned(), Target::Header("trace".to_owned()));
        let (path, value) = ("user.city".to_owned(), "7".to_owned());
        let field = |of, op| Test::Field { of, path: path.clone(), op, value: value.clone() };
        let tests = [
            Test::Contains { target: Target::Any, text: text.clone() },
            Test::Contains { target: header.clone(), text: text.clone() },
            Test::Regex { target: Target::Key, pattern: text.clone() },
            Test::Part { target: Target::Value, op: Operator::Ge, value: value.clone() },
            Test::Part { target: header, op: Operator::Exists, value: String::new() },
            field(Side::Value, Operator::In),
            field(Side::Key, Operator::Regex),
        ];
        for test in tests {
            let written = Written::of(&test).expect("the form can say it");
            assert_eq!(written.test().as_ref(), Ok(&test), "{written:?}");
        }
        let script = Test::Javascript { script: "return true".to_owned() };
        assert_eq!(Written::of(&script), None);
    }

    #[test]
    fn what_is_missing_is_said() {
        let missing = |place, way, path, text| Written::new(place, way, path, text).test().err();
        assert!(missing("field", "eq", " ", "1").is_some_and(|it| it.contains("field")));
        assert!(missing("header", "eq", "", "1").is_some_and(|it| it.contains("header")));
        assert!(missing("any", "contains", "", "").is_some());
        assert_eq!(missing("value", "exists", "", ""), None);
        assert_eq!(missing("field", "eq", "a", ""), None);
    }
}
