//! Hashing and checking passwords with argon2id, without stalling anybody else.

use std::sync::{Arc, LazyLock};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

/// Hashes at work at once: each takes a core for some 20 ms and 19 MiB of memory, so that a flood
/// of sign-ins queues here, and not in front of the broker.
const AT_ONCE: usize = 2;

/// Shortest password that can be set.
pub const LENGTH_MIN: usize = 8;
/// Longest password in bytes, so that nobody sends a book to be hashed.
pub const BYTES_MAX: usize = 1024;

/// Why a password cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short to keep anybody out.
    #[error("a password has at least {LENGTH_MIN} characters")]
    TooShort,
    /// Longer than anybody types.
    #[error("a password has at most {BYTES_MAX} bytes")]
    TooLong,
}

/// Whether this can be somebody's password.
pub fn check(password: &str) -> Result<(), PasswordError> {
    match password {
        short if short.chars().count() < LENGTH_MIN => Err(PasswordError::TooShort),
        long if long.len() > BYTES_MAX => Err(PasswordError::TooLong),
        _ => Ok(()),
    }
}

/// The place where passwords are hashed.
pub struct Passwords {
    permits: Arc<Semaphore>,
}

impl Passwords {
    pub fn new() -> Passwords {
        Passwords { permits: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, password: String) -> String {
        self.work(move || hash(&password)).await
    }

    /// Whether `password` is the one behind `hash`. Without a hash the same work is done for
    /// nothing: how long it takes does not tell whether there is such a user.
    pub async fn verify(&self, password: String, hash: Option<String>) -> bool {
        self.work(move || {
            let is_known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.clone());
            verify(&password, &hash) && is_known
        })
        .await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let permit = self.permits.clone().acquire_owned().await;
        let permit = permit.expect("the semaphore is never closed");
        // The permit goes along: the work goes on even if whoever asked has gone away.
        let worked = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        worked.await.expect("hashing does not panic")
    }
}

/// A hash that no password fits: that of 128 random bits, which are forgotten at once.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash(&uuid::Uuid::new_v4().to_string()));

fn hash(password: &str) -> String {
    // Its defaults are OWASP's advice: argon2id, 19 MiB, two passes, a random salt.
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed.expect("argon2 takes every password below 4 GiB").to_string()
}

fn verify(password: &str, hash: &str) -> bool {
    match PasswordHash::new(hash) {
        Ok(hash) => Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
        Err(error) => {
            tracing::error!(%error, "A stored password hash cannot be read: {error}");
            false
        }
    }
}

/// A random password that can be read aloud: four groups of five, about 98 bits.
pub fn random() -> String {
    // Without 0 o 1 l i, which look alike.
    const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let letter = || char::from(ALPHABET[rand::random_range(0..ALPHABET.len())]);
    let group = || (0..5).map(|_| letter()).collect::<String>();
    [group(), group(), group(), group()].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_user_fits() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse".to_owned()).await;
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(passwords.verify("correct horse".to_owned(), Some(hash.clone())).await);
        assert!(!passwords.verify("correct hors".to_owned(), Some(hash)).await);
        assert!(!passwords.verify("correct horse".to_owned(), None).await);
        assert!(!passwords.verify("x".to_owned(), Some("not a hash".to_owned())).await);
    }

    #[test]
    fn a_random_password_is_one_that_may_be_set() {
        assert_eq!(check(&random()), Ok(()));
        assert_ne!(random(), random());
        assert_eq!(check("short"), Err(PasswordError::TooShort));
        assert_eq!(check(&"x".repeat(BYTES_MAX + 1)), Err(PasswordError::TooLong));
    }
}
