//! One connection against brokers that behave, and that do not.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use bytes::Bytes;
use ouzel_wire::{
    ApiKey, ErrorCode, Reader,
    frame::{RequestHeader, decode_request_header, encode_response},
    messages::{
        ApiVersion, ApiVersionsRequest, ApiVersionsResponse, ListGroupsRequest, ListGroupsResponse,
        ListedGroup,
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{Address, Connection, FRAME_BYTES_MAX, KafkaError};
use crate::kafka::security::Dialer;

/// Far more than loopback needs, far less than a person waits.
const PATIENCE: Duration = Duration::from_secs(10);

async fn open(address: &Address) -> Result<Connection, KafkaError> {
    Connection::open(address, &Dialer::default()).await
}

/// A listener, and the address that leads to it.
async fn listener() -> (TcpListener, Address) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, Address { host: "127.0.0.1".to_owned(), port })
}

async fn request(stream: &mut TcpStream) -> RequestHeader {
    let length = stream.read_i32().await.unwrap();
    let mut frame = vec![0; usize::try_from(length).unwrap()];
    stream.read_exact(&mut frame).await.unwrap();
    decode_request_header(&mut Reader::new(Bytes::from(frame))).unwrap()
}

async fn answer(stream: &mut TcpStream, pieces: Vec<Bytes>) {
    for piece in pieces {
        stream.write_all(&piece).await.unwrap();
    }
}

fn versions() -> ApiVersionsResponse {
    let api = |key: ApiKey, max_version| ApiVersion {
        api_key: key as i16,
        min_version: 0,
        max_version,
        ..ApiVersion::default()
    };
    let api_keys = vec![api(ApiKey::ApiVersions, 3), api(ApiKey::ListGroups, 2)];
    ApiVersionsResponse { api_keys, ..ApiVersionsResponse::default() }
}

/// Accepts a connection and answers which versions there are.
async fn accept(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.unwrap();
    let header = request(&mut stream).await;
    let id = header.correlation_id;
    let told = encode_response::<ApiVersionsRequest>(header.api_version, id, &versions()).unwrap();
    answer(&mut stream, told).await;
    stream
}

fn groups(id: i32, name: &str) -> Vec<Bytes> {
    let group = ListedGroup { group_id: name.to_owned(), ..ListedGroup::default() };
    let response = ListGroupsResponse { groups: vec![group], ..ListGroupsResponse::default() };
    encode_response::<ListGroupsRequest>(2, id, &response).unwrap()
}

async fn list(connection: &Connection) -> Result<String, KafkaError> {
    let response = connection.call_in(2, &ListGroupsRequest::default(), PATIENCE).await?;
    Ok(response.groups[0].group_id.clone())
}

#[tokio::test]
async fn answers_find_their_callers_in_whatever_order_they_come() {
    let (listener, address) = listener().await;
    let broker = async {
        let mut stream = accept(&listener).await;
        let first = request(&mut stream).await;
        let second = request(&mut stream).await;
        answer(&mut stream, groups(second.correlation_id, "second")).await;
        answer(&mut stream, groups(first.correlation_id, "first")).await;
        stream
    };
    let client = async {
        let connection = open(&address).await.unwrap();
        assert_eq!(connection.version::<ListGroupsRequest>(), Ok(2));
        tokio::join!(list(&connection), list(&connection))
    };
    let (_stream, (first, second)) = tokio::join!(broker, client);
    assert_eq!((first.unwrap(), second.unwrap()), ("first".to_owned(), "second".to_owned()));
}

#[tokio::test]
async fn a_broker_too_old_for_the_question_is_asked_in_its_own_version() {
    let (listener, address) = listener().await;
    let broker = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let header = request(&mut stream).await;
        let code = ErrorCode::UnsupportedVersion.code();
        let mut refusal = ApiVersionsResponse { error_code: code, ..versions() };
        refusal.api_keys.truncate(1);
        refusal.api_keys[0].max_version = 2;
        let id = header.correlation_id;
        // Refused in version 0, whatever was asked.
        let told = encode_response::<ApiVersionsRequest>(0, id, &refusal).unwrap();
        answer(&mut stream, told).await;
        let header = request(&mut stream).await;
        assert_eq!(header.api_version, 2);
        let id = header.correlation_id;
        let told = encode_response::<ApiVersionsRequest>(2, id, &versions()).unwrap();
        answer(&mut stream, told).await;
        stream
    };
    let (_stream, connection) = tokio::join!(broker, open(&address));
    assert_eq!(connection.unwrap().version::<ListGroupsRequest>(), Ok(2));
}

#[tokio::test]
async fn a_silent_broker_is_a_timeout_and_the_connection_is_not_used_again() {
    let (listener, address) = listener().await;
    let (_stream, connection) = tokio::join!(accept(&listener), open(&address));
    let connection = connection.unwrap();
    let patience = Duration::from_millis(50);
    let asked = connection.call_in(2, &ListGroupsRequest::default(), patience).await;
    assert!(matches!(asked, Err(KafkaError::Timeout { api: "ListGroups", .. })), "{asked:?}");
    assert!(!connection.is_open());
    assert!(matches!(list(&connection).await, Err(KafkaError::Timeout { .. })));
}

#[tokio::test]
async fn a_connection_that_breaks_fails_all_that_waits_on_it() {
    let (listener, address) = listener().await;
    let broker = async {
        let mut stream = accept(&listener).await;
        request(&mut stream).await;
        request(&mut stream).await;
        // Half an answer, then nothing.
        stream.write_all(&[0, 0, 0, 99, 1]).await.unwrap();
    };
    let client = async {
        let connection = open(&address).await.unwrap();
        tokio::join!(list(&connection), list(&connection))
    };
    let ((), (first, second)) = tokio::join!(broker, client);
    for ended in [first, second] {
        let Err(KafkaError::Unreachable { address: told, .. }) = ended else { panic!("{ended:?}") };
        assert_eq!(told, address.to_string());
    }
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_refused_before_it_is_read() {
    let (listener, address) = listener().await;
    let broker = async {
        let mut stream = accept(&listener).await;
        request(&mut stream).await;
        let length = u32::try_from(FRAME_BYTES_MAX + 1).unwrap();
        stream.write_all(&length.to_be_bytes()).await.unwrap();
        stream
    };
    let client = async { list(&open(&address).await.unwrap()).await };
    let (_stream, ended) = tokio::join!(broker, client);
    assert!(ended.unwrap_err().to_string().contains("67108865"));
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_names_the_request() {
    let (listener, address) = listener().await;
    let broker = async {
        let mut stream = accept(&listener).await;
        let header = request(&mut stream).await;
        let mut frame = vec![0, 0, 0, 8];
        frame.extend(header.correlation_id.to_be_bytes());
        frame.extend([0xff; 4]);
        stream.write_all(&frame).await.unwrap();
        stream
    };
    let client = async { list(&open(&address).await.unwrap()).await };
    let (_stream, ended) = tokio::join!(broker, client);
    let ended = ended.unwrap_err();
    assert!(matches!(ended, KafkaError::Protocol { api: "ListGroups", .. }), "{ended}");
}

#[tokio::test]
async fn nobody_at_the_address_is_said_with_the_address() {
    let (listener, address) = listener().await;
    drop(listener);
    let error = open(&address).await.unwrap_err();
    assert!(error.to_string().starts_with(&address.to_string()), "{error}");
}
