//! Why a configuration cannot be used, with the place to mend it.

use std::path::PathBuf;

use super::Source;

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file was named but cannot be read.
    #[error("cannot read the configuration {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{path}:{line}: {problem}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser said.
        problem: String,
    },
    /// A key that nobody reads.
    #[error("{path}:{line}: unknown key `{key}`{}", hint(nearest, beside))]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key with the names of its tables.
        key: String,
        /// The known key that looks most like it.
        nearest: Option<String>,
        /// What its table takes, where nothing looks like it.
        beside: Vec<String>,
    },
    /// An environment variable that nobody reads.
    #[error("unknown environment variable `{name}`{}", did_you_mean(nearest))]
    UnknownVariable {
        /// Its name.
        name: String,
        /// The known name that looks most like it.
        nearest: Option<String>,
    },
    /// A value that cannot be used.
    #[error("{key} = `{text}` ({source_}): {problem}")]
    BadValue {
        /// The setting.
        key: String,
        /// What was given, or dots where it is a secret.
        text: String,
        /// Where it was given.
        source_: Source,
        /// What is wrong.
        problem: String,
    },
    /// Two settings that do not fit together, or one that is missing.
    #[error("{0}")]
    Contradiction(String),
}

fn hint(nearest: &Option<String>, beside: &[String]) -> String {
    match beside {
        [_, ..] if nearest.is_none() => format!("; there are `{}`", beside.join("`, `")),
        _ => did_you_mean(nearest),
    }
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|key| format!("; did you mean `{key}`?")).unwrap_or_default()
}
