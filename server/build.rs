//! Makes the folder of the built web app if there is none, so that the server builds without it.

use std::{env, fs, path::Path};

fn main() {
    let server = env::var("CARGO_MANIFEST_DIR").expect("cargo names the package's folder");
    let dist = Path::new(&server).join("../dist");
    if let Err(error) = fs::create_dir_all(&dist) {
        panic!("cannot make {}: {error}", dist.display());
    }
    // What lies there is compiled in, and so are the migrations.
    println!("cargo::rerun-if-changed=../dist");
    println!("cargo::rerun-if-changed=../migrations");
}
