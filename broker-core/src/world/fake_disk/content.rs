//! A file of a [`FakeDisk`](super::FakeDisk): what programs see of it and what is on disk.

use std::collections::BTreeSet;

/// What a disk writes whole or not at all, unless the power goes just then: see [`File::tear`].
const SECTOR_BYTES: usize = 512;

#[derive(Clone, Default)]
pub(super) struct File {
    pub bytes: Vec<u8>,
    pub synced: Vec<u8>,
    /// Bytes that have room on the disk, written or not.
    pub reserved: usize,
    /// Sectors that a failed sync did not write. The kernel takes them for clean: they read as
    /// they were written, but until they are written anew no sync brings them to disk.
    lost: BTreeSet<usize>,
}

impl File {
    pub fn write(&mut self, bytes: &[u8], at: usize) {
        let upto = at + bytes.len();
        self.bytes.resize(self.bytes.len().max(upto), 0);
        self.bytes[at..upto].copy_from_slice(bytes);
        let written = at / SECTOR_BYTES..upto.div_ceil(SECTOR_BYTES);
        self.lost.retain(|sector| !written.contains(sector));
    }

    /// Brings all to disk that a failed sync has not lost.
    pub fn sync(&mut self) {
        self.synced.resize(self.bytes.len(), 0);
        for (sector, bytes) in self.bytes.chunks(SECTOR_BYTES).enumerate() {
            if !self.lost.contains(&sector) {
                let from = sector * SECTOR_BYTES;
                self.synced[from..from + bytes.len()].copy_from_slice(bytes);
            }
        }
    }

    /// A sync failed.
    pub fn lose(&mut self) {
        self.lost.extend(self.unsynced());
    }

    /// Sectors that are not on disk as they were written.
    fn unsynced(&self) -> Vec<usize> {
        let sectors = self.bytes.chunks(SECTOR_BYTES).enumerate();
        let differs = |(sector, bytes): (usize, &[u8])| {
            let from = sector * SECTOR_BYTES;
            (self.synced.get(from..from + bytes.len()) != Some(bytes)).then_some(sector)
        };
        sectors.filter_map(differs).collect()
    }

    /// A file and its sector that was being written when the power went, if any was.
    pub fn tear(files: &[File], dice: &mut Dice) -> Option<(usize, usize)> {
        let of = |(number, file): (usize, &File)| {
            file.unsynced().into_iter().map(move |sector| (number, sector))
        };
        let unsynced: Vec<_> = files.iter().enumerate().flat_map(of).collect();
        let chosen = dice.below(unsynced.len().max(1));
        unsynced.get(chosen).copied().filter(|_| dice.one_in(2))
    }

    /// The file after a power cut, maybe with a torn sector.
    pub fn after_crash(&self, dice: &mut Dice, torn: Option<usize>) -> File {
        let (long, short) = (self.bytes.len(), self.synced.len());
        let (least, most) = (long.min(short), long.max(short));
        let len = if dice.one_in(3) { short } else { least + dice.below(most - least + 1) };
        let mut bytes = vec![0; len];
        for from in (0..len).step_by(SECTOR_BYTES) {
            let upto = len.min(from + SECTOR_BYTES);
            let (one, other) = match dice.one_in(2) {
                true => (&self.bytes, &self.synced),
                false => (&self.synced, &self.bytes),
            };
            let is_torn = torn == Some(from / SECTOR_BYTES);
            // It begins as one version and ends as the other.
            let middle = if is_torn { from + dice.below(upto - from) } else { upto };
            for (source, from, upto) in [(one, from, middle), (other, middle, upto)] {
                // What this version of the file does not have stays zero.
                if let Some(there) = source.get(from..source.len().min(upto)) {
                    bytes[from..from + there.len()].copy_from_slice(there);
                }
            }
        }
        let reserved = bytes.len();
        File { synced: bytes.clone(), bytes, reserved, lost: BTreeSet::new() }
    }
}

/// Random numbers from a seed (SplitMix64).
pub(super) struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}
