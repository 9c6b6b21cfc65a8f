//! Where a broker listens, and the one place that opens a socket to it. What TLS wraps around it is
//! still a [`Stream`].

use std::{fmt, io, net::SocketAddr};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
};

/// A broker's host and port.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// A name or IP address, an IPv6 address without its brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// Whether a name that led to the brokers of one list, and to those of the other one now, means
/// another cluster. Clusters that share a broker are one; of an empty list nothing is known.
pub fn are_elsewhere(before: &[String], now: &[String]) -> bool {
    let is_known = !before.is_empty() && !now.is_empty();
    let same = |a: &String, b: &String| a.trim().eq_ignore_ascii_case(b.trim());
    is_known && !before.iter().any(|a| now.iter().any(|b| same(a, b)))
}

/// Bytes both ways.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Where the name leads to.
pub async fn resolve(address: &Address) -> io::Result<Vec<SocketAddr>> {
    let places: Vec<_> = lookup_host((address.host.as_str(), address.port)).await?.collect();
    match places.is_empty() {
        true => Err(io::Error::other("the name leads nowhere")),
        false => Ok(places),
    }
}

/// Opens a connection to the first of these places that accepts.
pub async fn connect(places: &[SocketAddr]) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(places).await?;
    // Requests are small and wait for their answers; holding them back gains nothing.
    stream.set_nodelay(true)?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use super::are_elsewhere;

    #[test]
    fn a_cluster_that_keeps_one_of_its_brokers_is_the_same_one() {
        let list = |text: &str| text.split_terminator(',').map(str::to_owned).collect::<Vec<_>>();
        let elsewhere = |a: &str, b: &str| are_elsewhere(&list(a), &list(b));
        assert!(!elsewhere("a:1,b:1", "b:1,a:1"));
        assert!(!elsewhere("a:1", " A:1,c:1"));
        assert!(elsewhere("a:1,b:1", "a:2,c:1"));
        assert!(!elsewhere("", "a:1"), "one whose settings could not be read");
    }
}
