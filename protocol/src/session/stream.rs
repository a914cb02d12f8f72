//! Streams and their events: appended before they are sent, so that a client that was cut off gets what it missed, once.

use super::rows::{number, read_number};
use super::{RowsError, Session, SessionHost};
use crate::wire::event_lines;
use std::collections::BTreeMap;

const STREAM: &str = "stream/";
const EVENT: &str = "event/";
/// The most events that a stream keeps: of more, the oldest go.
const MOST_EVENTS: u32 = 10_000;
/// The most of a message in one row, in bytes, because no row of SQLite in an object is larger than 2 MB. Of a longer one, the rest is in
/// rows of its own, whose keys go on behind the first one's.
const PART: usize = 1 << 20;
/// Between the key of an event and the number of a further part.
const FURTHER: char = '+';

/// What a stream is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// GET: what belongs to no call.
    Listen,
    /// POST: a call and what belongs to it.
    Call,
    /// HTTP+SSE: everything.
    Sse,
}

/// A stream of a session. Its number is never used again.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub kind: Kind,
    /// Of the event that comes next; the first is 1, and 0 is the priming event.
    pub next: u32,
    /// When its last event came, after which nothing comes.
    pub ended_ms: Option<u64>,
    /// When the sweep first found nobody joined to it.
    pub left_ms: Option<u64>,
    /// Its call wants to let the client go before it was joined: the first to come is let go at once.
    pub let_go: bool,
}

impl Stream {
    fn row(&self) -> String {
        let kind = match self.kind {
            Kind::Listen => 'l',
            Kind::Call => 'c',
            Kind::Sse => 's',
        };
        let ms = |at: Option<u64>| at.map_or("-".to_owned(), |at| at.to_string());
        format!(
            "{kind} {} {} {}",
            ms(self.ended_ms),
            ms(self.left_ms),
            u8::from(self.let_go)
        )
    }

    fn read(row: &str) -> Option<Stream> {
        let mut parts = row.split(' ');
        let kind = match parts.next()? {
            "l" => Kind::Listen,
            "c" => Kind::Call,
            "s" => Kind::Sse,
            _ => return None,
        };
        let ms = |text: &str| match text {
            "-" => Some(None),
            text => text.parse().ok().map(Some),
        };
        Some(Stream {
            kind,
            next: 1,
            ended_ms: ms(parts.next()?)?,
            left_ms: ms(parts.next()?)?,
            let_go: parts.next()? == "1",
        })
    }
}

/// The streams that the rows have.
pub(super) fn load(host: &dyn SessionHost) -> Result<BTreeMap<u32, Stream>, RowsError> {
    let mut streams = BTreeMap::new();
    for (key, row) in host.list(STREAM, "")? {
        let id = key.strip_prefix(STREAM).and_then(read_number);
        if let (Some(id), Some(mut stream)) = (id, Stream::read(&row)) {
            let last = host.last(&events(id))?;
            let last = last.and_then(|(key, _)| Some(event_of(&key)?.0));
            stream.next = last.map_or(1, |last| last.saturating_add(1));
            streams.insert(id, stream);
        }
    }
    Ok(streams)
}

fn events(stream: u32) -> String {
    [EVENT, &number(stream), "/"].concat()
}

/// The number of the event that a row belongs to, and whether it is a further part of it.
fn event_of(key: &str) -> Option<(u32, bool)> {
    let name = key.rsplit('/').next()?;
    match name.split_once(FURTHER) {
        None => Some((read_number(name)?, false)),
        Some((name, _)) => Some((read_number(name)?, true)),
    }
}

/// What fits in a row, and the rest.
fn part(text: &str) -> (&str, &str) {
    let mut end = text.len().min(PART);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.split_at(end)
}

fn event_key(stream: u32, seq: u32) -> String {
    [&events(stream), &*number(seq)].concat()
}

impl Session {
    /// A new stream.
    pub(super) fn open(&mut self, host: &dyn SessionHost, kind: Kind) -> Result<u32, RowsError> {
        let id = self.next_stream;
        self.next_stream += 1;
        let stream = Stream {
            kind,
            next: 1,
            ended_ms: None,
            left_ms: None,
            let_go: false,
        };
        host.put(&[STREAM, &number(id)].concat(), &stream.row())?;
        self.streams.insert(id, stream);
        self.save(host)?;
        Ok(id)
    }

    /// Appends a message to a stream, then sends it to whoever is joined to it.
    pub(super) fn append(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
        message: &str,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        let Some(stream) = self.streams.get_mut(&id) else {
            return Ok(());
        };
        let seq = stream.next;
        stream.next += 1;
        let key = event_key(id, seq);
        let (first, mut rest) = part(message);
        host.put(&key, &format!("{now_ms}\n{first}"))?;
        for at in 0.. {
            if rest.is_empty() {
                break;
            }
            let next;
            (next, rest) = part(rest);
            host.put(&format!("{key}{FURTHER}{}", number(at)), next)?;
        }
        if let Some(old) = seq.checked_sub(MOST_EVENTS).filter(|old| *old > 0) {
            host.clear(&event_key(id, old))?;
        }
        host.send(id, &self.event(id, seq, message));
        Ok(())
    }

