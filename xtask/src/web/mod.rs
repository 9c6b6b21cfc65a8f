//! `cargo xtask web`: from the frontend's source to the folder `dist/` that the server embeds.
//!
//! The steps, one file each: `inputs` (is anything new?), `toolchain` (a compiler that knows
//! WebAssembly), `compile`, `bind` (JavaScript glue), `bundle` (names by content, manifest),
//! `compress`, `publish`. What the files mean to a browser is the server's business.

use std::{fs, path::PathBuf, time::Instant};

use bundle::Bundle;
use compress::Sizes;

use crate::{
    problem::{Context, Problem, Result},
    shell,
    workspace::Workspace,
};

mod bind;
mod bundle;
mod compile;
mod compress;
pub mod inputs;
mod publish;
mod toolchain;

/// Most bytes the compressed program may have. With its glue, styles and icons (26 kB) the first
/// load stays below 900 kB, which load in under a second at 10 Mbit/s: a console that takes longer
/// to open than the question takes to ask is not used.
const WASM_BR_BYTES_MAX: u64 = 870_000;

/// The same for the quick build, which is six tenths larger: whether the budget holds, only the
/// small build tells.
const WASM_BR_BYTES_MAX_DEV: u64 = WASM_BR_BYTES_MAX * 8 / 5;

/// How the frontend is compiled; both inherit cargo's `release`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    /// Quick to build: for work and for tests.
    Dev,
    /// Small: for what people install.
    Release,
}

impl Profile {
    pub fn of(release: bool) -> Profile {
        if release { Profile::Release } else { Profile::Dev }
    }

    fn cargo_name(self) -> &'static str {
        match self {
            Profile::Dev => "wasm-dev",
            Profile::Release => "wasm-release",
        }
    }
}

/// Brings `dist/` up to date.
pub fn build(workspace: &Workspace, profile: Profile) -> Result<()> {
    let started = Instant::now();
    let inputs = inputs::fingerprint(workspace, profile)?;
    let dist = workspace.root.join("dist");
    if bundle::inputs_of(&dist).is_some_and(|built| built == inputs) {
        shell::say("web", "dist/ is up to date");
        return Ok(());
    }
    let work = fresh_folder(workspace)?;
    let program = compile::frontend(workspace, profile)?;
    let glue = work.join("glue");
    bind::glue(workspace, profile, &program, &glue)?;
    let bundled = bundle::assemble(workspace, profile, &inputs, &glue, &work.join("dist"))?;
    let sizes = compress::all(&work.join("dist"), profile)?;
    hold_budget(&bundled, &sizes, profile)?;
    publish::swap(&work.join("dist"), &dist)?;
    fs::remove_dir_all(&work).context(|| format!("removing {}", work.display()))?;
    shell::say("web", format!("dist/ is ready after {:.1} s", started.elapsed().as_secs_f64()));
    Ok(())
}

/// An empty folder beside the target's own, on the same disk as far as can be known.
fn fresh_folder(workspace: &Workspace) -> Result<PathBuf> {
    let work = workspace.root.join("dist.new");
    if work.exists() {
        fs::remove_dir_all(&work).context(|| format!("removing {}", work.display()))?;
    }
    fs::create_dir_all(&work).context(|| format!("creating {}", work.display()))?;
    Ok(work)
}

fn hold_budget(bundled: &Bundle, sizes: &Sizes, profile: Profile) -> Result<()> {
    let wasm = bundled.path_of("app_bg.wasm");
    let (plain, sent) = (sizes.plain(wasm), sizes.brotli(wasm));
    shell::say("web", format!("{wasm}: {} kB, sent as {} kB", plain / 1000, sent / 1000));
    let allowed = match profile {
        Profile::Dev => WASM_BR_BYTES_MAX_DEV,
        Profile::Release => WASM_BR_BYTES_MAX,
    };
    if sent <= allowed {
        return Ok(());
    }
    Problem::stop(format!("{wasm}.br has {sent} bytes; {allowed} are allowed"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
