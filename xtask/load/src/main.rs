//! A Kafka client that works hard and counts: one kind of load, one line of JSON.
//!
//! It knows clients alone (librdkafka, which we did not write) and no broker: whoever starts it
//! looks after the broker and puts the figures beside each other. A program of its own, because the
//! optimised librdkafka takes minutes to build and nothing but `cargo xtask bench` wants it.
//!
//! `ouzel-load paced | flood | drain  name=value …`; the names stand in [`options`].

use std::{error::Error, process::ExitCode};

use options::Options;

mod acks;
mod drain;
mod flood;
mod options;
mod paced;
mod producers;
mod record;
mod times;

/// What a run comes to, or words for a person.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// Sleeping threads wake within a microsecond, not within the usual 50, which would be added to
/// every latency here. Threads inherit it from this one.
const TIMER_SLACK: (&str, &str) = ("/proc/self/timerslack_ns", "1000");

fn main() -> ExitCode {
    // Where the kernel has no such file, sleeps are a little longer and that is all.
    let _ = std::fs::write(TIMER_SLACK.0, TIMER_SLACK.1);
    let words: Vec<String> = std::env::args().skip(1).collect();
    match perform(&words) {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn perform(words: &[String]) -> Outcome<serde_json::Value> {
    let (kind, rest) = words.split_first().ok_or("one of paced, flood, drain is wanted")?;
    let options = Options::read(rest)?;
    match kind.as_str() {
        "paced" => paced::run(&options),
        "flood" => flood::run(&options),
        "drain" => drain::run(&options),
        other => Err(format!("`{other}` is none of paced, flood, drain").into()),
    }
}
