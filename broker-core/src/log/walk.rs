//! From batch to batch by their headers, without reading the records between.

use ouzel_wire::batch::{BatchHeader, HEADER_BYTES};

use super::error::SegmentError;
use super::folder::Kind;
use super::handles::Handle;
use super::segment::Segment;

/// Enough to find an offset from the nearest index entry in one read.
pub(crate) const SEEK_WINDOW_BYTES: usize = 8 << 10;
/// For going through a whole segment: many small batches per read, little waste with large ones.
pub(crate) const SCAN_WINDOW_BYTES: usize = 64 << 10;

/// Where a batch begins in its segment, and its header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Located {
    pub position: u64,
    pub header: BatchHeader,
}

pub(crate) struct Walk<'a> {
    segment: &'a Segment,
    file: Handle,
    position: u64,
    end: u64,
    window: Vec<u8>,
    window_bytes: usize,
    window_at: u64,
}

impl<'a> Walk<'a> {
    /// Goes from the batch that begins at `position` to the end of the segment.
    pub fn new(
        segment: &'a Segment,
        position: u64,
        window_bytes: usize,
    ) -> Result<Walk<'a>, SegmentError> {
        let (file, end) = (segment.file(Kind::Log)?, segment.len());
        let window = Vec::new();
        Ok(Walk { segment, file, position, end, window, window_bytes, window_at: 0 })
    }

    /// The next batch; none at the end.
    pub fn next(&mut self) -> Result<Option<Located>, SegmentError> {
        if self.position >= self.end {
            return Ok(None);
        }
        let position = self.position;
        let header = BatchHeader::parse(self.header_bytes()?);
        let header = header.map_err(|why| self.segment.corrupt(position, why.to_string()))?;
        self.position += header.size() as u64;
        if self.position > self.end {
            return Err(self.segment.corrupt(position, "the batch is longer than the segment"));
        }
        Ok(Some(Located { position, header }))
    }

    fn header_bytes(&mut self) -> Result<&[u8], SegmentError> {
        let in_window = self.position >= self.window_at
            && self.position + HEADER_BYTES as u64 <= self.window_at + self.window.len() as u64;
        if !in_window {
            self.window.resize(self.window_bytes, 0);
            let read = self.file.read_at(&mut self.window, self.position);
            self.window.truncate(read.map_err(self.segment.io(Kind::Log))?);
            self.window_at = self.position;
        }
        let from = (self.position - self.window_at) as usize;
        let upto = self.window.len().min(from + HEADER_BYTES);
        Ok(&self.window[from..upto])
    }
}
