//! A whole broker in this process is sent one request after the other. `OUZEL_FUZZ_KEY` names its
//! type; the input is the request's version and everything behind it. The broker may answer, with
//! the number that the request had, or close the connection. A panic ends the process: libFuzzer
//! sees to it, in tasks too.
#![no_main]

use std::cell::RefCell;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use ouzel_broker::{Broker, BrokerConfig, GroupConfig};
use ouzel_wire::{ApiSpec, SPOKEN};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// Joins and long polls may take as long as the request says. Nobody waits for them here.
const PATIENCE: Duration = Duration::from_millis(20);

/// Then another broker takes over: topics and groups that were made cost time and disk.
const REQUESTS_PER_BROKER: usize = 5_000;

struct Rig {
    broker: Broker,
    socket: TcpStream,
    requests: usize,
    runtime: Runtime,
    // Removed last.
    _data: TempDir,
}

thread_local! {
    static RIG: RefCell<Option<Rig>> = const { RefCell::new(None) };
}

fuzz_target!(|input: &[u8]| {
    let [version, rest @ ..] = input else { return };
    RIG.with_borrow_mut(|rig| {
        if rig.as_ref().is_none_or(|rig| rig.requests == REQUESTS_PER_BROKER) {
            // The old one first: it may have many files open.
            *rig = None;
            *rig = Some(Rig::start());
        }
        let rig = rig.as_mut().expect("just started");
        rig.requests += 1;
        rig.ask(&frame(*version, rest));
    });
});

/// A request frame with its length.
fn frame(version: u8, rest: &[u8]) -> Vec<u8> {
    let spec = wanted();
    // One beyond on either side, which must be refused.
    let versions = i16::from(version) % (spec.max - spec.min + 3);
    let mut frame = ((rest.len() + 4) as u32).to_be_bytes().to_vec();
    frame.extend((spec.key as i16).to_be_bytes());
    frame.extend((spec.min - 1 + versions).to_be_bytes());
    frame.extend(rest);
    frame
}

fn wanted() -> ApiSpec {
    let name = std::env::var("OUZEL_FUZZ_KEY").expect("OUZEL_FUZZ_KEY names a request type");
    let spec = SPOKEN.iter().find(|spec| spec.name == name);
    *spec.expect("a request type that is spoken")
}

impl Rig {
    fn start() -> Rig {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let data = TempDir::new().expect("a folder");
        let groups = GroupConfig {
            initial_rebalance_delay_ms: 0,
            session_timeout_ms_min: 1,
            ..GroupConfig::default()
        };
        let config = BrokerConfig {
            listen: "127.0.0.1:0".parse().expect("an address"),
            offsets_topic_partitions: 1,
            groups,
            ..BrokerConfig::new(data.path())
        };
        let broker = runtime.block_on(Broker::start(config)).expect("a broker");
        let socket = runtime.block_on(connect(&broker));
        Rig { broker, socket, requests: 0, runtime, _data: data }
    }

    fn ask(&mut self, frame: &[u8]) {
        let Rig { broker, socket, runtime, .. } = self;
        runtime.block_on(async {
            let answered = timeout(PATIENCE, exchange(socket, frame)).await;
            match answered {
                Ok(Some(id)) => assert_eq!(frame.get(8..12), Some(&id[..]), "another's answer"),
                // Closed, or an answer that takes its time.
                Ok(None) | Err(_) => *socket = connect(broker).await,
            }
        });
    }
}

async fn connect(broker: &Broker) -> TcpStream {
    TcpStream::connect(broker.kafka_addr()).await.expect("a broker that lives")
}

/// The number that the answer carries.
async fn exchange(socket: &mut TcpStream, frame: &[u8]) -> Option<[u8; 4]> {
    socket.write_all(frame).await.ok()?;
    let length = socket.read_u32().await.ok()?;
    let mut answer = vec![0; length as usize];
    socket.read_exact(&mut answer).await.ok()?;
    answer.first_chunk().copied()
}
