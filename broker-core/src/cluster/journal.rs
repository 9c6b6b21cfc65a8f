//! The cluster's commands on disk: an append-only journal and a snapshot of what it led to.
//!
//! Owns the files under `__cluster/`. A record is length, CRC-32C, index and the command as
//! JSON, or a list of commands that are made durable together: one record is there or it is not,
//! whereas of several that were written at once a power cut can leave the last one. A torn end is
//! cut, because what was not synced was not answered; damage before the end is refused, because it
//! was. Does not judge commands.

use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Buf, BufMut, BytesMut};
use thiserror::Error;

use crate::world::shortage::{is_full, is_out_of_descriptors};
use crate::world::{Disk, DiskFile, OpenMode};

use super::command::Command;
use super::state::ClusterState;

/// Holds the journal and the snapshot. No topic's folder is called so: those end in a number.
const FOLDER: &str = "__cluster";
const JOURNAL: &str = "journal";
const SNAPSHOT: &str = "snapshot";
const SNAPSHOT_NEW: &str = "snapshot.new";

/// Length and CRC in front of each record.
const HEAD_BYTES: usize = 8;
/// The index that opens a record's body.
const INDEX_BYTES: usize = 8;
/// A snapshot is written when the journal has grown this far, so that a start reads at most this
/// and the snapshot.
const JOURNAL_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Why the journal cannot be read.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The disk does not do what it must.
    #[error("cannot {act} {}: {source}", file.display())]
    Io {
        /// What was tried.
        act: &'static str,
        /// With which file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk has no room. Nothing was changed.
    #[error("there is no room for {}", file.display())]
    Full {
        /// The file.
        file: PathBuf,
    },
    /// What was on disk once is there no more, or not as it was written.
    #[error("{} is damaged at byte {position}: {why}; it was left as it is", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// Where.
        position: u64,
        /// What is wrong there.
        why: String,
    },
}

/// The journal, open for appending.
pub(super) struct Journal {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    file: Arc<dyn DiskFile>,
    bytes: u64,
    /// The index of the last record.
    last: u64,
}

impl Journal {
    /// Reads what is there and makes the state of it.
    pub fn open(disk: Arc<dyn Disk>, data: &Path) -> Result<(Journal, ClusterState), JournalError> {
        let folder = data.join(FOLDER);
        disk.create_dir(&folder).map_err(failed("create", &folder))?;
        disk.sync_dir(data).map_err(failed("sync", data))?;
        let (applied, mut state) = read_snapshot(&*disk, &folder)?;
        let path = folder.join(JOURNAL);
        let file = disk.open(&path, OpenMode::OrCreate).map_err(failed("open", &path))?;
        disk.sync_dir(&folder).map_err(failed("sync", &folder))?;
        let bytes = read_all(&*file).map_err(failed("read", &path))?;
        let mut journal = Journal { disk, folder, file, bytes: 0, last: applied };
        journal.replay(&bytes, &mut state)?;
        journal.reserve();
        Ok((journal, state))
    }

    fn replay(&mut self, bytes: &[u8], state: &mut ClusterState) -> Result<(), JournalError> {
        let mut at = 0;
        while let Some(body) = whole_record(&bytes[at..]) {
            let (index, commands) = self.parse(body, at)?;
            at += HEAD_BYTES + body.len();
            if index <= self.last {
                continue; // The snapshot was written, the journal not yet emptied.
            }
            if index != self.last + 1 {
                return Err(self.damaged(at, format!("record {index} follows {}", self.last)));
            }
            for command in &commands {
                let applied = state.apply(command);
                applied.map_err(|refusal| self.damaged(at, refusal.to_string()))?;
            }
            self.last = index;
        }
        self.cut(bytes, at)
    }

    /// What follows the last whole record was never answered if nothing whole follows it.
    fn cut(&mut self, bytes: &[u8], at: usize) -> Result<(), JournalError> {
        if let Some(later) = (at + 1..bytes.len()).find(|&p| whole_record(&bytes[p..]).is_some()) {
            return Err(self.damaged(at, format!("yet a whole record stands at byte {later}")));
        }
        self.bytes = at as u64;
        if at < bytes.len() {
            let path = self.folder.join(JOURNAL);
            let torn = bytes.len() - at;
            tracing::warn!(file = %path.display(), position = at, bytes = torn,
                "cut {torn} bytes of an unfinished record off the cluster's journal");
            self.file.truncate(self.bytes).map_err(failed("cut", &path))?;
            self.file.sync().map_err(failed("sync", &path))?;
        }
        Ok(())
    }

    fn parse(&self, mut body: &[u8], at: usize) -> Result<(u64, Vec<Command>), JournalError> {
        let index = body.get_u64();
        let commands = match body.first() {
            Some(b'[') => serde_json::from_slice(body),
            _ => serde_json::from_slice(body).map(|command| vec![command]),
        };
        Ok((index, commands.map_err(|e| self.damaged(at, e.to_string()))?))
    }

