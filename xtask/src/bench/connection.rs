//! A Kafka client without comfort: one socket, one request at a time or a pipeline split in two.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use bytes::Bytes;
use ouzel_wire::{
    Request,
    frame::{MAX_FRAME_BYTES, RequestHeader, decode_response, encode_request, frame_length},
};

use crate::{
    problem::{Context, Result},
    server::http,
};

/// Creating hundreds of topics takes Apache Kafka many seconds where the machine is busy.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);

pub struct Connection {
    socket: TcpStream,
}

impl Connection {
    pub fn open(kafka: SocketAddr) -> Result<Connection> {
        let socket = http::connect(kafka)?;
        socket.set_read_timeout(Some(ANSWER_WITHIN)).context(|| "setting a timeout".into())?;
        Ok(Connection { socket })
    }

    /// The same socket once more, so that one thread can send while another receives.
    pub fn split(self) -> Result<(Connection, Connection)> {
        let other = self.socket.try_clone().context(|| "sharing a socket".into())?;
        Ok((self, Connection { socket: other }))
    }

    pub fn send<R: Request>(&mut self, version: i16, request: &R) -> Result<()> {
        let header = RequestHeader {
            api_key: R::KEY as i16,
            api_version: version,
            client_id: Some("bench".into()),
            ..Default::default()
        };
        let frame = encode_request(&header, request).context(|| "writing a request".into())?;
        self.send_frame(&frame)
    }

    pub fn send_frame(&mut self, frame: &[u8]) -> Result<()> {
        self.socket.write_all(frame).context(|| "sending".into())
    }

    pub fn receive<R: Request>(&mut self, version: i16) -> Result<R::Response> {
        let frame = self.receive_frame()?;
        let answer = decode_response::<R>(frame, version);
        answer.map(|(_, answer)| answer).context(|| "reading an answer".into())
    }

    /// An answer as it came, without its length.
    pub fn receive_frame(&mut self) -> Result<Bytes> {
        let mut prefix = [0; 4];
        self.socket.read_exact(&mut prefix).context(|| "waiting for an answer".into())?;
        let length = frame_length(prefix, MAX_FRAME_BYTES).context(|| "reading a length".into())?;
        let mut frame = vec![0; length];
        self.socket.read_exact(&mut frame).context(|| "reading an answer".into())?;
        Ok(Bytes::from(frame))
    }

    pub fn ask<R: Request>(&mut self, version: i16, request: &R) -> Result<R::Response> {
        self.send(version, request)?;
        self.receive::<R>(version)
    }
}
