//! The question before what cannot be taken back.

use std::io::{self, Write};

use super::Failure;

/// Shows what will happen, asks on standard error, where results do not go, and fails with `no`
/// unless the answer is yes; no answer at all is none.
pub fn confirm(plan: &str, question: &str, no: &str) -> Result<(), Failure> {
    eprintln!("{plan}\n");
    eprint!("{question} [y/N] ");
    let _ = io::stderr().flush();
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(Failure::of)?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::Failed(no.to_owned())),
    }
}
