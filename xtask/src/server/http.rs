//! The little HTTP that tests and measurements need, byte by byte, so that they can also send
//! what a proper client would refuse to.

#[cfg(feature = "bench")]
use std::io::{self, BufRead, BufReader};
use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use super::process::ADMIN_PASSWORD;
use crate::problem::{Context, Problem, Result};

/// A connection that says nothing for so long is stuck.
pub const SILENCE_MAX: Duration = Duration::from_secs(20);

/// What the system hands over in one go of an answer that is only counted.
#[cfg(feature = "bench")]
const DRAINED_AT_ONCE: usize = 256 * 1024;

pub struct Answer {
    pub status: String,
    head: String,
    pub body: String,
}

impl Answer {
    /// What the server wants to be sent back: `name=value`.
    fn cookie(&self) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next())
    }
}

/// Posts JSON; `headers` are whole lines.
pub fn post(address: SocketAddr, path: &str, headers: &[&str], body: &str) -> Result<Answer> {
    let more: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    // Version 1.0, because its answers end with the connection and come in one piece.
    let request = format!(
        "POST {path} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n{more}\r\n{body}",
        body.len()
    );
    let mut socket = connect(address)?;
    socket.write_all(request.as_bytes()).context(|| format!("posting to {path}"))?;
    let bytes = read_to_end(&mut socket)?;
    let text = String::from_utf8_lossy(&bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return Problem::stop(format!("no HTTP answer to {path}: {text:?}"));
    };
    let status = head.split(' ').nth(1).unwrap_or("none").to_owned();
    Ok(Answer { status, head: with_small_names(head), body: body.to_owned() })
}

/// Gets an answer of any length and keeps only how long it was: its status, and the bytes of its
/// body.
#[cfg(feature = "bench")]
pub fn drain(address: SocketAddr, path: &str, headers: &[&str]) -> Result<(String, u64)> {
    let more: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let mut socket = connect(address)?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n{more}\r\n");
    socket.write_all(request.as_bytes()).context(|| format!("asking for {path}"))?;
    let mut answer = BufReader::with_capacity(DRAINED_AT_ONCE, socket);
    let mut line = String::new();
    answer.read_line(&mut line).context(|| format!("the answer to {path}"))?;
    let status = line.split(' ').nth(1).unwrap_or("none").to_owned();
    while line.trim_end() != "" {
        line.clear();
        answer.read_line(&mut line).context(|| format!("the head of the answer to {path}"))?;
    }
    let bytes = io::copy(&mut answer, &mut io::sink()).context(|| format!("reading {path}"))?;
    Ok((status, bytes))
}

/// Signs the administrator in and returns the header line that shows it.
pub fn sign_in(address: SocketAddr) -> Result<String> {
    let body = serde_json::json!({ "user": "admin", "password": ADMIN_PASSWORD }).to_string();
    let answer = post(address, "/api/v1/session", &[], &body)?;
    match answer.cookie() {
        Some(cookie) if answer.status == "200" => Ok(format!("Cookie: {cookie}")),
        _ => Problem::stop(format!("signing in: {} {}", answer.status, answer.body)),
    }
}

pub fn connect(address: SocketAddr) -> Result<TcpStream> {
    let socket = TcpStream::connect(address).context(|| format!("connecting to {address}"))?;
    socket.set_read_timeout(Some(SILENCE_MAX)).context(|| "setting a timeout".into())?;
    socket.set_nodelay(true).context(|| "setting no delay".into())?;
    Ok(socket)
}

/// What came before the connection was closed or reset.
pub fn read_to_end(socket: &mut TcpStream) -> Result<Vec<u8>> {
    let mut answer = Vec::new();
    match socket.read_to_end(&mut answer) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => {
            Problem::stop(format!("the connection stays open: {error}"))
        }
        _ => Ok(answer),
    }
}

/// Names of headers in small letters; values as they are.
fn with_small_names(head: &str) -> String {
    let small = |line: &str| match line.split_once(':') {
        Some((name, value)) => format!("{}:{value}\n", name.to_ascii_lowercase()),
        None => format!("{line}\n"),
    };
    head.lines().map(small).collect()
}
