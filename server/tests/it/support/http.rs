//! A client of a hundred lines: one request on one connection, with exactly the headers given.

use std::net::SocketAddr;

use serde::de::DeserializeOwned;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::DEADLINE;

#[derive(Clone)]
pub struct Client {
    address: SocketAddr,
    headers: Vec<(String, String)>,
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Client {
        Client { address, headers: Vec::new() }
    }

    /// The same client, which sends this header, too.
    pub fn with(mut self, name: &str, value: &str) -> Client {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The value of a header that it sends.
    pub fn sends(&self, name: &str) -> &str {
        &self.headers.iter().find(|(sent, _)| sent == name).unwrap().1
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, b"").await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, b"").await
    }

    pub async fn post(&self, path: &str, body: &impl serde::Serialize) -> Reply {
        let body = serde_json::to_vec(body).unwrap();
        self.clone().with("content-type", "application/json").send("POST", path, &body).await
    }

    pub async fn put(&self, path: &str, body: &impl serde::Serialize) -> Reply {
        let body = serde_json::to_vec(body).unwrap();
        self.clone().with("content-type", "application/json").send("PUT", path, &body).await
    }

    /// Sends a POST whose answer may go on for long, and leaves all of it but its first bytes
    /// unread.
    pub async fn begin(&self, path: &str, body: &impl serde::Serialize) -> Begun {
        let body = serde_json::to_string(body).unwrap();
        self.begin_with("POST", path, &body).await
    }

    /// The same by a GET.
    pub async fn begin_get(&self, path: &str) -> Begun {
        self.begin_with("GET", path, "").await
    }

    async fn begin_with(&self, method: &str, path: &str, body: &str) -> Begun {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let (address, length) = (self.address, body.len());
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\n");
        head += "connection: close\r\ncontent-type: application/json\r\n";
        head += &format!("content-length: {length}\r\n");
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        stream.write_all((head + "\r\n" + body).as_bytes()).await.unwrap();
        let mut first = vec![0; 12];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(first, b"HTTP/1.1 200");
        Begun { stream, first }
    }

    pub async fn send(&self, method: &str, path: &str, body: &[u8]) -> Reply {
        let exchange = async {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            let (address, length) = (self.address, body.len());
            let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\n");
            head += &format!("connection: close\r\ncontent-length: {length}\r\n");
            for (name, value) in &self.headers {
                head += &format!("{name}: {value}\r\n");
            }
            stream.write_all((head + "\r\n").as_bytes()).await.unwrap();
            // The server may answer and close before it has read everything.
            let _ = stream.write_all(body).await;
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            Reply::parse(&answer)
        };
        timeout(DEADLINE, exchange).await.expect("an answer in time")
    }
}

/// An answer on its way. Dropping it leaves.
pub struct Begun {
    stream: TcpStream,
    first: Vec<u8>,
}

impl Begun {
    /// All of it.
    pub async fn rest(mut self) -> Reply {
        timeout(DEADLINE, self.stream.read_to_end(&mut self.first)).await.unwrap().unwrap();
        Reply::parse(&self.first)
    }

    /// Reads all there is; whether it came with its last chunk.
    pub async fn comes_whole(mut self) -> bool {
        let _broken_off =
            timeout(DEADLINE, self.stream.read_to_end(&mut self.first)).await.unwrap();
        self.first.ends_with(b"0\r\n\r\n")
    }
}

impl Reply {
    fn parse(answer: &[u8]) -> Reply {
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
        let head = std::str::from_utf8(&answer[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_lowercase(), value.trim().to_owned())
        };
        let mut reply = Reply {
            status,
            headers: lines.map(header).collect(),
            body: answer[end + 4..].to_vec(),
        };
        if reply.header("transfer-encoding") == Some("chunked") {
            reply.body = unchunked(&reply.body);
        }
        reply
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("status {}: {error} in {}", self.status, self.text()))
    }

    /// The error code of an answer that is not a success.
    pub fn code(&self) -> ouzel_api::ErrorCode {
        self.json::<ouzel_api::ApiError>().code
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n").expect("a chunk's length");
        let length = std::str::from_utf8(&body[..end]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return whole;
        }
        whole.extend_from_slice(&body[end + 2..end + 2 + length]);
        body = &body[end + 2 + length + 2..];
    }
}
