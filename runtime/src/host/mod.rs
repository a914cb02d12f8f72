//! Hosts: short adapters between a place that runs code and the engine.

pub mod workers;

/// Writes a line for the operator. Nothing that a client sent or a secret holds belongs in it.
pub fn log(line: &str) {
    #[cfg(target_arch = "wasm32")]
    worker::console_error!("{line}");
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("{line}");
}
