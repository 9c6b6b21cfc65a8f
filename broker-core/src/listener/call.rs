//! One request with all that its handler may need, and the way from handler to answer.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use ouzel_wire::frame::{Encoded, RequestHeader, encode_answer};
use ouzel_wire::{DecodeError, Reader, Request};

use super::Shared;
use super::answer::{Answer, Pending};
use super::budget::Reservation;
use super::closed::Closed;
use super::standing::Standing;

/// As much of a client's name as is remembered; real ones are shorter.
const CLIENT_ID_CHARS_MAX: usize = 255;

/// Both ends of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    /// Where the client is.
    pub client: SocketAddr,
    /// Where the client has reached us.
    pub broker: SocketAddr,
}

/// One request, header read, body not yet.
pub(super) struct Call {
    pub shared: Arc<Shared>,
    pub ends: Ends,
    pub standing: Arc<Standing>,
    pub header: RequestHeader,
    pub body: Reader,
}

/// What remains of a call once its body has been read.
pub(super) struct Ctx {
    pub shared: Arc<Shared>,
    pub ends: Ends,
    /// How the client has taken its answers.
    pub standing: Arc<Standing>,
    pub version: i16,
    pub client_id: String,
    correlation_id: i32,
}

impl Call {
    pub fn decode<R: Request>(self) -> Result<(Ctx, R), Closed> {
        let Call { shared, ends, standing, header, mut body } = self;
        // What follows the request is passed over, as Kafka does: librdkafka leaves bytes behind
        // a Metadata request once the last of its topics is gone.
        let request =
            R::decode(&mut body, header.api_version).map_err(|e| malformed(&header, e))?;
        let ctx = Ctx {
            shared,
            ends,
            standing,
            version: header.api_version,
            client_id: short(header.client_id.unwrap_or_default()),
            correlation_id: header.correlation_id,
        };
        Ok((ctx, request))
    }

    /// Reads the request and runs its handler when all earlier answers are out: what has been read
    /// is many times as large as the frame, and a client can have a hundred of those in line.
    pub fn later<R, H, F>(self, handler: H) -> Result<Pending, Closed>
    where
        R: Request + Send + 'static,
        R::Response: Send,
        H: FnOnce(Arc<Ctx>, R) -> F + Send + 'static,
        F: Future<Output = R::Response> + Send,
    {
        Ok(Box::pin(async move { Ok(self.answered(handler).await?.1) }))
    }

    /// As [`Call::later`], where the answer may list all that this node has: some are made at a
    /// time, and each holds memory for answers until its client has taken it.
    pub fn listing<R, H, F>(self, handler: H) -> Result<Pending, Closed>
    where
        R: Request + Send + 'static,
        R::Response: Send,
        H: FnOnce(Arc<Ctx>, R) -> F + Send + 'static,
        F: Future<Output = R::Response> + Send,
    {
        Ok(Box::pin(async move {
            let shared = self.shared.clone();
            // Never closed.
            let _turn = shared.lists.acquire().await.ok();
            match self.answered(handler).await? {
                (ctx, Answer::Send(pieces, _)) => {
                    let bytes = pieces.iter().map(|piece| piece.len()).sum();
                    let reservation = shared.answers.hold(&ctx.standing, bytes).await;
                    Ok(Answer::Send(pieces, reservation))
                }
                (_, Answer::Nothing) => Ok(Answer::Nothing),
            }
        }))
    }

    async fn answered<R, H, F>(self, handler: H) -> Result<(Arc<Ctx>, Answer), Closed>
    where
        R: Request,
        H: FnOnce(Arc<Ctx>, R) -> F,
        F: Future<Output = R::Response>,
    {
        let (ctx, request) = self.decode::<R>()?;
        let ctx = Arc::new(ctx);
        let response = Box::pin(handler(ctx.clone(), request)).await;
        let answer = ctx.answer::<R>(&response)?;
        Ok((ctx, answer))
    }
}

impl Ctx {
    pub fn answer<R: Request>(&self, response: &R::Response) -> Result<Answer, Closed> {
        self.answer_holding::<R>(response, Reservation::default())
    }

    /// An answer whose records count against a budget until they are sent.
    pub fn answer_holding<R: Request>(
        &self,
        response: &R::Response,
        reservation: Reservation,
    ) -> Result<Answer, Closed> {
        let encoded = encode_answer::<R>(self.version, self.correlation_id, response)?;
        let Encoded { pieces, errors } = encoded;
        self.shared.counters.errors(R::KEY, &errors);
        Ok(Answer::Send(pieces, reservation))
    }

    /// As Kafka writes down where a member is.
    pub fn client_host(&self) -> String {
        format!("/{}", self.ends.client.ip())
    }

    /// Runs what blocks where blocking is allowed.
    pub async fn blocking<T, W>(&self, work: W) -> T
    where
        T: Send + 'static,
        W: FnOnce(&Shared) -> T + Send + 'static,
    {
        let shared = self.shared.clone();
        match tokio::task::spawn_blocking(move || work(&shared)).await {
            Ok(done) => done,
            Err(failure) => std::panic::resume_unwind(failure.into_panic()),
        }
    }
}

/// Names are kept with members for as long as they live, and a client may have a long one.
fn short(client_id: String) -> String {
    match client_id.char_indices().nth(CLIENT_ID_CHARS_MAX) {
        Some((end, _)) => client_id[..end].to_owned(),
        None => client_id,
    }
}

/// A request that cannot be read, by what its header says it is.
pub(super) fn malformed(header: &RequestHeader, source: DecodeError) -> Closed {
    let (api_key, api_version) = (header.api_key, header.api_version);
    Closed::Malformed { api_key, api_version, source }
}
