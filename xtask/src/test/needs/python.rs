//! The Python of the outside clients: an environment of its own in the cache folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest, Sha256};

use crate::{
    packages,
    problem::{Context, Result},
    shell,
    workspace::Workspace,
};

/// A virtual environment for exactly these requirements; another list makes another one.
pub fn environment(workspace: &Workspace) -> Result<PathBuf> {
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
            packages::apt_install(&["python3-venv"])?;
            shell::output(&mut make()).map(|_| ())
        }
        Err(problem) => Err(problem),
    }
}
