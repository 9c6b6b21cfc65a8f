//! One condition of a search, on or off: as a chip's text, and as a value in the address. Pure.

use ouzel_api::search::{Filter, Operator, Target};

/// A filter that can be switched off without being lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Whether it is asked of the records.
    pub on: bool,
    /// What is asked.
    pub filter: Filter,
}

/// Names of targets in the address and on screen.
pub const TARGETS: [(Target, &str, &str); 4] = [
    (Target::Any, "any", "anywhere"),
    (Target::Key, "key", "key"),
    (Target::Value, "value", "value"),
    (Target::Headers, "headers", "headers"),
];

/// Names of operators in the address, on chips and in the list of choices.
pub const OPERATORS: [(Operator, &str, &str); 8] = [
    (Operator::Eq, "eq", "="),
    (Operator::Ne, "ne", "≠"),
    (Operator::Gt, "gt", ">"),
    (Operator::Ge, "ge", "≥"),
    (Operator::Lt, "lt", "<"),
    (Operator::Le, "le", "≤"),
    (Operator::Contains, "contains", "contains"),
    (Operator::Exists, "exists", "exists"),
];

/// Between the parts of a condition in the address; the last part may hold it as it is, in a path
/// it is written twice.
const SEPARATOR: &str = "~";

impl Condition {
    /// What the chip says.
    pub fn text(&self) -> String {
        match &self.filter {
            Filter::Contains { target: Target::Any, text } => format!("“{text}”"),
            Filter::Contains { target, text } => format!("{} contains “{text}”", shown(*target)),
            Filter::Regex { target: Target::Any, pattern } => format!("/{pattern}/"),
            Filter::Regex { target, pattern } => format!("{} matches /{pattern}/", shown(*target)),
            Filter::Field { path, op: Operator::Exists, .. } => format!("{path} exists"),
            Filter::Field { path, op, value } => format!("{path} {} {value}", sign(*op)),
        }
    }

    /// For the address: `contains~any~EUR`, `field~gt~amount~100`, with `-` before it if it is off.
    pub fn write(&self) -> String {
        let off = if self.on { "" } else { "-" };
        let parts = match &self.filter {
            Filter::Contains { target, text } => ["contains", name(*target), text].join(SEPARATOR),
            Filter::Regex { target, pattern } => ["regex", name(*target), pattern].join(SEPARATOR),
            Filter::Field { path, op, value } => {
                let path = path.replace(SEPARATOR, "~~");
                ["field", op_name(*op), &path, value].join(SEPARATOR)
            }
        };
        format!("{off}{parts}")
    }

    /// Undoes [`Condition::write`].
    pub fn parse(text: &str) -> Option<Condition> {
        let (on, text) = match text.strip_prefix('-') {
            Some(rest) => (false, rest),
            None => (true, text),
        };
        let (kind, rest) = text.split_once(SEPARATOR)?;
        let (second, rest) = rest.split_once(SEPARATOR)?;
        let filter = match kind {
            "contains" => Filter::Contains { target: target(second)?, text: rest.to_owned() },
            "regex" => Filter::Regex { target: target(second)?, pattern: rest.to_owned() },
            "field" => {
                let (path, value) = split_path(rest)?;
                Filter::Field { path, op: operator(second)?, value }
            }
            _ => return None,
        };
        Some(Condition { on, filter })
    }
}

/// Splits at the first single separator; doubled ones belong to the path.
fn split_path(text: &str) -> Option<(String, String)> {
    let mut at = 0;
    loop {
        at += text[at..].find(SEPARATOR)?;
        if !text[at + 1..].starts_with(SEPARATOR) {
            return Some((text[..at].replace("~~", SEPARATOR), text[at + 1..].to_owned()));
        }
        at += 2;
    }
}

/// The target of that name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().find(|(_, own, _)| *own == name).map(|(target, ..)| *target)
}

/// The operator of that name.
pub fn operator(name: &str) -> Option<Operator> {
    OPERATORS.iter().find(|(_, own, _)| *own == name).map(|(op, ..)| *op)
}

fn name(target: Target) -> &'static str {
    TARGETS.iter().find(|(own, ..)| *own == target).map_or("any", |(_, name, _)| name)
}

fn shown(target: Target) -> &'static str {
    TARGETS.iter().find(|(own, ..)| *own == target).map_or("anywhere", |(.., shown)| shown)
}

fn op_name(op: Operator) -> &'static str {
    OPERATORS.iter().find(|(own, ..)| *own == op).map_or("eq", |(_, name, _)| name)
}

fn sign(op: Operator) -> &'static str {
    OPERATORS.iter().find(|(own, ..)| *own == op).map_or("=", |(.., sign)| sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_kind() -> Vec<Condition> {
        let mut all = Vec::new();
        for text in ["EUR", "", "a~b~~c", "-", "ü &=%"] {
            for (target, ..) in TARGETS {
                let (text, pattern) = (text.to_owned(), text.to_owned());
                all.push(Filter::Contains { target, text });
                all.push(Filter::Regex { target, pattern });
            }
            for (op, ..) in OPERATORS {
                let path = format!("a.b[0]{text}.c");
                all.push(Filter::Field { path, op, value: text.to_owned() });
            }
        }
        let both =
            |filter: Filter| [true, false].map(|on| Condition { on, filter: filter.clone() });
        all.into_iter().flat_map(both).collect()
    }

    #[test]
    fn every_condition_survives_the_address_switched_off_or_on() {
        for condition in every_kind() {
            let written = condition.write();
            assert_eq!(Condition::parse(&written), Some(condition), "{written}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for wrong in ["", "EUR", "contains~any", "contains~body~x", "field~eq~path", "js~any~x"] {
            assert_eq!(Condition::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_chip_says_what_is_asked() {
        let text = |written: &str| Condition::parse(written).map(|condition| condition.text());
        assert_eq!(text("field~gt~amount~100").as_deref(), Some("amount > 100"));
        assert_eq!(text("-contains~key~ord").as_deref(), Some("key contains “ord”"));
        assert_eq!(text("regex~any~^a.*").as_deref(), Some("/^a.*/"));
        assert_eq!(text("field~exists~a.b~").as_deref(), Some("a.b exists"));
    }
}
