//! What clients and brokers really said is read, and written back byte for byte.

use bytes::Bytes;
use ouzel_wire::frame::{self, decode_request_header};
use ouzel_wire::messages::*;
use ouzel_wire::{ApiKey, Reader, Request};

use crate::recorded::{Captured, Direction, captured};

/// The frame as we write what we read in it.
fn echo<R: Request>(one: &Captured) -> Bytes {
    let version = one.version;
    let written = match one.direction {
        Direction::Request => {
            let mut r = Reader::new(one.bytes.clone());
            let header = decode_request_header(&mut r).unwrap();
            let request = frame::decode_request::<R>(&mut r, version);
            frame::encode_request(&header, &request.unwrap_or_else(|e| panic!("{one:?}: {e}")))
        }
        Direction::Response => {
            let read = frame::decode_response::<R>(one.bytes.clone(), version);
            let (id, response) = read.unwrap_or_else(|e| panic!("{one:?}: {e}"));
            frame::encode_response::<R>(version, id, &response).map(|pieces| pieces.concat().into())
        }
    };
    written.unwrap().slice(size_of::<i32>()..)
}

#[test]
fn what_real_clients_and_brokers_sent_is_written_back_byte_for_byte() {
    let all = captured();
    for one in &all {
        let key = ApiKey::from_i16(one.api_key).unwrap();
        macro_rules! compare {
            ($api:ident, $request:ident, $response:ident) => {
                if key == ApiKey::$api {
                    assert_eq!(echo::<$request>(one), one.bytes, "{one:?}");
                }
            };
        }
        every_api!(compare);
    }
    // A recording that went wrong would leave nothing to compare.
    for key in [ApiKey::Produce, ApiKey::Fetch, ApiKey::JoinGroup, ApiKey::SyncGroup] {
        for direction in [Direction::Request, Direction::Response] {
            let clients: std::collections::BTreeSet<_> = all
                .iter()
                .filter(|one| one.api_key == key as i16 && one.direction == direction)
                .map(|one| one.client)
                .collect();
            assert!(clients.len() >= 4, "{key:?} {direction:?}: only {clients:?}");
        }
    }
}
