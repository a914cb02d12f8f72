//! What a server may cost. It is somebody else's, so none of its lists, streams and bodies is taken as it comes.

use std::time::Duration;

/// Bounds of one listing.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one answer.
    pub answer: u64,
    /// Bytes of all answers together.
    pub total: u64,
    /// From a request to its answer.
    pub request: Duration,
    /// From the first request to the last answer.
    pub listing: Duration,
    /// Pages of one list.
    pub pages: usize,
}

impl Limits {
    /// More than a server has that people can use.
    pub const DEFAULT: Self = Self {
        answer: 32 << 20,
        total: 256 << 20,
        request: Duration::from_secs(30),
        listing: Duration::from_secs(300),
        pages: 1_000,
    };
}
