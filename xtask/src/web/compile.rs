//! Compiles the frontend to WebAssembly with whatever compiler `toolchain` found.

use std::path::PathBuf;

use super::{Profile, toolchain};
use crate::{
    problem::{Problem, Result},
    shell,
    workspace::Workspace,
};

/// Leptos then gives all views of one kind one type: a sixth less to send, and as much less to
/// compile. Its price is in `frontend/src/ui/button.rs`.
const ONE_TYPE_OF_VIEW: &str = "--cfg=erase_components";

/// Returns the program as rustc left it.
pub fn frontend(workspace: &Workspace, profile: Profile) -> Result<PathBuf> {
    let toolchain = toolchain::find(workspace)?;
    shell::say("web", format!("compiling the frontend ({})", profile.cargo_name()));
    let target = target_folder(workspace);
    let mut cargo = workspace.cargo();
    cargo
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_ENCODED_RUSTFLAGS", ONE_TYPE_OF_VIEW)
        .args(["build", "--package", "ouzel-frontend", "--target", toolchain::TARGET])
        .args(["--profile", profile.cargo_name()]);
    toolchain.apply(&mut cargo)?;
    shell::run(&mut cargo)?;
    let program =
        target.join(toolchain::TARGET).join(profile.cargo_name()).join("ouzel-frontend.wasm");
    if program.is_file() {
        return Ok(program);
    }
    Problem::stop(format!("cargo built the frontend, but {} is missing", program.display()))
}

/// Its own: another compiler and other flags than the host's builds, which would otherwise wait for
/// this one's lock.
pub fn target_folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("web")
}
