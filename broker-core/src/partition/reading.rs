//! Reading batches below the high watermark.

use bytes::Bytes;

use super::error::ReadError;
use super::shared::{Shared, State, View};
use super::{Mark, PartitionOffsets, ReadBatches, ReadLimits};
use crate::log::{self, Place, SegmentError, Segments, Span};

impl Shared {
    pub fn read(&self, from: i64, limits: ReadLimits) -> Result<ReadBatches, ReadError> {
        let (segments, offsets) = {
            let view = self.view.lock();
            (view.segments.clone(), view.stands(from)?)
        };
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

    /// Where the offsets stand for a reader of `from`. Reads nothing.
    pub fn stands(&self, from: i64) -> Result<PartitionOffsets, ReadError> {
        self.view.lock().stands(from)
    }

    /// The bytes that a reader of `from` has before it; none when that cannot be told without a
    /// mark. Reads nothing.
    pub fn bytes_ahead(
        &self,
        from: i64,
        mark: &mut Option<Mark>,
    ) -> Result<Option<u64>, ReadError> {
        let view = self.view.lock();
        let high_watermark = view.stands(from)?.high_watermark;
        if from == high_watermark {
            *mark = Some(Mark(view.high_watermark_at));
        }
        if from >= high_watermark {
            return Ok(Some(0));
        }
        Ok(mark.map(|Mark(place)| place.bytes_to(view.high_watermark_at, &view.segments)))
    }

    /// Where the batch that holds `from` begins.
    pub fn mark(&self, from: i64) -> Result<Mark, ReadError> {
        let (segments, _) = self.readable()?;
        let first = segments.partition_point(|segment| segment.base() <= from).saturating_sub(1);
        for segment in &segments[first..] {
            if let Some(found) = self.in_range(from, log::locate(segment, from))? {
                return Ok(Mark(Place { base: segment.base(), position: found.position }));
            }
        }
        Ok(Mark(self.view.lock().high_watermark_at))
    }

    /// What a reader may go by, as of now.
    pub(super) fn readable(&self) -> Result<(Segments, PartitionOffsets), ReadError> {
        let view = self.view.lock();
        view.open()?;
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

impl View {
    fn open(&self) -> Result<(), ReadError> {
        if self.state == State::Closed { Err(ReadError::Closed) } else { Ok(()) }
    }

    fn stands(&self, from: i64) -> Result<PartitionOffsets, ReadError> {
        self.open()?;
        let offsets = self.offsets;
        match from < offsets.log_start || from > offsets.log_end {
            true => Err(out_of_range(from, offsets)),
            false => Ok(offsets),
        }
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
