//! Snappy as Kafka has it: xerial's framing (a magic, then blocks with their lengths), or one block
//! without any framing, which some clients write.

use std::io;

/// First bytes of the framing, followed by two version numbers.
const MAGIC: &[u8] = b"\x82SNAPPY\0";
/// Version and oldest compatible version; readers look at neither.
const VERSIONS: &[u8] = &[0, 0, 0, 1, 0, 0, 0, 1];
/// Unpacked bytes of a block, as xerial's own writer has it.
const BLOCK_BYTES: usize = 32 * 1024;
/// Most that a packed byte can stand for: three bytes can repeat 64. A block that claims more is
/// not believed, so that no memory is set aside for it.
const EXPANSION_MAX: usize = 22;

/// Unpacks all blocks behind what is in `unpacked`; answers whether all of it is at most `limit`
/// bytes.
pub(super) fn unpack(input: &[u8], limit: usize, unpacked: &mut Vec<u8>) -> io::Result<bool> {
    let Some(framed) = input.strip_prefix(MAGIC) else {
        return unpack_block(input, limit, unpacked);
    };
    let mut blocks = framed.get(VERSIONS.len()..).ok_or_else(cut_short)?;
    while !blocks.is_empty() {
        let (length, rest) = blocks.split_first_chunk().ok_or_else(cut_short)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| cut_short())?;
        let (block, rest) = rest.split_at_checked(length).ok_or_else(cut_short)?;
        if !unpack_block(block, limit, unpacked)? {
            return Ok(false);
        }
        blocks = rest;
    }
    Ok(true)
}

/// Adds one block to what is unpacked, unless that makes more than `limit` bytes.
fn unpack_block(block: &[u8], limit: usize, unpacked: &mut Vec<u8>) -> io::Result<bool> {
    let length = snap::raw::decompress_len(block)?;
    if length > limit.saturating_sub(unpacked.len()) {
        return Ok(false);
    }
    if length > block.len().saturating_mul(EXPANSION_MAX) {
        let claim = format!("{} bytes claim to unpack to {length}", block.len());
        return Err(io::Error::new(io::ErrorKind::InvalidData, claim));
    }
    let start = unpacked.len();
    unpacked.resize(start + length, 0);
    snap::raw::Decoder::new().decompress(block, &mut unpacked[start..])?;
    Ok(true)
}

/// Packs into blocks with xerial's framing.
pub(super) fn pack(records: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = [MAGIC, VERSIONS].concat();
    let mut encoder = snap::raw::Encoder::new();
    for block in records.chunks(BLOCK_BYTES) {
        let block = encoder.compress_vec(block)?;
        packed.extend((block.len() as u32).to_be_bytes());
        packed.extend(block);
    }
    Ok(packed)
}

fn cut_short() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "a block is cut short")
}
