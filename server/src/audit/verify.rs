//! Walking the chain from its first entry, to name the first one that does not fit.

use ouzel_api::audit::AuditVerdict;

use super::{Audit, chain};
use crate::db::{
    DbError,
    audit::{Body, Entry, Hash, act_of, entries_after, highest_id},
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
                if let Err(wrong) = walk.step(entry, hash) {
                    return self.tell(wrong).await;
                }
            }
        }
        match walk.last >= highest {
            true => Ok(AuditVerdict::Whole { rows: walk.acts }),
            false => self.tell(walk.missing()).await,
        }
    }

    /// Names the row, which is the act and not the entry.
    async fn tell(&self, wrong: Wrong) -> Result<AuditVerdict, DbError> {
        let (row, reason) = match wrong {
            Wrong::Act { row, reason } => (row, reason),
            Wrong::Ending { begin_id, id } => {
                let reason = format!("its ending (entry {id}) does not fit its hash");
                (act_of(&self.db, begin_id).await?, reason)
            }
        };
        Ok(AuditVerdict::Broken { row, reason })
    }
}

/// What does not fit.
enum Wrong {
    /// The row of this number.
    Act { row: i64, reason: String },
    /// The entry `id`, which ended the act that `begin_id` began.
    Ending { begin_id: i64, id: i64 },
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
    fn step(&mut self, entry: &Entry, hash: &Hash) -> Result<(), Wrong> {
        if entry.id != self.last + 1 {
            return Err(match &entry.body {
                Body::Begin(begin) if begin.act > self.next_act() => self.gone(),
                _ => self.missing(),
            });
        }
        if chain::seal(&self.previous, entry) != *hash {
            return Err(match &entry.body {
                Body::Begin(begin) => {
                    let reason = "its content does not fit its hash".to_owned();
                    Wrong::Act { row: begin.act, reason }
                }
                Body::End(end) => Wrong::Ending { begin_id: end.begin_id, id: entry.id },
            });
        }
        if let Body::Begin(begin) = &entry.body {
            let (row, told) = (self.next_act(), begin.act);
            if row != told {
                return Err(Wrong::Act { row, reason: format!("it is numbered {told}") });
            }
            self.acts += 1;
        }
        self.last = entry.id;
        self.previous = *hash;
        Ok(())
    }

    fn next_act(&self) -> i64 {
        i64::try_from(self.acts).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// The next row is not there: a later one is.
    fn gone(&self) -> Wrong {
        let reason = format!("the row is missing (entry {})", self.last + 1);
        Wrong::Act { row: self.next_act(), reason }
    }

    /// An entry is not there, and nobody can say any more whether it began an act or ended one.
    fn missing(&self) -> Wrong {
        let id = self.last + 1;
        match self.acts {
            0 => Wrong::Act { row: 1, reason: format!("the row is missing (entry {id})") },
            _ => {
                let reason = format!("what follows it is missing (entry {id})");
                Wrong::Act { row: self.next_act() - 1, reason }
            }
        }
    }
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
            ("UPDATE audit SET user = 'zoe' WHERE id = 3", 2, "content"),
            ("UPDATE audit SET outcome = 'failed' WHERE id = 4", 2, "ending (entry 4)"),
            ("UPDATE audit SET act = 9 WHERE id = 3", 2, "numbered 9"),
            ("DELETE FROM audit WHERE id IN (3, 4)", 2, "the row is missing (entry 3)"),
            ("DELETE FROM audit WHERE id = 4", 2, "what follows it is missing (entry 4)"),
            ("DELETE FROM audit WHERE id = 6", 3, "what follows it is missing (entry 6)"),
            ("DELETE FROM audit", 1, "the row is missing (entry 1)"),
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
        let reason = "what follows it is missing (entry 5)".to_owned();
        let wanted = AuditVerdict::Broken { row: 2, reason };
        assert_eq!(audit.verify().await.unwrap(), wanted);
    }
}
