//! The journal of a call: what its client has answered so far, so that a handler that is played again comes as far as before without
//! asking twice. One text, because a call may be played in another object.

use crate::client::ClientCaps;
use crate::session::Level;
use crate::wire::{Text, quote};

/// What a handler that is played again must know of the plays before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    /// 32 hex digits, of this call alone: its steps are stored under it.
    pub nonce: String,
    /// What the client can be asked.
    pub client: ClientCaps,
    /// From which level on log messages are wanted; `None` for none at all.
    pub level: Option<Level>,
    /// `progressToken`, raw JSON.
    pub progress: Option<String>,
    /// How many notifications the plays before have sent.
    pub emitted: u32,
    /// What was asked.
    pub asked: Vec<Answered>,
}

/// Something that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The handler's name for it.
    pub key: String,
    /// `elicitation/create`, `sampling/createMessage` or `roots/list`; empty for an answer that came without a question.
    pub method: String,
    /// The result or the error, raw JSON; `None` while the client has not answered.
    pub answer: Option<Result<String, String>>,
}

impl Answered {
    /// An answer to a question that nobody has asked yet.
    pub(crate) fn unasked(key: impl Into<String>, result: &str) -> Answered {
        Answered {
            key: key.into(),
            method: String::new(),
            answer: Some(Ok(result.to_owned())),
        }
    }

    /// Whether the answer came without the question.
    pub fn is_unasked(&self) -> bool {
        self.method.is_empty()
    }

    pub(crate) fn row(&self) -> String {
        let mut out = String::new();
        quote(&mut out, &self.key);
        let (kind, answer) = match &self.answer {
            None => ('?', ""),
            Some(Ok(result)) => ('+', &**result),
            Some(Err(error)) => ('-', &**error),
        };
        out.push('\n');
        out.push_str(&self.method);
        out.push('\n');
        out.push(kind);
        // White space of a client's JSON, which is the only place of a line end in it.
        out.extend(answer.chars().map(|c| if c == '\n' { ' ' } else { c }));
        out
    }

    pub(crate) fn read(row: &str) -> Option<Answered> {
        let mut parts = row.splitn(3, '\n');
        let key = serde_json::from_str::<Text<'_>>(parts.next()?)
            .ok()?
            .0
            .into_owned();
        let method = parts.next()?.to_owned();
        let answer = parts.next()?;
        let rest = answer.get(1..)?.to_owned();
        Some(Answered {
            key,
            method,
            answer: match answer.as_bytes()[0] {
                b'?' => None,
                b'+' => Some(Ok(rest)),
                b'-' => Some(Err(rest)),
                _ => return None,
            },
        })
    }
}

impl Journal {
    /// A text that [`Journal::decode`] reads.
    pub fn encode(&self) -> String {
        let mut out = format!(
            "{}\n{}\n{}\n{}\n{}",
            self.nonce,
            self.client.bits(),
            self.level.map_or("-", Level::as_str),
            self.emitted,
            self.progress.as_deref().unwrap_or(""),
        );
        for asked in &self.asked {
            out.push('\n');
            out.push_str(&asked.row());
        }
        out
    }

    /// Reads what [`Journal::encode`] wrote.
    pub fn decode(text: &str) -> Option<Journal> {
        let mut lines = text.split('\n');
        let nonce = lines.next()?.to_owned();
        let client = ClientCaps::from_bits(lines.next()?.parse().ok()?);
        let level = match lines.next()? {
            "-" => None,
            level => Some(Level::parse(level)?),
        };
        let emitted = lines.next()?.parse().ok()?;
        let progress = Some(lines.next()?).filter(|token| !token.is_empty());
        let mut asked = Vec::new();
        while let Some(key) = lines.next() {
            let row = [key, "\n", lines.next()?, "\n", lines.next()?].concat();
            asked.push(Answered::read(&row)?);
        }
        Some(Journal {
            nonce,
            client,
            level,
            progress: progress.map(str::to_owned),
            emitted,
            asked,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_survives_the_way() {
        let asked = |key: &str, answer| Answered {
            key: key.to_owned(),
            method: "elicitation/create".to_owned(),
            answer,
        };
        let journal = Journal {
            nonce: "00112233445566778899aabbccddeeff".to_owned(),
            client: ClientCaps::ROOTS,
            level: Some(Level::Error),
            progress: Some("\"a\\n\"".to_owned()),
            emitted: 4,
            asked: vec![
                asked("a\nb", None),
                asked("", Some(Ok("{\"a\": [1]}".to_owned()))),
                asked("c", Some(Err("{}".to_owned()))),
            ],
        };
        assert_eq!(Journal::decode(&journal.encode()), Some(journal.clone()));
        let empty = Journal {
            level: None,
            progress: None,
            asked: Vec::new(),
            ..journal
        };
        assert_eq!(Journal::decode(&empty.encode()), Some(empty));
    }
}
