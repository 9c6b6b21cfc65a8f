//! The project's own commands. Owns their words and exit codes; each module below is one command
//! or something that several share.
//!
//! Start at [`main`]; `web` is the longest path.

use std::process::ExitCode;

use problem::{Problem, Result};
use web::Profile;
use workspace::Workspace;

mod problem;
mod shell;
mod web;
mod workspace;

const USAGE: &str = "\
cargo xtask <command>

  web [--release]           build the browser's part into dist/";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match perform(&words) {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn perform(words: &[&str]) -> Result<ExitCode> {
    let Some((command, options)) = words.split_first() else {
        return Problem::stop(USAGE);
    };
    match *command {
        "web" => {
            let release = only_flag(options, "--release")?;
            web::build(&Workspace::find()?, Profile::of(release))?;
        }
        "help" | "--help" | "-h" => println!("{USAGE}"),
        unknown => return Problem::stop(format!("unknown command `{unknown}`\n{USAGE}")),
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the one flag that a command knows is given; anything else is refused.
fn only_flag(options: &[&str], flag: &str) -> Result<bool> {
    match options {
        [] => Ok(false),
        [given] if *given == flag => Ok(true),
        _ => Problem::stop(format!("`{}` is not understood\n{USAGE}", options.join(" "))),
    }
}
