//! Keys and values of `__consumer_offsets` as JSON: what a group committed, and who is in it.
//!
//! A value's format is told by its key. Groups of the newer protocols (KIP-848 and later) keep
//! records of other kinds there, which are named and not read.

use bytes::Bytes;
use ouzel_wire::{
    frame::decode_versioned,
    messages::{
        CONSUMER_PROTOCOL_NEWEST, ConsumerProtocolAssignment, ConsumerProtocolSubscription,
        GroupMetadataKey, GroupMetadataValue, MemberMetadata, OffsetCommitKey, OffsetCommitValue,
    },
};
use serde::Serialize;
use serde_json::{Value, json};

use super::Unfit;

/// The topic that holds them.
pub const TOPIC: &str = "__consumer_offsets";

/// The newest versions of values that are described.
const VALUE_NEWEST: i16 = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Commit,
    Group,
}

#[derive(Serialize)]
struct CommitKey<'a> {
    kind: &'static str,
    group: &'a str,
    topic: &'a str,
    partition: i32,
}

#[derive(Serialize)]
struct GroupKey<'a> {
    kind: &'static str,
    group: &'a str,
}

#[derive(Serialize)]
struct Commit<'a> {
    version: i16,
    offset: i64,
    leader_epoch: i32,
    metadata: &'a str,
    commit_timestamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expire_timestamp: Option<i64>,
}

#[derive(Serialize)]
struct Group<'a> {
    version: i16,
    protocol_type: &'a str,
    generation: i32,
    protocol: Option<&'a str>,
    leader: Option<&'a str>,
    current_state_timestamp: i64,
    members: Vec<Member<'a>>,
}

#[derive(Serialize)]
struct Member<'a> {
    member_id: &'a str,
    group_instance_id: Option<&'a str>,
    client_id: &'a str,
    client_host: &'a str,
    rebalance_timeout: i32,
    session_timeout: i32,
    subscription: Value,
    assignment: Value,
}

/// A key as JSON.
pub fn key(bytes: &[u8]) -> Result<String, Unfit> {
    let whole = Bytes::copy_from_slice(bytes);
    match kind(bytes)? {
        Kind::Commit => {
            let (_, key) = decode_versioned::<OffsetCommitKey>(whole, 1).map_err(unfit)?;
            let OffsetCommitKey { group, topic, partition, .. } = &key;
            Ok(text(&CommitKey { kind: "offset_commit", group, topic, partition: *partition }))
        }
        Kind::Group => {
            let (_, key) = decode_versioned::<GroupMetadataKey>(whole, 2).map_err(unfit)?;
            Ok(text(&GroupKey { kind: "group_metadata", group: &key.group }))
        }
    }
}

/// The value of a record with this key, as JSON.
pub fn value(key: Option<&[u8]>, bytes: &[u8]) -> Result<String, Unfit> {
    let no_key = || Unfit::Because { at: 0, reason: "the record has no key to tell".to_owned() };
    let whole = Bytes::copy_from_slice(bytes);
    match kind(key.ok_or_else(no_key)?)? {
        Kind::Commit => {
            let decoded = decode_versioned::<OffsetCommitValue>(whole, VALUE_NEWEST);
            let (version, commit) = decoded.map_err(unfit)?;
            Ok(text(&Commit {
                version,
                offset: commit.offset,
                leader_epoch: commit.leader_epoch,
                metadata: &commit.metadata,
                commit_timestamp: commit.commit_timestamp,
                expire_timestamp: (version == 1).then_some(commit.expire_timestamp),
            }))
        }
        Kind::Group => {
            let decoded = decode_versioned::<GroupMetadataValue>(whole, VALUE_NEWEST);
            let (version, group) = decoded.map_err(unfit)?;
            Ok(text(&Group {
                version,
                protocol_type: &group.protocol_type,
                generation: group.generation,
                protocol: group.protocol.as_deref(),
                leader: group.leader.as_deref(),
                current_state_timestamp: group.current_state_timestamp,
                members: group.members.iter().map(member).collect(),
            }))
        }
    }
}

