//! One connection to one broker: requests go out as they come, answers find whoever waits.
//!
//! Owns the socket, the map of what is in flight, and every limit on them. Who is asked, and what
//! an answer means, is decided elsewhere. A connection that fails once is finished: all that
//! waits on it fails with the cause, and whoever needs it again opens another.

mod open;
mod sign_in;

use std::{
    collections::HashMap,
    io,
    sync::atomic::{AtomicI32, Ordering},
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use ouzel_wire::{
    ErrorCode, Request,
    frame::{self, RequestHeader},
    messages::{ApiVersionsRequest, ApiVersionsResponse},
    spec,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf},
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_util::sync::{CancellationToken, DropGuard};

pub use open::Step;

use super::{
    address::{Address, Stream},
    error::KafkaError,
    versions::Versions,
};

/// How long a broker may take for each step until it is connected: whoever looks at a page waits no
/// longer for a broker that is down.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a broker may take to answer, beyond any wait that the request itself asks for.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest answer that is read: far above what we ask for, and a bound on what one connection can
/// make us hold.
pub const FRAME_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Requests that may wait to be written. Callers wait beyond that.
const OUTGOING_MAX: usize = 64;
/// Space made for an answer before its bytes are there.
const FRAME_BYTES_FIRST: usize = 1024 * 1024;
/// The newest ApiVersions that every broker since 2.4 answers in full.
const API_VERSIONS_FIRST: i16 = 3;
/// What brokers call us in their logs and metrics.
const CLIENT_ID: &str = "ouzel-console";

/// An open connection. Dropping the last handle closes it.
#[derive(Debug)]
pub struct Connection {
    address: Address,
    versions: Versions,
    /// When what it is signed in as ends, if it does.
    ends: Option<Instant>,
    next_id: AtomicI32,
    outgoing: mpsc::Sender<Bytes>,
    in_flight: Arc<InFlight>,
    _close: DropGuard,
}

type Answer = Result<Bytes, KafkaError>;

/// Requests without an answer yet, or why there will be none.
#[derive(Debug)]
struct InFlight(std::sync::Mutex<Result<HashMap<i32, oneshot::Sender<Answer>>, KafkaError>>);

impl InFlight {
    fn lock(
        &self,
    ) -> std::sync::MutexGuard<'_, Result<HashMap<i32, oneshot::Sender<Answer>>, KafkaError>> {
        // Every step under the lock leaves the map whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn expect(&self, id: i32) -> Result<oneshot::Receiver<Answer>, KafkaError> {
        let (sender, receiver) = oneshot::channel();
        match &mut *self.lock() {
            Ok(waiting) => waiting.insert(id, sender),
            Err(ended) => return Err(ended.clone()),
        };
        Ok(receiver)
    }

    /// Hands over an answer. One that nobody waits for any more is dropped.
    fn resolve(&self, id: i32, answer: Bytes) {
        let waiting = self.lock().as_mut().ok().and_then(|waiting| waiting.remove(&id));
        if let Some(sender) = waiting {
            let _ = sender.send(Ok(answer));
        }
    }

    /// Fails all that waits, now and later. The first cause stays.
    fn end(&self, cause: &KafkaError) {
        let mut state = self.lock();
        if let Ok(waiting) = &mut *state {
            let waiting = std::mem::take(waiting);
            *state = Err(cause.clone());
            drop(state);
            for sender in waiting.into_values() {
                let _ = sender.send(Err(cause.clone()));
            }
        }
    }

    fn is_open(&self) -> bool {
        self.lock().is_ok()
    }
}

impl Connection {
    fn over(address: &Address, stream: Box<dyn Stream>) -> Connection {
        let (reader, writer) = tokio::io::split(stream);
        let (outgoing, frames) = mpsc::channel(OUTGOING_MAX);
        let in_flight = Arc::new(InFlight(std::sync::Mutex::new(Ok(HashMap::new()))));
        let close = CancellationToken::new();
        let task = Io { address: address.to_string(), in_flight: in_flight.clone() };
        tokio::spawn(task.run(reader, writer, frames, close.clone()));
        Connection {
            address: address.clone(),
            versions: Versions::default(),
            ends: None,
            next_id: AtomicI32::new(0),
            outgoing,
            in_flight,
            _close: close.drop_guard(),
        }
    }

    /// The broker at the other end.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Whether it can still be used, as far as is known.
    pub fn is_open(&self) -> bool {
        self.in_flight.is_open() && self.ends.is_none_or(|ends| Instant::now() < ends)
    }

    /// The newest version of `R` that both sides know.
    pub fn version<R: Request>(&self) -> Result<i16, KafkaError> {
        let unsupported =
            || KafkaError::Unsupported { address: self.address.to_string(), api: name::<R>() };
        self.versions.newest::<R>().ok_or_else(unsupported)
    }

    /// Features that the broker says are switched on in its cluster, with their levels.
    pub fn features(&self) -> &[(String, i16)] {
        self.versions.features()
    }

    /// Sends a request in its newest version and waits for the answer.
    pub async fn call<R: Request>(&self, request: &R) -> Result<R::Response, KafkaError> {
        self.call_in(self.version::<R>()?, request, REQUEST_TIMEOUT).await
    }

