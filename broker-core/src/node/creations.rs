//! Topics that are asked for, and wait for their turn to be made: see `create.rs`.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::cluster::Topic;

use super::error::TopicError;

/// What a client asks for when it creates a topic.
#[derive(Debug, Clone, Default)]
pub struct NewTopic {
    /// Its name, unchecked.
    pub name: String,
    /// How many partitions; the broker's default if the client does not say.
    pub partitions: Option<i32>,
    /// How many replicas; as many as there are nodes to hold them if the client does not say.
    pub replication: Option<i16>,
    /// Partition and nodes, if the client wants to place them itself.
    pub placement: Vec<(i32, Vec<i32>)>,
    /// Settings, unchecked.
    pub settings: Vec<(String, Option<String>)>,
}

/// What came of one.
pub(super) type Outcome = Result<Topic, TopicError>;

/// Creations that wait for their turn. Held briefly.
#[derive(Default)]
pub(super) struct Creations(Mutex<Vec<Arc<Creation>>>);

/// What one caller wants to create, and what came of it: as many outcomes in the same order. What
/// is wanted is kept as it was asked for, which is small, until it has its turn.
pub(super) struct Creation {
    pub(super) wanted: Mutex<Vec<NewTopic>>,
    pub(super) outcomes: Mutex<Option<Vec<Outcome>>>,
}

impl Creations {
    pub(super) fn join(&self, wanted: Vec<NewTopic>) -> Arc<Creation> {
        let creation = Creation { wanted: Mutex::new(wanted), outcomes: Mutex::default() };
        let creation = Arc::new(creation);
        self.0.lock().push(creation.clone());
        creation
    }

    pub(super) fn take_all(&self) -> Vec<Arc<Creation>> {
        std::mem::take(&mut self.0.lock())
    }
}
