//! A task on its way to its rows and back.

use super::record::{ASK, Ask, FACTS, NOW, Status, TaskRecord};
use crate::call::CallHead;
use crate::client::ClientCaps;
use crate::session::{Answered, Rows, RowsError};
use crate::wire::{Text, quote};

impl TaskRecord {
    /// The task that the rows have, if there is one.
    pub fn load(rows: &dyn Rows) -> Result<Option<TaskRecord>, RowsError> {
        let Some(facts) = rows.get(FACTS)? else {
            return Ok(None);
        };
        let now = rows.get(NOW)?.unwrap_or_default();
        let broken = || RowsError("the rows of a task cannot be read".to_owned());
        let mut record = read(&facts, &now).ok_or_else(broken)?;
        for (_, row) in rows.list(ASK, "")? {
            let (params, asked) = row.split_once('\n').ok_or_else(broken)?;
            record.asks.push(Ask {
                asked: Answered::read(asked).ok_or_else(broken)?,
                params: params.to_owned(),
            });
        }
        Ok(Some(record))
    }

    pub(super) fn save_facts(&self, rows: &dyn Rows) -> Result<(), RowsError> {
        let mut item = String::new();
        quote(&mut item, &self.item);
        let row = format!(
            "{}\n{} {} {} {}\n{item}\n{}\n{}\n{}",
            self.id,
            self.created_ms,
            self.expires_ms,
            self.nonce,
            self.client.bits(),
            self.head.encode(),
            self.object.as_deref().unwrap_or(""),
            self.arguments,
        );
        rows.put(FACTS, &row)
    }

    pub(super) fn save(&self, rows: &dyn Rows) -> Result<(), RowsError> {
        let status = match self.status {
            Status::Working => 'w',
            Status::Completed => 'd',
            Status::Failed => 'f',
            Status::Cancelled => 'c',
        };
        let row = format!(
            "{status} {} {} {} {} {}\n{}",
            self.updated_ms,
            self.plays,
            self.steps,
            self.emitted,
            u8::from(self.waits),
            self.message.as_deref().unwrap_or(""),
        );
        rows.put(NOW, &row)
    }
}

impl Ask {
    pub(super) fn row(&self) -> String {
        [&*self.params, "\n", &self.asked.row()].concat()
    }
}

/// The key of a question, by its place.
pub(super) fn ask_key(at: usize) -> String {
    format!("{ASK}{at:08x}")
}

/// The task of these rows, without its questions.
fn read(facts: &str, now: &str) -> Option<TaskRecord> {
    let mut lines = facts.splitn(6, '\n');
    let id = lines.next()?.to_owned();
    let mut words = lines.next()?.split(' ');
    let mut record = TaskRecord {
        id,
        created_ms: words.next()?.parse().ok()?,
        expires_ms: words.next()?.parse().ok()?,
        nonce: words.next()?.to_owned(),
        client: ClientCaps::from_bits(words.next()?.parse().ok()?),
        item: serde_json::from_str::<Text<'_>>(lines.next()?)
            .ok()?
            .0
            .into_owned(),
        head: CallHead::decode(lines.next()?)?,
        object: Some(lines.next()?.to_owned()).filter(|name| !name.is_empty()),
        arguments: lines.next()?.to_owned(),
        status: Status::Working,
        updated_ms: 0,
        plays: 0,
        steps: 0,
        emitted: 0,
        waits: false,
        message: None,
        asks: Vec::new(),
    };
    let (words, message) = now.split_once('\n')?;
    let mut words = words.split(' ');
    record.status = match words.next()? {
        "w" => Status::Working,
        "d" => Status::Completed,
        "f" => Status::Failed,
        "c" => Status::Cancelled,
        _ => return None,
    };
    record.updated_ms = words.next()?.parse().ok()?;
    record.plays = words.next()?.parse().ok()?;
    record.steps = words.next()?.parse().ok()?;
    record.emitted = words.next()?.parse().ok()?;
    record.waits = words.next()? == "1";
    record.message = Some(message.to_owned()).filter(|message| !message.is_empty());
    Some(record)
}
