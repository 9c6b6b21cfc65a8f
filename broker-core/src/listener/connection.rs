//! One client: frames in, answers out in the order of the requests.
//!
//! Reading goes on while earlier answers are pending, so that a producer's batches share flushes;
//! everything but Produce waits until it is first in line, as Kafka does it. Both halves run in
//! one task, so an idle connection is one small future.

use std::sync::Arc;
use std::time::Duration;

use ouzel_wire::frame::decode_request_header;
use ouzel_wire::{ApiKey, Reader};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::SemaphorePermit;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

use super::Shared;
use super::answer::{Answer, Pending, send};
use super::budget::{Budget, Reservation};
use super::call::{Call, Ends};
use super::closed::Closed;
use super::dispatch::dispatch;
use super::elements::elements_max;
use super::frames::{Frame, Frames};
use super::room::Room;
use super::standing::Standing;

/// How long a stopping broker lets a client take the answers it is owed.
const FAREWELL: Duration = Duration::from_secs(5);

/// An answer in line, with what it holds until it is sent.
struct InLine {
    answer: Pending,
    _shared: Room,
    _own: Reservation,
}

/// Serves one client until one of both has had enough.
pub(super) async fn serve(shared: Arc<Shared>, stream: TcpStream, ends: Ends) -> Closed {
    // Small answers must not wait for the next one.
    if let Err(e) = stream.set_nodelay(true) {
        return Closed::Io(e);
    }
    let (read, write) = stream.into_split();
    let limits = &shared.node.config.limits;
    let stall = limits.stall;
    let (line, next) = channel(limits.connection_requests_in_flight);
    let frames = Frames::new(read, shared.requests.clone(), limits);
    let standing = Arc::new(Standing::default());
    // Whatever it waits for, be it room in the line of a client that takes no answers.
    let reading = async {
        tokio::select! {
            closed = take_requests(shared.clone(), ends, standing.clone(), frames, line) => closed,
            () = shared.stop.cancelled() => Closed::Stopping,
        }
    };
    let writing = send_answers(write, next, &standing, stall);
    tokio::pin!(reading, writing);
    let closed = tokio::select! {
        closed = &mut reading => closed,
        closed = &mut writing => return closed,
    };
    match closed {
        // The line is closed, so this ends with the last answer.
        Closed::Stopping => timeout(FAREWELL, writing).await.unwrap_or(Closed::Stopping),
        closed => closed,
    }
}

async fn take_requests(
    shared: Arc<Shared>,
    ends: Ends,
    standing: Arc<Standing>,
    mut frames: Frames,
    line: Sender<InLine>,
) -> Closed {
    let most = shared.node.config.limits.connection_bytes_in_flight;
    let own = Budget::new(most);
    loop {
        let Frame { bytes, room } = match frames.next().await {
            Ok(frame) => frame,
            Err(closed) => return closed,
        };
        // A request larger than the whole budget waits until it is alone.
        let _own = own.reserve(bytes.len().min(most)).await;
        let Ok(place) = line.reserve().await else { return Closed::Stopping };
        let elements_max = elements_max(&bytes);
        let mut body = Reader::bounded(bytes, elements_max);
        let answer = match decode_request_header(&mut body) {
            Ok(header) => {
                let _turn = turn(&shared, header.api_key).await;
                let (shared, standing) = (shared.clone(), standing.clone());
                dispatch(Call { shared, ends, standing, header, body })
            }
            Err(e) => Err(Closed::Header(e)),
        };
        match answer {
            Ok(answer) => place.send(InLine { answer, _shared: room, _own }),
            Err(closed) => return closed,
        }
    }
}

/// Records are unpacked while their request is dispatched, so only some are at a time.
async fn turn(shared: &Shared, api_key: i16) -> Option<SemaphorePermit<'_>> {
    match api_key == ApiKey::Produce as i16 {
        // Never closed.
        true => shared.checks.acquire().await.ok(),
        false => None,
    }
}

async fn send_answers(
    mut stream: OwnedWriteHalf,
    mut next: Receiver<InLine>,
    standing: &Standing,
    stall: Duration,
) -> Closed {
    while let Some(in_line) = next.recv().await {
        match in_line.answer.await {
            Ok(Answer::Nothing) => {}
            Ok(Answer::Send(pieces, reservation)) => {
                let sent = send(&mut stream, pieces, reservation, standing, stall).await;
                if let Err(closed) = sent {
                    return closed;
                }
            }
            Err(closed) => return closed,
        }
    }
    Closed::Stopping
}
