//! Names with a star: `orders-*` fits every name that begins so. Pure, and quick on any input.

/// Fits every name.
pub const ALL: &str = "*";

/// Whether `name` fits `pattern`, in which each `*` stands for any letters or none.
///
/// Takes at most the product of both lengths: a star that was passed is never gone back behind.
pub fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut here) = (0, 0);
    // The last star, and how far it reaches by now.
    let mut star = None;
    while here < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, here));
                at += 1;
            }
            Some(byte) if *byte == name[here] => (at, here) = (at + 1, here + 1),
            _ => {
                let Some((star_at, reach)) = star else { return false };
                star = Some((star_at, reach + 1));
                (at, here) = (star_at + 1, reach + 1);
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_letters() {
        let fitting = [
            ("*", ""),
            ("*", "orders"),
            ("orders", "orders"),
            ("orders-*", "orders-"),
            ("*-dlq", "orders-dlq"),
            ("a*b*c", "a-b-b-c"),
            ("*ü*", "für"),
            ("**", "x"),
        ];
        for (pattern, name) in fitting {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        let others = [("", "x"), ("orders", "order"), ("orders-*", "orders"), ("a*b", "abc")];
        for (pattern, name) in others {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn no_pattern_takes_long() {
        let pattern = "a*".repeat(100) + "b";
        assert!(!matches(&pattern, &"a".repeat(10_000)));
    }
}
