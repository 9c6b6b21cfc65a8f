//! Writes a `.br` and a `.gz` beside each file, so that the server never compresses the same
//! bytes twice.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use super::{Profile, inputs::files_under};
use crate::problem::{Context, Result};

/// Below this, the answer's headers outweigh what compression saves.
const BYTES_MIN: usize = 256;

/// Formats that are compressed already.
const PACKED: [&str; 6] = ["png", "jpg", "webp", "woff2", "br", "gz"];

/// brotli's window: 4 MiB, the largest that every browser accepts.
const BROTLI_WINDOW_BITS: i32 = 22;

/// What each file weighs, by its path below `dist/`.
pub struct Sizes(BTreeMap<String, (u64, u64)>);

impl Sizes {
    pub fn plain(&self, path: &str) -> u64 {
        self.0.get(path).map_or(0, |sizes| sizes.0)
    }

    pub fn brotli(&self, path: &str) -> u64 {
        self.0.get(path).map_or(0, |sizes| sizes.1)
    }
}

pub fn all(dist: &Path, profile: Profile) -> Result<Sizes> {
    let mut sizes = BTreeMap::new();
    for file in files_under(dist)? {
        let name = file.strip_prefix(dist).unwrap_or(&file).to_string_lossy().into_owned();
        let content = fs::read(&file).context(|| format!("reading {}", file.display()))?;
        let mut smallest = content.len();
        if name != "manifest.json" && is_worth_it(&name, &content) {
            smallest = beside(&file, "br", &brotli(&content, profile)?, smallest)?;
            beside(&file, "gz", &gzip(&content, profile)?, content.len())?;
        }
        sizes.insert(name, (content.len() as u64, smallest as u64));
    }
    Ok(Sizes(sizes))
}

fn is_worth_it(name: &str, content: &[u8]) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    content.len() >= BYTES_MIN && !PACKED.contains(&extension)
}

/// Keeps the packed form only where it is smaller, and says how many bytes will be sent.
fn beside(file: &Path, extension: &str, packed: &[u8], plain: usize) -> Result<usize> {
    if packed.len() >= plain {
        return Ok(plain);
    }
    let mut path = file.as_os_str().to_owned();
    path.push(format!(".{extension}"));
    let path = PathBuf::from(path);
    fs::write(&path, packed).context(|| format!("writing {}", path.display()))?;
    Ok(packed.len())
}

fn brotli(content: &[u8], profile: Profile) -> Result<Vec<u8>> {
    let quality = match profile {
        Profile::Dev => 5,
        Profile::Release => 11,
    };
    let params = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: BROTLI_WINDOW_BITS,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut packed, &params)
        .context(|| "brotli".to_owned())?;
    Ok(packed)
}

fn gzip(content: &[u8], profile: Profile) -> Result<Vec<u8>> {
    let level = match profile {
        Profile::Dev => flate2::Compression::default(),
        Profile::Release => flate2::Compression::best(),
    };
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), level);
    packed.write_all(content).context(|| "gzip".to_owned())?;
    packed.finish().context(|| "gzip".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Read;

    use super::*;

    #[test]
    fn both_forms_unpack_to_the_same_bytes() {
        let text = "ouzel ".repeat(1000).into_bytes();
        for profile in [Profile::Dev, Profile::Release] {
            let mut from_brotli = Vec::new();
            let packed = brotli(&text, profile).unwrap();
            brotli::BrotliDecompress(&mut &packed[..], &mut from_brotli).unwrap();
            let mut from_gzip = Vec::new();
            let packed = gzip(&text, profile).unwrap();
            flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut from_gzip).unwrap();
            assert_eq!(from_brotli, text);
            assert_eq!(from_gzip, text);
        }
    }

    #[test]
    fn a_file_that_does_not_shrink_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("noise.bin");
        assert_eq!(beside(&file, "br", &[0; 300], 300).unwrap(), 300);
        assert!(!folder.path().join("noise.bin.br").exists());
    }
}
