//! One condition of a search, on or off: as a chip's text, and as a value in the address. Pure.

use ouzel_api::search::{Filter, Operator, Side, Target, Test};

use super::bytes;

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
pub const OPERATORS: [(Operator, &str, &str); 10] = [
    (Operator::Eq, "eq", "="),
    (Operator::Ne, "ne", "≠"),
    (Operator::Gt, "gt", ">"),
    (Operator::Ge, "ge", "≥"),
    (Operator::Lt, "lt", "<"),
    (Operator::Le, "le", "≤"),
    (Operator::Contains, "contains", "contains"),
    (Operator::Exists, "exists", "exists"),
    (Operator::Regex, "regex", "matches regex"),
    (Operator::In, "in", "in"),
];

/// Between the parts of a condition in the address; the last part may hold it as it is, in a path
/// it is written twice.
const SEPARATOR: &str = "~";

impl Condition {
    /// What the chip says.
    pub fn text(&self) -> String {
        let not = if self.filter.negate { "not " } else { "" };
        format!("{not}{}", says(&self.filter.test))
    }

    /// For the address: `contains~any~EUR`, `field~gt~amount~100`, `part~eq~header:id~7`,
    /// `js~return key == 1`, with `!` before it if it must not hold and `-` before all if it is
    /// off.
    pub fn write(&self) -> String {
        let off = if self.on { "" } else { "-" };
        let not = if self.filter.negate { "!" } else { "" };
        let parts = match &self.filter.test {
            Test::Contains { target, text } => ["contains", &name(target), text].join(SEPARATOR),
            Test::Regex { target, pattern } => ["regex", &name(target), pattern].join(SEPARATOR),
            Test::Bytes { target, base64 } => ["bytes", &name(target), base64].join(SEPARATOR),
            Test::Part { target, op, value } => {
                ["part", op_name(*op), &name(target), value].join(SEPARATOR)
            }
            Test::Field { of, path, op, value } => {
                let kind = if of.is_value() { "field" } else { "keyfield" };
                [kind, op_name(*op), &path.replace(SEPARATOR, "~~"), value].join(SEPARATOR)
            }
            Test::Javascript { script } => ["js", script].join(SEPARATOR),
        };
        format!("{off}{not}{parts}")
    }

    /// Undoes [`Condition::write`].
    pub fn parse(text: &str) -> Option<Condition> {
        let after = |text: &str, mark: char| text.strip_prefix(mark).map(str::to_owned);
        let (on, text) = after(text, '-').map_or((true, text.to_owned()), |rest| (false, rest));
        let (negate, text) = after(&text, '!').map_or((false, text), |rest| (true, rest));
        let (kind, rest) = text.split_once(SEPARATOR)?;
        let test = match kind {
            "contains" | "regex" => {
                let (target, text) = rest.split_once(SEPARATOR)?;
                let (target, text) = (self::target(target)?, text.to_owned());
                match kind {
                    "contains" => Test::Contains { target, text },
                    _ => Test::Regex { target, pattern: text },
                }
            }
            "bytes" => {
                let (target, base64) = rest.split_once(SEPARATOR)?;
                Test::Bytes { target: self::target(target)?, base64: base64.to_owned() }
            }
            "part" => {
                let (op, rest) = rest.split_once(SEPARATOR)?;
                let (target, value) = rest.split_once(SEPARATOR)?;
                let (target, value) = (self::target(target)?, value.to_owned());
                Test::Part { target, op: operator(op)?, value }
            }
            "field" | "keyfield" => {
                let (op, rest) = rest.split_once(SEPARATOR)?;
                let (path, value) = split_path(rest)?;
                let of = if kind == "field" { Side::Value } else { Side::Key };
                Test::Field { of, path, op: operator(op)?, value }
            }
            "js" => Test::Javascript { script: rest.to_owned() },
            _ => return None,
        };
        Some(Condition { on, filter: Filter { negate, ..Filter::new(test) } })
    }
}

fn says(test: &Test) -> String {
    match test {
        Test::Contains { target: Target::Any, text } => format!("“{text}”"),
        Test::Contains { target, text } => format!("{} contains “{text}”", shown(target)),
        Test::Regex { target: Target::Any, pattern } => format!("/{pattern}/"),
        Test::Regex { target, pattern } => format!("{} matches /{pattern}/", shown(target)),
        Test::Bytes { target, base64 } => format!("{} is {}", shown(target), hex(base64)),
        Test::Part { target, op, value } => compared(&shown(target), *op, value),
        Test::Field { of: Side::Value, path, op, value } => compared(path, *op, value),
        Test::Field { of: Side::Key, path, op, value } => {
            compared(&format!("key.{path}"), *op, value)
        }
        Test::Javascript { script } => {
            let mut lines = script.lines().map(str::trim).filter(|line| !line.is_empty());
            let first = lines.next().unwrap_or_default();
            let more = if lines.next().is_some() { " …" } else { "" };
            format!("JS: {first}{more}")
        }
    }
}

