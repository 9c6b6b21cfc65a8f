//! Where Kafka clients arrive: sockets in, requests through one match, answers out in order.
//!
//! Owns connections and what they may use up. What a request does is in `handle/`, one file for
//! each API; what an error is called is in `error_code.rs`. Start at [`Listener::start`].

mod accept;
mod answer;
mod budget;
mod call;
mod closed;
mod complaints;
mod connection;
mod crowd;
mod dispatch;
mod elements;
mod error_code;
mod frames;
mod handle;
mod meter;
mod room;
mod standing;

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cluster::Topic;
use crate::group::Groups;
use crate::node::{Node, OFFSETS_TOPIC, TopicError};
use crate::session::{SessionLimits, Sessions};

pub use meter::{Meter, Traffic};

use complaints::Complaints;
use meter::Counters;
use room::Requests;
use standing::Answers;

/// Requests with records that are checked at a time: more than keep the processors of a small
/// machine busy, and few enough that what they unpack (128 MiB each) stays far below its memory.
const CHECKED_AT_ONCE: usize = 4;

/// Answers with lists that are made at a time, and wait for memory that others hold: some megabytes
/// each, where there are as many partitions as there can be.
const LISTED_AT_ONCE: usize = 16;

/// What every connection works on.
pub struct Shared {
    /// Partitions and the cluster's state.
    pub node: Arc<Node>,
    /// Consumer groups.
    pub groups: Arc<Groups>,
    /// Bytes of requests that are not answered yet.
    requests: Requests,
    /// Bytes of answers that are not taken yet.
    answers: Answers,
    /// Who follows which partitions. Held briefly.
    sessions: Mutex<Sessions>,
    /// What has passed since the start.
    counters: Arc<Counters>,
    /// Whose ends were warned about. Held briefly.
    complaints: Mutex<Complaints>,
    /// Turns at checking records, in the order of asking.
    checks: Semaphore,
    /// Turns at making answers with lists.
    lists: Semaphore,
    /// Set when the broker stops: nothing new begins, and nobody waits for more any longer.
    stop: CancellationToken,
    /// Set when the broker is dropped: everything ends where it stands.
    end: CancellationToken,
}

impl Shared {
    /// Makes the topic in which groups keep their state, if need be, and serves its groups.
    fn ensure_offsets_topic(&self) -> Result<Topic, TopicError> {
        if self.groups.is_serving()
            && let Some(topic) = self.node.state().topic(OFFSETS_TOPIC)
        {
            return Ok(topic.clone());
        }
        let topic = self.node.ensure_offsets_topic()?;
        // A partition that is missing now is served when retention has opened it.
        self.groups.serve(self.node.offsets_partitions(), self.node.is_gone());
        Ok(topic)
    }
}

/// The open door, and everyone who came in through it.
pub struct Listener {
    addr: SocketAddr,
    stop: CancellationToken,
    end: CancellationToken,
    tasks: TaskTracker,
    meter: Meter,
}

impl Listener {
    /// Serves the clients of a socket that is bound already.
    pub fn start(
        socket: TcpListener,
        node: Arc<Node>,
        groups: Arc<Groups>,
    ) -> std::io::Result<Listener> {
        let addr = socket.local_addr()?;
        let (stop, end) = (CancellationToken::new(), CancellationToken::new());
        let tasks = TaskTracker::new();
        let limits = &node.config.limits;
        let (requests, answers) = (frames::requests(limits), Answers::new(limits.bytes_in_flight));
        let (s, e) = (stop.clone(), end.clone());
        let (checks, lists) = (Semaphore::new(CHECKED_AT_ONCE), Semaphore::new(LISTED_AT_ONCE));
        let sessions = SessionLimits { slots: limits.fetch_sessions, ..SessionLimits::default() };
        let sessions = Mutex::new(Sessions::new(sessions, unguessable));
        let counters = Arc::new(Counters::default());
        let meter = Meter {
            counters: counters.clone(),
            requests: requests.clone(),
            answers: answers.clone(),
        };
        let shared = Arc::new(Shared {
            node,
            groups,
            requests,
            answers,
            sessions,
            counters,
            complaints: Mutex::default(),
            checks,
            lists,
            stop: s,
            end: e,
        });
        tasks.spawn(accept::run(socket, shared, tasks.clone()));
        Ok(Listener { addr, stop, end, tasks, meter })
    }

    /// Where clients connect.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where its counters are read.
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// Lets nobody in any more, answers what was asked, and returns when the last one is gone.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// A number that no other client guesses.
fn unguessable() -> i32 {
    let ouzel_wire::Uuid([a, b, c, d, ..]) = ouzel_wire::Uuid::random();
    i32::from_be_bytes([a, b, c, d])
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.cancel();
        self.end.cancel();
    }
}
