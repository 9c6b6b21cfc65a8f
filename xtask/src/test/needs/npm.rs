//! npm's packages, beside the `package.json` that asks for them.

use std::{fs, path::Path, process::Command};

use crate::{
    problem::{Context, Result},
    shell,
};

/// `npm ci`, once per lock file.
pub fn install(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).context(|| format!("reading {}", lock.display()))?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    shell::say("needs", format!("npm ci in {}", folder.display()));
    let mut npm = Command::new("npm");
    // Debian's chromium is used: it gets security updates, and needs no server but Debian's.
    npm.current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    shell::output(npm.args(["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, wanted).context(|| format!("writing {}", stamp.display()))
}
