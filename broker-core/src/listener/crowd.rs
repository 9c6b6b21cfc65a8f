//! How many connections each address has, so that one address cannot have all of them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

/// Addresses with their connections: never more entries than there are connections.
#[derive(Clone, Default)]
pub(super) struct Crowd(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection's place, given back when it is dropped.
pub(super) struct Place {
    crowd: Crowd,
    address: IpAddr,
}

impl Crowd {
    /// A place for one more connection of this address, unless it has `most` already. An IPv4
    /// address is the same one when it is written as an IPv6 one.
    pub fn enter(&self, address: IpAddr, most: usize) -> Option<Place> {
        let address = address.to_canonical();
        let mut counts = self.0.lock();
        let present = counts.get(&address).copied().unwrap_or(0);
        if present >= most {
            return None;
        }
        counts.insert(address, present + 1);
        Some(Place { crowd: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.crowd.0.lock();
        match counts.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(counts.remove(&self.address)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_places_whatever_others_take_and_leaves_no_trace() {
        let crowd = Crowd::default();
        let (one, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let mapped = "::ffff:10.0.0.1".parse().unwrap();
        let first = crowd.enter(one, 2).unwrap();
        let second = crowd.enter(mapped, 2).unwrap();
        assert!(crowd.enter(one, 2).is_none() && crowd.enter(mapped, 2).is_none());
        let elsewhere = crowd.enter(other, 2).unwrap();
        drop(first);
        let again = crowd.enter(one, 2).unwrap();
        assert!(crowd.enter(one, 2).is_none());
        drop((second, again, elsewhere));
        assert!(crowd.0.lock().is_empty());
        assert!(crowd.enter(one, 0).is_none());
    }
}
