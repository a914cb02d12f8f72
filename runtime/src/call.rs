//! What an interactive handler is given: it may ask the client, report progress and log.

/// One interactive call.
#[derive(Default)]
pub struct Call {}
