//! Rules for functions: how long, and how many parameters.

use super::{Findings, source::Source};

/// What fits on one screen.
const LINES_MAX: usize = 70;

/// More than five belong together and want a struct with names.
const PARAMETERS_MAX: usize = 5;

pub fn check(findings: &mut Findings, source: &Source) {
    for function in functions(&source.code) {
        let line = source.code[..function.at].matches('\n').count() + 1;
        if function.lines > LINES_MAX {
            findings.add(line, format!("a function of {} lines; {LINES_MAX}", function.lines));
        }
        // A component's parameters are written by name where it is used, like a struct's fields.
        if function.parameters > PARAMETERS_MAX && !is_component(source, line) {
            findings.add(line, format!("{} parameters; {PARAMETERS_MAX}", function.parameters));
        }
    }
}

struct Function {
    /// Byte position of its `fn`.
    at: usize,
    lines: usize,
    parameters: usize,
}

/// Looks up from the function over its other attributes and comments.
fn is_component(source: &Source, line: usize) -> bool {
    let above = source.lines[..line - 1].iter().rev().map(|line| line.trim_start());
    let mut header = above.take_while(|line| line.starts_with("#[") || line.starts_with("///"));
    header.any(|line| line.starts_with("#[component"))
}

/// Every function with a body. Signatures alone cannot be long, and fn types have no name.
fn functions(code: &str) -> Vec<Function> {
    let starts = code.match_indices("fn ").filter(|(at, _)| {
        let before = code[..*at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    });
    starts.filter_map(|(at, _)| function(code, at)).collect()
}

fn function(code: &str, at: usize) -> Option<Function> {
    let open = at + open_parenthesis(&code[at..])?;
    let close = open + closing(&code[open..])?;
    let parameters = parameters(&code[open + 1..close]);
    let brace = close + code[close..].find(['{', ';'])?;
    if code.as_bytes()[brace] == b';' {
        return None;
    }
    let end = brace + closing(&code[brace..])?;
    let lines = code[at..end].matches('\n').count() + 1;
    Some(Function { at, lines, parameters })
}

/// The parameter list's parenthesis: a bound like `F: Fn(u8)` before it opens one too.
fn open_parenthesis(signature: &str) -> Option<usize> {
    let mut depth = 0_i32;
    let mut before = ' ';
    for (at, c) in signature.char_indices() {
        match c {
            '<' => depth += 1,
            // Not the head of an arrow.
            '>' if before != '-' => depth -= 1,
            '(' if depth == 0 => return Some(at),
            '{' | ';' => return None,
            _ => {}
        }
        before = c;
    }
    None
}

/// Position of what closes the bracket at the start.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Parameters between the parentheses, without `self`.
fn parameters(list: &str) -> usize {
    let (mut depth, mut before) = (0_i32, ' ');
    let mut parts = vec![String::new()];
    for c in list.chars() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '>' if before != '-' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                before = c;
                continue;
            }
            _ => {}
        }
        before = c;
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    let named = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    named.filter(|part| !is_self(part)).count()
}

fn is_self(parameter: &str) -> bool {
    let name = parameter.split(':').next().unwrap_or("").trim();
    name.rsplit(['&', ' ']).next() == Some("self")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::broken;

    #[test]
    fn parameters_are_counted_without_self_and_inside_nothing() {
        let count = |code: &str| function(code, 0).map(|found| found.parameters);
        assert_eq!(count("fn a(&mut self, b: (u8, u8), c: Vec<Map<K, V>>) {}"), Some(2));
        assert_eq!(count("fn a<F: Fn(u8, u8) -> u8>(f: F, g: impl Fn(A, B) -> C,) {}"), Some(2));
        assert_eq!(count("fn a(&'a self) {}"), Some(0));
        assert_eq!(count("fn a(b: u8);"), None);
    }

    #[test]
    fn long_functions_and_long_lists_are_found_at_their_line() {
        let long = format!("//! x\nfn a() {{\n{}}}\n", "    b();\n".repeat(69));
        assert_eq!(broken("example/src/a.rs", &long), ["2: a function of 71 lines; 70"]);
        let list = "//! x\n\nfn a(b: u8, c: u8, d: u8, e: u8, f: u8, g: u8) {}\n";
        assert_eq!(broken("example/src/a.rs", list), ["3: 6 parameters; 5"]);
        let component = list.replace("\n\nfn", "\n\n/// Looks.\n#[component]\nfn");
        assert_eq!(broken("example/src/a.rs", &component), Vec::<String>::new());
    }
}
