//! `ouzel completions` and `ouzel man`: what shells and `man` want to know of the command line.

use std::{fs, io, path::PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;

use super::{Failure, command, output::line};

/// Which shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints a script that teaches a shell to complete commands and flags.
pub fn completions(asked: &Completions) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(asked.shell, &mut command(), "ouzel", &mut script);
    line(String::from_utf8_lossy(&script).trim_end())
}

/// Where to.
#[derive(Debug, Args)]
pub struct Manual {
    /// Write a page for every command into this folder, such as ~/.local/share/man/man1
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// Prints the manual's first page, or writes all pages into a folder.
pub fn manual(asked: &Manual) -> Result<(), Failure> {
    let mut command = command();
    command.build();
    let Some(folder) = &asked.out else {
        return line(String::from_utf8_lossy(&page(&command).map_err(Failure::of)?).trim_end());
    };
    let failed =
        |error: io::Error| Failure::of(format!("cannot write {}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    for command in with_all_below(&command) {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name());
        fs::write(folder.join(format!("{name}.1")), page(command).map_err(failed)?)
            .map_err(failed)?;
    }
    Ok(())
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    Man::new(command.clone()).title(name.to_uppercase()).render(&mut page)?;
    Ok(page)
}

/// A command and all commands in it, except for those that only print help.
fn with_all_below(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().filter(|command| command.get_name() != "help");
    std::iter::once(command).chain(below.flat_map(with_all_below)).collect()
}
