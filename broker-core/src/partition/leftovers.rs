//! Folders of partitions that were deleted: first out of the way, durably, then off the disk.
//!
//! To remove many large files takes long, and nothing else need wait for it. Once a folder has its
//! other name the partition is deleted, whenever the files go: what is left over is removed at the
//! next start.

use std::io;
use std::path::{Path, PathBuf};

use tracing::warn;
use uuid::Uuid;

use super::PartitionEnv;
use crate::log::StorageError;
use crate::world::{Disk, World};

/// What the folder of a deleted partition is called until it is removed; no partition is called
/// so, since a partition's name ends in its number.
const DELETED: &str = "-delete";

/// Folders that are nobody's any more.
#[must_use = "their files take room until they are removed"]
pub struct Leftovers(Vec<PathBuf>);

/// One of them.
#[derive(Debug)]
pub struct Leftover(PathBuf);

/// Takes the folders of deleted partitions away; their names are free, durably, unless there is an
/// error. All that can be taken are, and that one is gone already is fine.
pub fn put_aside(env: &PartitionEnv, folders: &[PathBuf]) -> (Leftovers, Result<(), StorageError>) {
    let (disk, mut aside, mut outcome) = (&*env.world.disk, Vec::new(), Ok(()));
    for folder in folders {
        match rename(disk, &env.data, folder) {
            Ok(put) => aside.extend(put),
            Err(cause) => outcome = Err(cause),
        }
    }
    let synced = disk.sync_dir(&env.data).map_err(StorageError::of("sync", &env.data));
    (Leftovers(aside), outcome.and(synced))
}

/// None if it is gone already.
fn rename(disk: &dyn Disk, data: &Path, folder: &Path) -> Result<Option<PathBuf>, StorageError> {
    let aside = data.join(format!("{}{DELETED}", Uuid::new_v4().simple()));
    match disk.rename(folder, &aside) {
        Ok(()) => Ok(Some(aside)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(StorageError::of("rename", folder)(e)),
    }
}

impl Leftovers {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn each(self) -> impl Iterator<Item = Leftover> {
        self.0.into_iter().map(Leftover)
    }
}

impl Leftover {
    /// Removes it. Blocks for as long as the file system takes.
    pub fn remove(self, world: &World) {
        if let Err(cause) = world.disk.remove_dir_all(&self.0) {
            let folder = self.0.display();
            warn!(%folder, %cause, "cannot remove {folder} before the next start: {cause}");
        }
    }
}

/// Removes folders of deleted partitions that a crash left; returns how many.
pub fn remove_leftovers(world: &World, data: &Path) -> Result<usize, StorageError> {
    let names = match world.disk.list(data) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
        names => names.map_err(StorageError::of("list", data))?,
    };
    let mut removed = 0;
    for name in names.iter().filter(|name| name.ends_with(DELETED)) {
        let path = data.join(name);
        world.disk.remove_dir_all(&path).map_err(StorageError::of("remove", &path))?;
        removed += 1;
    }
    Ok(removed)
}
