//! Turns rustc's output into what a browser loads: `app.js` and `app_bg.wasm`, by wasm-bindgen as
//! `xtask/bind` holds it.

use std::{fs, path::Path, process::Command};

use super::{Profile, compile};
use crate::{
    problem::{Context, Result},
    shell,
    workspace::Workspace,
};

/// The package and the program.
const BIND: &str = "ouzel-bind";

/// Writes the glue into `folder`.
pub fn glue(workspace: &Workspace, profile: Profile, program: &Path, folder: &Path) -> Result<()> {
    shell::say("web", "writing the JavaScript glue");
    generate(workspace, program, folder)?;
    if profile == Profile::Release {
        optimise(workspace, &folder.join("app_bg.wasm"))?;
    }
    Ok(())
}

fn generate(workspace: &Workspace, program: &Path, folder: &Path) -> Result<()> {
    // In the folder of the web app, so that it waits for no other command's lock.
    let target = compile::target_folder(workspace);
    let mut cargo = workspace.cargo();
    shell::run(cargo.env("CARGO_TARGET_DIR", &target).args(["build", "--package", BIND]))?;
    shell::run(Command::new(target.join("debug").join(BIND)).arg(program).arg(folder))
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
