//! Turns rustc's output into what a browser loads: `app.js` and `app_bg.wasm`, by wasm-bindgen as
//! `xtask/bind` holds it.

use std::{fs, path::Path, process::Command};

use super::Profile;
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
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--bin", BIND]);
    shell::run(workspace.with_features_of_tests(&mut cargo))?;
    let bind = workspace.target.join("debug").join(BIND);
    shell::run(Command::new(bind).arg(program).arg(folder))
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
