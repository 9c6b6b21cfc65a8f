//! Puts a finished folder in the place of the old one, in one step where the system can.

use std::{fs, path::Path};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::problem::{Context, Result};

/// Afterwards `finished` is at `place`. A server that is being compiled meanwhile sees the old
/// folder or the new one, never half of each.
pub fn swap(finished: &Path, place: &Path) -> Result<()> {
    let doing = || format!("moving {} to {}", finished.display(), place.display());
    if !place.exists() {
        return fs::rename(finished, place).context(doing);
    }
    if renameat_with(CWD, finished, CWD, place, RenameFlags::EXCHANGE).is_ok() {
        return fs::remove_dir_all(finished).context(doing);
    }
    // Some file systems cannot exchange two folders.
    fs::remove_dir_all(place).context(doing)?;
    fs::rename(finished, place).context(doing)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_new_folder_replaces_the_old_one_whole() {
        let root = tempfile::tempdir().unwrap();
        let (new, old) = (root.path().join("new"), root.path().join("dist"));
        for (folder, file) in [(&new, "b"), (&old, "a")] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join(file), "").unwrap();
        }
        swap(&new, &old).unwrap();
        assert!(old.join("b").exists() && !old.join("a").exists());
        assert!(!new.exists());
    }
}
