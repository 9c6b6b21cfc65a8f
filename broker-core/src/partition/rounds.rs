//! The partition's part in a round of flushes.

use std::sync::Arc;

use tracing::warn;

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
        if performed.as_ref().is_err_and(StorageError::is_out_of_descriptors) {
            writer.log.put_back(round);
            return self.ask_again();
        }
        match performed.and_then(|()| writer.log.end_round(&round)) {
            Ok(()) => {
                self.publish(&writer);
                let flushed = writer.log.flushed();
                writer.waiting.flushed(flushed);
            }
            Err(cause) => self.stop(&mut writer, &cause),
        }
    }

    /// Those who wait go on waiting: there may be a descriptor in a while.
    fn ask_again(&self) {
        warn!(partition = %self.name, "too many files are open: `{}` is synced later", self.name);
        if let Some(own) = self.own.upgrade() {
            let target: Arc<dyn Target> = own;
            self.flusher.request_later(&target);
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
            Err(cause) if cause.is_out_of_descriptors() => {
                self.ask_again();
                None
            }
            Err(cause) => {
                self.stop(&mut writer, &cause);
                None
            }
        }
    }
}
