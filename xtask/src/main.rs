//! The project's own commands. Owns their words and exit codes; each module below is one command
//! or something that several share.
//!
//! Start at [`main`]; `web` is the longest path.

use std::{ffi::OsString, process::ExitCode};

use problem::{Problem, Result};
use web::Profile;
use workspace::Workspace;

mod attack;
#[cfg(feature = "bench")]
mod bench;
mod clients;
#[cfg(feature = "bench")]
mod fuzz;
mod packages;
mod problem;
mod server;
mod shell;
mod shots;
mod test;
mod tidy;
mod web;
mod workspace;

const USAGE: &str = "\
cargo xtask <command>

  run [--release] [-- …]    build everything and start ouzel --demo; … goes to ouzel
  test [--fast]             every check; --fast leaves out the browser and outside clients
  web [--release]           build the browser's part into dist/
  tidy                      sizes, layers and words of the tree
  clients [part of a name]  only the tests with outside clients
  clients --all-librdkafka  every test of librdkafka's, also those that are known to fail
  bench [options]           how fast it is on this machine; `bench --help` tells more
  fuzz [seconds] [type]     look for requests that the broker cannot bear
  shots                     photograph every page";

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    match perform(&words) {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn perform(words: &[OsString]) -> Result<ExitCode> {
    let Some((command, options)) = words.split_first() else {
        return Problem::stop(USAGE);
    };
    let (ours, passed_on) = match options.iter().position(|word| word == "--") {
        Some(at) => (&options[..at], &options[at + 1..]),
        None => (options, &[][..]),
    };
    let ours: Vec<&str> = ours.iter().filter_map(|word| word.to_str()).collect();
    let workspace = Workspace::find()?;
    match command.to_str().unwrap_or_default() {
        "run" => server::run(&workspace, flag(&ours, "--release")?, passed_on)?,
        "test" => return test::run(&workspace, flag(&ours, "--fast")?),
        "web" => web::build(&workspace, Profile::of(flag(&ours, "--release")?))?,
        "tidy" => tidy::run(&workspace)?,
        "clients" => match clients::Choice::parse(&ours) {
            Some(choice) => return clients::run(&workspace, &choice),
            None => return Problem::stop(format!("not understood\n{USAGE}")),
        },
        "bench" => measure(&workspace, &ours)?,
        "fuzz" => search(&workspace, &ours)?,
        "shots" => shots::run(&workspace)?,
        "help" | "--help" | "-h" => println!("{USAGE}"),
        unknown => return Problem::stop(format!("unknown command `{unknown}`\n{USAGE}")),
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "bench")]
fn measure(workspace: &Workspace, options: &[&str]) -> Result<()> {
    bench::run(workspace, options)
}

/// Builds this tool once more, with the measurements.
#[cfg(not(feature = "bench"))]
fn measure(workspace: &Workspace, options: &[&str]) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "xtask", "--features", "bench", "--", "bench"]);
    shell::run(cargo.args(options))
}

#[cfg(feature = "bench")]
fn search(workspace: &Workspace, words: &[&str]) -> Result<()> {
    fuzz::run(workspace, words)
}

/// Builds this tool once more, with the list of what is spoken.
#[cfg(not(feature = "bench"))]
fn search(workspace: &Workspace, words: &[&str]) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "xtask", "--features", "bench", "--", "fuzz"]);
    shell::run(cargo.args(words))
}

/// Whether the one flag that a command knows is given; anything else is refused.
fn flag(options: &[&str], known: &str) -> Result<bool> {
    match options {
        [] => Ok(false),
        [given] if *given == known => Ok(true),
        _ => Problem::stop(format!("`{}` is not understood\n{USAGE}", options.join(" "))),
    }
}
