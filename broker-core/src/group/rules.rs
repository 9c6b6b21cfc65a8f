//! What groups are kept by, changed while they run.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::config::GroupConfig;

/// The configuration that holds now. Cheap to clone; all clones change together.
#[derive(Debug, Clone)]
pub(super) struct Rules(Arc<RwLock<Arc<GroupConfig>>>);

impl Rules {
    pub fn new(config: GroupConfig) -> Rules {
        Rules(Arc::new(RwLock::new(Arc::new(config))))
    }

    /// As it is now, for one step of a group.
    pub fn now(&self) -> Arc<GroupConfig> {
        self.0.read().clone()
    }

    pub fn change(&self, config: GroupConfig) {
        *self.0.write() = Arc::new(config);
    }
}