    /// Holds room for all that the journal may become: on a full disk topics can be deleted, which
    /// makes room.
    fn reserve(&self) {
        if let Err(failure) = self.file.reserve(JOURNAL_BYTES_MAX) {
            let file = self.folder.join(JOURNAL);
            tracing::warn!(file = %file.display(), %failure,
                "no room could be held for the cluster's journal: {failure}");
        }
    }

    /// Makes commands durable, all or none. After a failure other than a full disk nothing is known
    /// of the file's end, so the caller must not append again.
    pub fn append(&mut self, commands: &[&Command]) -> Result<(), JournalError> {
        let path = self.folder.join(JOURNAL);
        let record = match commands {
            [command] => record(self.last + 1, command),
            several => record(self.last + 1, &several),
        };
        let mut parts = [IoSlice::new(&record)];
        if let Err(failure) = self.file.write_at(&mut parts, self.bytes) {
            if !is_full(&failure) {
                return Err(failed("write", &path)(failure));
            }
            self.file.truncate(self.bytes).map_err(failed("cut", &path))?;
            return Err(JournalError::Full { file: path });
        }
        self.file.sync().map_err(failed("sync", &path))?;
        self.bytes += record.len() as u64;
        self.last += 1;
        Ok(())
    }

    /// Writes the state down and empties the journal, once that pays.
    pub fn shorten(&mut self, state: &ClusterState) -> Result<(), JournalError> {
        if self.bytes < JOURNAL_BYTES_MAX {
            return Ok(());
        }
        match self.snapshot(state) {
            // The journal grows on until then.
            Err(JournalError::Io { source, .. })
                if is_full(&source) || is_out_of_descriptors(&source) =>
            {
                tracing::warn!(%source,
                    "no snapshot of the cluster's state can be written: {source}");
                Ok(())
            }
            outcome => outcome,
        }
    }

    fn snapshot(&mut self, state: &ClusterState) -> Result<(), JournalError> {
        let (new, path) = (self.folder.join(SNAPSHOT_NEW), self.folder.join(SNAPSHOT));
        let bytes = record(self.last, state);
        let file = self.disk.open(&new, OpenMode::Truncated).map_err(failed("create", &new))?;
        file.write_at(&mut [IoSlice::new(&bytes)], 0).map_err(failed("write", &new))?;
        file.sync().map_err(failed("sync", &new))?;
        self.disk.rename(&new, &path).map_err(failed("rename", &new))?;
        self.disk.sync_dir(&self.folder).map_err(failed("sync", &self.folder))?;
        // From here on the records are in both places; their indexes keep them from counting twice.
        let journal = self.folder.join(JOURNAL);
        self.file.truncate(0).map_err(failed("empty", &journal))?;
        self.file.sync().map_err(failed("sync", &journal))?;
        self.bytes = 0;
        self.reserve();
        Ok(())
    }

    fn damaged(&self, position: usize, why: String) -> JournalError {
        JournalError::Damaged { file: self.folder.join(JOURNAL), position: position as u64, why }
    }
}

fn read_snapshot(disk: &dyn Disk, folder: &Path) -> Result<(u64, ClusterState), JournalError> {
    let path = folder.join(SNAPSHOT);
    let file = match disk.open(&path, OpenMode::Existing) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok((0, ClusterState::default())),
        Err(e) => return Err(failed("open", &path)(e)),
    };
    let bytes = read_all(&*file).map_err(failed("read", &path))?;
    let damaged = |why: String| JournalError::Damaged { file: path.clone(), position: 0, why };
    let mut body = whole_record(&bytes).ok_or_else(|| damaged("its checksum is wrong".into()))?;
    let applied = body.get_u64();
    let mut state: ClusterState =
        serde_json::from_slice(body).map_err(|e| damaged(e.to_string()))?;
    state.index();
    Ok((applied, state))
}

fn read_all(file: &dyn DiskFile) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(file.len()?).map_err(io::Error::other)?];
    let read = file.read_at(&mut bytes, 0)?;
    bytes.truncate(read);
    Ok(bytes)
}

fn record(index: u64, value: &impl serde::Serialize) -> BytesMut {
    let json = match serde_json::to_vec(value) {
        Ok(json) => json,
        Err(e) => panic!("the cluster's state cannot be written as JSON: {e}"),
    };
    let mut body = BytesMut::with_capacity(HEAD_BYTES + INDEX_BYTES + json.len());
    body.put_u64(index);
    body.put_slice(&json);
    let mut bytes = BytesMut::with_capacity(HEAD_BYTES + body.len());
    bytes.put_u32(u32::try_from(body.len()).unwrap_or(u32::MAX));
    bytes.put_u32(crc32c::crc32c(&body));
    bytes.put_slice(&body);
    bytes
}

/// The body of the record at the front, if it is whole and its checksum is right.
fn whole_record(bytes: &[u8]) -> Option<&[u8]> {
    let mut head = bytes.get(..HEAD_BYTES)?;
    let length = head.get_u32() as usize;
    let crc = head.get_u32();
    if length < INDEX_BYTES {
        return None;
    }
    let body = bytes.get(HEAD_BYTES..HEAD_BYTES + length)?;
    (crc32c::crc32c(body) == crc).then_some(body)
}

