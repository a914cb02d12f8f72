//! What clients get on their streams, and look at.

use super::Player;
use crate::common::schemas;
use mcp_agent_protocol::{ContentKind, Reply, SessionHost};
use serde_json::Value;

impl Player {
    /// What an HTTP+SSE client was sent, as if it were the answer.
    pub(super) fn shown(&self, reply: Reply) -> Reply {
        let Some(object) = self.kept.objects.get(&self.kept.current) else {
            return reply;
        };
        let text = match self.kept.shows {
            true => object.memory.read(1),
            false => String::new(),
        };
        match Event::read(&text) {
            Some((event, "")) => Reply {
                status: 200,
                headers: Vec::new(),
                content: ContentKind::Json,
                body: event.data,
            },
            _ => reply,
        }
    }

    /// What a client has got.
    pub(super) fn look(&mut self, text: &str) {
        let place = self.place();
        let text = self.fill(text);
        let (id, expected) = text.split_once(' ').expect("who and what");
        let memory = &self.kept.objects[&self.kept.current].memory;
        if let Ok(stream) = id.parse() {
            match expected {
                "open" => assert!(memory.is_joined(stream), "{place}"),
                "closed" => assert!(!memory.is_joined(stream), "{place}"),
                "nothing" => assert_eq!(memory.read(stream), "", "{place}"),
                _ => panic!("{place}: what is `{expected}`?"),
            }
            return;
        }
        // Of HTTP+SSE there is one stream, whose ids begin with the token.
        let stream = id
            .split_once('-')
            .and_then(|(stream, _)| stream.parse().ok());
        let stream = stream.unwrap_or(1);
        let unread = memory.read(stream);
        let Some((event, rest)) = Event::read(&unread) else {
            panic!("{place}: nothing came on {stream}");
        };
        memory.unread(stream, rest);
        assert_eq!(event.id, id, "{place}: {}", event.data);
        let expected: Value = serde_json::from_str(expected).expect("JSON");
        let data: Value = serde_json::from_str(&event.data).expect("JSON");
        assert_eq!(data, expected, "{place}\n got {data}\nwant {expected}");
        if let Some(version) = data["result"]["protocolVersion"].as_str() {
            self.version = version.to_owned();
        }
        schemas::sent(&self.version, &data);
    }

    /// Everything that clients got must have been looked at.
    pub(super) fn nothing_unread(&self) {
        assert_eq!(self.kept.told, None, "{}: not looked at", self.place());
        for object in self.kept.objects.values() {
            let unread = object.memory.all_unread();
            assert!(unread.is_empty(), "{}: {unread:?}", self.place());
        }
    }
}

/// An event of a stream, as its client reads it.
struct Event {
    id: String,
    data: String,
}

impl Event {
    /// The first event of a text, and what comes after it.
    fn read(text: &str) -> Option<(Event, &str)> {
        let (lines, rest) = text.split_once("\n\n")?;
        let mut event = Event {
            id: String::new(),
            data: String::new(),
        };
        for line in lines.lines() {
            match line.split_once(": ")? {
                ("id", id) => id.clone_into(&mut event.id),
                ("data", data) if event.data.is_empty() => data.clone_into(&mut event.data),
                ("data", data) => event.data = [&event.data, "\n", data].concat(),
                ("event", name) => assert_eq!(name, "message"),
                _ => return None,
            }
        }
        Some((event, rest))
    }
}
