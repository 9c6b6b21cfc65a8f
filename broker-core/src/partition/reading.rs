//! Reading batches below the high watermark.

use bytes::Bytes;

use super::error::ReadError;
use super::shared::{Shared, State};
use super::{PartitionOffsets, ReadBatches, ReadLimits};
use crate::log::{self, SegmentError, Segments, Span};

impl Shared {
    pub fn read(&self, from: i64, limits: ReadLimits) -> Result<ReadBatches, ReadError> {
        let (segments, offsets) = self.readable()?;
        if from < offsets.log_start || from > offsets.log_end {
            return Err(out_of_range(from, offsets));
        }
        let ReadLimits { bytes_max, at_least_one } = limits;
        let span = Span { from, below: offsets.high_watermark, bytes_max, at_least_one };
        let records = match from < offsets.high_watermark {
            true => self.in_range(from, batches(&segments, span))?,
            false => Bytes::new(),
        };
        Ok(ReadBatches {
            records,
            high_watermark: offsets.high_watermark,
            last_stable_offset: offsets.high_watermark,
            log_start_offset: offsets.log_start,
        })
    }

    /// What a reader may go by, as of now.
    pub(super) fn readable(&self) -> Result<(Segments, PartitionOffsets), ReadError> {
        let view = self.view.lock();
        if view.state == State::Closed {
            return Err(ReadError::Closed);
        }
        Ok((view.segments.clone(), view.offsets))
    }

    /// A failure that only says that retention or a deletion was quicker.
    pub(super) fn in_range<T>(
        &self,
        from: i64,
        read: Result<T, SegmentError>,
    ) -> Result<T, ReadError> {
        read.map_err(|error| match self.readable() {
            Err(closed) => closed,
            Ok((_, now)) if from < now.log_start => out_of_range(from, now),
            Ok(_) => error.into(),
        })
    }
}

fn batches(segments: &Segments, span: Span) -> Result<Bytes, SegmentError> {
    let first = segments.partition_point(|segment| segment.base() <= span.from);
    for segment in &segments[first.saturating_sub(1)..] {
        if let Some(bytes) = log::batches(segment, span)? {
            return Ok(bytes);
        }
    }
    Ok(Bytes::new())
}

fn out_of_range(asked: i64, offsets: PartitionOffsets) -> ReadError {
    ReadError::OutOfRange { asked, start: offsets.log_start, end: offsets.log_end }
}

impl From<SegmentError> for ReadError {
    fn from(error: SegmentError) -> ReadError {
        match error {
            SegmentError::Corrupt { file, position, why } => {
                ReadError::Corrupt { file, position, why }
            }
            SegmentError::Io { file, source } => ReadError::Io { file, source },
        }
    }
}
