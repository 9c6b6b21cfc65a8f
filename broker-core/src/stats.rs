//! A broker's figures at one moment, for who watches it; it does not know who that is.

use std::sync::{Arc, Weak};

use crate::listener::{Meter, Traffic};
use crate::node::{Holdings, Node};

/// A broker's figures at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// What clients did since the start.
    pub traffic: Traffic,
    /// What the node holds now.
    pub holdings: Holdings,
}

/// Where a broker's figures are read. Cheap to clone; it holds neither the broker nor its folder.
#[derive(Clone)]
pub struct StatsReader {
    meter: Meter,
    node: Weak<Node>,
}

impl StatsReader {
    pub(crate) fn new(meter: Meter, node: &Arc<Node>) -> StatsReader {
        StatsReader { meter, node: Arc::downgrade(node) }
    }

    /// The figures now; `None` once the broker is gone.
    pub fn read(&self) -> Option<Stats> {
        let holdings = self.node.upgrade()?.holdings();
        Some(Stats { traffic: self.meter.read(), holdings })
    }
}
