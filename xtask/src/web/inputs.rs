//! What the web build is made from. Owns the fingerprint that lets an unchanged build be skipped.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::Profile;
use crate::{
    problem::{Context, Result},
    workspace::Workspace,
};

/// Everything under these decides what is built; `xtask/src/web` because it decides how.
const INPUTS: [&str; 6] =
    ["Cargo.lock", "Cargo.toml", "assets", "frontend", "server/api", "xtask/src/web"];

/// A hash over names and contents. Times do not count: a fresh clone of the same tree is the same.
pub fn fingerprint(workspace: &Workspace, profile: Profile) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(profile.cargo_name());
    for input in INPUTS {
        for file in files_under(&workspace.root.join(input))? {
            let name = file.strip_prefix(&workspace.root).unwrap_or(&file);
            let content = fs::read(&file).context(|| format!("reading {}", file.display()))?;
            hash.update(name.to_string_lossy().as_bytes());
            hash.update([0]);
            hash.update((content.len() as u64).to_le_bytes());
            hash.update(&content);
        }
    }
    Ok(super::hex(&hash.finalize()))
}

/// Every file at or below a path, sorted; nothing where the path is missing.
pub fn files_under(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let Ok(entries) = fs::read_dir(path) else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.context(|| format!("listing {}", path.display()))?;
        files.extend(files_under(&entry.path())?);
    }
    files.sort();
    Ok(files)
}
