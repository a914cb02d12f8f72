//! Lines of the client, read by a thread of their own: reading cannot be interrupted, and time must pass meanwhile.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// How many lines may wait. A client that sends more waits itself.
const WAITING: usize = 16;

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// A line without its end.
    Text(String),
    /// A line of bytes that are not UTF-8.
    NotUtf8,
    /// A line with more bytes than it may have.
    TooLong,
}

/// Reads lines, empty ones aside, until there is no more input. This thread is unparked for each, and at the end, when the channel is closed.
pub fn read(input: impl Read + Send + 'static, longest: usize) -> Receiver<Line> {
    let (lines, receiver) = sync_channel(WAITING);
    let host = thread::current();
    thread::spawn(move || {
        let mut input = BufReader::new(input);
        if let Err(error) = all(&mut input, longest, &lines, || host.unpark()) {
            crate::host::log(&format!("the input cannot be read: {error}"));
        }
        drop(lines);
        host.unpark();
    });
    receiver
}

fn all(
    input: &mut impl BufRead,
    longest: usize,
    lines: &SyncSender<Line>,
    came: impl Fn(),
) -> io::Result<()> {
    while let Some(line) = next(input, longest)? {
        if matches!(&line, Line::Text(text) if text.trim_ascii().is_empty()) {
            continue;
        }
        if lines.send(line).is_err() {
            break;
        }
        came();
    }
    Ok(())
}

fn next(input: &mut impl BufRead, longest: usize) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    // A line end, and what Windows puts before it.
    let most = u64::try_from(longest).unwrap_or(u64::MAX).saturating_add(2);
    if input.by_ref().take(most).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    let ended = bytes.last() == Some(&b'\n');
    if ended {
        bytes.pop();
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    if bytes.len() > longest {
        if !ended {
            input.skip_until(b'\n')?;
        }
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(match String::from_utf8(bytes) {
        Ok(text) => Line::Text(text),
        Err(_) => Line::NotUtf8,
    }))
}

#[cfg(test)]
mod tests {
    use super::{Line, next};

    #[test]
    fn lines_are_bounded() {
        let mut input = &b"four\nfour\r\nfives\nfives\r\nand many more\n\xff\n\nend"[..];
        let text = |text: &str| Some(Line::Text(text.to_owned()));
        let expected = [
            text("four"),
            text("four"),
            Some(Line::TooLong),
            Some(Line::TooLong),
            Some(Line::TooLong),
            Some(Line::NotUtf8),
            text(""),
            text("end"),
            None,
        ];
        for line in expected {
            assert_eq!(next(&mut input, 4).unwrap(), line);
        }
    }
}
