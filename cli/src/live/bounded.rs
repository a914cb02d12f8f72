//! A reader that stops: at so many bytes, and at a time.

use std::cell::Cell;
use std::io::{Error, ErrorKind, Read, Result};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Reads what an answer has, as far as it may go. A single read waits no longer than the reader inside does.
pub struct Bounded<R> {
    inner: R,
    /// Bytes that this answer may still have.
    left: u64,
    /// Bytes that all answers may still have.
    total: Rc<Cell<u64>>,
    until: Instant,
}

impl<R: Read> Bounded<R> {
    /// A reader of so many bytes, which come off `total` too, until then.
    pub fn new(inner: R, left: u64, total: Rc<Cell<u64>>, until: Instant) -> Self {
        Self {
            inner,
            left,
            total,
            until,
        }
    }

    /// Another answer begins on the same stream.
    pub fn renew(&mut self, left: u64, time: Duration) {
        self.left = left;
        self.until = Instant::now() + time;
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if Instant::now() >= self.until {
            return Err(Error::new(ErrorKind::TimedOut, "it takes too long"));
        }
        let count = self.inner.read(buffer)?;
        let bytes = count as u64;
        let total = self.total.get();
        if bytes > self.left || bytes > total {
            return Err(Error::new(ErrorKind::FileTooLarge, "it is too large"));
        }
        self.left -= bytes;
        self.total.set(total - bytes);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(left: u64, total: u64, time: Duration) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let total = Rc::new(Cell::new(total));
        let mut reader = Bounded::new(&b"12345678"[..], left, total, Instant::now() + time);
        reader.read_to_end(&mut bytes).map(|_| bytes)
    }

    #[test]
    fn what_is_too_much_is_an_error_and_not_an_end() {
        let long = Duration::from_secs(60);
        let kind = |result: Result<Vec<u8>>| result.expect_err("too much").kind();
        assert_eq!(read(8, 8, long).expect("enough"), b"12345678");
        assert_eq!(kind(read(7, 8, long)), ErrorKind::FileTooLarge);
        assert_eq!(kind(read(8, 7, long)), ErrorKind::FileTooLarge);
        assert_eq!(kind(read(8, 8, Duration::ZERO)), ErrorKind::TimedOut);
    }
}
