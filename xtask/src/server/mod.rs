//! The real `ouzel`: building it, running it for a person, for tests (`process`), and over HTTP.

use std::{ffi::OsString, os::unix::process::CommandExt, path::PathBuf, process::Command};

use crate::{
    packages,
    problem::{Problem, Result},
    shell,
    web::{self, Profile},
    workspace::Workspace,
};

pub mod http;
pub mod process;

/// Where `cargo xtask run` keeps its data unless told otherwise; git ignores it.
const DEMO_DATA: &str = "./ouzel-data";

/// The cargo feature to add where the system has no OpenSSL: building it takes five minutes.
pub fn openssl_feature() -> Option<&'static str> {
    let found = shell::succeeds(Command::new("pkg-config").args(["--exists", "openssl"]));
    (!found).then_some("ouzel/vendored-openssl")
}

/// Builds the server, which embeds `dist/` as it is now.
pub fn build(workspace: &Workspace, release: bool) -> Result<PathBuf> {
    build_with(workspace, release, &[])
}

/// The same together with other packages. Cargo then chooses one set of features for what they
/// share, so that nothing is built twice.
pub fn build_with(workspace: &Workspace, release: bool, more: &[&str]) -> Result<PathBuf> {
    let openssl = openssl_feature();
    packages::to_build(openssl.is_some())?;
    shell::say("server", "building ouzel");
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--bin", "ouzel"]);
    if release {
        cargo.args(["--release", "--package", "ouzel"]);
    } else {
        workspace.with_features_of_tests(&mut cargo);
    }
    for package in more {
        cargo.args(["--package", package, "--bin", package]);
    }
    if let Some(feature) = openssl {
        shell::say("server", "the system has no OpenSSL; building one (about five minutes)");
        cargo.args(["--features", feature]);
    }
    shell::run(&mut cargo)?;
    let binary = workspace.ouzel(release);
    if binary.is_file() {
        return Ok(binary);
    }
    Problem::stop(format!("cargo built the server, but {} is missing", binary.display()))
}

/// What tests and pictures start: a fresh build, unless `OUZEL_BINARY` names another one.
pub fn build_under_test(workspace: &Workspace) -> Result<()> {
    if workspace.ouzel_under_test() == workspace.ouzel(false) {
        build(workspace, false)?;
    }
    Ok(())
}

/// `cargo xtask run`: everything built, then this process becomes the server, so that Ctrl-C,
/// the exit code and every line are the server's own. Returns only where that failed.
pub fn run(workspace: &Workspace, release: bool, arguments: &[OsString]) -> Result<()> {
    web::build(workspace, Profile::of(release))?;
    let binary = build(workspace, release)?;
    let mut ouzel = Command::new(&binary);
    ouzel.arg("--demo");
    let names_data = |word: &OsString| word.to_string_lossy().starts_with("--data");
    if !arguments.iter().any(names_data) {
        ouzel.args(["--data", DEMO_DATA]);
    }
    ouzel.args(arguments);
    let cause = ouzel.exec();
    Problem::stop(format!("cannot start {}: {cause}", binary.display()))
}
