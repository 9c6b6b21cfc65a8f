//! The partition's part in a round of flushes.

use crate::flush::{Target, Ticket};
use crate::log::{Round, StorageError};

use super::shared::{Shared, State};

impl Target for Shared {
    fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    fn flush(&self) {
        let _alone = self.flushing.lock();
        self.flush_alone();
    }

    fn abandon(&self) {
        let panicked = std::io::Error::other("a round of flushes panicked");
        let cause =
            StorageError { act: "flush", file: self.name.to_string().into(), source: panicked };
        self.stop(&mut self.writer.lock(), &cause);
    }
}

impl Shared {
    /// One round. The caller holds `flushing`.
    pub(super) fn flush_alone(&self) {
        let Some(mut round) = self.begin_round() else { return };
        // No lock that an append or a read needs is held here.
        let performed = round.perform();
        let mut writer = self.writer.lock();
        match performed.and_then(|()| writer.log.end_round(&round)) {
            Ok(()) => {
                self.publish(&writer);
                let flushed = writer.log.flushed();
                writer.waiting.flushed(flushed);
            }
            Err(cause) => self.stop(&mut writer, &cause),
        }
    }

    fn begin_round(&self) -> Option<Round> {
        let mut writer = self.writer.lock();
        if writer.state != State::Open {
            return None;
        }
        writer.unflushed_bytes = 0;
        match writer.log.begin_round() {
            Ok(round) => round,
            Err(cause) => {
                self.stop(&mut writer, &cause);
                None
            }
        }
    }
}
