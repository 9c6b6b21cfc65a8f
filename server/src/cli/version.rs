//! `ouzel version`.

use serde::Serialize;

use super::{
    Failure,
    output::{OutputFlags, show},
};

#[derive(Serialize)]
struct Version {
    version: &'static str,
    has_web_app: bool,
}

/// Prints the version, and whether the web app is compiled in.
pub fn run(flags: &OutputFlags) -> Result<(), Failure> {
    let has_web_app = crate::bundle::Bundle::open().is_built();
    let version = Version { version: env!("CARGO_PKG_VERSION"), has_web_app };
    show(flags.format, &version, |version| {
        let without = if version.has_web_app { "" } else { " (built without the web app)" };
        format!("ouzel {}{without}", version.version)
    })
}
