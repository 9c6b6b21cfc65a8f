//! Group state as records of `__consumer_offsets`, in Kafka's formats, and back.
//!
//! Tools that read that topic on other brokers read it here. Versions written are those that
//! every Kafka since 2.4 reads; versions read are all there are.

use bytes::Bytes;
use ouzel_wire::batch::{Batch, BatchBuilder, BatchError, DECOMPRESSED_MAX, NewRecord};
use ouzel_wire::frame::{decode_versioned, encode_versioned};
use ouzel_wire::messages::{
    GroupMetadataKey, GroupMetadataValue, MemberMetadata, OffsetCommitKey, OffsetCommitValue,
};
use ouzel_wire::{EncodeError, Reader};
use thiserror::Error;

use super::effect::{GroupRecord, MemberRecord, Record};
use super::offsets::{Committed, OffsetKey};

const OFFSET_KEY_VERSION: i16 = 1;
const GROUP_KEY_VERSION: i16 = 2;
const OFFSET_VALUE_VERSION: i16 = 3;
/// The last version with a place for an expiry that the client chose.
const LAPSING_OFFSET_VALUE_VERSION: i16 = 1;
const GROUP_VALUE_VERSION: i16 = 3;
const OFFSET_VALUE_NEWEST: i16 = 4;
const GROUP_VALUE_NEWEST: i16 = 4;

/// A record that cannot be understood.
#[derive(Debug, Error)]
#[error("record at offset {offset} cannot be read: {why}")]
pub(super) struct BadRecord {
    pub offset: i64,
    pub why: String,
}

