//! Programs of the system, by their Debian packages: as root they are installed, otherwise it is
//! said what to install.

use std::process::Command;

use crate::{
    problem::{Problem, Result},
    shell,
};

/// What builds the C libraries within (SQLite, librdkafka, zstd), which would otherwise fail in the
/// middle of a long build. Whoever got here has a linker, and so mostly a C compiler.
const BUILD: [(&str, &str); 3] = [("cc", "gcc"), ("c++", "g++"), ("make", "make")];
/// What builds an OpenSSL where the system has none.
const BUILD_OPENSSL: (&str, &str) = ("perl", "perl");

/// Makes sure of what a build needs besides Rust.
pub fn to_build(openssl_too: bool) -> Result<()> {
    let openssl = openssl_too.then_some(BUILD_OPENSSL);
    debian(&BUILD.into_iter().chain(openssl).collect::<Vec<_>>())
}

/// Makes sure of programs by their Debian packages.
pub fn debian(programs: &[(&str, &str)]) -> Result<()> {
    let packages: Vec<&str> = missing(programs).map(|(_, package)| *package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    let names = packages.join(" ");
    if shell::find("apt-get").is_none() || !shell::is_root() {
        let programs: Vec<&str> = missing(programs).map(|(program, _)| *program).collect();
        let programs = programs.join(", ");
        return Problem::stop(format!(
            "missing: {programs} (on Debian: sudo apt-get install {names})"
        ));
    }
    apt_install(&packages)
}

fn missing<'a>(programs: &'a [(&'a str, &'a str)]) -> impl Iterator<Item = &'a (&'a str, &'a str)> {
    programs.iter().filter(|(program, _)| shell::find(program).is_none())
}

/// Installs Debian packages.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    shell::say("needs", format!("apt-get install {}", packages.join(" ")));
    let install = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages);
        apt
    };
    // The lists of a fresh machine are missing or name versions that are gone.
    if shell::output(&mut install()).is_ok() {
        return Ok(());
    }
    shell::say("needs", "apt-get update");
    shell::output(Command::new("apt-get").args(["update", "--quiet"]))?;
    shell::output(&mut install()).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_there_is_missing() {
        let programs = [("sh", "dash"), ("no-such-program", "no-such-package")];
        let found: Vec<_> = missing(&programs).collect();
        assert_eq!(found, [&("no-such-program", "no-such-package")]);
    }
}