fn kind(key: &[u8]) -> Result<Kind, Unfit> {
    match key.first_chunk().map(|version| i16::from_be_bytes(*version)) {
        Some(0 | 1) => Ok(Kind::Commit),
        Some(2) => Ok(Kind::Group),
        Some(other) => {
            let reason = format!("records of kind {other} are not known");
            Err(Unfit::Because { at: 0, reason })
        }
        None => Err(Unfit::At { at: 0, expected: "a kind of two bytes" }),
    }
}

fn member(member: &MemberMetadata) -> Member<'_> {
    Member {
        member_id: &member.member_id,
        group_instance_id: member.group_instance_id.as_deref(),
        client_id: &member.client_id,
        client_host: &member.client_host,
        rebalance_timeout: member.rebalance_timeout,
        session_timeout: member.session_timeout,
        subscription: subscription(&member.subscription),
        assignment: assignment(&member.assignment),
    }
}

/// Topics that a consumer subscribes to; of members of other kinds the size.
fn subscription(bytes: &Bytes) -> Value {
    let newest = CONSUMER_PROTOCOL_NEWEST;
    match decode_versioned::<ConsumerProtocolSubscription>(bytes.clone(), newest) {
        Ok((_, subscription)) => json!({ "topics": subscription.topics }),
        Err(_) => json!({ "bytes": bytes.len() }),
    }
}

fn assignment(bytes: &Bytes) -> Value {
    let newest = CONSUMER_PROTOCOL_NEWEST;
    match decode_versioned::<ConsumerProtocolAssignment>(bytes.clone(), newest) {
        Ok((_, assignment)) => {
            let topics = assignment.assigned_partitions.into_iter();
            let topics = topics.map(|topic| (topic.topic, json!(topic.partitions)));
            Value::Object(topics.collect())
        }
        Err(_) => json!({ "bytes": bytes.len() }),
    }
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("it is made of what JSON knows")
}

fn unfit(wrong: impl ToString) -> Unfit {
    Unfit::Because { at: 0, reason: wrong.to_string() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ouzel_wire::frame::encode_versioned;

    use super::*;

    #[test]
    fn a_commit_and_a_group_are_readable() {
        let key = OffsetCommitKey {
            group: "g".to_owned(),
            topic: "t".to_owned(),
            partition: 3,
            ..Default::default()
        };
        let key = encode_versioned(1, &key).unwrap();
        let shown = super::key(&key).unwrap();
        assert_eq!(shown, r#"{"kind":"offset_commit","group":"g","topic":"t","partition":3}"#);
        let commit =
            OffsetCommitValue { offset: i64::MAX, commit_timestamp: 5, ..Default::default() };
        let shown = value(Some(&key), &encode_versioned(3, &commit).unwrap()).unwrap();
        assert!(shown.starts_with(r#"{"version":3,"offset":9223372036854775807,"#), "{shown}");

        let key = GroupMetadataKey { group: "g".to_owned(), ..Default::default() };
        let key = encode_versioned(2, &key).unwrap();
        let topics = vec!["t".to_owned()];
        let subscription = ConsumerProtocolSubscription { topics, ..Default::default() };
        let member = MemberMetadata {
            client_id: "c".to_owned(),
            subscription: encode_versioned(1, &subscription).unwrap(),
            ..Default::default()
        };
        let group = GroupMetadataValue { members: vec![member], ..Default::default() };
        let shown = value(Some(&key), &encode_versioned(3, &group).unwrap()).unwrap();
        assert!(shown.contains(r#""subscription":{"topics":["t"]},"assignment":{"bytes":0}"#));
    }

    #[test]
    fn a_kind_that_is_not_known_is_named_and_rubbish_is_refused() {
        assert_eq!(key(b"\0\x03abc").unwrap_err().to_string(), "records of kind 3 are not known");
        assert!(key(b"\0\x01\0\x09abc").is_err());
        assert!(key(b"").is_err());
        assert!(value(None, b"\0\x03").is_err());
    }
}
