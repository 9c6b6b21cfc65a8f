//! A Kafka client without comfort: one socket, one request at a time or a pipeline split in two.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
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

pub struct Connection {
    socket: TcpStream,
}

impl Connection {
    pub fn open(kafka: SocketAddr) -> Result<Connection> {
        Ok(Connection { socket: http::connect(kafka)? })
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
        let mut prefix = [0; 4];
        self.socket.read_exact(&mut prefix).context(|| "waiting for an answer".into())?;
        let length = frame_length(prefix, MAX_FRAME_BYTES).context(|| "reading a length".into())?;
        let mut frame = vec![0; length];
        self.socket.read_exact(&mut frame).context(|| "reading an answer".into())?;
        let answer = decode_response::<R>(Bytes::from(frame), version);
        answer.map(|(_, answer)| answer).context(|| "reading an answer".into())
    }

    pub fn ask<R: Request>(&mut self, version: i16, request: &R) -> Result<R::Response> {
        self.send(version, request)?;
        self.receive::<R>(version)
    }
}
