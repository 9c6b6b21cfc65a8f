//! An open file of a [`FakeDisk`].

use std::io::{self, IoSlice};
use std::path::PathBuf;

use super::super::disk::DiskFile;
use super::faults::{Act, Fault, Neglect};
use super::{FakeDisk, eio};

pub(super) struct FakeFile {
    pub disk: FakeDisk,
    pub number: usize,
    pub path: PathBuf,
}

impl DiskFile for FakeFile {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let mut state = self.disk.lock();
        state.reads += 1;
        let bytes = &state.files[self.number].bytes;
        let rest = bytes.get(at as usize..).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        if let Some(watched) = &mut state.reads_watched
            && n > 0
        {
            watched.push((self.path.clone(), at..at + n as u64));
        }
        Ok(n)
    }

    fn write_at(&self, parts: &mut [IoSlice<'_>], at: u64) -> io::Result<()> {
        let mut state = self.disk.lock();
        let all: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        let from = at as usize;
        let fault = state.faults.meet(Act::Write);
        let most = match fault {
            Some(Fault::Write(bytes) | Fault::End(bytes)) => bytes.min(all.len()),
            _ => all.len(),
        };
        let end = state.grow(self.number, from + most);
        let fits = end.saturating_sub(from);
        state.files[self.number].write(&all[..fits], from);
        match fault {
            Some(_) => Err(eio()),
            None if fits < all.len() => Err(state.full()),
            None => Ok(()),
        }
    }

    fn reserve(&self, len: u64) -> io::Result<()> {
        let mut state = self.disk.lock();
        state.change()?;
        let len = len as usize;
        let fits = state.grow(self.number, len) == len;
        fits.then_some(()).ok_or_else(|| state.full())
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        let mut state = self.disk.lock();
        state.change()?;
        let is_log = self.path.extension().is_some_and(|extension| extension == "log");
        if is_log && state.neglects(Neglect::Cuts) {
            return Ok(());
        }
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
        self.disk.wait_while(&mut state, |state| {
            state.syncs_held.as_deref().is_some_and(|part| path.contains(part))
        });
        state.syncs_waiting -= 1;
        let fault = state.faults.meet(Act::Sync);
        let fails = state.sync_fails(&self.path) || fault == Some(Fault::Sync);
        if fails {
            state.files[self.number].lose();
        }
        if fails || fault.is_some() {
            return Err(eio());
        }
        if !state.neglects(Neglect::Syncs) {
            state.files[self.number].sync();
        }
        state.syncs += 1;
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.lock().files[self.number].bytes.len() as u64)
    }
}
