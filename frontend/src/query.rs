//! What stands after the question mark of an address: named values in order, names may repeat.
//!
//! Pure; knows no page. [`crate::location`] reads and writes the browser's address.

use std::fmt;

use ouzel_api::route::encode;

use crate::route::decode;

/// The named values of an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=1&b=x%20y`, with or without the leading `?`. Pairs that are not UTF-8 are dropped.
    pub fn parse(text: &str) -> Query {
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(&name.replace('+', " "))?, decode(&value.replace('+', " "))?))
        };
        let text = text.strip_prefix('?').unwrap_or(text);
        Query(text.split('&').filter(|part| !part.is_empty()).filter_map(pair).collect())
    }

    /// The first value under `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values under `name`, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The same with `value` as the only one under `name`; an empty value removes the name.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Query {
        let value = value.into();
        match self.0.iter().position(|(key, _)| key == name) {
            Some(at) if !value.is_empty() => {
                self.0[at].1 = value;
                let mut seen = 0;
                self.0.retain(|(key, _)| {
                    seen += usize::from(key == name);
                    key != name || seen == 1
                });
            }
            Some(_) => self.0.retain(|(key, _)| key != name),
            None if !value.is_empty() => self.0.push((name.to_owned(), value)),
            None => {}
        }
        self
    }

    /// The same without any value under `name`.
    pub fn without(self, name: &str) -> Query {
        self.with(name, "")
    }

    /// Adds one more value under `name`.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Without the question mark.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, value)) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { "&" };
            write!(f, "{separator}{}={}", encode_value(name), encode_value(value))?;
        }
        Ok(())
    }
}

/// Dots need no escape after the question mark, where they lead nowhere.
fn encode_value(text: &str) -> String {
    if text.chars().all(|c| c == '.') { text.to_owned() } else { encode(text) }
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn any_text_survives_the_address() {
        let mut query = Query::default();
        query.push("filter", "a=b&c #ü+%?/");
        query.push("filter", "..");
        query.push("empty", "");
        let again = Query::parse(&format!("?{query}"));
        assert_eq!(again, query);
        assert_eq!(again.all("filter").collect::<Vec<_>>(), ["a=b&c #ü+%?/", ".."]);
        assert_eq!(again.get("empty"), Some(""));
    }

    #[test]
    fn a_value_is_replaced_in_its_place_and_removed_by_emptiness() {
        let query = Query::parse("q=a&sort=name&q=b");
        assert_eq!(query.clone().with("q", "c").to_string(), "q=c&sort=name");
        assert_eq!(query.clone().without("q").to_string(), "sort=name");
        assert_eq!(query.with("desc", "1").to_string(), "q=a&sort=name&q=b&desc=1");
    }
}
