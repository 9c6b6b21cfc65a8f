//! A disk in memory that forgets and fails as real ones do; for tests and the simulator.
//!
//! Keeps apart what was written and what was synced, for bytes and for names.
//! [`FakeDisk::crash`] cuts the power: of what was not synced, any part may be
//! there afterwards, sector by sector. Syncs can be made to fail or to wait,
//! writes to end short.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Condvar, Mutex, MutexGuard};

use super::disk::{Disk, DiskFile, Meta, OpenMode, Space};

/// What a disk writes whole or not at all.
const SECTOR_BYTES: usize = 512;

/// The room that a disk without a limit says it has: more than any test writes.
const DISK_BYTES: u64 = 1 << 40;

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Default)]
pub struct FakeDisk(Arc<Inner>);

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    released: Condvar,
}

#[derive(Default)]
struct State {
    files: Vec<File>,
    /// What programs see, and what a power cut leaves.
    names: BTreeMap<PathBuf, Node>,
    synced_names: BTreeMap<PathBuf, Node>,
    /// Bytes by which files may still grow before the disk is full; none is no limit.
    room: Option<usize>,
    sync_failure: Option<String>,
    /// Files whose path contains this wait for their sync.
    syncs_held: Option<String>,
    syncs_waiting: usize,
    syncs: u64,
    reads: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

#[derive(Default)]
struct File {
    bytes: Vec<u8>,
    synced: Vec<u8>,
    /// Bytes that have room on the disk, written or not.
    reserved: usize,
    /// Sectors that a failed sync did not write. The kernel takes them for clean: they read as
    /// they were written, but until they are written anew no sync brings them to disk.
    lost: BTreeSet<usize>,
}

impl FakeDisk {
    /// An empty disk on which one folder exists.
    pub fn with_folder(path: &Path) -> FakeDisk {
        let disk = FakeDisk::default();
        let mut state = disk.lock();
        for folder in path.ancestors() {
            state.names.insert(folder.to_owned(), Node::Folder);
            state.synced_names.insert(folder.to_owned(), Node::Folder);
        }
        drop(state);
        disk
    }

    /// The disk after a power cut, on which of all that was not synced anything may be there.
    /// The same seed gives the same disk. This one must not be used any more.
    pub fn crash(&self, seed: u64) -> FakeDisk {
        let state = self.lock();
        let mut dice = Dice(seed);
        let paths: BTreeSet<_> = state.names.keys().chain(state.synced_names.keys()).collect();
        let mut after = State::default();
        for path in paths {
            let (live, synced) = (state.names.get(path), state.synced_names.get(path));
            let node = if dice.one_in(2) { live } else { synced };
            let reachable = path.parent().is_none_or(|up| after.names.contains_key(up));
            if let Some(node) = node.filter(|_| reachable) {
                after.names.insert(path.clone(), *node);
            }
        }
        after.files = state.files.iter().map(|file| file.after_crash(&mut dice)).collect();
        after.synced_names = after.names.clone();
        FakeDisk(Arc::new(Inner { state: Mutex::new(after), released: Condvar::new() }))
    }

    /// The disk as a new process finds it after the old one was killed: all that was written is
    /// there, synced or not.
    pub fn copy(&self) -> FakeDisk {
        let state = self.lock();
        let copy = |file: &File| {
            let (bytes, synced) = (file.bytes.clone(), file.synced.clone());
            File { bytes, synced, reserved: file.reserved, lost: file.lost.clone() }
        };
        let copied = State {
            files: state.files.iter().map(copy).collect(),
            names: state.names.clone(),
            synced_names: state.synced_names.clone(),
            ..State::default()
        };
        FakeDisk(Arc::new(Inner { state: Mutex::new(copied), released: Condvar::new() }))
    }

    /// From now on files can grow by so many bytes; then writes end short with `ENOSPC`.
    pub fn set_room(&self, bytes: usize) {
        self.lock().room = Some(bytes);
    }

    /// The next sync of a file or folder whose path contains `part` fails, and what it should have
    /// written is lost for good, as on Linux.
    pub fn fail_sync(&self, part: &str) {
        self.lock().sync_failure = Some(part.to_owned());
    }

    /// From now on syncs of files wait until [`FakeDisk::release_syncs`].
    pub fn hold_syncs(&self) {
        self.hold_syncs_of("");
    }

    /// [`FakeDisk::hold_syncs`] of files whose path contains `part`.
    pub fn hold_syncs_of(&self, part: &str) {
        self.lock().syncs_held = Some(part.to_owned());
    }

    /// How many syncs wait to be released.
    pub fn syncs_waiting(&self) -> usize {
        self.lock().syncs_waiting
    }

