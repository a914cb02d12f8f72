//! What a client knows of one of its calls.

use serde_json::Value;

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Put,
    Get,
    Ready,
    AskPut,
    AskGet,
    Both,
    Steps,
    StepsPut,
}

pub const TOOLS: [Tool; 8] = [
    Tool::Put,
    Tool::Get,
    Tool::Ready,
    Tool::AskPut,
    Tool::AskGet,
    Tool::Both,
    Tool::Steps,
    Tool::StepsPut,
];

impl Tool {
    pub fn name(self) -> &'static str {
        match self {
            Tool::Put => "put",
            Tool::Get => "get",
            Tool::Ready => "ready",
            Tool::AskPut => "ask_put",
            Tool::AskGet => "ask_get",
            Tool::Both => "both",
            Tool::Steps => "steps",
            Tool::StepsPut => "steps_put",
        }
    }

    pub fn writes(self) -> bool {
        matches!(self, Tool::Put | Tool::AskPut | Tool::StepsPut)
    }

    pub fn takes_steps(self) -> bool {
        matches!(self, Tool::Steps | Tool::StepsPut)
    }
}

/// How a call ended, as its client was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Text(String),
    /// A tool error: the handler failed, and nothing was changed.
    Failed(String),
    /// A JSON-RPC error: what happened is not known.
    Broken(i64),
}

impl Outcome {
    pub fn read(message: &Value) -> Outcome {
        if let Some(code) = message["error"]["code"].as_i64() {
            return Outcome::Broken(code);
        }
        let result = &message["result"];
        let text = result["content"][0]["text"].as_str().unwrap_or_default();
        match result["isError"].as_bool() {
            Some(true) => Outcome::Failed(text.to_owned()),
            _ => Outcome::Text(text.to_owned()),
        }
    }
}

/// A call.
#[derive(Debug)]
pub struct Log {
    /// Of no other call in the world.
    pub id: String,
    pub tool: Tool,
    /// How many steps it takes.
    pub n: i64,
    /// How many writes had been acknowledged to anybody when it was sent.
    pub after: Vec<String>,
    pub progress: Vec<i64>,
    pub logs: Vec<String>,
    pub sum: i64,
    pub declined: bool,
    pub outcomes: Vec<Outcome>,
    /// Its client can never learn what became of it.
    pub forsaken: bool,
    pub cancelled: bool,
}

impl Log {
    pub fn is_over(&self) -> bool {
        self.forsaken || self.cancelled || !self.outcomes.is_empty()
    }

    /// Checks what can be checked of this call, when the world has come to rest.
    pub fn check(&self, entries: &[String], taken: impl Fn(i64) -> u32, may_break: bool) {
        let told = format!("{self:?}");
        let most_one = self.outcomes.len() <= 1;
        assert!(most_one, "more than one response: {told}");
        let unknown = self.forsaken || self.cancelled;
        assert!(unknown || !self.outcomes.is_empty(), "no response: {told}");
        let written = entries.iter().filter(|entry| **entry == self.id).count();
        assert!(written <= 1, "written {written} times: {told}");
        for at in 1..=self.n {
            assert!(
                taken(at) <= 1,
                "step {at} was taken {} times: {told}",
                taken(at)
            );
        }
        match self.outcomes.first() {
            Some(Outcome::Text(text)) => self.check_text(text, entries, taken),
            Some(Outcome::Failed(text)) => {
                assert!(self.declined, "{text}: {told}");
                assert_eq!(written, 0, "a failed call has changed something: {told}");
            }
            Some(Outcome::Broken(code)) => {
                assert_eq!(*code, -32603, "{told}");
                assert!(may_break, "{told}");
            }
            None => {}
        }
    }

    fn check_text(&self, text: &str, entries: &[String], taken: impl Fn(i64) -> u32) {
        let told = format!("{self:?}");
        assert!(!self.declined, "{told}");
        if self.tool.writes() {
            let at: usize = text.parse().expect("a place");
            assert_eq!(
                entries.get(at - 1),
                Some(&self.id),
                "a write is lost: {told}"
            );
        }
        let whole: i64 = match self.tool {
            Tool::Put | Tool::Get | Tool::Ready | Tool::Both => 0,
            Tool::AskGet => 1,
            Tool::AskPut => 2,
            Tool::Steps | Tool::StepsPut => self.n,
        };
        let expected: Vec<i64> = (1..=whole).collect();
        assert_eq!(self.progress, expected, "{told}");
        if self.tool.takes_steps() {
            let steps: Vec<String> = (1..=self.n).map(|at| format!("{} {at}", self.id)).collect();
            assert_eq!(self.logs, steps, "{told}");
            for at in 1..=self.n {
                assert_eq!(taken(at), 1, "step {at}: {told}");
            }
        }
        match self.tool {
            Tool::Both | Tool::Steps => assert_eq!(text, self.sum.to_string(), "{told}"),
            Tool::Ready => assert_eq!(text, self.id, "{told}"),
            Tool::Get | Tool::AskGet => {
                let seen: Vec<&str> = text.split(',').filter(|entry| !entry.is_empty()).collect();
                assert!(
                    seen.len() <= entries.len() && seen.iter().zip(entries).all(|(a, b)| a == b),
                    "{text} was never the state {entries:?}: {told}"
                );
                for before in &self.after {
                    assert!(
                        seen.contains(&before.as_str()),
                        "{before} was acknowledged before: {told}"
                    );
                }
            }
            Tool::Put | Tool::AskPut | Tool::StepsPut => {}
        }
    }
}