    /// Sends a request in `version` and waits for the answer, at most for `patience`.
    pub async fn call_in<R: Request>(
        &self,
        version: i16,
        request: &R,
        patience: Duration,
    ) -> Result<R::Response, KafkaError> {
        let answer = match timeout(patience, self.exchange(version, request)).await {
            Ok(answer) => answer?,
            Err(_) => {
                let (address, api) = (self.address.to_string(), name::<R>());
                let error = KafkaError::Timeout { address, api, waited: patience };
                // A broker that has fallen silent may never speak again on this connection.
                self.in_flight.end(&error);
                return Err(error);
            }
        };
        let decoded = frame::decode_response::<R>(answer, version);
        decoded.map(|(_, response)| response).map_err(|wrong| self.protocol::<R>(&wrong))
    }

    async fn exchange<R: Request>(&self, version: i16, request: &R) -> Answer {
        let correlation_id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let header = RequestHeader {
            api_key: R::KEY as i16,
            api_version: version,
            correlation_id,
            client_id: Some(CLIENT_ID.to_owned()),
            ..RequestHeader::default()
        };
        let bytes =
            frame::encode_request(&header, request).map_err(|wrong| self.protocol::<R>(&wrong))?;
        let answer = self.in_flight.expect(correlation_id)?;
        if self.outgoing.send(bytes).await.is_err() {
            self.in_flight.end(&closed(&self.address.to_string()));
        }
        answer.await.unwrap_or_else(|_| Err(closed(&self.address.to_string())))
    }

    /// A broker older than the version asked for says so, and what it has instead.
    async fn ask_versions(&self) -> Result<Versions, KafkaError> {
        let request = ApiVersionsRequest {
            client_software_name: "ouzel".to_owned(),
            client_software_version: env!("CARGO_PKG_VERSION").to_owned(),
            ..ApiVersionsRequest::default()
        };
        let first = self.call_in(API_VERSIONS_FIRST, &request, REQUEST_TIMEOUT).await;
        let again_in = match &first {
            Ok(response) if response.error_code == ErrorCode::UnsupportedVersion.code() => {
                let newest = Versions::new(response).newest::<ApiVersionsRequest>();
                Some(newest.unwrap_or(0))
            }
            // Not every broker puts its refusal into the form that was agreed on.
            Err(KafkaError::Protocol { .. }) => Some(0),
            _ => None,
        };
        let response: ApiVersionsResponse = match again_in {
            Some(version) => self.call_in(version, &request, REQUEST_TIMEOUT).await?,
            None => first?,
        };
        KafkaError::check(|| "asking for API versions".to_owned(), response.error_code)?;
        Ok(Versions::new(&response))
    }

    fn protocol<R: Request>(&self, cause: &impl ToString) -> KafkaError {
        let (address, cause) = (self.address.to_string(), cause.to_string());
        KafkaError::Protocol { address, api: name::<R>(), cause }
    }
}

/// The two halves of the socket at work.
struct Io {
    address: String,
    in_flight: Arc<InFlight>,
}

impl Io {
    async fn run(
        self,
        reader: ReadHalf<Box<dyn Stream>>,
        writer: WriteHalf<Box<dyn Stream>>,
        frames: mpsc::Receiver<Bytes>,
        close: CancellationToken,
    ) {
        let cause = tokio::select! {
            () = close.cancelled() => closed(&self.address),
            cause = self.read(reader) => cause,
            cause = self.write(writer, frames) => cause,
        };
        self.in_flight.end(&cause);
    }

    async fn write(
        &self,
        mut writer: WriteHalf<Box<dyn Stream>>,
        mut frames: mpsc::Receiver<Bytes>,
    ) -> KafkaError {
        while let Some(bytes) = frames.recv().await {
            if let Err(error) = writer.write_all(&bytes).await {
                return self.broken(&error);
            }
        }
        closed(&self.address)
    }

    async fn read(&self, mut reader: ReadHalf<Box<dyn Stream>>) -> KafkaError {
        loop {
            let frame = match read_frame(&mut reader).await {
                Ok(frame) => frame,
                Err(error) => return self.broken(&error),
            };
            match frame.first_chunk::<4>() {
                Some(id) => self.in_flight.resolve(i32::from_be_bytes(*id), frame),
                None => return self.broken(&io::Error::other("an answer without a number")),
            }
        }
    }

    fn broken(&self, error: &io::Error) -> KafkaError {
        let cause = match error.kind() {
            io::ErrorKind::UnexpectedEof => "the broker closed the connection".to_owned(),
            _ => error.to_string(),
        };
        KafkaError::Unreachable { address: self.address.clone(), cause }
    }
}

async fn read_frame(reader: &mut ReadHalf<Box<dyn Stream>>) -> io::Result<Bytes> {
    let mut prefix = [0; 4];
    reader.read_exact(&mut prefix).await?;
    let length = frame::frame_length(prefix, FRAME_BYTES_MAX).map_err(io::Error::other)?;
    let mut bytes = Vec::with_capacity(length.min(FRAME_BYTES_FIRST));
    reader.take(length as u64).read_to_end(&mut bytes).await?;
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Bytes::from(bytes))
}

fn closed(address: &str) -> KafkaError {
    let cause = "the connection was closed".to_owned();
    KafkaError::Unreachable { address: address.to_owned(), cause }
}

/// The request's name, as Kafka's documentation has it.
fn name<R: Request>() -> &'static str {
    spec(R::KEY).map_or("a request", |spec| spec.name)
}

#[cfg(test)]
mod security_tests;
#[cfg(test)]
mod tests;
