//! How many searches and tails may run at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Searches and tails at once, over all users: each can hold some 50 MB of answers and matches.
pub const AT_ONCE_MAX: usize = 32;
/// The same for one user: a few tabs, each with a search and some tails.
pub const AT_ONCE_USER_MAX: usize = 12;

/// Who runs how many. Cheap to clone; all clones count together.
#[derive(Debug, Clone, Default)]
pub struct Permits(Arc<Mutex<HashMap<String, usize>>>);

/// The right to run one; dropping it gives it back.
#[derive(Debug)]
#[must_use = "dropping it gives the place back"]
pub struct Permit {
    permits: Permits,
    user: String,
}

/// No place is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooMany {
    /// The user has them all.
    #[error("you run {AT_ONCE_USER_MAX} searches and tails already; stop one of them first")]
    ByUser,
    /// All users together.
    #[error("the console runs {AT_ONCE_MAX} searches and tails already; try again soon")]
    InAll,
}

impl Permits {
    /// Takes a place for `user`.
    pub fn take(&self, user: &str) -> Result<Permit, TooMany> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if running.values().sum::<usize>() >= AT_ONCE_MAX {
            return Err(TooMany::InAll);
        }
        let mine = running.entry(user.to_owned()).or_default();
        if *mine >= AT_ONCE_USER_MAX {
            return Err(TooMany::ByUser);
        }
        *mine += 1;
        Ok(Permit { permits: self.clone(), user: user.to_owned() })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut running = self.permits.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = running.get_mut(&self.user) {
            *mine -= 1;
            if *mine == 0 {
                running.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AT_ONCE_MAX, AT_ONCE_USER_MAX, Permits, TooMany};

    #[test]
    fn one_user_cannot_take_all_places_and_places_come_back() {
        let permits = Permits::default();
        let mine: Vec<_> = (0..AT_ONCE_USER_MAX).map(|_| permits.take("anna")).collect();
        assert!(mine.iter().all(Result::is_ok));
        assert_eq!(permits.take("anna").err(), Some(TooMany::ByUser));
        assert!(permits.take("ben").is_ok());
        drop(mine);
        assert!(permits.take("anna").is_ok());
        let all: Vec<_> = (0..AT_ONCE_MAX).map(|at| permits.take(&at.to_string())).collect();
        assert!(all.iter().all(Result::is_ok));
        assert_eq!(permits.take("anna").err(), Some(TooMany::InAll));
    }
}
