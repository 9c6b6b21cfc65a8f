//! `cargo xtask tidy`: reads the tree and holds the house rules that a machine can hold.
//!
//! `text` rules go over every text file, `rust` rules over ours in Rust, `functions` and `imports`
//! over their insides; `source` is what a Rust file looks like to all of them. What needs
//! understanding is left to clippy and to readers.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use source::Source;

use crate::{
    problem::{Context, Problem, Result},
    shell,
    test::tally::Outcome,
    workspace::Workspace,
};

mod functions;
mod imports;
mod rust;
mod source;
mod text;

/// Folders that builds, tests and tools fill.
const NOT_OURS: [&str; 11] = [
    ".git",
    "artifacts",
    "corpus",
    "dist",
    "dist.new",
    "node_modules",
    "ouzel-data",
    "report",
    "shots",
    "target",
    "test-results",
];

/// One broken rule, as `file:line: rule`, so that editors can jump to it.
#[derive(Debug)]
pub struct Breach {
    file: PathBuf,
    line: usize,
    rule: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.file.display(), self.line, self.rule)
    }
}

/// Where the rules put what they find.
pub struct Findings<'a> {
    file: &'a Path,
    breaches: Vec<Breach>,
}

impl Findings<'_> {
    /// Lines count from one, as in editors.
    fn add(&mut self, line: usize, rule: impl Into<String>) {
        self.breaches.push(Breach { file: self.file.to_owned(), line, rule: rule.into() });
    }
}

pub fn run(workspace: &Workspace) -> Result<()> {
    let breaches = breaches(workspace)?;
    if breaches.is_empty() {
        shell::say("tidy", "the house is in order");
        return Ok(());
    }
    for breach in &breaches {
        eprintln!("{breach}");
    }
    Problem::stop(format!("tidy: {} breaches", breaches.len()))
}

/// The same as one step of the tests.
pub fn outcome(workspace: &Workspace) -> Outcome {
    Outcome::of(run(workspace), "cargo xtask tidy")
}

fn breaches(workspace: &Workspace) -> Result<Vec<Breach>> {
    let mut found = Vec::new();
    for file in files_below(&workspace.root, &workspace.root)? {
        let whole = fs::read(workspace.root.join(&file)).context(|| file.display().to_string())?;
        // Pictures and fonts have no lines.
        let Ok(text) = String::from_utf8(whole) else { continue };
        found.extend(breaches_in(&file, &text));
    }
    Ok(found)
}

fn breaches_in(file: &Path, text: &str) -> Vec<Breach> {
    let mut findings = Findings { file, breaches: Vec::new() };
    if file.extension().is_some_and(|extension| extension == "rs") {
        let source = Source::read(file, text);
        text::check(&mut findings, &source.lines, source.tests_from);
        rust::check(&mut findings, &source);
        functions::check(&mut findings, &source);
        imports::check(&mut findings, &source);
    } else {
        let lines: Vec<&str> = text.lines().collect();
        text::check(&mut findings, &lines, lines.len());
    }
    findings.breaches
}

/// Every file of ours, relative to the root, in the order of their names.
fn files_below(root: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let doing = || format!("listing {}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).context(doing)? {
        let entry = entry.context(doing)?;
        let path = entry.path();
        let kind = entry.file_type().context(doing)?;
        if NOT_OURS.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if kind.is_dir() {
            files.extend(files_below(root, &path)?);
        } else if kind.is_file() {
            files.push(path.strip_prefix(root).unwrap_or(&path).to_owned());
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// The rules that a file breaks, as `line: rule`.
    pub fn broken(file: &str, text: &str) -> Vec<String> {
        let found = breaches_in(Path::new(file), text);
        found.iter().map(|breach| format!("{}: {}", breach.line, breach.rule)).collect()
    }

    #[test]
    fn a_clean_file_breaks_nothing() {
        let text = "//! What it owns.\n\nfn small(a: u8) -> u8 {\n    a\n}\n";
        assert_eq!(broken("example/src/clean.rs", text), Vec::<String>::new());
    }

    #[test]
    fn a_breach_reads_like_a_compiler_error() {
        let breach = Breach { file: "a/b.rs".into(), line: 7, rule: "too long".into() };
        assert_eq!(breach.to_string(), "a/b.rs:7: too long");
    }
}
