//! A WebSocket in a hundred lines: text frames, masked as a browser masks them.

use ouzel_api::{
    live::{ClientFrame, ServerFrame},
    route,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{DEADLINE, app::App, http::Client};

/// An open conversation.
pub struct Socket {
    stream: TcpStream,
}

/// How a conversation went on.
#[derive(Debug)]
pub enum Heard {
    Frame(ServerFrame),
    /// The close code.
    Closed(u16),
}

impl Socket {
    pub async fn open(app: &App, client: &Client) -> Socket {
        Socket::try_open(app, client).await.expect("it is opened")
    }

    /// Or the answer of a server that does not begin one, head and body.
    pub async fn try_open(app: &App, client: &Client) -> Result<Socket, String> {
        let mut stream = TcpStream::connect(app.http()).await.unwrap();
        let head = format!(
            "GET {} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            route::LIVE,
            app.http(),
            client.sends("cookie"),
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(timeout(DEADLINE, stream.read_u8()).await.unwrap().unwrap());
        }
        if answer.starts_with(b"HTTP/1.1 101") {
            return Ok(Socket { stream });
        }
        // Long enough for any of our errors; what is left of it, if anything, is not missed.
        let mut body = vec![0; 1024];
        let length = timeout(DEADLINE, stream.read(&mut body)).await.unwrap().unwrap();
        answer.extend(&body[..length]);
        Err(String::from_utf8_lossy(&answer).into_owned())
    }

    pub async fn say(&mut self, frame: &ClientFrame) {
        self.say_text(&serde_json::to_string(frame).unwrap()).await;
    }

    pub async fn say_text(&mut self, text: &str) {
        let length = u16::try_from(text.len()).unwrap();
        // A whole text frame, its length in 16 bits, masked with zeros, which changes nothing.
        let mut bytes = vec![0x81, 0x80 | 126];
        bytes.extend(length.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(text.as_bytes());
        self.stream.write_all(&bytes).await.unwrap();
    }

    /// The next frame that is not a ping.
    pub async fn hear(&mut self) -> Heard {
        loop {
            match self.read().await {
                (0x1, text) => return Heard::Frame(serde_json::from_slice(&text).unwrap()),
                (0x8, code) => return Heard::Closed(u16::from_be_bytes([code[0], code[1]])),
                (0x9, _) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next frame that is neither a ping nor figures.
    pub async fn hear_news(&mut self) -> Heard {
        loop {
            match self.hear().await {
                Heard::Frame(ServerFrame::Tally { .. }) => {}
                news => return news,
            }
        }
    }

    async fn read(&mut self) -> (u8, Vec<u8>) {
        let reading = async {
            let [first, length]: [u8; 2] = self.take(2).await.try_into().unwrap();
            assert_eq!(length & 0x80, 0, "a server masks nothing");
            let length = match length {
                126 => u16::from_be_bytes(self.take(2).await.try_into().unwrap()).into(),
                127 => u64::from_be_bytes(self.take(8).await.try_into().unwrap()),
                length => length.into(),
            };
            (first & 0x0f, self.take(usize::try_from(length).unwrap()).await)
        };
        timeout(DEADLINE, reading).await.expect("a frame in time")
    }

    async fn take(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.stream.read_exact(&mut bytes).await.unwrap();
        bytes
    }
}