/// The beginning of the bytes, as a chip has room for.
fn hex(base64: &str) -> String {
    let bytes = bytes::unbase64(base64);
    let (shown, more) = bytes.split_at(bytes.len().min(bytes::LINE_BYTES_WIDE));
    let more = if more.is_empty() { "" } else { " …" };
    format!("0x{}{more}", bytes::dumped(shown).0.replace(' ', ""))
}

fn compared(what: &str, op: Operator, value: &str) -> String {
    match op {
        Operator::Exists => format!("{what} exists"),
        Operator::Regex => format!("{what} matches /{value}/"),
        _ => format!("{what} {} {value}", sign(op)),
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

/// The target of that name; `header:` and a key are the headers with that key, in which `%7E`
/// stands for the separator.
pub fn target(name: &str) -> Option<Target> {
    if let Some(key) = name.strip_prefix("header:") {
        return Some(Target::Header(key.replace("%7E", SEPARATOR).replace("%25", "%")));
    }
    TARGETS.iter().find(|(_, own, _)| *own == name).map(|(target, ..)| target.clone())
}

/// The operator of that name.
pub fn operator(name: &str) -> Option<Operator> {
    OPERATORS.iter().find(|(_, own, _)| *own == name).map(|(op, ..)| *op)
}

fn name(target: &Target) -> String {
    match target {
        Target::Header(key) => {
            format!("header:{}", key.replace('%', "%25").replace(SEPARATOR, "%7E"))
        }
        _ => known(target).0.to_owned(),
    }
}

fn shown(target: &Target) -> String {
    match target {
        Target::Header(key) => format!("header {key}"),
        _ => known(target).1.to_owned(),
    }
}

/// Its name in the address and on screen.
pub fn known(target: &Target) -> (&'static str, &'static str) {
    let found = TARGETS.iter().find(|(own, ..)| own == target);
    found.map_or(("any", "anywhere"), |(_, name, shown)| (name, shown))
}

/// An operator's name in the address.
pub fn op_name(op: Operator) -> &'static str {
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
        let targets = TARGETS.map(|(target, ..)| target).into_iter();
        let header = |name: &str| Target::Header(name.to_owned());
        let targets: Vec<Target> = targets.chain(["id", "a~b%7E%", ""].map(header)).collect();
        for text in ["EUR", "", "a~b~~c", "-", "!", "ü &=%"] {
            for target in &targets {
                let (text, pattern) = (text.to_owned(), text.to_owned());
                all.push(Test::Contains { target: target.clone(), text });
                all.push(Test::Regex { target: target.clone(), pattern });
                let base64 = "AP+/8Q==".to_owned();
                all.push(Test::Bytes { target: target.clone(), base64 });
            }
            for (op, ..) in OPERATORS {
                let (path, value) = (format!("a.b[0]{text}.c"), text.to_owned());
                let of = if text.is_empty() { Side::Key } else { Side::Value };
                all.push(Test::Field { of, path, op, value: value.clone() });
                all.push(Test::Part { target: header("id"), op, value });
            }
            let script = format!("const a = '{text}';\nreturn !a");
            all.extend([Test::Javascript { script }, Test::Javascript { script: text.to_owned() }]);
        }
        let ways = [(true, true), (true, false), (false, true), (false, false)];
        let each = |test: Test| {
            ways.map(|(on, negate)| {
                let filter = Filter { negate, ..Filter::new(test.clone()) };
                Condition { on, filter }
            })
        };
        all.into_iter().flat_map(each).collect()
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
        for wrong in ["", "EUR", "contains~any", "contains~body~x", "field~eq~path", "ts~any~x"] {
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
        assert_eq!(text("!part~in~header:id~1,2").as_deref(), Some("not header id in 1,2"));
        assert_eq!(text("bytes~key~AAAAKg==").as_deref(), Some("key is 0x0000002a"));
        assert_eq!(text("keyfield~lt~n~5").as_deref(), Some("key.n < 5"));
        assert_eq!(text("!js~return key == 1").as_deref(), Some("not JS: return key == 1"));
        assert_eq!(text("js~\n  const a = 1;\nreturn a").as_deref(), Some("JS: const a = 1; …"));
    }
}
