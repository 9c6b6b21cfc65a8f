//! `ouzel.toml` as a flat list of keys and texts, each with its line.

use std::path::Path;

use toml_edit::{Document, Item, Table, TomlError, Value as TomlValue};

use super::{ConfigError, SETTINGS, Source, Value, setting};

/// More than this is not a configuration but a wrong file name.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// A known key must be at least this alike (0 to 1) to be offered for an unknown one.
const ALIKE_MIN: f64 = 0.7;

/// Reads and flattens the file; an unknown key is an error.
pub fn read(path: &Path) -> Result<Vec<(String, Value)>, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > FILE_BYTES_MAX {
        let told = format!("it is larger than {FILE_BYTES_MAX} bytes");
        return Err(unreadable(std::io::Error::other(told)));
    }
    parse(path, &std::fs::read_to_string(path).map_err(unreadable)?)
}

/// The part of [`read`] that needs no disk.
fn parse(path: &Path, text: &str) -> Result<Vec<(String, Value)>, ConfigError> {
    let document = Document::parse(text).map_err(|error| syntax(path, text, &error))?;
    let mut reader = Reader { path, text, found: Vec::new() };
    reader.table("", document.as_table())?;
    Ok(reader.found)
}

fn syntax(path: &Path, text: &str, error: &TomlError) -> ConfigError {
    let at = error.span().map_or(0, |span| span.start);
    let problem = error.message().trim().replace('\n', "; ");
    ConfigError::Syntax { path: path.to_owned(), line: line_of(text, at), problem }
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    found: Vec<(String, Value)>,
}

impl Reader<'_> {
    fn table(&mut self, prefix: &str, table: &Table) -> Result<(), ConfigError> {
        for (name, item) in table.iter() {
            let span = table.key(name).and_then(|key| key.span());
            let line = line_of(self.text, span.map_or(0, |span| span.start));
            self.item(format!("{prefix}{name}"), item, line)?;
        }
        Ok(())
    }

    fn item(&mut self, key: String, item: &Item, line: usize) -> Result<(), ConfigError> {
        match item {
            Item::Table(table) if is_table(&key) => self.table(&format!("{key}."), table),
            Item::Value(TomlValue::InlineTable(table)) if is_table(&key) => {
                self.table(&format!("{key}."), &table.clone().into_table())
            }
            _ if setting::of_key(&key).is_none() || key == "config" => {
                let (nearest, beside) = (nearest(&key), beside(&key));
                let path = self.path.to_owned();
                Err(ConfigError::UnknownKey { path, line, key, nearest, beside })
            }
            Item::Value(value) => {
                let source = Source::File { path: self.path.to_owned(), line };
                let text = text(value).ok_or_else(|| ConfigError::BadValue {
                    key: key.clone(),
                    text: format!("({})", value.type_name()),
                    source_: source.clone(),
                    problem: "expected a text, a number, true, false, or a list".to_owned(),
                })?;
                self.found.push((key, Value { text, source }));
                Ok(())
            }
            _ => Err(ConfigError::Syntax {
                path: self.path.to_owned(),
                line,
                problem: format!("`{key}` takes a value, not a table"),
            }),
        }
    }
}

/// Whether settings lie below `key`: `log`, `clusters`, or one cluster.
fn is_table(key: &str) -> bool {
    let below = format!("{key}.");
    let is_cluster = key.starts_with("clusters.") && setting::of_key(key).is_none();
    is_cluster || SETTINGS.iter().any(|setting| setting.key.starts_with(&below))
}

fn text(value: &TomlValue) -> Option<String> {
    match value {
        TomlValue::String(text) => Some(text.value().clone()),
        TomlValue::Integer(number) => Some(number.value().to_string()),
        TomlValue::Boolean(truth) => Some(truth.value().to_string()),
        TomlValue::Array(items) => {
            let texts: Option<Vec<String>> = items.iter().map(text).collect();
            Some(texts?.join(","))
        }
        _ => None,
    }
}

/// The known key most like `key`, with its cluster's name filled in.
fn nearest(key: &str) -> Option<String> {
    most_alike(key, known(key))
}

/// What can stand in the table that `key` stands in, as far as that is a table of settings.
fn beside(key: &str) -> Vec<String> {
    let tables = key.match_indices('.').rev().map(|(dot, _)| &key[..=dot]);
    let below = |table: &str| known(key).filter(|known| known.starts_with(table)).collect();
    let mut found = tables.map(below).filter(|keys: &Vec<String>| !keys.is_empty());
    found.next().unwrap_or_default()
}

