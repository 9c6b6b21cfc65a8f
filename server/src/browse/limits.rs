//! How many searches and tails may run at once, and how many of anything else that goes on for
//! long.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Searches and tails: each can hold some 50 MB of answers and matches. One user may have a few
/// tabs, each with a search and some tails.
pub const SEARCHES: Limits =
    Limits { in_all: 32, by_user: 12, what: "searches and tails", end: "stop" };

/// Imports: each holds its file, up to 64 MiB, until it is written.
pub const IMPORTS: Limits = Limits { in_all: 4, by_user: 2, what: "imports", end: "wait for" };

/// How many of something may go on at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Over all users.
    pub in_all: usize,
    /// For one user, so that nobody takes all places.
    pub by_user: usize,
    /// Their name, for people.
    pub what: &'static str,
    /// What one does to end one.
    pub end: &'static str,
}

/// Who runs how many. Cheap to clone; all clones count together.
#[derive(Debug, Clone)]
pub struct Permits {
    limits: Limits,
    running: Arc<Mutex<HashMap<String, usize>>>,
}

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
    #[error("you have {limit} {what} already; {end} one of them first")]
    ByUser {
        /// So many.
        limit: usize,
        /// Of these.
        what: &'static str,
        /// What to do with one.
        end: &'static str,
    },
    /// All users together.
    #[error("the console has {limit} {what} already; try again soon")]
    InAll {
        /// So many.
        limit: usize,
        /// Of these.
        what: &'static str,
    },
}

impl Permits {
    /// With all places free.
    pub fn new(limits: Limits) -> Permits {
        Permits { limits, running: Arc::default() }
    }

    /// Takes a place for `user`.
    pub fn take(&self, user: &str) -> Result<Permit, TooMany> {
        let Limits { in_all, by_user, what, end } = self.limits;
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.values().sum::<usize>() >= in_all {
            return Err(TooMany::InAll { limit: in_all, what });
        }
        let mine = running.entry(user.to_owned()).or_default();
        if *mine >= by_user {
            return Err(TooMany::ByUser { limit: by_user, what, end });
        }
        *mine += 1;
        Ok(Permit { permits: self.clone(), user: user.to_owned() })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut running = self.permits.running.lock().unwrap_or_else(PoisonError::into_inner);
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
    use super::{Permits, SEARCHES, TooMany};

    #[test]
    fn one_user_cannot_take_all_places_and_places_come_back() {
        let permits = Permits::new(SEARCHES);
        let mine: Vec<_> = (0..SEARCHES.by_user).map(|_| permits.take("anna")).collect();
        assert!(mine.iter().all(Result::is_ok));
        let refused = permits.take("anna").err();
        assert!(matches!(refused, Some(TooMany::ByUser { .. })), "{refused:?}");
        assert!(permits.take("ben").is_ok());
        drop(mine);
        assert!(permits.take("anna").is_ok());
        let all: Vec<_> = (0..SEARCHES.in_all).map(|at| permits.take(&at.to_string())).collect();
        assert!(all.iter().all(Result::is_ok));
        let refused = permits.take("anna").err();
        assert!(matches!(refused, Some(TooMany::InAll { .. })), "{refused:?}");
    }
}
