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
