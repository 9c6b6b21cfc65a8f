//! What a process uses up, as Linux counts it.

use std::{fs, time::Duration};

use crate::problem::{Context, Problem, Result};

/// `USER_HZ`: the same on every Linux that Rust runs on.
const TICKS_PER_SECOND: u64 = 100;

/// Of one process, with all its threads, at one moment; its time includes that of children which
/// have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Since it started.
    pub cpu: Duration,
    /// In memory, mapped files included where they were touched.
    pub resident_bytes: u64,
}

impl Usage {
    pub fn of(pid: u32) -> Result<Usage> {
        let read = |file: &str| {
            let path = format!("/proc/{pid}/{file}");
            fs::read_to_string(&path).context(|| format!("reading {path}; the broker has ended"))
        };
        let (stat, status) = (read("stat")?, read("status")?);
        match (cpu(&stat), resident(&status)) {
            (Some(cpu), Some(resident_bytes)) => Ok(Usage { cpu, resident_bytes }),
            _ => Problem::stop(format!("/proc/{pid} is not as expected")),
        }
    }
}

/// Fields 14 to 17; the name in field 2 may hold spaces, and ends with a bracket.
fn cpu(stat: &str) -> Option<Duration> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ').skip(11).map(|field| field.parse::<u64>().ok());
    let mut ticks = 0;
    for _ in 0..4 {
        ticks += fields.next()??;
    }
    Some(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
}

fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn time_and_memory_are_found_whatever_the_process_is_called() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 100 0 0 0 150 20 4 1 20 0 4 0 9 9 9";
        assert_eq!(cpu(stat), Some(Duration::from_millis(1750)));
        assert_eq!(resident("Name:\tx\nVmRSS:\t  2048 kB\n"), Some(2 << 20));
        assert!(Usage::of(std::process::id()).unwrap().resident_bytes > 0);
    }
}
