//! A record that the shop wrote, before it is sent.

use crate::kafka::produce::Outgoing;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where to.
    pub topic: &'static str,
    /// Its time.
    pub at_ms: i64,
    /// Its key.
    pub key: Vec<u8>,
    /// Its value; none for a customer who is gone.
    pub value: Option<Vec<u8>>,
    /// Its headers.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Record {
    /// A record with JSON in it.
    pub fn json(topic: &'static str, at_ms: i64, key: &str, value: String) -> Record {
        let headers = vec![("content-type".to_owned(), Some(b"application/json".to_vec()))];
        Record { topic, at_ms, key: key.into(), value: Some(value.into_bytes()), headers }
    }

    /// The same with one more header.
    pub fn with(mut self, key: &str, value: &str) -> Record {
        self.headers.push((key.to_owned(), Some(value.as_bytes().to_vec())));
        self
    }

    /// For a producer.
    pub fn outgoing(&self) -> Outgoing<'_> {
        Outgoing {
            topic: self.topic,
            partition: None,
            timestamp_ms: Some(self.at_ms),
            key: Some(&self.key),
            value: self.value.as_deref(),
            headers: &self.headers,
        }
    }
}
