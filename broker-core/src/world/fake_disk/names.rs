//! What a program does with a [`FakeDisk`]: files and folders by their names.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::io::Errno;

use super::super::disk::{Disk, DiskFile, Meta, OpenMode, Space};
use super::content::File;
use super::faults::{Act, Fault, Neglect};
use super::handle::FakeFile;
use super::{FakeDisk, Node, State, eio};

/// The room that a disk without a limit says it has: more than any test writes.
const DISK_BYTES: u64 = 1 << 40;

impl Disk for FakeDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.lock();
        state.descriptor()?;
        let number = match (state.names.get(path), mode) {
            (Some(Node::File(number)), _) => *number,
            (Some(Node::Folder), _) => return Err(io::ErrorKind::IsADirectory.into()),
            (None, OpenMode::Existing) => return Err(io::ErrorKind::NotFound.into()),
            (None, _) => {
                let parent = path.parent().unwrap_or(path).to_owned();
                state.node(&parent)?;
                state.change()?;
                let number = state.files.len();
                state.files.push(File::default());
                state.names.insert(path.to_owned(), Node::File(number));
                number
            }
        };
        if mode == OpenMode::Truncated && !state.files[number].bytes.is_empty() {
            state.change()?;
            state.files[number].bytes.clear();
            state.free(Node::File(number));
        }
        Ok(Arc::new(FakeFile { disk: self.clone(), number, path: path.to_owned() }))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.change()?;
        for folder in path.ancestors() {
            state.names.entry(folder.to_owned()).or_insert(Node::Folder);
        }
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.lock();
        state.node(dir)?;
        let name = |path: PathBuf| Some(path.file_name()?.to_string_lossy().into_owned());
        Ok(State::below(&state.names, dir).into_keys().filter_map(name).collect())
    }

    fn meta(&self, path: &Path) -> io::Result<Meta> {
        let state = self.lock();
        match state.node(path)? {
            Node::File(number) => {
                Ok(Meta { len: state.files[number].bytes.len() as u64, modified_ms: 0 })
            }
            Node::Folder => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.node(from)?;
        state.change()?;
        let moved: Vec<_> = state.names.keys().filter(|p| p.starts_with(from)).cloned().collect();
        for path in moved {
            let rest = path.strip_prefix(from).expect("filtered by it");
            let target = if rest.as_os_str().is_empty() { to.to_owned() } else { to.join(rest) };
            let node = state.names.remove(&path).expect("just listed");
            state.names.insert(target, node);
        }
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        let gone = state.node(path)?;
        state.change()?;
        state.names.remove(path);
        state.free(gone);
        Ok(())
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.removals_waiting += 1;
        self.wait_while(&mut state, |state| state.removals_held);
        state.removals_waiting -= 1;
        state.node(path)?;
        state.change()?;
        let gone: Vec<PathBuf> =
            state.names.keys().filter(|name| name.starts_with(path)).cloned().collect();
        for name in gone {
            let node = state.names.remove(&name).expect("just listed");
            state.free(node);
        }
        Ok(())
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        if state.descriptors == Some(0) {
            return Err(Errno::MFILE.into());
        }
        if state.sync_fails(path) {
            return Err(eio());
        }
        state.node(path)?;
        if state.faults.meet(Act::Sync).is_some() {
            return Err(eio());
        }
        if state.neglects(Neglect::Syncs) {
            return Ok(());
        }
        for gone in State::below(&state.synced_names, path).into_keys() {
            state.synced_names.remove(&gone);
            if !state.names.contains_key(&gone) {
                // A folder that has another name now has its files there.
                state.synced_names.retain(|name, _| !name.starts_with(&gone));
            }
        }
        let now = State::below(&state.names, path);
        state.synced_names.extend(now);
        Ok(())
    }

    fn sync_file_system(&self, _: &Path) -> io::Result<()> {
        let mut state = self.lock();
        match state.faults.meet(Act::Sync) {
            None if state.neglects(Neglect::Syncs) => return Ok(()),
            None => {}
            Some(Fault::End(_)) => return Err(eio()),
            Some(_) => {
                state.files.iter_mut().for_each(File::lose);
                return Err(eio());
            }
        }
        state.files.iter_mut().for_each(File::sync);
        state.synced_names = state.names.clone();
        Ok(())
    }

    fn space(&self, path: &Path) -> io::Result<Space> {
        let state = self.lock();
        state.node(path)?;
        let held: u64 = state.files.iter().map(|file| file.bytes.len() as u64).sum();
        let usable_bytes = state.room.map_or(DISK_BYTES, |room| room as u64);
        Ok(Space { total_bytes: held + usable_bytes, usable_bytes })
    }
}
