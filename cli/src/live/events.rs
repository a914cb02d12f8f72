//! Server-sent events, as <https://html.spec.whatwg.org/multipage/server-sent-events.html> has them interpreted.

use std::io::{BufRead, Result};
use std::time::Duration;

/// Something that came.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// `message` where the server names none.
    pub kind: String,
    /// The lines of its data.
    pub data: String,
}

/// A stream of them.
pub struct Events<R> {
    reader: R,
    /// The last byte was a CR, and a LF after it is of the same line end.
    returned: bool,
    begun: bool,
    id: String,
    retry: Option<Duration>,
}

impl<R: BufRead> Events<R> {
    pub fn new(reader: R) -> Self {
        Self {
            reader,
            returned: false,
            begun: false,
            id: String::new(),
            retry: None,
        }
    }

    /// What it is read from.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.reader
    }

    /// Where a client that is cut off goes on: the last id that came, if one did.
    pub fn last_id(&self) -> Option<&str> {
        (!self.id.is_empty()).then_some(&*self.id)
    }

    /// How long it is asked to wait before it does.
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// The next event; `None` when there is none any more. Half an event at the end is none.
    pub fn next(&mut self) -> Result<Option<Event>> {
        let (mut event, mut has_data) = (Event::default(), false);
        while let Some(line) = self.line()? {
            if line.is_empty() {
                if has_data {
                    if event.kind.is_empty() {
                        "message".clone_into(&mut event.kind);
                    }
                    return Ok(Some(event));
                }
                event.kind.clear();
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut event.kind),
                "data" => {
                    if has_data {
                        event.data.push('\n');
                    }
                    event.data.push_str(value);
                    has_data = true;
                }
                "id" if !value.contains('\0') => value.clone_into(&mut self.id),
                "retry" if value.bytes().all(|it| it.is_ascii_digit()) => {
                    self.retry = value.parse().ok().map(Duration::from_millis);
                }
                // Comments, whose field has no name, and what later versions have.
                _ => {}
            }
        }
        Ok(None)
    }

    /// A line without its end: CR, LF or both. A CR ends it at once, as what follows may be long in coming.
    fn line(&mut self) -> Result<Option<String>> {
        let mut line = Vec::new();
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                return Ok(None);
            }
            if std::mem::take(&mut self.returned) && chunk[0] == b'\n' {
                self.reader.consume(1);
                continue;
            }
            let Some(end) = chunk.iter().position(|it| matches!(it, b'\r' | b'\n')) else {
                line.extend_from_slice(chunk);
                let length = chunk.len();
                self.reader.consume(length);
                continue;
            };
            line.extend_from_slice(&chunk[..end]);
            self.returned = chunk[end] == b'\r';
            self.reader.consume(end + 1);
            let text = String::from_utf8_lossy(&line);
            let first = !std::mem::replace(&mut self.begun, true);
            let mark = text.strip_prefix('\u{feff}').filter(|_| first);
            return Ok(Some(mark.unwrap_or(&text).to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    /// All events, with what each is when the stream comes in pieces of this size.
    fn read(text: &str, piece: usize) -> Vec<(String, String)> {
        let mut events = Events::new(BufReader::with_capacity(piece, text.as_bytes()));
        let mut all = Vec::new();
        while let Some(event) = events.next().expect("bytes do not fail") {
            all.push((event.kind, event.data));
        }
        all
    }

    #[track_caller]
    fn assert_reads(text: &str, expected: &[(&str, &str)]) {
        for piece in [1, 2, 3, 1024] {
            let found = read(text, piece);
            let found: Vec<_> = found
                .iter()
                .map(|(a, b)| (a.as_str(), b.as_str()))
                .collect();
            assert_eq!(found, expected, "{text:?} in pieces of {piece}");
        }
    }

    #[test]
    fn lines_end_in_three_ways() {
        for end in ["\n", "\r", "\r\n"] {
            let text = ["event: endpoint", "data: /m", "", "data: 1", "data:2", ""].join(end) + end;
            assert_reads(&text, &[("endpoint", "/m"), ("message", "1\n2")]);
        }
    }

    #[test]
    fn what_is_no_event_is_none() {
        assert_reads(": ping\n\n", &[]);
        assert_reads("event: x\n\ndata: 1\n\n", &[("message", "1")]);
        assert_reads("data: half", &[]);
        assert_reads("data: half\n", &[]);
        assert_reads("dat: 1\nDATA: 2\n\n", &[]);
    }

    #[test]
    fn values_are_kept_but_for_one_space() {
        assert_reads("data:  a: b \n\n", &[("message", " a: b ")]);
        assert_reads("data\n\n", &[("message", "")]);
        assert_reads("data\ndata\n\n", &[("message", "\n")]);
    }

    #[test]
    fn a_byte_order_mark_is_skipped_once() {
        assert_reads("\u{feff}data: 1\n\n", &[("message", "1")]);
        assert_reads("data: 1\n\n\u{feff}data: 2\n\n", &[("message", "1")]);
    }

    #[test]
    fn an_id_without_data_is_where_to_go_on() {
        let text = "id: 7\nretry: 30\ndata:\n\nid: 8\nretry: 3x\n\nid: \0\n\n";
        let mut events = Events::new(text.as_bytes());
        assert_eq!(events.next().expect("it reads").expect("an event").data, "");
        assert_eq!(events.last_id(), Some("7"));
        assert_eq!(events.next().expect("it reads"), None);
        assert_eq!(events.last_id(), Some("8"));
        assert_eq!(events.retry(), Some(Duration::from_millis(30)));
    }
}
