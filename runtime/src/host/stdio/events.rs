//! Reads a stream of events.

/// An event.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Where to come back to.
    pub id: Option<String>,
    /// A message; empty for an event that has none.
    pub data: String,
}

/// What of a stream has been read and is not whole yet.
#[derive(Default)]
pub struct Events(String);

impl Events {
    /// The events that are whole with this part of the stream.
    pub fn read(&mut self, part: &str) -> Vec<Event> {
        self.0.push_str(part);
        let Some(end) = self.0.rfind("\n\n") else {
            return Vec::new();
        };
        let rest = self.0.split_off(end + 2);
        let whole = std::mem::replace(&mut self.0, rest);
        let blocks = whole.split("\n\n").filter(|block| !block.is_empty());
        blocks.map(event).collect()
    }
}

fn event(block: &str) -> Event {
    let mut event = Event::default();
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => event.id = Some(value.to_owned()),
            "data" => {
                if !event.data.is_empty() {
                    event.data.push('\n');
                }
                event.data.push_str(value);
            }
            // A comment keeps a connection alive, and names and times are for other clients.
            _ => {}
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use super::{Event, Events};

    #[test]
    fn events_come_in_parts() {
        let mut events = Events::default();
        assert_eq!(events.read("id: 1-0\ndata:\n\n: alive\n\nid: 1-"), {
            let primer = Event {
                id: Some("1-0".to_owned()),
                ..Event::default()
            };
            [primer, Event::default()]
        });
        assert_eq!(events.read("1\nevent: message\ndata: {\n"), []);
        let whole = Event {
            id: Some("1-1".to_owned()),
            data: "{\n}".to_owned(),
        };
        assert_eq!(events.read("data: }\n\n"), [whole]);
    }
}
