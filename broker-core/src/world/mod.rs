//! The outside, as traits: disk and clock come in through here and nowhere else.
//!
//! Owns the traits and their real versions, so that tests and the simulator can
//! put a disk that fails or a clock that jumps in their place, and whose thread waits for it
//! (`blocking.rs`). Decides nothing.

pub mod blocking;
pub mod clock;
pub mod disk;
pub mod fake_disk;
pub mod lock;
pub mod shortage;

use std::sync::Arc;

pub use clock::{Clock, ManualClock, SystemClock};
pub use disk::{Disk, DiskFile, Meta, OpenMode, RealDisk, Space};
pub use fake_disk::{FakeDisk, Fault, Neglect};

/// Everything outside that a partition may use; cheap to clone.
#[derive(Clone)]
pub struct World {
    /// Where bytes are kept.
    pub disk: Arc<dyn Disk>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl World {
    /// The world as it is: this machine's files and its clock.
    pub fn real() -> World {
        World { disk: Arc::new(RealDisk), clock: Arc::new(SystemClock) }
    }
}
