//! `cargo xtask test`: every check, in an order that shows the cheapest mistakes first.
//!
//! A failed step does not stop the ones after it, so that one run shows all that is wrong.
//! `--fast` leaves out what needs programs from outside: other Kafka clients and the browser.

use std::process::{Command, ExitCode};

use tally::{Outcome, Tally};

use crate::{
    clients, packages,
    problem::Result,
    server, shell, tidy,
    web::{self, Profile},
    workspace::Workspace,
};

mod browser;
mod cargo_test;
mod needs;
pub mod tally;

pub use browser::command as browser_command;
pub use needs::{
    browser as browser_needs, clients as client_needs, kafka_tools, librdkafka::TestRunner,
    node_clients as node_client_needs,
};

pub fn run(workspace: &Workspace, fast: bool) -> Result<ExitCode> {
    packages::to_build(server::openssl_feature().is_some())?;
    let mut tally = Tally::default();
    tally.step("fmt", || Outcome::of(fmt(workspace), "cargo fmt --check"));
    tally.step("tidy", || tidy::outcome(workspace));
    // Each ends in one long unit, and both have target folders of their own. The web app comes
    // before the server's tests, because the server embeds it.
    tally.two_steps(
        ("web", || Outcome::of(web::build(workspace, Profile::Dev), "cargo xtask web")),
        ("clippy", || Outcome::of(clippy(workspace), "cargo clippy")),
    );
    // It also builds the binary that the next steps start: one of its own, built for the package
    // alone, would compile every dependency once more with slightly other features.
    tally.step("compile", || Outcome::of(cargo_test::compile(workspace), "cargo test --no-run"));
    if fast {
        tally.step("cargo test", || cargo_test::run(workspace));
    } else {
        // The clients wait for half of their time: for groups, sessions and long polls.
        tally.two_steps(
            ("clients", || clients::outcome(workspace, &clients::Choice::default())),
            ("cargo test", || cargo_test::run(workspace)),
        );
        tally.step("browser", || browser::run(workspace));
    }
    if shell::find("cargo-deny").is_some() {
        tally.step("deny", || Outcome::of(deny(workspace), "cargo deny"));
    } else {
        tally.left_out("licences, as cargo-deny is not installed");
    }
    Ok(tally.finish())
}

fn fmt(workspace: &Workspace) -> Result<()> {
    shell::run(workspace.cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(workspace: &Workspace) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["clippy", "--all-targets", "--workspace", "--features", "xtask/bench"]);
    add_openssl(&mut cargo);
    shell::run(cargo.args(["--", "--deny", "warnings"]))
}

/// Without the advisories: their database lies on a server that not every machine reaches.
fn deny(workspace: &Workspace) -> Result<()> {
    let mut cargo = workspace.cargo();
    shell::run(cargo.args(["deny", "--offline", "check", "licenses", "bans", "sources"]))
}

/// An OpenSSL of our own where the system has none.
fn add_openssl(cargo: &mut Command) {
    if let Some(feature) = server::openssl_feature() {
        cargo.args(["--features", feature]);
    }
}
