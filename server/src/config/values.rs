//! The layers put over one another: default, file, environment, flag. The last one wins.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use super::{ConfigError, SETTINGS, Setting, file};

/// The configuration that is read when none is named and it exists.
const DEFAULT_FILE: &str = "ouzel.toml";

/// Every value by its key, as text.
pub type Values = BTreeMap<String, Value>;

/// A value before it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// As it was written.
    pub text: String,
    /// Where.
    pub source: Source,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// A line of the file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// An environment variable.
    Env(&'static str),
    /// A flag, without its dashes.
    Flag(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::File { path, line } => write!(f, "{}:{line}", path.display()),
            Source::Env(name) => write!(f, "env {name}"),
            Source::Flag(name) => write!(f, "--{name}"),
        }
    }
}

/// Puts the layers over one another. `env` looks an environment variable up.
pub fn collect(
    flags: &[(&'static Setting, String)],
    env: impl Fn(&str) -> Option<String>,
) -> Result<Values, ConfigError> {
    let mut values = Values::new();
    for setting in SETTINGS {
        if let Some(text) = setting.default {
            put(&mut values, setting.key, text.to_owned(), Source::Default);
        }
    }
    let mut above = Values::new();
    for setting in SETTINGS {
        let Some(name) = setting.env else { continue };
        if let Some(text) = env(name).filter(|text| !text.is_empty()) {
            put(&mut above, setting.key, text, Source::Env(name));
        }
    }
    for (setting, text) in flags {
        let name = setting.flag.expect("only a setting with a flag comes from a flag");
        put(&mut above, setting.key, text.clone(), Source::Flag(name));
    }
    values.extend(from_file(above.get("config"))?);
    values.extend(above);
    Ok(values)
}

fn put(values: &mut Values, key: &str, text: String, source: Source) {
    values.insert(key.to_owned(), Value { text, source });
}

fn from_file(named: Option<&Value>) -> Result<Vec<(String, Value)>, ConfigError> {
    match named {
        Some(value) => file::read(Path::new(&value.text)),
        None if Path::new(DEFAULT_FILE).is_file() => file::read(Path::new(DEFAULT_FILE)),
        None => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn flags_win_over_the_environment_which_wins_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.toml");
        std::fs::write(&path, "http = \"off\"\nkafka = \"off\"\nproxy = \"off\"\n").unwrap();
        let of = |flag| SETTINGS.iter().find(|s| s.flag == Some(flag)).unwrap();
        let flags = [(of("http"), "a".to_owned()), (of("config"), path.display().to_string())];
        let env = |name: &str| match name {
            "OUZEL_HTTP" | "OUZEL_KAFKA" => Some("b".to_owned()),
            "OUZEL_DATA" => Some(String::new()),
            _ => None,
        };
        let values = collect(&flags, env).unwrap();
        let shown = |key: &str| format!("{} {}", values[key].text, values[key].source);
        assert_eq!(shown("http"), "a --http");
        assert_eq!(shown("kafka"), "b env OUZEL_KAFKA");
        assert_eq!(shown("proxy"), format!("off {}:3", path.display()));
        // An empty variable is an unset one: shells cannot always tell them apart.
        assert_eq!(shown("data"), "./ouzel-data default");
    }

    #[test]
    fn a_named_file_must_exist() {
        let config = SETTINGS.iter().find(|s| s.key == "config").unwrap();
        let told = collect(&[(config, "/nowhere/x.toml".to_owned())], |_| None).unwrap_err();
        assert!(told.to_string().contains("/nowhere/x.toml"), "{told}");
    }
}
