//! What `{:?}` prints, read back as a tree, so that values of two crates can be compared by the
//! names of their fields.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use ouzel_wire::Uuid;

/// A printed value. Wrappers with one value (`Some(…)`, newtypes) are left out.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    Atom(String),
    List(Vec<Tree>),
    Struct(BTreeMap<String, Tree>),
}

impl Tree {
    pub fn of(value: &impl std::fmt::Debug) -> Tree {
        let text = format!("{value:?}");
        let mut chars = text.chars().peekable();
        let tree = value_in(&mut chars);
        assert_eq!(chars.next(), None, "read only part of {text}");
        tree
    }

    /// Asserts that every field of `self` is in `other` with the same value. Fields of `other` that
    /// `self` lacks belong to versions that are not described; unknown tagged fields are compared
    /// as bytes elsewhere.
    pub fn assert_within(&self, other: &Tree, path: &str) {
        match (self, other) {
            (Tree::Struct(fields), Tree::Struct(others)) => {
                for (name, value) in fields.iter().filter(|(name, _)| !name.starts_with("unknown"))
                {
                    let path = format!("{path}.{name}");
                    let other = others.get(name).unwrap_or_else(|| panic!("{path} is not theirs"));
                    value.assert_within(other, &path);
                }
            }
            (Tree::List(values), Tree::List(others)) => {
                assert_eq!(values.len(), others.len(), "{path}");
                for (place, (value, other)) in values.iter().zip(others).enumerate() {
                    value.assert_within(other, &format!("{path}[{place}]"));
                }
            }
            (Tree::Atom(ours), Tree::Atom(theirs)) => {
                assert!(same_atom(ours, theirs), "{path}: {ours} and {theirs}");
            }
            _ => panic!("{path}: {self:?} and {other:?}"),
        }
    }
}

/// Ids are printed in Kafka's form here, with hyphens there.
fn same_atom(ours: &str, theirs: &str) -> bool {
    let hex = |id: Uuid| format!("{:032x}", u128::from_be_bytes(id.0));
    ours == theirs || ours.parse().map(hex) == Ok(theirs.replace('-', ""))
}

fn value_in(chars: &mut Peekable<Chars<'_>>) -> Tree {
    let mut atom = String::new();
    loop {
        match chars.peek().copied() {
            Some('"') => quoted(chars, &mut atom),
            Some('[') => return Tree::List(items(chars, ']')),
            Some('(') => {
                let mut items = items(chars, ')');
                return if items.len() == 1 { items.remove(0) } else { Tree::List(items) };
            }
            Some('{') => return fields(chars),
            Some(' ') if chars.clone().nth(1) == Some('{') => {
                chars.next();
            }
            Some(',' | ')' | ']' | '}' | ':' | ' ') | None => return Tree::Atom(atom),
            Some(_) => atom.extend(chars.next()),
        }
    }
}

fn quoted(chars: &mut Peekable<Chars<'_>>, atom: &mut String) {
    atom.extend(chars.next());
    while let Some(letter) = chars.next() {
        atom.push(letter);
        match letter {
            '\\' => atom.extend(chars.next()),
            '"' => return,
            _ => {}
        }
    }
}

fn items(chars: &mut Peekable<Chars<'_>>, end: char) -> Vec<Tree> {
    chars.next();
    let mut items = Vec::new();
    loop {
        skip(chars);
        if chars.peek() == Some(&end) {
            chars.next();
            return items;
        }
        items.push(value_in(chars));
    }
}

fn fields(chars: &mut Peekable<Chars<'_>>) -> Tree {
    chars.next();
    let mut fields = BTreeMap::new();
    loop {
        skip(chars);
        if chars.peek() == Some(&'}') {
            chars.next();
            return Tree::Struct(fields);
        }
        let Tree::Atom(name) = value_in(chars) else { panic!("a field without a name") };
        assert_eq!(chars.next(), Some(':'), "after {name}");
        skip(chars);
        fields.insert(name, value_in(chars));
    }
}

fn skip(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if(|&letter| matches!(letter, ',' | ' ')).is_some() {}
}
