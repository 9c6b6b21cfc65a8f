//! Connections by address: one each, opened when needed, replaced when broken.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use super::{address::Address, connection::Connection, error::KafkaError, security::Dialer};

/// How long a broker that could not be reached is not tried again. Everybody who asks meanwhile
/// gets the same answer at once instead of waiting in line for the next timeout.
const FAILED_FOR: Duration = Duration::from_secs(1);

/// A set of connections. Searches and tails have their own, so that a long poll never holds up a
/// quick request, and so that dropping the set ends them.
#[derive(Debug)]
pub struct Links {
    dialer: Dialer,
    slots: std::sync::Mutex<HashMap<Address, Arc<Mutex<Slot>>>>,
}

#[derive(Debug, Default)]
enum Slot {
    #[default]
    Unused,
    Open(Arc<Connection>),
    Failed(KafkaError, Instant),
}

impl Links {
    /// None is open yet; each will be opened so.
    pub fn new(dialer: Dialer) -> Links {
        Links { dialer, slots: std::sync::Mutex::default() }
    }

    /// The connection to a broker, opened if need be. Whoever asks at the same time shares it.
    pub async fn get(&self, address: &Address) -> Result<Arc<Connection>, KafkaError> {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.entry(address.clone()).or_default().clone()
        };
        let mut slot = slot.lock().await;
        match &*slot {
            Slot::Open(connection) if connection.is_open() => return Ok(connection.clone()),
            Slot::Failed(error, at) if at.elapsed() < FAILED_FOR => return Err(error.clone()),
            _ => {}
        }
        match Connection::open(address, &self.dialer).await {
            Ok(connection) => {
                let connection = Arc::new(connection);
                *slot = Slot::Open(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                *slot = Slot::Failed(error.clone(), Instant::now());
                Err(error)
            }
        }
    }

    /// Any connection to one of `addresses` that is open already.
    pub fn open_now(&self, addresses: &[Address]) -> Option<Arc<Connection>> {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        addresses.iter().find_map(|address| {
            let slot = slots.get(address)?.try_lock().ok()?;
            match &*slot {
                Slot::Open(connection) if connection.is_open() => Some(connection.clone()),
                _ => None,
            }
        })
    }

    /// Drops connections to brokers that the cluster no longer lists.
    pub fn keep(&self, addresses: &[Address]) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|address, _| addresses.contains(address));
    }
}
