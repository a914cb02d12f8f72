//! `cargo xtask env`: the variables for building Workers by hand, as shell assignments.

use anyhow::Result;

use crate::setup;

/// Prints `export` lines: `eval "$(cargo xtask env)"`.
pub fn run() -> Result<()> {
    let tools = setup::ensure()?;
    for (name, value) in tools.build_variables()? {
        out!(
            "export {name}='{}'",
            value.to_string_lossy().replace('\'', r"'\''")
        );
    }
    out!("unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS");
    Ok(())
}
