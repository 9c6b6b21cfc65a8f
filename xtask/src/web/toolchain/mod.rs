//! Finds a compiler that knows `wasm32-unknown-unknown`, by three routes in falling comfort.
//!
//! The installed target; `rustup target add`; on Debian the distribution's own compiler with the
//! standard library's sources, unpacked into the cache folder without touching the system.
//! `OUZEL_WASM_ROUTE=installed|rustup|debian` pins one route, for tests and for odd machines.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    problem::{Problem, Result},
    shell,
    workspace::Workspace,
};

mod debian;
mod rustup;

pub const TARGET: &str = "wasm32-unknown-unknown";

/// How to make cargo compile for the browser.
pub enum Toolchain {
    /// The compiler in use has the target's standard library.
    Installed,
    /// A compiler that must build the standard library first.
    BuildStd { rustc: PathBuf },
}

impl Toolchain {
    /// Adds what cargo needs to know; the subcommand must be there already.
    pub fn apply(&self, cargo: &mut Command) -> Result<()> {
        let Toolchain::BuildStd { rustc } = self else { return Ok(()) };
        cargo
            .args(["-Z", "build-std=std,panic_abort"])
            .env("RUSTC", rustc)
            // The flag above is for nightly compilers unless this says otherwise.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker()?);
        Ok(())
    }
}

pub fn find(workspace: &Workspace) -> Result<Toolchain> {
    let pinned = env::var("OUZEL_WASM_ROUTE").unwrap_or_default();
    let allowed = |route| pinned.is_empty() || pinned == route;
    let mut tried = Vec::new();
    if allowed("installed") {
        if is_installed() {
            shell::say("web", format!("{TARGET} is installed"));
            return Ok(Toolchain::Installed);
        }
        tried.push(format!("{TARGET} is not installed"));
    }
    if allowed("rustup") {
        match rustup::add(workspace) {
            Ok(()) => return Ok(Toolchain::Installed),
            Err(problem) => tried.push(problem.to_string()),
        }
    }
    if allowed("debian") {
        match debian::compiler(workspace) {
            Ok(rustc) => return Ok(Toolchain::BuildStd { rustc }),
            Err(problem) => tried.push(problem.to_string()),
        }
    }
    Problem::stop(format!("no compiler for {TARGET}:\n  - {}", tried.join("\n  - ")))
}

/// Whether the compiler in use has the standard library for the browser.
fn is_installed() -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    let folder = shell::output(&mut rustc);
    folder.is_ok_and(|folder| holds_std(Path::new(folder.trim())))
}

fn holds_std(folder: &Path) -> bool {
    let Ok(files) = folder.read_dir() else { return false };
    files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
}

/// Debian's compiler looks for a linker of Debian's; the one beside our compiler does as well.
fn linker() -> Result<PathBuf> {
    let sysroot = shell::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let host = shell::output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let tools = Path::new(sysroot.trim()).join("lib/rustlib").join(host.trim()).join("bin");
    let beside = tools.join("rust-lld");
    if beside.is_file() {
        return Ok(beside);
    }
    let found = shell::find("rust-lld").or_else(|| shell::find("wasm-ld"));
    found.ok_or_else(|| {
        Problem::new(format!("no linker: neither {} nor wasm-ld (Debian: lld)", beside.display()))
    })
}