    /// Lets syncs go on.
    pub fn release_syncs(&self) {
        self.lock().syncs_held = None;
        self.0.released.notify_all();
    }

    /// How many syncs of files have ended well.
    pub fn syncs(&self) -> u64 {
        self.lock().syncs
    }

    /// How many times files were read.
    pub fn reads(&self) -> u64 {
        self.lock().reads
    }

    /// Changes the bytes of a file behind everyone's back, on the disk itself too.
    pub fn tamper(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.lock();
        let Some(Node::File(number)) = state.names.get(path).copied() else {
            panic!("there is no file {}", path.display());
        };
        let file = &mut state.files[number];
        change(&mut file.bytes);
        file.synced = file.bytes.clone();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock()
    }
}

impl State {
    fn node(&self, path: &Path) -> io::Result<Node> {
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Gives the file room up to `end`, as far as there is; returns up to where it has.
    fn grow(&mut self, file: usize, end: usize) -> usize {
        let file = &mut self.files[file];
        let missing = end.saturating_sub(file.reserved);
        let given = self.room.map_or(missing, |room| room.min(missing));
        self.room = self.room.map(|room| room - given);
        file.reserved += given;
        file.reserved.min(end)
    }

    /// The file has no name any more. Whoever has it open can read it still.
    fn free(&mut self, gone: Node) {
        if let Node::File(number) = gone {
            let freed = std::mem::take(&mut self.files[number].reserved);
            self.room = self.room.map(|room| room.saturating_add(freed));
        }
    }

    fn sync_fails(&mut self, path: &Path) -> bool {
        let text = path.to_string_lossy();
        let fails = self.sync_failure.as_deref().is_some_and(|part| text.contains(part));
        if fails {
            self.sync_failure = None;
        }
        fails
    }

    fn below(names: &BTreeMap<PathBuf, Node>, dir: &Path) -> BTreeMap<PathBuf, Node> {
        let below = names.iter().filter(|(path, _)| path.parent() == Some(dir));
        below.map(|(path, node)| (path.clone(), *node)).collect()
    }
}

impl Disk for FakeDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.lock();
        let number = match (state.names.get(path), mode) {
            (Some(Node::File(number)), _) => *number,
            (Some(Node::Folder), _) => return Err(io::ErrorKind::IsADirectory.into()),
            (None, OpenMode::Existing) => return Err(io::ErrorKind::NotFound.into()),
            (None, _) => {
                let parent = path.parent().unwrap_or(path).to_owned();
                state.node(&parent)?;
                let number = state.files.len();
                state.files.push(File::default());
                state.names.insert(path.to_owned(), Node::File(number));
                number
            }
        };
        if mode == OpenMode::Truncated {
            state.files[number].bytes.clear();
            state.free(Node::File(number));
        }
        Ok(Arc::new(FakeFile { disk: self.clone(), number, path: path.to_owned() }))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
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
        let gone = state.names.remove(path).ok_or(io::ErrorKind::NotFound)?;
        state.free(gone);
        Ok(())
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.node(path)?;
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
        if state.sync_fails(path) {
            return Err(io::Error::other("the disk does not sync the folder"));
        }
        state.node(path)?;
        for gone in State::below(&state.synced_names, path).into_keys() {
            state.synced_names.remove(&gone);
        }
        let now = State::below(&state.names, path);
        state.synced_names.extend(now);
        Ok(())
    }

    fn sync_file_system(&self, _: &Path) -> io::Result<()> {
        let mut state = self.lock();
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

struct FakeFile {
    disk: FakeDisk,
    number: usize,
    path: PathBuf,
}

impl DiskFile for FakeFile {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let mut state = self.disk.lock();
        state.reads += 1;
        let bytes = &state.files[self.number].bytes;
        let rest = bytes.get(at as usize..).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }

    fn write_at(&self, parts: &mut [IoSlice<'_>], at: u64) -> io::Result<()> {
        let mut state = self.disk.lock();
        let all: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        let from = at as usize;
        let end = state.grow(self.number, from + all.len());
        let fits = end.saturating_sub(from);
        let upto = from + fits;
        let file = &mut state.files[self.number];
        file.bytes.resize(file.bytes.len().max(upto), 0);
        file.bytes[from..upto].copy_from_slice(&all[..fits]);
        file.lost
            .retain(|sector| !(from / SECTOR_BYTES..upto.div_ceil(SECTOR_BYTES)).contains(sector));
        if fits == all.len() { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) }
    }

    fn reserve(&self, len: u64) -> io::Result<()> {
        let mut state = self.disk.lock();
        let len = len as usize;
        let fits = state.grow(self.number, len) == len;
        fits.then_some(()).ok_or_else(|| io::ErrorKind::StorageFull.into())
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        let mut state = self.disk.lock();
        let (file, len) = (&mut state.files[self.number], len as usize);
        file.bytes.resize(len, 0);
        let freed = file.reserved.saturating_sub(len);
        file.reserved = len;
        state.room = state.room.map(|room| room.saturating_add(freed));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.disk.lock();
        let path = self.path.to_string_lossy();
        state.syncs_waiting += 1;
        while state.syncs_held.as_deref().is_some_and(|part| path.contains(part)) {
            self.disk.0.released.wait(&mut state);
        }
        state.syncs_waiting -= 1;
        let fails = state.sync_fails(&self.path);
        let file = &mut state.files[self.number];
        if fails {
            file.lose();
            return Err(io::Error::other("the disk does not sync the file"));
        }
        file.sync();
        state.syncs += 1;
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.lock().files[self.number].bytes.len() as u64)
    }
}

