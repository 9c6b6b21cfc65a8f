//! Route 3: Debian's `rustc-web`, a recent compiler that Debian keeps for its browsers.
//!
//! Its packages are downloaded by apt (which checks their signatures), unpacked without root into
//! the cache folder and left there. They lack a ready standard library for the browser, but bring
//! its sources; cargo builds it (`-Z build-std`).

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    problem::{Context, Problem, Result},
    shell,
    workspace::Workspace,
};

/// The compiler, its own libraries and the sources; the rest follows from their dependencies.
const PACKAGES: [&str; 3] = ["rustc-web", "libstd-rust-web-dev", "rust-web-src"];

/// Far more packages than a compiler's missing libraries can be: a guard against a runaway walk.
const PACKAGES_MAX: usize = 40;

/// Oldest compiler that builds this workspace (`rust-version` in Cargo.toml).
const MINOR_MIN: u32 = 95;

/// The path of a `rustc` that runs as it is.
pub fn compiler(workspace: &Workspace) -> Result<PathBuf> {
    for tool in ["apt-get", "apt-cache", "dpkg", "dpkg-query"] {
        if shell::find(tool).is_none() {
            return Problem::stop(format!("this is not Debian ({tool} is missing)"));
        }
    }
    let version = match candidate() {
        Some(version) => version,
        None => refreshed_candidate()?,
    };
    check_recent(&version)?;
    let kept = workspace.cache.join(format!("rustc-web-{}", file_name(&version)));
    let rustc = kept.join("rustc");
    if rustc.is_file() {
        shell::say("web", format!("Debian's rustc-web {version} from the cache"));
        return Ok(rustc);
    }
    remove_unfinished(&workspace.cache);
    unpack(&version, &kept)?;
    Ok(rustc)
}

/// What a run that was interrupted left behind: 800 MB that nobody would find.
fn remove_unfinished(cache: &Path) {
    let Ok(entries) = fs::read_dir(cache) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_suffix(".part").and_then(|name| name.rsplit('.').next());
        let runs = process.is_some_and(|pid| Path::new("/proc").join(pid).exists());
        if process.is_some() && !runs {
            // Only space is lost where this fails.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The version that apt would install; none where apt's lists are missing or lack the package.
fn candidate() -> Option<String> {
    let policy = shell::output(Command::new("apt-cache").args(["policy", "rustc-web"])).ok()?;
    let version = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    (version != "(none)").then(|| version.to_owned())
}

fn refreshed_candidate() -> Result<String> {
    if !shell::is_root() {
        return Problem::stop("apt does not know rustc-web; `sudo apt-get update` may help");
    }
    shell::say("web", "apt-get update");
    shell::output(Command::new("apt-get").args(["update", "--quiet"]))?;
    candidate().ok_or_else(|| Problem::new("this Debian has no package rustc-web"))
}

fn check_recent(version: &str) -> Result<()> {
    let minor = version.split('.').nth(1).and_then(|part| part.parse::<u32>().ok());
    if minor.is_some_and(|minor| minor >= MINOR_MIN) {
        return Ok(());
    }
    Problem::stop(format!("Debian offers rustc-web {version}; 1.{MINOR_MIN} or newer is needed"))
}

/// A version may hold `:` and `~`, which are safe in file names but not in `PATH`-like variables.
fn file_name(version: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    version.chars().map(plain).collect()
}

/// Fills `kept` in one rename, so that a half-filled folder is never taken for a compiler.
fn unpack(version: &str, kept: &Path) -> Result<()> {
    let mut unfinished = kept.as_os_str().to_owned();
    unfinished.push(format!(".{}.part", std::process::id()));
    let unfinished = PathBuf::from(unfinished);
    let doing = || format!("unpacking into {}", unfinished.display());
    let root = unfinished.join("unpacked");
    fs::create_dir_all(&root).context(doing)?;
    let packages = with_missing_libraries()?;
    shell::say("web", format!("downloading rustc-web {version} ({} packages)", packages.len()));
    let mut download = Command::new("apt-get");
    download.current_dir(&unfinished).args(["download", "--quiet"]);
    // As root, apt would like to download as a user that may not enter this folder.
    download.args(["-o", "APT::Sandbox::User=root"]).args(&packages);
    shell::output(&mut download)?;
    shell::say("web", "unpacking it into the cache folder");
    for entry in fs::read_dir(&unfinished).context(doing)? {
        let path = entry.context(doing)?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            shell::output(Command::new("dpkg").arg("-x").arg(&path).arg(&root))?;
            fs::remove_file(&path).context(doing)?;
        }
    }
    write_wrapper(&unfinished.join("rustc"))?;
    if kept.exists() {
        fs::remove_dir_all(kept).context(doing)?;
    }
    fs::rename(&unfinished, kept).context(doing)
}

/// The packages, and those of their libraries that this machine does not have.
fn with_missing_libraries() -> Result<BTreeSet<String>> {
    let mut wanted: BTreeSet<String> = PACKAGES.map(String::from).into();
    let mut unread: Vec<String> = wanted.iter().cloned().collect();
    while let Some(package) = unread.pop() {
        for needed in libraries_of(&package)? {
            if !is_installed(&needed) && wanted.insert(needed.clone()) {
                unread.push(needed);
            }
        }
        if wanted.len() > PACKAGES_MAX {
            return Problem::stop(format!("rustc-web wants more than {PACKAGES_MAX} packages"));
        }
    }
    Ok(wanted)
}

/// The libraries that a package depends on. Compilers and linkers among them are the host's own:
/// without a C compiler the server cannot be built either.
fn libraries_of(package: &str) -> Result<Vec<String>> {
    let mut show = Command::new("apt-cache");
    show.args(["show", "--no-all-versions", package]);
    let text = shell::output(&mut show)?;
    let depends = text.lines().find_map(|line| line.strip_prefix("Depends: ")).unwrap_or("");
    let names = depends.split(", ").filter_map(|one| one.split([' ', ':']).next());
    let libraries = names.filter(|name| name.starts_with("lib") && !name.ends_with("libc-dev"));
    Ok(libraries.map(String::from).collect())
}

fn is_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    // One line for each architecture; "not-installed" is a status too.
    query.args(["--show", "--showformat=${db:Status-Status}\\n", package]);
    shell::output(&mut query).is_ok_and(|text| text.lines().any(|line| line == "installed"))
}

/// The compiler with its libraries in sight, wherever the folder lies.
fn write_wrapper(path: &Path) -> Result<()> {
    let script = r#"#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
for lib in "$here"/unpacked/usr/lib/*-linux-gnu* "$here"/unpacked/lib/*-linux-gnu*; do
    [ -d "$lib" ] && libs="${libs:+$libs:}$lib"
done
export LD_LIBRARY_PATH="$libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$here/unpacked/usr/bin/rustc" "$@"
"#;
    let doing = || format!("writing {}", path.display());
    fs::write(path, script).context(doing)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).context(doing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_compiler_is_refused_by_name() {
        assert!(check_recent("1.96.0+dfsg1-1~deb12u2").is_ok());
        let refused = check_recent("1.85.0+dfsg3-1").err().map(|problem| problem.to_string());
        assert!(refused.is_some_and(|text| text.contains("1.85.0")));
        assert!(check_recent("nonsense").is_err());
    }

    #[test]
    fn a_version_becomes_a_file_name_without_separators() {
        assert_eq!(file_name("1:1.96.0+dfsg1-1~deb12u2"), "1-1.96.0-dfsg1-1-deb12u2");
    }
}