/// Records that cannot be written.
#[derive(Debug, Error)]
pub(super) enum Unwritable {
    #[error(transparent)]
    Record(#[from] EncodeError),
    #[error(transparent)]
    Batch(#[from] BatchError),
}

/// One batch with these records of a group.
pub(super) fn batch(group: &str, written: &[Record], now_ms: i64) -> Result<Bytes, Unwritable> {
    let mut builder = BatchBuilder::new();
    for record in written {
        let (key, value) = (key(group, record)?, value(record)?);
        builder.push(NewRecord {
            timestamp: now_ms,
            key: Some(&key),
            value: value.as_deref(),
            headers: &[],
        });
    }
    Ok(builder.build()?)
}

fn key(group: &str, record: &Record) -> Result<Bytes, EncodeError> {
    let group = group.to_owned();
    match record {
        Record::Group(_) | Record::GroupGone => {
            encode_versioned(GROUP_KEY_VERSION, &GroupMetadataKey { group, ..Default::default() })
        }
        Record::Offset((topic, partition), _) | Record::OffsetGone((topic, partition)) => {
            let (topic, partition) = (topic.clone(), *partition);
            let key = OffsetCommitKey { group, topic, partition, ..Default::default() };
            encode_versioned(OFFSET_KEY_VERSION, &key)
        }
    }
}

fn value(record: &Record) -> Result<Option<Bytes>, EncodeError> {
    match record {
        Record::GroupGone | Record::OffsetGone(_) => Ok(None),
        Record::Group(group) => {
            encode_versioned(GROUP_VALUE_VERSION, &group_value(group)).map(Some)
        }
        Record::Offset(_, committed) => {
            let version = match committed.lapses_at_ms {
                Some(_) => LAPSING_OFFSET_VALUE_VERSION,
                None => OFFSET_VALUE_VERSION,
            };
            encode_versioned(version, &offset_value(committed)).map(Some)
        }
    }
}

fn offset_value(committed: &Committed) -> OffsetCommitValue {
    OffsetCommitValue {
        offset: committed.offset,
        leader_epoch: committed.leader_epoch,
        metadata: committed.metadata.clone(),
        commit_timestamp: committed.at_ms,
        expire_timestamp: committed.lapses_at_ms.unwrap_or(-1),
        ..OffsetCommitValue::default()
    }
}

fn group_value(group: &GroupRecord) -> GroupMetadataValue {
    let member = |m: &MemberRecord| MemberMetadata {
        member_id: m.member_id.clone(),
        group_instance_id: m.instance_id.clone(),
        client_id: m.client_id.clone(),
        client_host: m.client_host.clone(),
        rebalance_timeout: m.rebalance_timeout_ms,
        session_timeout: m.session_timeout_ms,
        subscription: m.subscription.clone(),
        assignment: m.assignment.clone(),
        ..MemberMetadata::default()
    };
    GroupMetadataValue {
        protocol_type: group.protocol_type.clone().unwrap_or_default(),
        generation: group.generation,
        protocol: group.protocol.clone(),
        leader: group.leader.clone(),
        current_state_timestamp: group.since_ms,
        members: group.members.iter().map(member).collect(),
        ..GroupMetadataValue::default()
    }
}

/// Every record of a batch, with the group it is about. Records of kinds that this broker does
/// not know are passed over, as Kafka passes over those of later versions.
pub(super) fn parse(batch: &Batch) -> Result<Vec<(String, Record)>, BadRecord> {
    let offset = batch.header.base_offset;
    let bad = |why: String| BadRecord { offset, why };
    if batch.header.attributes.is_control() {
        return Ok(Vec::new());
    }
    let unpacked = batch.unpack(DECOMPRESSED_MAX).map_err(|e| bad(e.to_string()))?;
    let mut parsed = Vec::new();
    for record in batch.records(&unpacked) {
        let record = record.map_err(|e| bad(e.to_string()))?;
        let part = |bytes: &[u8]| unpacked.slice_ref(bytes);
        let Some(key) = record.key.map(part) else { continue };
        let one = parse_one(key, record.value.map(part));
        let one = one.map_err(|why| BadRecord { offset: record.offset, why })?;
        parsed.extend(one);
    }
    Ok(parsed)
}

fn parse_one(key: Bytes, value: Option<Bytes>) -> Result<Option<(String, Record)>, String> {
    let version = Reader::new(key.clone()).i16().map_err(|e| e.to_string())?;
    match version {
        0..=OFFSET_KEY_VERSION => {
            let (_, key): (_, OffsetCommitKey) =
                decode_versioned(key, OFFSET_KEY_VERSION).map_err(|e| e.to_string())?;
            let at: OffsetKey = (key.topic, key.partition);
            Ok(Some(match value {
                Some(value) => (key.group, Record::Offset(at, committed(value)?)),
                None => (key.group, Record::OffsetGone(at)),
            }))
        }
        GROUP_KEY_VERSION => {
            let (_, key): (_, GroupMetadataKey) =
                decode_versioned(key, GROUP_KEY_VERSION).map_err(|e| e.to_string())?;
            Ok(Some(match value {
                Some(value) => (key.group, Record::Group(group(value)?)),
                None => (key.group, Record::GroupGone),
            }))
        }
        _ => Ok(None),
    }
}

fn committed(value: Bytes) -> Result<Committed, String> {
    let (_, value): (_, OffsetCommitValue) =
        decode_versioned(value, OFFSET_VALUE_NEWEST).map_err(|e| e.to_string())?;
    Ok(Committed {
        offset: value.offset,
        leader_epoch: value.leader_epoch,
        metadata: value.metadata,
        at_ms: value.commit_timestamp,
        lapses_at_ms: Some(value.expire_timestamp).filter(|at_ms| *at_ms >= 0),
    })
}

fn group(value: Bytes) -> Result<GroupRecord, String> {
    let (_, value): (_, GroupMetadataValue) =
        decode_versioned(value, GROUP_VALUE_NEWEST).map_err(|e| e.to_string())?;
    let member = |m: MemberMetadata| MemberRecord {
        member_id: m.member_id,
        instance_id: m.group_instance_id,
        client_id: m.client_id,
        client_host: m.client_host,
        rebalance_timeout_ms: m.rebalance_timeout,
        session_timeout_ms: m.session_timeout,
        // Copied: a slice would keep all that was read with it in memory.
        subscription: Bytes::copy_from_slice(&m.subscription),
        assignment: Bytes::copy_from_slice(&m.assignment),
    };
    Ok(GroupRecord {
        protocol_type: Some(value.protocol_type).filter(|kind| !kind.is_empty()),
        generation: value.generation,
        protocol: value.protocol,
        leader: value.leader,
        since_ms: value.current_state_timestamp,
        members: value.members.into_iter().map(member).collect(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ouzel_wire::batch::batches;

    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let key = ("orders".to_owned(), 3);
        let committed = Committed {
            offset: 42,
            leader_epoch: 7,
            metadata: "a note".to_owned(),
            at_ms: 1_000,
            lapses_at_ms: None,
        };
        let lapsing =
            Committed { leader_epoch: -1, lapses_at_ms: Some(2_000), ..committed.clone() };
        let member = MemberRecord {
            member_id: "m-1".to_owned(),
            instance_id: Some("i".to_owned()),
            client_id: "c".to_owned(),
            client_host: "/127.0.0.1".to_owned(),
            rebalance_timeout_ms: 1,
            session_timeout_ms: 2,
            subscription: Bytes::from_static(b"wants"),
            assignment: Bytes::from_static(b"has"),
        };
        let group = GroupRecord {
            protocol_type: Some("consumer".to_owned()),
            generation: 5,
            protocol: Some("range".to_owned()),
            leader: Some("m-1".to_owned()),
            since_ms: 9,
            members: vec![member],
        };
        let written = vec![
            Record::Offset(key.clone(), committed),
            Record::Offset(key.clone(), lapsing),
            Record::Group(group),
            Record::OffsetGone(key),
            Record::GroupGone,
        ];
        let bytes = batch("g", &written, 1_000).unwrap();
        let batch = batches(bytes).next().unwrap().unwrap();
        let read = parse(&batch).unwrap();
        assert!(read.iter().all(|(group, _)| group == "g"));
        assert_eq!(read.into_iter().map(|(_, record)| record).collect::<Vec<_>>(), written);
    }
}
