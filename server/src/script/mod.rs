//! Filters in JavaScript, in processes of their own.
//!
//! Owns the whole way from a script to its verdicts: `pool` holds the children of one search and
//! spreads records over them, `child` is one of them as its parent sees it (started, asked,
//! killed), `frame` and `reply` are what they say to each other. In the child, `worker` bounds the
//! process and answers, and `engine` is QuickJS around the scripts. Knows no Kafka: what a record
//! is to a script is [`frame::Record`].
//!
//! A script is stopped three times over. The engine counts its time and memory and says which
//! record reached a limit; where a built-in function does not let itself be interrupted, the
//! kernel's limits on the process end it; and whatever else happens, the parent kills a child that
//! does not answer, or that nobody needs any more. A child ends by itself when its input does.

mod child;
mod engine;
pub mod frame;
mod pool;
mod reply;
pub mod worker;

use std::time::Duration;

pub use child::use_program;
pub use frame::{Part, Record};
pub use pool::{Answer, Batch, Pool};
pub use reply::Verdict;

/// Processor time that scripts may take for one record. The usual filter takes some microseconds;
/// one that takes this for each record would need a day for a million.
pub const RECORD_TIME_MAX: Duration = Duration::from_millis(100);
/// Memory of the engine, with all that a script makes of a record. A value of the largest size
/// fits in several times.
pub const MEMORY_MAX: usize = 96 * 1024 * 1024;
/// Stack of the engine: some thousand calls deep, and well within a thread's.
pub const STACK_MAX: usize = 512 * 1024;
/// Longest key, value or header of a record that scripts see; others cannot be judged by a script
/// that looks at them. What is made of it in memory can be thirty times as large.
pub const TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Children over all searches and tails: with them all at their limit, memory is still 1.5 GiB.
pub const CHILDREN_MAX: usize = 16;
/// Children of one search. More than there are processors would only wait for each other.
pub const CHILDREN_SEARCH_MAX: usize = 4;

/// A script of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Which filter it is, counted from 1.
    pub at: usize,
    /// A function body.
    pub source: String,
    /// Whether it must not return `true`.
    pub negate: bool,
    /// One that is switched off is only checked.
    pub enabled: bool,
}

/// Why scripts do not run, or no more.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It is no JavaScript.
    #[error("filter {at}{}: {message}", place(*line, *column))]
    Broken {
        /// Which filter, counted from 1.
        at: usize,
        /// Where, counted from 1.
        line: Option<u32>,
        /// Where in the line, counted from 1.
        column: Option<u32>,
        /// What the engine says.
        message: String,
    },
    /// It took too long for one record.
    #[error(
        "filter {at} was stopped at partition {partition}, offset {offset}: it took more than {} \
         ms of processor time for this one record", RECORD_TIME_MAX.as_millis()
    )]
    Time {
        /// Which filter, counted from 1.
        at: usize,
        /// Where.
        partition: i32,
        /// Where.
        offset: i64,
    },
    /// It wanted too much memory for one record.
    #[error(
        "filter {at} was stopped at partition {partition}, offset {offset}: it wanted more than {} \
         MiB of memory for this one record", MEMORY_MAX >> 20
    )]
    Memory {
        /// Which filter, counted from 1.
        at: usize,
        /// Where.
        partition: i32,
        /// Where.
        offset: i64,
    },
    /// The process was killed, or fell over, over one of these records.
    #[error(
        "the process of the JavaScript filter ended at partition {partition}, between offsets \
         {first} and {last}: {how}"
    )]
    Ended {
        /// Where.
        partition: i32,
        /// The first record that it was given.
        first: i64,
        /// The last of them.
        last: i64,
        /// What is known.
        how: String,
    },
    /// No more children are allowed.
    #[error(
        "{CHILDREN_MAX} JavaScript filters run already; stop one of their searches or tails first"
    )]
    Busy,
    /// A child could not be started.
    #[error("the process of the JavaScript filter cannot be started: {0}")]
    Start(String),
}

fn place(line: Option<u32>, column: Option<u32>) -> String {
    match (line, column) {
        (Some(line), Some(column)) => format!(", line {line}, column {column}"),
        (Some(line), None) => format!(", line {line}"),
        (None, _) => String::new(),
    }
}
