//! Where things are: the repository, cargo's target folder, the cache folder of this user.

use std::{env, ffi::OsString, path::PathBuf, process::Command};

use crate::{
    problem::{Context, Problem, Result},
    shell,
};

pub struct Workspace {
    pub root: PathBuf,
    /// Cargo's target folder: `CARGO_TARGET_DIR`, the user's configuration, or `target/`.
    pub target: PathBuf,
    /// What outlives a clone and may be deleted at any time.
    pub cache: PathBuf,
}

impl Workspace {
    pub fn find() -> Result<Workspace> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .ok_or_else(|| Problem::new("start this tool as `cargo xtask …`"))?;
        let mut root = PathBuf::from(manifest);
        root.pop();
        let target = target_folder(&root)?;
        Ok(Workspace { root, target, cache: cache_folder()? })
    }

    /// A cargo command that runs at the root and shares the target folder.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(cargo());
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// The whole workspace with the features that its tests have: cargo then chooses one set of
    /// features for what the packages share, and what one command compiled the others use.
    pub fn with_features_of_tests<'a>(&self, cargo: &'a mut Command) -> &'a mut Command {
        // `ouzel-bind` is compiled in the web app's folder, and has no tests.
        cargo.args(["--workspace", "--exclude", "ouzel-bind", "--features", "xtask/bench"])
    }

    /// The server's binary as a build in this profile leaves it.
    pub fn ouzel(&self, release: bool) -> PathBuf {
        self.target.join(if release { "release" } else { "debug" }).join("ouzel")
    }

    /// What the tests start: the debug build, or another one that `OUZEL_BINARY` names.
    pub fn ouzel_under_test(&self) -> PathBuf {
        env::var_os("OUZEL_BINARY").map_or_else(|| self.ouzel(false), PathBuf::from)
    }
}

/// The cargo that started this tool, so that a toolchain chosen by `cargo +…` stays chosen.
fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn target_folder(root: &PathBuf) -> Result<PathBuf> {
    let mut metadata = Command::new(cargo());
    metadata.current_dir(root).args(["metadata", "--no-deps", "--format-version", "1"]);
    let text = shell::output(&mut metadata)?;
    let value: serde_json::Value =
        serde_json::from_str(&text).context(|| "reading cargo metadata".into())?;
    let target = value["target_directory"].as_str().map(PathBuf::from);
    target.ok_or_else(|| Problem::new("cargo metadata names no target folder"))
}

fn cache_folder() -> Result<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
    let base = base.ok_or_else(|| Problem::new("neither XDG_CACHE_HOME nor HOME is set"))?;
    Ok(base.join("ouzel"))
}
