//! Hosts: short adapters between a place that runs code and the engine.

pub mod workers;

/// Writes a line for the operator. No secret belongs in it; what a handler says of its own failure may repeat an argument.
pub fn log(line: &str) {
    #[cfg(target_arch = "wasm32")]
    worker::console_error!("{line}");
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("{line}");
}

/// Waits, in milliseconds.
pub async fn delay(ms: u64) {
    #[cfg(target_arch = "wasm32")]
    worker::Delay::from(std::time::Duration::from_millis(ms)).await;
    // Only a Worker has the state that is waited for.
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = ms;
        std::future::pending().await
    }
}
