//! `ouzel-bind PROGRAM FOLDER`: turns rustc's WebAssembly into what a browser loads, `app.js` and
//! `app_bg.wasm`.
//!
//! wasm-bindgen's own command-line tool would have to be installed in exactly the version of the
//! library, and Cargo.lock already says which that is. A program apart from xtask, because every
//! command compiles xtask first, and this library and all that it stands on take a minute.

use std::{env, path::PathBuf, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let words: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [program, folder] = words.as_slice() else {
        eprintln!("ouzel-bind PROGRAM FOLDER");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    let made = bindgen.web(true).and_then(|bindgen| {
        bindgen
            .input_path(program)
            .out_name("app")
            .typescript(false)
            .remove_name_section(true)
            .remove_producers_section(true)
            // The name is known only after hashing, so the boot script passes it in.
            .omit_default_module_path(true)
            .generate(folder)
    });
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wasm-bindgen on {}: {error:#}", program.display());
            ExitCode::FAILURE
        }
    }
}
