//! Packing and unpacking the records of a batch: gzip, snappy, lz4, zstd.
//!
//! Unpacking stops at a limit while it streams, so that a few hostile bytes cannot fill the memory.

use std::io::{self, BufRead, Read, Write};

use bytes::Bytes;
use thiserror::Error;

use super::snappy;

/// Most bytes that the records of one batch may unpack to: more than any frame holds (100 MiB), so
/// that a batch that fits one uncompressed always passes, and small enough for several at a time.
pub const DECOMPRESSED_MAX: usize = 128 * 1024 * 1024;
const _: () = assert!(DECOMPRESSED_MAX > crate::frame::MAX_FRAME_BYTES);

/// zstd's own level when nobody asks for another.
const ZSTD_LEVEL: i32 = 3;
/// gzip's highest level.
const GZIP_LEVEL_MAX: u32 = 9;
/// Largest zstd window, as a power of two: that of zstd's highest level, which Kafka lets producers
/// choose. The window is reserved at once but filled only as far as data comes.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// How the records of a batch are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Codec {
    /// Not at all.
    #[default]
    None,
    /// gzip.
    Gzip,
    /// snappy, in xerial's framing.
    Snappy,
    /// lz4, in its frame format.
    Lz4,
    /// zstd.
    Zstd,
}

impl Codec {
    /// Every codec, in the order of their numbers.
    pub const ALL: [Codec; 5] = [Self::None, Self::Gzip, Self::Snappy, Self::Lz4, Self::Zstd];

    /// The codec with this number in a batch's attributes.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }

    /// Its number in a batch's attributes.
    pub fn number(self) -> i16 {
        self as i16
    }

    /// Its name, as in the setting `compression.type`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }
}

/// Records that could not be packed or unpacked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CompressionError {
    /// Unpacked they are more than was allowed.
    #[error("{codec:?} records unpack to more than the {limit} bytes allowed")]
    TooLarge {
        /// The codec.
        codec: Codec,
        /// Most bytes allowed.
        limit: usize,
    },
    /// They are not what the codec writes.
    #[error("the {codec:?} records are damaged: {reason}")]
    Corrupt {
        /// The codec.
        codec: Codec,
        /// What the codec says.
        reason: String,
    },
}

/// Unpacks records, at most `limit` bytes of them.
pub fn decompress(codec: Codec, packed: &Bytes, limit: usize) -> Result<Bytes, CompressionError> {
    if codec == Codec::None {
        return Ok(packed.clone());
    }
    let mut unpacked = Vec::new();
    decompress_into(codec, packed, limit, &mut unpacked)?;
    Ok(Bytes::from(unpacked))
}

/// Unpacks records into memory that may have served before; what it held is gone, and after an
/// error what it holds means nothing.
pub(super) fn decompress_into(
    codec: Codec,
    packed: &[u8],
    limit: usize,
    unpacked: &mut Vec<u8>,
) -> Result<(), CompressionError> {
    unpacked.clear();
    let fits = match codec {
        Codec::None => read_to(limit, packed, unpacked),
        Codec::Gzip => read_to(limit, flate2::read::MultiGzDecoder::new(packed), unpacked),
        Codec::Snappy => snappy::unpack(packed, limit, unpacked),
        Codec::Lz4 => unlz4(packed, limit, unpacked),
        Codec::Zstd => unzstd(packed, limit, unpacked),
    };
    match fits {
        Ok(true) => Ok(()),
        Ok(false) => Err(CompressionError::TooLarge { codec, limit }),
        Err(wrong) => Err(corrupt(codec, wrong)),
    }
}

/// Packs records, trying as hard as the codec does by itself.
pub fn compress(codec: Codec, records: &[u8]) -> Result<Vec<u8>, CompressionError> {
    compress_at(codec, None, records)
}

/// Packs records at a level: 1 to 9 of gzip, -131072 to 22 of zstd. The other codecs have none.
pub fn compress_at(
    codec: Codec,
    level: Option<i32>,
    records: &[u8],
) -> Result<Vec<u8>, CompressionError> {
    let packed = match codec {
        Codec::None => Ok(records.to_vec()),
        Codec::Gzip => gzip(records, level),
        Codec::Snappy => snappy::pack(records),
        Codec::Lz4 => lz4(records),
        // At once and not as a stream: high levels reserve memory for what may come yet.
        Codec::Zstd => zstd::bulk::compress(records, level.unwrap_or(ZSTD_LEVEL)),
    };
    packed.map_err(|wrong| corrupt(codec, wrong))
}

fn corrupt(codec: Codec, wrong: io::Error) -> CompressionError {
    CompressionError::Corrupt { codec, reason: wrong.to_string() }
}

/// Reads all that the reader has; answers whether that is at most `limit`.
fn read_to(limit: usize, reader: impl Read, unpacked: &mut Vec<u8>) -> io::Result<bool> {
    reader.take(limit as u64 + 1).read_to_end(unpacked)?;
    Ok(unpacked.len() <= limit)
}

/// Block by block as the decoder has them: reading would copy each once more, into memory that was
/// zeroed for it.
fn unlz4(packed: &[u8], limit: usize, unpacked: &mut Vec<u8>) -> io::Result<bool> {
    let mut decoder = lz4_flex::frame::FrameDecoder::new(packed);
    loop {
        let block = decoder.fill_buf()?;
        if block.is_empty() {
            return Ok(true);
        }
        if block.len() > limit - unpacked.len() {
            return Ok(false);
        }
        unpacked.extend_from_slice(block);
        let taken = block.len();
        decoder.consume(taken);
    }
}

fn unzstd(input: &[u8], limit: usize, unpacked: &mut Vec<u8>) -> io::Result<bool> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
    read_to(limit, decoder, unpacked)
}

fn gzip(records: &[u8], level: Option<i32>) -> io::Result<Vec<u8>> {
    let level = level.and_then(|level| u32::try_from(level).ok());
    let level = level.map_or_else(flate2::Compression::default, |level| {
        flate2::Compression::new(level.min(GZIP_LEVEL_MAX))
    });
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(records)?;
    encoder.finish()
}

/// Blocks of 64 KiB that stand alone, as Kafka's own producer writes them.
fn lz4(records: &[u8]) -> io::Result<Vec<u8>> {
    use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
    let info = FrameInfo::new().block_size(BlockSize::Max64KB).block_mode(BlockMode::Independent);
    let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(records)?;
    Ok(encoder.finish()?)
}