impl File {
    fn sync(&mut self) {
        self.synced.resize(self.bytes.len(), 0);
        for (sector, bytes) in self.bytes.chunks(SECTOR_BYTES).enumerate() {
            if !self.lost.contains(&sector) {
                let from = sector * SECTOR_BYTES;
                self.synced[from..from + bytes.len()].copy_from_slice(bytes);
            }
        }
    }

    fn lose(&mut self) {
        let sectors = self.bytes.chunks(SECTOR_BYTES).enumerate();
        let differs = |(sector, bytes): (usize, &[u8])| {
            let from = sector * SECTOR_BYTES;
            (self.synced.get(from..from + bytes.len()) != Some(bytes)).then_some(sector)
        };
        self.lost.extend(sectors.filter_map(differs).collect::<Vec<_>>());
    }

    fn after_crash(&self, dice: &mut Dice) -> File {
        let (long, short) = (self.bytes.len(), self.synced.len());
        let (least, most) = (long.min(short), long.max(short));
        let len = if dice.one_in(3) { short } else { least + dice.below(most - least + 1) };
        let mut bytes = vec![0; len];
        for from in (0..len).step_by(SECTOR_BYTES) {
            let upto = len.min(from + SECTOR_BYTES);
            let source = if dice.one_in(2) { &self.bytes } else { &self.synced };
            // What this version of the file does not have stays zero.
            if let Some(there) = source.get(from..source.len().min(upto)) {
                bytes[from..from + there.len()].copy_from_slice(there);
            }
        }
        let reserved = bytes.len();
        File { synced: bytes.clone(), bytes, reserved, lost: BTreeSet::new() }
    }
}

/// Random numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn write(disk: &FakeDisk, path: &str, text: &str) -> Arc<dyn DiskFile> {
        let file = disk.open(Path::new(path), OpenMode::OrCreate).unwrap();
        file.write_at(&mut [IoSlice::new(text.as_bytes())], 0).unwrap();
        file
    }

    fn read(disk: &FakeDisk, path: &str) -> Option<String> {
        let file = disk.open(Path::new(path), OpenMode::Existing).ok()?;
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read_at(&mut bytes, 0).unwrap();
        Some(String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn what_was_synced_survives_every_crash_and_what_was_not_may_not() {
        let disk = FakeDisk::with_folder(Path::new("/d"));
        write(&disk, "/d/kept", "all").sync().unwrap();
        disk.sync_dir(Path::new("/d")).unwrap();
        write(&disk, "/d/nameless", "x").sync().unwrap();
        let (mut with, mut without) = (0, 0);
        for seed in 0..50 {
            let after = disk.crash(seed);
            assert_eq!(read(&after, "/d/kept").as_deref(), Some("all"), "seed {seed}");
            match read(&after, "/d/nameless") {
                Some(_) => with += 1,
                None => without += 1,
            }
        }
        assert!(with > 0 && without > 0, "{with} {without}");
    }

    #[test]
    fn after_a_failed_sync_a_good_one_does_not_bring_the_bytes_back() {
        let disk = FakeDisk::with_folder(Path::new("/d"));
        let file = write(&disk, "/d/f", "x");
        disk.sync_dir(Path::new("/d")).unwrap();
        disk.fail_sync("/d/f");
        file.sync().unwrap_err();
        file.sync().unwrap();
        let there = |seed| read(&disk.crash(seed), "/d/f").as_deref() == Some("x");
        assert!(!(0..50).all(there));
        file.write_at(&mut [IoSlice::new(b"x")], 0).unwrap();
        file.sync().unwrap();
        assert!((0..50).all(there), "written anew it is on disk");
    }
}
