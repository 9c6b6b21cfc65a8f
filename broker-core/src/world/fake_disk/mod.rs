//! A disk in memory that forgets and fails as real ones do; for tests and the simulator.
//!
//! Keeps apart what was written and what was synced, for bytes and for names.
//! [`FakeDisk::crash`] cuts the power: of what was not synced, any part may be
//! there afterwards, sector by sector, and one sector may be torn. Syncs can be
//! made to wait; what fails, and when, is kept in `faults.rs`, a file's bytes in
//! `content.rs`. `names.rs` is what a program does with it, `handle.rs` an open file. Here is what
//! a test does with it.

mod content;
mod faults;
mod handle;
mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Condvar, Mutex, MutexGuard};
use rustix::io::Errno;

use content::{Dice, File};
use faults::{Act, Faults};

pub use faults::{Fault, Neglect};

/// How long something is held at most. Whoever waits longer belongs to a test that has failed, and
/// must not keep the others from ending.
const HELD_MAX: Duration = Duration::from_secs(60);

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
    /// So many files can still be opened; none is no limit.
    descriptors: Option<usize>,
    /// How many files were not opened for want of them.
    opens_refused: usize,
    /// It was a quota, not the disk, that was used up.
    quota: bool,
    faults: Faults,
    sync_failure: Option<String>,
    /// Files whose path contains this wait for their sync.
    syncs_held: Option<String>,
    syncs_waiting: usize,
    /// Folders are not removed yet.
    removals_held: bool,
    removals_waiting: usize,
    syncs: u64,
    reads: u64,
    /// Which bytes of which file were read, once somebody wants to know.
    reads_watched: Option<Vec<(PathBuf, Range<u64>)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
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
    /// The same seed gives the same disk. What becomes of this one does not matter to it.
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
        let torn = File::tear(&state.files, &mut dice);
        let files = state.files.iter().enumerate();
        let after_crash = |(number, file): (usize, &File)| {
            let torn = torn.filter(|(of, _)| *of == number);
            file.after_crash(&mut dice, torn.map(|(_, sector)| sector))
        };
        after.files = files.map(after_crash).collect();
        after.synced_names = after.names.clone();
        after.faults = state.faults.after_end();
        FakeDisk(Arc::new(Inner { state: Mutex::new(after), released: Condvar::new() }))
    }

    /// The disk as a new process finds it after the old one was killed: all that was written is
    /// there, synced or not.
    pub fn copy(&self) -> FakeDisk {
        let state = self.lock();
        let copied = State {
            files: state.files.clone(),
            names: state.names.clone(),
            synced_names: state.synced_names.clone(),
            faults: state.faults.after_end(),
            ..State::default()
        };
        FakeDisk(Arc::new(Inner { state: Mutex::new(copied), released: Condvar::new() }))
    }

    /// From now on files can grow by so many bytes; then writes end short with `ENOSPC`.
    pub fn set_room(&self, bytes: usize) {
        self.lock().room = Some(bytes);
    }

    /// [`FakeDisk::set_room`], and what is used up is somebody's quota: writes end with `EDQUOT`.
    pub fn set_quota(&self, bytes: usize) {
        let mut state = self.lock();
        (state.room, state.quota) = (Some(bytes), true);
    }

    /// From now on so many files can be opened; then that fails with `EMFILE`, and so do syncs of
    /// folders.
    pub fn set_descriptors(&self, left: usize) {
        self.lock().descriptors = Some(left);
    }

    /// How many files could not be opened for want of descriptors.
    pub fn opens_refused(&self) -> usize {
        self.lock().opens_refused
    }

    /// This fault meets the operation of its kind behind `passes` others. One at a time.
    pub fn fail_after(&self, passes: u64, fault: Fault) {
        self.lock().faults.arm(passes, fault);
    }

    /// From now on, also after crashes, the disk leaves something undone.
    pub fn neglect(&self, neglect: Neglect) {
        self.lock().faults.neglect = Some(neglect);
    }

    /// Whether an operation failed, or may fail for want of room.
    pub fn is_at_fault(&self) -> bool {
        let state = self.lock();
        state.faults.met > 0 || state.room.is_some()
    }

    /// Whether a [`Fault::End`] was met: nothing changes any more.
    pub fn has_ended(&self) -> bool {
        self.lock().faults.ended
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

    fn wait_while(&self, state: &mut MutexGuard<'_, State>, held: impl Fn(&State) -> bool) {
        self.0.released.wait_while_for(state, |state| held(state), HELD_MAX);
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

    /// From now on removals of folders wait until [`FakeDisk::release_removals`].
    pub fn hold_removals(&self) {
        self.lock().removals_held = true;
    }

    /// How many removals of folders wait to be released.
    pub fn removals_waiting(&self) -> usize {
        self.lock().removals_waiting
    }

    /// Lets removals of folders go on.
    pub fn release_removals(&self) {
        self.lock().removals_held = false;
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

    /// From now on it is noted which bytes of which file are read.
    pub fn watch_reads(&self) {
        self.lock().reads_watched = Some(Vec::new());
    }

    /// What was read since [`FakeDisk::watch_reads`], in that order.
    pub fn reads_watched(&self) -> Vec<(PathBuf, Range<u64>)> {
        self.lock().reads_watched.clone().unwrap_or_default()
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

    /// What the disk says when there is no room.
    fn full(&self) -> io::Error {
        let errno = if self.quota { Errno::DQUOT } else { Errno::NOSPC };
        errno.into()
    }

    /// A descriptor for what is opened.
    fn descriptor(&mut self) -> io::Result<()> {
        match &mut self.descriptors {
            Some(0) => {
                self.opens_refused += 1;
                return Err(Errno::MFILE.into());
            }
            Some(left) => *left -= 1,
            None => {}
        }
        Ok(())
    }

    /// A change of names or lengths.
    fn change(&mut self) -> io::Result<()> {
        self.faults.meet(Act::Other).map_or(Ok(()), |_| Err(eio()))
    }

    fn neglects(&self, neglect: Neglect) -> bool {
        self.faults.neglect == Some(neglect)
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

/// What a system says of a disk that does not do as it is told.
fn eio() -> io::Error {
    Errno::IO.into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::IoSlice;

    use super::*;
    use crate::world::{Disk, DiskFile, OpenMode};

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
