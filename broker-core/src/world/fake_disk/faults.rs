//! What goes wrong on a [`FakeDisk`](super::FakeDisk), and at which of its operations.
//!
//! Counts operations and says which of them meets a fault; what that does to the bytes is the
//! disk's business. Also holds what the whole disk neglects, by which tests see that their
//! checks would notice.

/// Something that goes wrong once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A write fails with EIO after at most so many bytes.
    Write(usize),
    /// A sync fails with EIO, and what it should have written is lost for good, as on Linux.
    Sync,
    /// The process or the machine ends at this change; a write gets so many bytes down. Nothing
    /// changes afterwards. What is there then, `copy` or `crash` tells.
    End(usize),
}

/// What a disk leaves undone while it says that all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neglect {
    /// Syncs bring nothing to disk.
    Syncs,
    /// Logs are not cut: what was behind the cut stays there.
    Cuts,
}

/// What is about to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Write,
    Sync,
    /// Names and lengths.
    Other,
}

#[derive(Debug, Default)]
pub(super) struct Faults {
    armed: Option<Armed>,
    pub neglect: Option<Neglect>,
    pub ended: bool,
    /// How many operations failed.
    pub met: u64,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    /// Operations of its kind that still go well.
    passes: u64,
}

impl Faults {
    /// The fault meets the operation of its kind behind `passes` others.
    pub fn arm(&mut self, passes: u64, fault: Fault) {
        self.armed = Some(Armed { fault, passes });
    }

    /// The fault that this operation meets, if any.
    pub fn meet(&mut self, act: Act) -> Option<Fault> {
        let met = if self.ended { Some(Fault::End(0)) } else { self.next(act) };
        self.ended |= matches!(met, Some(Fault::End(_)));
        self.met += u64::from(met.is_some());
        met
    }

    fn next(&mut self, act: Act) -> Option<Fault> {
        let armed = self.armed.as_mut().filter(|armed| armed.fault.concerns(act))?;
        match armed.passes.checked_sub(1) {
            Some(left) => {
                armed.passes = left;
                None
            }
            None => self.armed.take().map(|armed| armed.fault),
        }
    }

    /// What the next process finds: the same disk, and nothing that was to come.
    pub fn after_end(&self) -> Faults {
        Faults { neglect: self.neglect, ..Faults::default() }
    }
}

impl Fault {
    fn concerns(self, act: Act) -> bool {
        match self {
            Fault::Write(_) => act == Act::Write,
            Fault::Sync => act == Act::Sync,
            Fault::End(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_meets_one_operation_of_its_kind_and_an_end_all_that_follow() {
        let mut faults = Faults::default();
        faults.arm(1, Fault::Sync);
        let acts = [Act::Sync, Act::Write, Act::Sync, Act::Sync];
        let met: Vec<_> = acts.into_iter().map(|act| faults.meet(act)).collect();
        assert_eq!(met, [None, None, Some(Fault::Sync), None]);
        faults.arm(0, Fault::End(7));
        assert_eq!(faults.meet(Act::Other), Some(Fault::End(7)));
        assert_eq!(faults.meet(Act::Write), Some(Fault::End(0)));
        assert_eq!(faults.met, 3);
        assert!(!faults.after_end().ended);
    }
}