    /// A message as an event of its stream.
    fn event(&self, id: u32, seq: u32, message: &str) -> String {
        let mut out = String::with_capacity(message.len() + 64);
        out.push_str("id: ");
        out.push_str(&self.event_id(id, seq));
        out.push('\n');
        event_lines(&mut out, message);
        out
    }

    /// Event ids are `<stream>-<seq>`. Over HTTP+SSE the token says which session and stream, since a GET there says nothing else.
    pub(super) fn event_id(&self, id: u32, seq: u32) -> String {
        match &self.sse {
            Some(sse) => format!("{}-{seq}", sse.token),
            None => format!("{id}-{seq}"),
        }
    }

    /// The events after `seq`, as they are sent.
    pub(super) fn replay(
        &self,
        host: &dyn SessionHost,
        id: u32,
        seq: u32,
    ) -> Result<String, RowsError> {
        let mut messages: Vec<(u32, String)> = Vec::new();
        for (key, row) in host.list(&events(id), &event_key(id, seq))? {
            match (event_of(&key), messages.last_mut()) {
                (Some((of, true)), Some((last, message))) if of == *last => message.push_str(&row),
                (Some((of, false)), _) => {
                    let message = row.split_once('\n').map_or("", |(_, message)| message);
                    messages.push((of, message.to_owned()));
                }
                // A further part of the event that has arrived.
                _ => {}
            }
        }
        let events = messages.iter();
        Ok(events
            .map(|(seq, message)| self.event(id, *seq, message))
            .collect())
    }

    /// Nothing more comes on this stream.
    pub(super) fn end_stream(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.ended_ms = Some(now_ms);
            host.put(&[STREAM, &number(id)].concat(), &stream.row())?;
            host.close(id);
        }
        Ok(())
    }

    /// Notes since when nobody is joined to a stream.
    pub(super) fn note_left(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
        left_ms: Option<u64>,
    ) -> Result<(), RowsError> {
        if let Some(stream) = self.streams.get_mut(&id)
            && stream.left_ms != left_ms
        {
            stream.left_ms = left_ms;
            host.put(&[STREAM, &number(id)].concat(), &stream.row())?;
        }
        Ok(())
    }

    /// Whether a stream is a call's own.
    pub(super) fn is_of_call(&self, id: u32) -> bool {
        let own = |stream: &Stream| stream.kind == Kind::Call;
        self.streams.get(&id).is_some_and(own)
    }

    /// Notes whether the first client of a stream is to be let go at once.
    pub(super) fn note_let_go(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
        let_go: bool,
    ) -> Result<(), RowsError> {
        if let Some(stream) = self.streams.get_mut(&id)
            && stream.let_go != let_go
        {
            stream.let_go = let_go;
            host.put(&[STREAM, &number(id)].concat(), &stream.row())?;
        }
        Ok(())
    }

    /// Takes a stream and its events away.
    pub(super) fn forget_stream(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
    ) -> Result<(), RowsError> {
        host.close(id);
        host.clear(&events(id))?;
        host.delete(&[STREAM, &number(id)].concat())?;
        self.streams.remove(&id);
        Ok(())
    }

    /// Takes the events of a stream away that were sent before `before_ms`; the last stays, because its number must not come again.
    pub(super) fn forget_events(
        &self,
        host: &dyn SessionHost,
        id: u32,
        before_ms: u64,
    ) -> Result<(), RowsError> {
        let last = self.streams.get(&id).map(|stream| stream.next - 1);
        for (key, row) in host.list(&events(id), "")? {
            let Some((seq, false)) = event_of(&key) else {
                continue;
            };
            let at = row.split_once('\n').and_then(|(at, _)| at.parse().ok());
            if Some(seq) != last && at.is_none_or(|at: u64| at < before_ms) {
                host.clear(&event_key(id, seq))?;
            }
        }
        Ok(())
    }

    /// A message that belongs to no call: on one stream, the newest that somebody listens to, or else the newest that somebody may
    /// come back to. Without any, nobody hears it.
    pub fn notify(
        &mut self,
        host: &dyn SessionHost,
        message: &str,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        let listens = |stream: &Stream| stream.kind != Kind::Call && stream.ended_ms.is_none();
        let mut open: Vec<u32> = self
            .streams
            .iter()
            .filter(|(_, stream)| listens(stream))
            .map(|(id, _)| *id)
            .collect();
        open.reverse();
        let joined = open.iter().copied().find(|id| host.is_joined(*id));
        match joined.or(open.first().copied()) {
            Some(id) => self.append(host, id, message, now_ms),
            None => Ok(()),
        }
    }
}