fn failed<'a>(act: &'static str, file: &'a Path) -> impl FnOnce(io::Error) -> JournalError + 'a {
    move |source| JournalError::Io { act, file: file.to_owned(), source }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;
    use crate::cluster::command::TopicId;
    use crate::cluster::config::Settings;
    use crate::ids::TopicName;
    use crate::world::{FakeDisk, RealDisk};

    fn create(number: u8) -> Command {
        Command::CreateTopic {
            name: TopicName::parse(&format!("topic-{number}")).unwrap(),
            id: TopicId(ouzel_wire::Uuid([number; 16])),
            replicas: vec![vec![0]],
            settings: Settings::new(),
        }
    }

    fn open(data: &Path) -> Result<(Journal, ClusterState), JournalError> {
        Journal::open(Arc::new(RealDisk), data)
    }

    fn filled(data: &Path, records: u8) -> ClusterState {
        let (mut journal, mut state) = open(data).unwrap();
        for number in 1..=records {
            state.apply(&create(number)).unwrap();
            journal.append(&[&create(number)]).unwrap();
        }
        state
    }

    #[test]
    fn what_was_appended_is_there_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let state = filled(dir.path(), 3);
        assert_eq!(open(dir.path()).unwrap().1, state);
    }

    #[test]
    fn commands_that_were_made_durable_together_are_there_together_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let kept = filled(dir.path(), 1);
        let path = dir.path().join(FOLDER).join(JOURNAL);
        let before = fs::read(&path).unwrap().len();
        let (mut journal, mut state) = open(dir.path()).unwrap();
        let several = [create(2), create(3), create(4)];
        for command in &several {
            state.apply(command).unwrap();
        }
        journal.append(&several.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(open(dir.path()).unwrap().1, state);
        let mut torn = fs::read(&path).unwrap();
        // The first sector of it did not reach the disk, the rest did.
        torn[before..before + HEAD_BYTES + 40].fill(0);
        fs::write(&path, torn).unwrap();
        assert_eq!(open(dir.path()).unwrap().1, kept);
    }

    #[test]
    fn a_quota_that_is_used_up_is_a_full_disk() {
        let data = Path::new("/data");
        let disk = FakeDisk::with_folder(data);
        disk.set_quota(500);
        let open = || Journal::open(Arc::new(disk.clone()), data).unwrap();
        let (mut journal, mut state) = open();
        let refused = loop {
            let next = create(u8::try_from(journal.last).unwrap());
            match journal.append(&[&next]) {
                Ok(()) => {
                    state.apply(&next).unwrap();
                }
                Err(refused) => break refused,
            }
        };
        assert!(matches!(refused, JournalError::Full { .. }), "{refused}");
        let bytes = std::mem::replace(&mut journal.bytes, JOURNAL_BYTES_MAX);
        journal.shorten(&state).unwrap();
        journal.bytes = bytes;
        disk.set_room(1 << 20);
        state.apply(&create(200)).unwrap();
        journal.append(&[&create(200)]).unwrap();
        assert_eq!(open().1, state);
    }

    #[test]
    fn a_torn_end_is_cut_at_every_byte_and_the_rest_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let kept = filled(dir.path(), 2);
        let path = dir.path().join(FOLDER).join(JOURNAL);
        let whole = fs::read(&path).unwrap();
        let next = record(3, &create(3));
        for torn in 1..next.len() {
            fs::write(&path, [&whole[..], &next[..torn]].concat()).unwrap();
            assert_eq!(open(dir.path()).unwrap().1, kept, "torn after {torn} bytes");
            assert_eq!(fs::read(&path).unwrap(), whole, "torn after {torn} bytes");
        }
    }

    #[test]
    fn damage_in_front_of_whole_records_is_refused_and_nothing_is_cut() {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path(), 3);
        let path = dir.path().join(FOLDER).join(JOURNAL);
        let mut bytes = fs::read(&path).unwrap();
        bytes[HEAD_BYTES + 2] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let refused = open(dir.path()).err().unwrap();
        assert!(matches!(refused, JournalError::Damaged { position: 0, .. }), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }

    #[test]
    fn a_snapshot_counts_once_even_if_the_journal_was_not_emptied() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, mut state) = open(dir.path()).unwrap();
        for number in 1..=3 {
            state.apply(&create(number)).unwrap();
            journal.append(&[&create(number)]).unwrap();
        }
        let path = dir.path().join(FOLDER).join(JOURNAL);
        let before = fs::read(&path).unwrap();
        journal.snapshot(&state).unwrap();
        assert!(fs::read(&path).unwrap().is_empty());
        assert_eq!(open(dir.path()).unwrap().1, state);
        fs::write(&path, before).unwrap();
        let (mut journal, again) = open(dir.path()).unwrap();
        assert_eq!(again, state);
        journal.append(&[&create(4)]).unwrap();
        assert!(open(dir.path()).unwrap().1.topic("topic-4").is_some());
    }
}
