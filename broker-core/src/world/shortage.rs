//! What the system is short of when it refuses: then nothing is spoiled, and it may be asked again.

use std::io;
use std::sync::LazyLock;

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// When the system tells no limit.
const DESCRIPTORS_DEFAULT: u64 = 1 << 20;

/// Whether a write failed for want of room.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Whether a file was not opened because this process, or the machine, has too many open. Only
/// opening fails so: what was open before is as it was.
pub fn is_out_of_descriptors(error: &io::Error) -> bool {
    let errno = Errno::from_io_error(error);
    matches!(errno, Some(Errno::MFILE | Errno::NFILE))
}

/// How many files and sockets this process may have open at a time; the first call raises it as
/// far as is allowed.
pub fn descriptors() -> usize {
    static ALLOWED: LazyLock<u64> = LazyLock::new(|| raise().unwrap_or(DESCRIPTORS_DEFAULT));
    usize::try_from(*ALLOWED).unwrap_or(usize::MAX)
}

/// The soft limit is a default for programs that use `select`; up to the hard one is ours to take.
fn raise() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    if raised.is_ok() { maximum } else { current }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortage_is_known_by_what_the_system_says() {
        let of = |errno: Errno| io::Error::from(errno);
        assert!(is_full(&of(Errno::NOSPC)) && is_full(&of(Errno::DQUOT)));
        assert!(
            is_out_of_descriptors(&of(Errno::MFILE)) && is_out_of_descriptors(&of(Errno::NFILE))
        );
        assert!(!is_full(&of(Errno::IO)) && !is_out_of_descriptors(&of(Errno::IO)));
        assert!(descriptors() > 0);
    }
}
