//! The hash of an entry: over the hash before it and every field it has.
//!
//! A changed field, a removed entry or two that changed places therefore break the chain at that
//! place. Whoever can write the file can also compute a whole new chain: against that helps only
//! a hash that was noted elsewhere.

use sha2::{Digest, Sha256};

use crate::db::audit::{Body, Entry, Hash};

/// The hash of `entry`, which follows an entry whose hash is `previous`.
pub fn seal(previous: &Hash, entry: &Entry) -> Hash {
    let mut hash = Fields(Sha256::new());
    hash.0.update(previous);
    hash.number(entry.id);
    hash.number(entry.at_ms);
    match &entry.body {
        Body::Begin(begin) => {
            hash.0.update(b"begin");
            for text in [&begin.user, &begin.address, &begin.action, &begin.rule] {
                hash.text(Some(text));
            }
            for text in [&begin.cluster, &begin.resource, &begin.detail] {
                hash.text(text.as_deref());
            }
        }
        Body::End(end) => {
            hash.0.update(b"end");
            hash.number(end.begin_id);
            hash.text(Some(&end.outcome));
            hash.text(end.result.as_deref());
            hash.number(end.duration_ms);
        }
    }
    hash.0.finalize().into()
}

/// Fields that cannot run into one another: each has a fixed length or begins with its own.
struct Fields(Sha256);

impl Fields {
    fn number(&mut self, number: i64) {
        self.0.update(number.to_be_bytes());
    }

    fn text(&mut self, text: Option<&str>) {
        match text {
            None => self.0.update([0]),
            Some(text) => {
                self.0.update([1]);
                self.0.update((text.len() as u64).to_be_bytes());
                self.0.update(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::audit::{Begin, End};

    fn begin() -> Begin {
        let text = str::to_owned;
        Begin {
            act: 1,
            user: text("anna"),
            address: text("::1"),
            action: text("topic.create"),
            cluster: Some(text("prod")),
            resource: Some(text("orders")),
            detail: None,
            rule: text("rule"),
        }
    }

    fn sealed(change: impl Fn(&mut Begin)) -> Hash {
        let mut begin = begin();
        change(&mut begin);
        seal(&[0; 32], &Entry { id: 1, at_ms: 5, body: Body::Begin(begin) })
    }

    #[test]
    fn every_field_counts() {
        let mut all = vec![
            sealed(|_| {}),
            sealed(|begin| begin.user.push('x')),
            sealed(|begin| begin.address.push('x')),
            sealed(|begin| begin.action.push('x')),
            sealed(|begin| begin.cluster = None),
            sealed(|begin| begin.resource = None),
            sealed(|begin| begin.resource = Some(String::new())),
            sealed(|begin| begin.detail = Some("{}".to_owned())),
            sealed(|begin| begin.rule.push('x')),
            // A letter that moves from one field to the next.
            sealed(|begin| {
                begin.user = "ann".to_owned();
                begin.address = "a::1".to_owned();
            }),
        ];
        for (id, at_ms, previous) in [(2, 5, [0; 32]), (1, 6, [0; 32]), (1, 5, [1; 32])] {
            all.push(seal(&previous, &Entry { id, at_ms, body: Body::Begin(begin()) }));
        }
        let end = End { begin_id: 1, outcome: "done".to_owned(), result: None, duration_ms: 3 };
        for (begin_id, duration_ms) in [(1, 3), (2, 3), (1, 4)] {
            let end = End { begin_id, duration_ms, ..end.clone() };
            all.push(seal(&[0; 32], &Entry { id: 1, at_ms: 5, body: Body::End(end) }));
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
