//! Turns rustc's output into what a browser loads: `app.js` and `app_bg.wasm`.
//!
//! wasm-bindgen runs inside this process: its command-line tool would have to be installed in
//! exactly the version of the library, and Cargo.lock already says which that is.

use std::{fs, path::Path, process::Command};

use wasm_bindgen_cli_support::Bindgen;

use super::Profile;
use crate::{
    problem::{Context, Result},
    shell,
    workspace::Workspace,
};

/// Writes the glue into `folder`.
pub fn glue(workspace: &Workspace, profile: Profile, program: &Path, folder: &Path) -> Result<()> {
    shell::say("web", "writing the JavaScript glue");
    generate(program, folder)?;
    if profile == Profile::Release {
        optimise(workspace, &folder.join("app_bg.wasm"))?;
    }
    Ok(())
}

fn generate(program: &Path, folder: &Path) -> Result<()> {
    let doing = || format!("wasm-bindgen on {}", program.display());
    let mut bindgen = Bindgen::new();
    bindgen.web(true).context(doing)?;
    bindgen
        .input_path(program)
        .out_name("app")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The name is known only after hashing, so the boot script passes it in.
        .omit_default_module_path(true)
        .generate(folder)
        .context(doing)
}

/// `wasm-opt` saves some more where npm's `binaryen` happens to be installed.
fn optimise(workspace: &Workspace, wasm: &Path) -> Result<()> {
    let folders = ["node_modules/.bin", "playwright/node_modules/.bin"];
    let tool = folders.iter().map(|folder| workspace.root.join(folder).join("wasm-opt"));
    let Some(tool) = tool.into_iter().find(|path| path.exists()) else {
        shell::say("web", "wasm-opt is not installed (npm: binaryen); going on without it");
        return Ok(());
    };
    shell::say("web", "wasm-opt -Oz");
    let smaller = wasm.with_extension("opt");
    // What rustc emits today and older defaults of wasm-opt refuse.
    let features = [
        "--enable-bulk-memory",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
        "--enable-mutable-globals",
        "--enable-reference-types",
        "--enable-multivalue",
    ];
    shell::run(Command::new(tool).arg("-Oz").args(features).arg(wasm).arg("-o").arg(&smaller))?;
    fs::rename(&smaller, wasm).context(|| format!("replacing {}", wasm.display()))
}
