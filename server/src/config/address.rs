//! Addresses as people write them: where to listen, and whom to connect to.

use std::{fmt, net::SocketAddr, str::FromStr};

/// Where a part listens, or that it does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    /// The part is left out.
    Off,
    /// Here; port 0 lets the system choose.
    At(SocketAddr),
}

impl Listen {
    /// The address, unless the part is left out.
    pub fn address(self) -> Option<SocketAddr> {
        match self {
            Listen::Off => None,
            Listen::At(address) => Some(address),
        }
    }
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Listen, String> {
        if text == "off" {
            return Ok(Listen::Off);
        }
        // Names other than this one can mean several addresses, and only one would be bound.
        let numeric = text.replacen("localhost:", "127.0.0.1:", 1);
        numeric.parse().map(Listen::At).map_err(|_| {
            "expected `off` or IP:PORT, such as 127.0.0.1:8080, 0.0.0.0:8080, [::1]:0".to_owned()
        })
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listen::Off => f.write_str("off"),
            Listen::At(address) => address.fmt(f),
        }
    }
}

/// A host, by name or number, and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    /// Without the brackets of an IPv6 address.
    pub host: String,
    /// Never 0.
    pub port: u16,
}

impl HostPort {
    /// Several of them, with commas between.
    pub fn list(text: &str) -> Result<Vec<HostPort>, String> {
        text.split(',').map(|one| one.trim().parse()).collect()
    }
}

impl FromStr for HostPort {
    type Err = String;

    fn from_str(text: &str) -> Result<HostPort, String> {
        let wanted = || format!("`{text}` is not HOST:PORT, such as kafka-1.example.com:9092");
        let (host, port) = text.rsplit_once(':').ok_or_else(wanted)?;
        let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(wanted)?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host = bare.unwrap_or(host);
        // An IPv6 address needs its brackets: without them its last group reads as the port.
        let is_bare_ipv6 = bare.is_none() && host.contains(':');
        let is_odd = host.contains(|c: char| c.is_whitespace() || "/@,[]".contains(c));
        if host.is_empty() || is_bare_ipv6 || is_odd {
            return Err(wanted());
        }
        Ok(HostPort { host: host.to_owned(), port })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_to_listen_on_is_off_or_a_number() {
        assert_eq!("off".parse(), Ok(Listen::Off));
        assert_eq!("localhost:0".parse(), Ok(Listen::At("127.0.0.1:0".parse().unwrap())));
        assert_eq!("[::1]:80".parse(), Ok(Listen::At("[::1]:80".parse().unwrap())));
        for bad in ["", ":8080", "8080", "example.com:80", "127.0.0.1", "OFF"] {
            assert!(bad.parse::<Listen>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_broker_has_a_host_and_a_port() {
        for good in ["kafka:9092", "10.0.0.1:1", "[::1]:9092"] {
            assert_eq!(good.parse::<HostPort>().unwrap().to_string(), good);
        }
        for bad in ["kafka", "kafka:", ":9092", "kafka:0", "kafka:70000", "::1:9092", "a b:1"] {
            assert!(bad.parse::<HostPort>().is_err(), "{bad}");
        }
    }
}
