//! A stream of events, as a client has it.

use mcp_agent::memory::Response;

/// A stream, cut or not.
pub struct Stream {
    /// Whose it is; `None` for one of what belongs to no call.
    pub call: Option<u64>,
    /// The last event that arrived.
    pub last: Option<String>,
    /// Not there while it is cut.
    pub response: Option<Response>,
    /// The client is on its way back to it.
    pub coming: bool,
    /// Nobody needs it any more.
    pub over: bool,
}

/// An event.
pub struct Event {
    pub id: Option<String>,
    pub name: String,
    pub data: String,
}

impl Stream {
    pub fn new(call: Option<u64>, response: Response) -> Self {
        Self {
            call,
            last: None,
            response: Some(response),
            coming: false,
            over: false,
        }
    }

    /// What came since the last look. Events are numbered without gaps.
    pub fn read(&mut self) -> Vec<Event> {
        let Some(response) = &self.response else {
            return Vec::new();
        };
        let open = response.is_open();
        let text = response.read();
        if !open {
            self.response = None;
        }
        let blocks = text.split("\n\n").filter(|block| !block.is_empty());
        let mut events = Vec::new();
        for block in blocks {
            let mut event = Event {
                id: None,
                name: "message".to_owned(),
                data: String::new(),
            };
            for line in block.lines() {
                let (field, value) = line.split_once(": ").unwrap_or((line, ""));
                match field {
                    "id" => event.id = Some(value.to_owned()),
                    "event" => event.name = value.to_owned(),
                    "data" => event.data.push_str(value),
                    "retry" => {}
                    other => panic!("a field {other} in {block}"),
                }
            }
            self.follow(&event);
            events.push(event);
        }
        events
    }

    fn follow(&mut self, event: &Event) {
        let Some(id) = &event.id else {
            return;
        };
        let (stream, seq) = number(id);
        if let Some((known, last)) = self.last.as_deref().map(number) {
            assert_eq!(known, stream, "an event of another stream");
            // An event without a message has the number of the one before.
            let next = if event.data.is_empty() || event.name == "endpoint" {
                last
            } else {
                last + 1
            };
            assert_eq!(seq, next, "events are lost or doubled");
        }
        self.last = Some(id.clone());
    }
}

fn number(id: &str) -> (&str, u32) {
    let (stream, seq) = id.rsplit_once('-').expect("an event id");
    (stream, seq.parse().expect("a number"))
}
