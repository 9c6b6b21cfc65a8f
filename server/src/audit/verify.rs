//! Walking the chain from its first entry, to name the first one that does not fit.

use ouzel_api::audit::AuditVerdict;

use super::{Audit, chain};
use crate::db::{
    DbError,
    audit::{Body, Entry, Hash, entries_after, highest_id},
};

/// Entries read at once: small enough not to hold the database, large enough to be quick.
const ENTRIES_AT_ONCE: i64 = 1000;

impl Audit {
    /// Checks every entry that there is when it begins, and those that come meanwhile.
    pub async fn verify(&self) -> Result<AuditVerdict, DbError> {
        // Asked first: rows written while we read can only raise it.
        let highest = highest_id(&self.db).await?;
        let mut walk = Walk { last: 0, previous: Hash::default(), acts: 0 };
        loop {
            let entries = entries_after(&self.db, walk.last, ENTRIES_AT_ONCE).await?;
            if entries.is_empty() {
                break;
            }
            for (entry, hash) in &entries {
                if let Err(reason) = walk.step(entry, hash) {
                    return Ok(reason);
                }
            }
        }
        match walk.last >= highest {
            true => Ok(AuditVerdict::Whole { rows: walk.acts }),
            false => Ok(missing(walk.last + 1)),
        }
    }
}

/// A verdict in one line.
pub fn summary(verdict: &AuditVerdict) -> String {
    match verdict {
        AuditVerdict::Whole { rows: 1 } => "the chain is whole: 1 row".to_owned(),
        AuditVerdict::Whole { rows } => format!("the chain is whole: {rows} rows"),
        AuditVerdict::Broken { row, reason } => {
            format!("the chain is broken at row {row}: {reason}")
        }
    }
}

/// How far the walk is.
struct Walk {
    last: i64,
    previous: Hash,
    acts: u64,
}

impl Walk {
    fn step(&mut self, entry: &Entry, hash: &Hash) -> Result<(), AuditVerdict> {
        if entry.id != self.last + 1 {
            return Err(missing(self.last + 1));
        }
        if chain::seal(&self.previous, entry) != *hash {
            return Err(match &entry.body {
                Body::Begin(_) => broken(entry.id, "its content does not fit its hash".to_owned()),
                Body::End(end) => broken(
                    end.begin_id,
                    format!("its ending (entry {}) does not fit its hash", entry.id),
                ),
            });
        }
        self.acts += u64::from(matches!(entry.body, Body::Begin(_)));
        self.last = entry.id;
        self.previous = *hash;
        Ok(())
    }
}

fn missing(id: i64) -> AuditVerdict {
    broken(id, format!("entry {id} is missing"))
}

fn broken(row: i64, reason: String) -> AuditVerdict {
    AuditVerdict::Broken { row, reason }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        audit::{Action, Actor, Kind},
        db::{Db, DbError, testing::database},
    };

    async fn three_acts() -> (tempfile::TempDir, Db, Audit) {
        let (folder, db) = database().await;
        let audit = Audit::new(db.clone());
        let who = |user: &str| Actor {
            user: user.to_owned(),
            address: "::1".to_owned(),
            rule: "test".to_owned(),
        };
        for user in ["anna", "bert"] {
            let work = async { Ok::<_, DbError>(()) };
            audit.record(&who(user), Action::new(Kind::SignIn), work).await.unwrap();
        }
        audit.denied(&who("carl"), Action::new(Kind::DeleteTopic)).await.unwrap();
        (folder, db, audit)
    }

    #[tokio::test]
    async fn a_log_that_nobody_touched_is_whole() {
        let (_folder, _db, audit) = three_acts().await;
        assert_eq!(audit.verify().await.unwrap(), AuditVerdict::Whole { rows: 3 });
    }

    #[tokio::test]
    async fn a_changed_or_missing_entry_is_named() {
        let changes = [
            ("UPDATE audit SET user = 'zoe' WHERE id = 3", 3, "content"),
            ("UPDATE audit SET outcome = 'failed' WHERE id = 4", 3, "ending (entry 4)"),
            ("DELETE FROM audit WHERE id IN (3, 4)", 3, "entry 3 is missing"),
            ("DELETE FROM audit WHERE id = 6", 6, "entry 6 is missing"),
            ("DELETE FROM audit", 1, "entry 1 is missing"),
        ];
        for (change, row, reason) in changes {
            let (_folder, db, audit) = three_acts().await;
            db.tamper(change).await;
            match audit.verify().await.unwrap() {
                AuditVerdict::Broken { row: found, reason: told } => {
                    assert_eq!(found, row, "{change}");
                    assert!(told.contains(reason), "{told}");
                }
                whole => panic!("{change}: {whole:?}"),
            }
        }
    }

    #[tokio::test]
    async fn entries_appended_after_a_removal_do_not_hide_it() {
        let (_folder, db, audit) = three_acts().await;
        db.tamper("DELETE FROM audit WHERE id >= 5").await;
        let who = Actor { user: String::new(), address: String::new(), rule: String::new() };
        audit.denied(&who, Action::new(Kind::SignIn)).await.unwrap();
        let wanted = AuditVerdict::Broken { row: 5, reason: "entry 5 is missing".to_owned() };
        assert_eq!(audit.verify().await.unwrap(), wanted);
    }
}
