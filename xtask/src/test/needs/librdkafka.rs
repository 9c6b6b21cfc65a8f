//! librdkafka's own test program, built from the sources that the crate `rdkafka-sys` carries.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    problem::{Context, Problem, Result},
    shell,
    workspace::Workspace,
};

/// The package that carries the sources; its version names librdkafka's own after the `+`.
const PACKAGE: &str = "rdkafka-sys";

/// Everything that is optional and would depend on the machine: what is tested is the broker.
const CONFIGURE: [&str; 5] =
    ["--disable-gssapi", "--disable-curl", "--disable-ssl", "--disable-zstd", "--disable-lz4-ext"];

/// A built source tree.
pub struct TestRunner {
    root: PathBuf,
}

impl TestRunner {
    /// Builds it in the cache folder (two minutes and a half), once per version.
    pub fn make(workspace: &Workspace) -> Result<TestRunner> {
        let (source, version) = source(workspace)?;
        let root = workspace.cache.join(format!("librdkafka-{}", version.replace('+', "-")));
        let complete = root.join("complete");
        if !complete.is_file() {
            super::debian(&[("make", "make"), ("g++", "g++"), ("bash", "bash")])?;
            shell::say("needs", format!("librdkafka {version} with its tests"));
            build(&source, &root)?;
            fs::write(&complete, "").context(|| format!("writing {}", complete.display()))?;
        }
        Ok(TestRunner { root })
    }

    /// The program, ready for arguments.
    pub fn command(&self) -> Command {
        let mut command = Command::new(self.root.join("tests/test-runner"));
        // Written in two languages, and so are the libraries beside it.
        let folders = ["src", "src-cpp"].map(|folder| self.root.join(folder).display().to_string());
        command.env("LD_LIBRARY_PATH", folders.join(":"));
        command
    }

    /// The file in which the program lists its tests.
    pub fn table(&self) -> PathBuf {
        self.root.join("tests/test.c")
    }
}

/// Where cargo has put the package, and its version.
fn source(workspace: &Workspace) -> Result<(PathBuf, String)> {
    let text = shell::output(workspace.cargo().args(["metadata", "--format-version", "1"]))?;
    let value: Value = serde_json::from_str(&text).context(|| "reading cargo metadata".into())?;
    let packages = value["packages"].as_array();
    let package = packages.and_then(|all| all.iter().find(|one| one["name"] == PACKAGE));
    let package = package.ok_or_else(|| Problem::new(format!("no package {PACKAGE}")))?;
    let (Some(manifest), Some(version)) =
        (package["manifest_path"].as_str(), package["version"].as_str())
    else {
        return Problem::stop(format!("cargo metadata does not say where {PACKAGE} is"));
    };
    Ok((Path::new(manifest).with_file_name("librdkafka"), version.to_owned()))
}

/// Copies, because a build writes beside its sources and cargo's copy stays as it was checked.
fn build(source: &Path, root: &Path) -> Result<()> {
    if root.exists() {
        fs::remove_dir_all(root).context(|| format!("removing {}", root.display()))?;
    }
    let parent = root.parent().unwrap_or(root);
    fs::create_dir_all(parent).context(|| format!("creating {}", parent.display()))?;
    shell::output(Command::new("cp").arg("-R").args([source, root]))?;
    shell::output(Command::new("./configure").current_dir(root).args(CONFIGURE))?;
    let jobs = std::thread::available_parallelism().map_or(1, |count| count.get());
    let make = |folder: &str, goal: &str| {
        let mut make = Command::new("make");
        make.current_dir(root.join(folder)).arg(format!("-j{jobs}")).arg(goal);
        shell::output(&mut make).map(|_| ())
    };
    make(".", "libs")?;
    make("tests", "test-runner")
}
