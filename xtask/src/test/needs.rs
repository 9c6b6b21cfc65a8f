//! What the tests need from outside, and how it gets onto this machine: Debian packages (as
//! root), a Python environment in the cache folder, npm's packages under `playwright/`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest, Sha256};

use crate::{
    problem::{Context, Problem, Result},
    shell,
    workspace::Workspace,
};

/// Oldest node that Playwright runs on.
const NODE_MAJOR_MIN: u32 = 20;

/// Installs what the outside clients need and returns the Python that has them.
pub fn clients(workspace: &Workspace) -> Result<PathBuf> {
    debian(&[("kcat", "kcat"), ("python3", "python3")])?;
    python(workspace)
}

/// Installs what the browser tests need.
pub fn browser(workspace: &Workspace) -> Result<()> {
    debian(&[
        ("chromium", "chromium"),
        ("kcat", "kcat"),
        ("node", "nodejs"),
        ("npm", "npm"),
        ("fc-match", "fontconfig"),
    ])?;
    recent_node()?;
    npm(workspace)
}

fn recent_node() -> Result<()> {
    let version = shell::output(Command::new("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|n| n.parse().ok());
    if major.is_some_and(|major: u32| major >= NODE_MAJOR_MIN) {
        return Ok(());
    }
    Problem::stop(format!(
        "node {} is too old for playwright: {NODE_MAJOR_MIN} is needed",
        version.trim()
    ))
}

/// Makes sure of programs by their Debian packages.
fn debian(programs: &[(&str, &str)]) -> Result<()> {
    let missing = programs.iter().filter(|(program, _)| shell::find(program).is_none());
    let packages: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    let names = packages.join(" ");
    if shell::find("apt-get").is_none() || !shell::is_root() {
        return Problem::stop(format!(
            "missing: {names} (on Debian: sudo apt-get install {names})"
        ));
    }
    apt_install(&packages)
}

fn apt_install(packages: &[&str]) -> Result<()> {
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

/// A virtual environment for exactly these requirements; another list makes another one.
fn python(workspace: &Workspace) -> Result<PathBuf> {
    let list = workspace.root.join("xtask/clients/requirements.txt");
    let text = fs::read(&list).context(|| format!("reading {}", list.display()))?;
    let digest = Sha256::digest(&text);
    let key: String = digest[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    let folder = workspace.cache.join(format!("python-{key}"));
    let python = folder.join("bin/python");
    let complete = folder.join("complete");
    if complete.is_file() {
        return Ok(python);
    }
    shell::say("needs", format!("Python packages into {}", folder.display()));
    make_environment(&folder)?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&list);
    shell::output(&mut pip)?;
    fs::write(&complete, "").context(|| format!("writing {}", complete.display()))?;
    Ok(python)
}

fn make_environment(folder: &Path) -> Result<()> {
    let make = || {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(folder);
        venv
    };
    match shell::output(&mut make()) {
        Ok(_) => Ok(()),
        // Debian's python3 comes without the part that fills an environment.
        Err(_) if shell::is_root() && shell::find("apt-get").is_some() => {
            apt_install(&["python3-venv"])?;
            shell::output(&mut make()).map(|_| ())
        }
        Err(problem) => Err(problem),
    }
}

/// `npm ci`, once per lock file.
fn npm(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join("playwright");
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).context(|| format!("reading {}", lock.display()))?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    shell::say("needs", "npm ci in playwright/");
    let mut npm = Command::new("npm");
    // Debian's chromium is used: it gets security updates, and needs no server but Debian's.
    npm.current_dir(&folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    shell::output(npm.args(["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, wanted).context(|| format!("writing {}", stamp.display()))
}