/// All keys; those of clusters with the name of the cluster that `key` speaks of.
fn known(key: &str) -> impl Iterator<Item = String> {
    let mut parts = key.split('.');
    let cluster = parts.next().filter(|table| *table == "clusters").and(parts.next());
    let cluster = cluster.unwrap_or("*").to_owned();
    let known = SETTINGS.iter().map(|setting| setting.key).filter(|key| *key != "config");
    known.map(move |known| known.replace('*', &cluster))
}

/// The one of `known` most like `key`, if any is. That both are in the same table makes them no
/// more alike: what follows it must be.
pub fn most_alike(key: &str, known: impl Iterator<Item = String>) -> Option<String> {
    let alike = |known: &str| {
        let (own, theirs) = behind_the_same_table(key, known);
        // The last part alone, too: `[session] idle` and `format` are meant for longer keys.
        let last = theirs.rsplit('.').next().unwrap_or(theirs);
        strsim::jaro_winkler(own, theirs).max(strsim::jaro_winkler(own, last))
    };
    let best = known.map(|known| (alike(&known), known)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= ALIKE_MIN).then_some(best.1)
}

/// Both without the tables in which both stand.
fn behind_the_same_table<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let table = one.as_bytes()[..same].iter().rposition(|byte| *byte == b'.');
    let behind = table.map_or(0, |dot| dot + 1);
    (&one[behind..], &other[behind..])
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, Value)>, String> {
        parse(Path::new("ouzel.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn every_kind_of_value_is_found_with_its_line() {
        let text = "http = \"off\"\n\n[log]\nformat = \"json\"\n[clusters.prod]\n\
                    brokers = [\"a:1\", \"b:2\"]\n[session]\nidle_minutes = 5\n";
        let found = read(text).unwrap();
        let line = |value: &Value| match value.source {
            Source::File { line, .. } => line,
            _ => 0,
        };
        let found: Vec<_> =
            found.iter().map(|(key, v)| (key.as_str(), v.text.as_str(), line(v))).collect();
        let wanted = [
            ("http", "off", 1),
            ("log.format", "json", 4),
            ("clusters.prod.brokers", "a:1,b:2", 6),
            ("session.idle_minutes", "5", 8),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_known_one() {
        let told = read("data = \"x\"\nhtpp = \"off\"\n").unwrap_err();
        assert_eq!(told, "ouzel.toml:2: unknown key `htpp`; did you mean `http`?");
        let told = read("[clusters.prod]\nbroker = [\"a:1\"]\n").unwrap_err();
        let wanted = "ouzel.toml:2: unknown key `clusters.prod.broker`; \
                      did you mean `clusters.prod.brokers`?";
        assert_eq!(told, wanted);
        let told = read("[sessoin]\nidle_minutes = 5\n").unwrap_err();
        assert!(told.starts_with("ouzel.toml:1: unknown key `sessoin`"), "{told}");
        assert_eq!(read("zzz = 1\n").unwrap_err(), "ouzel.toml:1: unknown key `zzz`");
        let told = read("[log]\nformt = \"json\"\n").unwrap_err();
        assert_eq!(told, "ouzel.toml:2: unknown key `log.formt`; did you mean `log.format`?");
    }

    #[test]
    fn where_nothing_is_alike_the_keys_of_the_same_table_are_told() {
        let told = read("[log]\nzzz = 1\n").unwrap_err();
        assert_eq!(
            told,
            "ouzel.toml:2: unknown key `log.zzz`; there are `log.filter`, `log.format`"
        );
        for text in ["[clusters.a.zz]\nqq = 1\n", "[clusters.a]\nzz.qq = 1\n"] {
            let told = read(text).unwrap_err();
            assert!(
                told.starts_with("ouzel.toml:2: unknown key `clusters.a.zz.qq`; there "),
                "{told}"
            );
            assert!(told.contains("`clusters.a.brokers`, `clusters.a.environment`"), "{told}");
        }
    }

    #[test]
    fn broken_toml_is_told_with_its_line() {
        let told = read("http = \"off\"\ndata = \n").unwrap_err();
        assert!(told.starts_with("ouzel.toml:2: "), "{told}");
        let told = read("http = \"off\"\nhttp = \"off\"\n").unwrap_err();
        assert!(told.starts_with("ouzel.toml:2: "), "{told}");
    }

    #[test]
    fn a_cluster_may_have_a_dot_in_its_name_and_stand_in_one_line() {
        let found = read("[clusters]\n\"eu.prod\" = { brokers = [\"a:1\"] }\n").unwrap();
        assert_eq!(found[0].0, "clusters.eu.prod.brokers");
    }
}
