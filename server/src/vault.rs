//! Secrets at rest: sealed with a key that lies in a file of its own beside the database, so that
//! a copy of the database alone gives none of them away.
//!
//! ChaCha20-Poly1305 with a random nonce. What a secret belongs to is sealed in with it, so that
//! one cannot be put in another's place.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// The key's file in the data folder.
pub const FILE_NAME: &str = "console.key";
const KEY_BYTES: usize = 32;

/// The place of the key. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vault(Arc<PathBuf>);

/// Why a secret could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key's file cannot be read or made.
    #[error("the key file {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It was sealed with another key, for something else, or changed since.
    #[error("it was not sealed with the key in {path}")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
}

impl Vault {
    /// The vault of this data folder. Its key is made when something is first sealed.
    pub fn new(folder: &Path) -> Vault {
        Vault(Arc::new(folder.join(FILE_NAME)))
    }

    /// Seals `secret` for what `about` names.
    pub fn seal(&self, about: &str, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let key = self.key(true)?;
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut sealed = secret.to_vec();
        let done = key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(about),
            &mut sealed,
        );
        done.map_err(|_| self.foreign())?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed for what `about` names.
    pub fn open(&self, about: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let key = self.key(false)?;
        let (nonce, sealed) = sealed.split_first_chunk().ok_or_else(|| self.foreign())?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let mut secret = sealed.to_vec();
        let opened = key.open_in_place(nonce, Aad::from(about), &mut secret);
        Ok(opened.map_err(|_| self.foreign())?.to_vec())
    }

    fn key(&self, may_make: bool) -> Result<LessSafeKey, VaultError> {
        let unusable = |source| VaultError::File { path: self.0.to_path_buf(), source };
        let bytes = match fs::read(&*self.0) {
            Err(error) if may_make && error.kind() == io::ErrorKind::NotFound => {
                make(&self.0).map_err(unusable)?
            }
            read => read.map_err(unusable)?,
        };
        let key = (bytes.len() == KEY_BYTES)
            .then(|| UnboundKey::new(&CHACHA20_POLY1305, &bytes).ok())
            .flatten();
        let wrong = || io::Error::other(format!("it does not hold {KEY_BYTES} bytes"));
        key.map(LessSafeKey::new).ok_or_else(|| unusable(wrong()))
    }

    fn foreign(&self) -> VaultError {
        VaultError::Foreign { path: self.0.to_path_buf() }
    }
}

/// A new key, for this user's eyes alone. One that another process has just made holds.
fn make(path: &Path) -> io::Result<Vec<u8>> {
    let key: [u8; KEY_BYTES] = rand::random();
    let part = path.with_extension("key.part");
    let mut file =
        OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&part)?;
    file.write_all(&key)?;
    file.sync_all()?;
    // A link, unlike a rename, fails where there is a key already.
    let linked = fs::hard_link(&part, path);
    fs::remove_file(&part)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::read(path),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_comes_back_for_what_it_was_sealed_for_alone() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(folder.path());
        let sealed = vault.seal("prod", b"s3cret").unwrap();
        assert!(!sealed.windows(6).any(|it| it == b"s3cret"));
        assert_ne!(sealed, vault.seal("prod", b"s3cret").unwrap());
        assert_eq!(vault.open("prod", &sealed).unwrap(), b"s3cret");
        assert!(matches!(vault.open("dev", &sealed), Err(VaultError::Foreign { .. })));
        let mut changed = sealed.clone();
        changed[NONCE_LEN] ^= 1;
        assert!(matches!(vault.open("prod", &changed), Err(VaultError::Foreign { .. })));
        assert!(vault.open("prod", b"").is_err());
        let mode = fs::metadata(folder.path().join(FILE_NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn without_its_key_nothing_opens_and_no_new_key_is_made_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(folder.path());
        let sealed = vault.seal("prod", b"s3cret").unwrap();
        fs::remove_file(folder.path().join(FILE_NAME)).unwrap();
        assert!(matches!(vault.open("prod", &sealed), Err(VaultError::File { .. })));
        assert!(!folder.path().join(FILE_NAME).exists());
        fs::write(folder.path().join(FILE_NAME), b"short").unwrap();
        assert!(vault.open("prod", &sealed).unwrap_err().to_string().contains("32 bytes"));
    }
}
