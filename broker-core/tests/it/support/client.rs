//! A client that sends what it is told and reads what comes back, never longer than patience.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU16, Ordering};

use bytes::Bytes;
use ouzel_wire::Request;
use ouzel_wire::frame::{RequestHeader, decode_response, encode_request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::PATIENCE;

pub struct Client {
    stream: TcpStream,
    last_id: i32,
}

impl Client {
    pub async fn connect(addr: SocketAddr) -> Client {
        let stream = TcpStream::connect(addr).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Client { stream, last_id: 0 }
    }

    /// From an address that no other client of this run has: two may have the same port, to
    /// different brokers or one after the other.
    pub async fn connect_alone(addr: SocketAddr) -> Client {
        static NEXT: AtomicU16 = AtomicU16::new(1);
        let [high, low] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 1, high, low], 0))).unwrap();
        let stream = socket.connect(addr).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Client { stream, last_id: 0 }
    }

    /// Its own address, as the broker sees it.
    pub fn addr(&self) -> SocketAddr {
        self.stream.local_addr().unwrap()
    }

    /// Sends in the newest version and waits for the answer.
    pub async fn call<R: Request>(&mut self, request: R) -> R::Response {
        self.call_at(*R::VERSIONS.end(), request).await
    }

    pub async fn call_at<R: Request>(&mut self, version: i16, request: R) -> R::Response {
        let sent = self.send(version, &request).await;
        let (id, response) = self.receive::<R>(version).await;
        assert_eq!(id, sent, "an answer to another request");
        response
    }

    /// Sends and does not wait; returns the correlation id.
    pub async fn send<R: Request>(&mut self, version: i16, request: &R) -> i32 {
        self.last_id += 1;
        let header = RequestHeader {
            api_key: R::KEY as i16,
            api_version: version,
            correlation_id: self.last_id,
            client_id: Some("it".to_owned()),
            ..Default::default()
        };
        self.send_bytes(&encode_request(&header, request).unwrap()).await;
        self.last_id
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        timeout(PATIENCE, self.stream.write_all(bytes)).await.unwrap().unwrap();
    }

    pub async fn receive<R: Request>(&mut self, version: i16) -> (i32, R::Response) {
        let frame = self.receive_frame().await.expect("an answer");
        decode_response::<R>(frame, version).unwrap()
    }

    /// The next frame without its length; none when the broker has closed the connection.
    pub async fn receive_frame(&mut self) -> Option<Bytes> {
        let read = async {
            let length = self.stream.read_u32().await.ok()?;
            let mut frame = vec![0; length as usize];
            self.stream.read_exact(&mut frame).await.ok()?;
            Some(Bytes::from(frame))
        };
        timeout(PATIENCE, read).await.expect("an answer or an end within patience")
    }
}
