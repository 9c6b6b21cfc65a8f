//! Keys of Kafka's brokers for what is not served here: each is told with its type, its default
//! and the reason why it changes nothing.
//!
//! Tools that compare brokers, or look for a key before they set it, find every one. Those that
//! Kafka takes while it runs are kept and reported; not so what somebody would rely on, such as how
//! clients are told apart: that is refused.

use crate::cluster::Setting;

mod controller;
mod groups;
mod others;
mod sasl;
mod share;
mod tiered;
mod tls;

/// Keys that change nothing for the same reason: what is said of all of them, then for each its
/// name, type, default, legal values and meaning.
macro_rules! unserved {
    (
        $effect:literal,
        $($name:literal: $kind:ident = $default:literal, $legal:expr; $doc:literal)+
    ) => {
        &[$(Setting::alone($name, ($kind, $default, $legal), concat!($doc, " ", $effect))),+]
    };
}
use unserved;

/// Keys that are fixed at a start.
pub fn idle() -> impl Iterator<Item = &'static Setting> {
    let all = [
        tls::IDLE,
        sasl::IDLE,
        share::IDLE,
        groups::IDLE,
        tiered::IDLE,
        controller::IDLE,
        others::IDLE,
    ];
    all.into_iter().flatten().copied().flatten()
}

/// Keys that are kept and reported.
pub fn kept() -> impl Iterator<Item = &'static Setting> {
    [share::KEPT, groups::KEPT, tiered::KEPT].into_iter().flatten().copied().flatten()
}
