//! The names of functions are an eighth of what a Worker uploads, and only stack traces have them: a release goes without.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|it| it == value);
    if is("CARGO_CFG_TARGET_ARCH", "wasm32") && is("PROFILE", "release") {
        // wasm-bindgen reads the target's features.
        for argument in ["--strip-all", "--keep-section=target_features"] {
            println!("cargo:rustc-link-arg-cdylib={argument}");
        }
    }
}
