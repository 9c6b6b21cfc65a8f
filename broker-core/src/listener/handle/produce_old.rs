//! Produce 0 to 2: listed, so that librdkafka compresses (KAFKA-18659), and refused.
//!
//! Those versions carry formats that nobody stores any more. The answer names every partition of
//! the request, so the request is read as far as its names and numbers.

use ouzel_wire::{DecodeError, ErrorCode, Reader, Writer};

use crate::listener::answer::{Answer, Pending};
use crate::listener::budget::Reservation;
use crate::listener::call::{Call, malformed};
use crate::listener::closed::Closed;

/// Topic and partitions.
type Named = Vec<(bytes::Bytes, Vec<i32>)>;

pub(in crate::listener) fn refuse(call: Call) -> Result<Pending, Closed> {
    let Call { header, mut body, .. } = call;
    let (acks, topics) = read(&mut body).map_err(|e| malformed(&header, e))?;
    let answer = match acks {
        0 => Err(Closed::NotServed { api_key: header.api_key, api_version: header.api_version }),
        _ => {
            let pieces = vec![write(header.correlation_id, header.api_version, &topics)];
            Ok(Answer::Send(pieces, Reservation::default()))
        }
    };
    Ok(Box::pin(async { answer }))
}

fn read(r: &mut Reader) -> Result<(i16, Named), DecodeError> {
    r.on("ProduceRequest.acks");
    let acks = r.i16()?;
    r.on("ProduceRequest.timeout_ms");
    r.i32()?;
    r.on("ProduceRequest.topic_data");
    let mut topics = Vec::new();
    for _ in 0..r.i32()? {
        let length = r.i16()?;
        let name = r.take(usize::try_from(length).unwrap_or(usize::MAX))?;
        let mut partitions = Vec::new();
        for _ in 0..r.i32()? {
            partitions.push(r.i32()?);
            let length = r.i32()?;
            r.take(usize::try_from(length).unwrap_or(0))?;
        }
        topics.push((name, partitions));
    }
    Ok((acks, topics))
}

fn write(correlation_id: i32, version: i16, topics: &Named) -> bytes::Bytes {
    let mut w = Writer::new();
    w.put_i32(correlation_id);
    w.put_i32(topics.len() as i32);
    for (name, partitions) in topics {
        w.put_i16(name.len() as i16);
        w.put_slice(name);
        w.put_i32(partitions.len() as i32);
        for partition in partitions {
            w.put_i32(*partition);
            w.put_i16(ErrorCode::UnsupportedVersion.code());
            w.put_i64(-1);
            if version >= 2 {
                w.put_i64(-1);
            }
        }
    }
    if version >= 1 {
        w.put_i32(0);
    }
    let body = w.into_bytes();
    let mut framed = Writer::new();
    framed.put_i32(body.len() as i32);
    framed.put_slice(&body);
    framed.into_bytes()
}
