//! `cargo xtask web`: from the frontend's source to the folder `dist/` that the server embeds.
//!
//! The steps, one file each: `inputs` (is anything new?), `toolchain` (a compiler that knows
//! WebAssembly), `compile`, `bind` (JavaScript glue), `bundle` (names by content, manifest),
//! `compress`, `publish`. What the files mean to a browser is the server's business.

use std::{fs, path::PathBuf, time::Instant};

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

/// Most bytes the compressed program may have: 900 kB load in under a second at 10 Mbit/s, and
/// a console that takes longer to open than the question takes to ask is not used.
const WASM_BR_BYTES_MAX: u64 = 900_000;

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

fn hold_budget(bundled: &bundle::Bundle, sizes: &compress::Sizes, profile: Profile) -> Result<()> {
    let wasm = bundled.path_of("app_bg.wasm");
    let bytes = sizes.brotli(wasm);
    shell::say(
        "web",
        format!("{wasm} is {} kB, {} kB compressed", sizes.plain(wasm) / 1000, bytes / 1000),
    );
    if profile == Profile::Release && bytes > WASM_BR_BYTES_MAX {
        return Problem::stop(format!(
            "{wasm}.br has {bytes} bytes, more than the {WASM_BR_BYTES_MAX} that may be sent"
        ));
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
