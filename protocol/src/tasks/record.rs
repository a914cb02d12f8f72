//! A task as the rows of its object have it.

use crate::call::{Call, CallHead, Route};
use crate::client::ClientCaps;
use crate::session::{Answered, Emission, Journal, Rows, RowsError, Want};
use crate::tasks::NewTask;
use crate::tasks::rows::ask_key;
use crate::wire::{Object, members};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What does not change.
pub(super) const FACTS: &str = "task";
/// What does.
pub(super) const NOW: &str = "task-now";
/// What it came to: `+` and a result, or `-` and an error.
const END: &str = "task-end";
/// Begins the keys of questions.
pub(super) const ASK: &str = "task-ask/";

/// `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Working,
    Completed,
    Failed,
    Cancelled,
}

/// A question to the client.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub asked: Answered,
    /// `params`, a raw JSON object; empty for none, and for what was asked before there was a task.
    pub params: String,
}

impl Ask {
    /// The same as it was wanted.
    pub fn want(&self) -> Want {
        Want {
            key: self.asked.key.clone(),
            method: self.asked.method.clone(),
            params: self.params.clone(),
        }
    }
}

/// A task. It is made from rows and writes every change to them, so that it can be dropped at any moment.
#[derive(Debug)]
pub struct TaskRecord {
    pub(super) id: String,
    pub(super) created_ms: u64,
    pub(super) expires_ms: u64,
    /// The tool's name: another release may have it in another place.
    pub(super) item: String,
    pub(super) nonce: String,
    pub(super) client: ClientCaps,
    pub(super) head: CallHead,
    pub(super) object: Option<String>,
    pub(super) arguments: String,
    pub(super) status: Status,
    pub(super) updated_ms: u64,
    /// How often a play of it was begun since it last got further.
    pub(super) plays: u32,
    /// How many steps it had behind it when it was last played again.
    pub(super) steps: u32,
    /// How many notifications of the handler are in `message` or were said before.
    pub(super) emitted: u32,
    /// Whether it cannot go on before its client answers.
    pub(super) waits: bool,
    pub(super) message: Option<String>,
    pub(super) asks: Vec<Ask>,
}

impl TaskRecord {
    /// Who asked for it, as the host told it.
    pub fn who(&self) -> Option<&str> {
        self.head.who.as_deref()
    }

    /// A new task: it is stored when this returns, and its first play counts. It began when its id was made, by the clock that says when
    /// it is over, and not when its object heard of it.
    pub fn create(
        rows: &dyn Rows,
        task: &NewTask<'_>,
        item: &str,
        ttl_ms: u64,
    ) -> Result<TaskRecord, RowsError> {
        let created_ms = task.expires_ms.saturating_sub(ttl_ms);
        let record = TaskRecord {
            id: task.id.clone(),
            created_ms,
            expires_ms: task.expires_ms,
            item: item.to_owned(),
            nonce: task.journal.nonce.clone(),
            client: task.journal.client,
            head: task.call.head.clone(),
            object: match &task.call.route {
                Route::Here => None,
                Route::Object(name) => Some(name.clone()),
            },
            arguments: task.call.arguments.clone().into_owned(),
            status: Status::Working,
            updated_ms: created_ms,
            plays: 1,
            steps: 0,
            emitted: 0,
            waits: false,
            message: None,
            asks: Vec::new(),
        };
        record.save_facts(rows)?;
        record.save(rows)?;
        let mut record = record;
        for asked in &task.journal.asked {
            let params = String::new();
            let asked = asked.clone();
            record.add(rows, Ask { asked, params })?;
        }
        Ok(record)
    }

    /// What its steps are stored under: 32 hex digits.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// The name of its object.
    pub fn own_object(&self) -> String {
        ["task:", &self.nonce].concat()
    }

    /// The object whose state its handler has; `None` where it has none.
    pub fn state_object(&self) -> Option<&str> {
        self.object.as_deref()
    }

    /// How its call was asked.
    pub fn head(&self) -> &CallHead {
        &self.head
    }

    /// When it is to be forgotten.
    pub fn expires_ms(&self) -> u64 {
        self.expires_ms
    }

    /// Whether its status does not change any more.
    pub fn is_over(&self) -> bool {
        self.status != Status::Working
    }

    /// Whether it is to be played when nobody plays it.
    pub fn is_unfinished(&self) -> bool {
        !self.is_over() && !self.waits
    }

    /// Questions that the client has not answered.
    pub(super) fn open(&self) -> impl Iterator<Item = &Ask> {
        let open = |ask: &&Ask| !self.is_over() && ask.asked.answer.is_none();
        self.asks.iter().filter(open)
    }

    /// What its handler knows when it is played.
    pub(super) fn journal(&self) -> Journal {
        Journal {
            nonce: self.nonce.clone(),
            client: self.client,
            level: None,
            progress: None,
            emitted: self.emitted,
            asked: self.asks.iter().map(|ask| ask.asked.clone()).collect(),
        }
    }

    /// The call that it is.
    pub(super) fn call(&self) -> Call<'static> {
        Call {
            head: self.head.clone(),
            route: match &self.object {
                None => Route::Here,
                Some(name) => Route::Object(name.clone()),
            },
            target: self.head.target,
            arguments: Cow::Owned(self.arguments.clone()),
            uri: None,
            interactive: true,
            once: false,
        }
    }

    /// A play of it has begun.
    pub(super) fn begin_play(&mut self, rows: &dyn Rows) -> Result<(), RowsError> {
        self.plays += 1;
        self.waits = false;
        self.save(rows)
    }

    /// How many steps it has behind it. One that has more than when it was last lost got further, and is played again.
    pub fn note_steps(&mut self, rows: &dyn Rows, steps: u32) -> Result<(), RowsError> {
        if steps <= self.steps {
            return Ok(());
        }
        self.steps = steps;
        self.plays = 0;
        self.save(rows)
    }

    /// It was lost by the fault of another: that does not count.
    pub fn forgive(&mut self, rows: &dyn Rows) -> Result<(), RowsError> {
        self.plays = self.plays.saturating_sub(1);
        self.save(rows)
    }

    /// Its handler speaks, for the `at`th time. True when its status is another now.
    pub fn say(
        &mut self,
        rows: &dyn Rows,
        at: u32,
        said: &Emission,
        now_ms: u64,
    ) -> Result<bool, RowsError> {
        if self.is_over() || at < self.emitted {
            return Ok(false);
        }
        // A row for what nobody sees would be one too many: said again, it changes nothing.
        let Some(message) = said.status() else {
            return Ok(false);
        };
        self.emitted = at + 1;
        self.message = Some(message);
        self.updated_ms = now_ms;
        self.save(rows)?;
        Ok(true)
    }

    /// Its handler cannot go on without these. True when one of them is answered already, so that it can.
    pub fn ask(&mut self, rows: &dyn Rows, wants: &[Want], now_ms: u64) -> Result<bool, RowsError> {
        if self.is_over() {
            return Ok(false);
        }
        let mut answered = false;
        for want in wants {
            match self.asks.iter().find(|ask| ask.asked.key == want.key) {
                Some(ask) => answered |= ask.asked.answer.is_some(),
                None => {
                    let asked = Answered {
                        key: want.key.clone(),
                        method: want.method.clone(),
                        answer: None,
                    };
                    let params = want.params.replace('\n', " ");
                    self.add(rows, Ask { asked, params })?;
                    self.updated_ms = now_ms;
                }
            }
        }
        self.waits = !answered;
        self.save(rows)?;
        Ok(answered)
    }

    /// The client's `inputResponses`. What was not asked, or is answered already, is ignored. True when something was taken.
    pub fn answer(
        &mut self,
        rows: &dyn Rows,
        responses: &str,
        now_ms: u64,
    ) -> Result<bool, RowsError> {
        let given: Object<'_> = match serde_json::from_str(responses) {
            Ok(given) if !self.is_over() => given,
            _ => return Ok(false),
        };
        let mut taken = false;
        for (at, ask) in self.asks.iter_mut().enumerate() {
            let Some(response) = given.get(&ask.asked.key) else {
                continue;
            };
            if ask.asked.answer.is_some() {
                continue;
            }
            ask.asked.answer = Some(Ok(response.get().to_owned()));
            rows.put(&ask_key(at), &ask.row())?;
            taken = true;
        }
        if taken {
            self.plays = 0;
            self.waits = false;
            self.updated_ms = now_ms;
            self.save(rows)?;
        }
        Ok(taken)
    }

    /// What it came to: a whole response, whatever its id. Nothing of an end is taken back.
    pub fn finish(
        &mut self,
        rows: &dyn Rows,
        response: &str,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        if self.is_over() {
            return Ok(());
        }
        const LOST: &str = r#"{"code":-32603,"message":"internal error"}"#;
        let (result, error) = outcome(response);
        let stored = match (result, error) {
            (Some(result), _) => rows.put(END, &["+", result].concat()).map(|()| None),
            (None, error) => {
                let error = error.unwrap_or(LOST);
                rows.put(END, &["-", error].concat()).map(|()| Some(error))
            }
        };
        let error = match stored {
            Ok(error) => error,
            // Too large for a row: what its client will never get must not keep it waiting.
            Err(_) => {
                rows.put(END, &["-", LOST].concat())?;
                Some(LOST)
            }
        };
        self.status = match error {
            None => {
                self.message = None;
                Status::Completed
            }
            Some(error) => {
                self.message = Some(message_of(error));
                Status::Failed
            }
        };
        self.updated_ms = now_ms;
        self.save(rows)
    }

    /// Its client does not want it any more. False when it was over already.
    pub fn cancel(&mut self, rows: &dyn Rows, now_ms: u64) -> Result<bool, RowsError> {
        if self.is_over() {
            return Ok(false);
        }
        self.status = Status::Cancelled;
        self.updated_ms = now_ms;
        self.save(rows)?;
        Ok(true)
    }

    /// Its result or its error, raw JSON, behind `+` or `-`.
    pub(super) fn end(&self, rows: &dyn Rows) -> Result<Option<String>, RowsError> {
        rows.get(END)
    }

    fn add(&mut self, rows: &dyn Rows, ask: Ask) -> Result<(), RowsError> {
        rows.put(&ask_key(self.asks.len()), &ask.row())?;
        self.asks.push(ask);
        Ok(())
    }
}

/// `result` and `error` of a response.
fn outcome(response: &str) -> (Option<&str>, Option<&str>) {
    let Ok(members) = serde_json::from_str::<Object<'_>>(response) else {
        return (None, None);
    };
    (
        members.get("result").map(RawValue::get),
        members.get("error").map(RawValue::get),
    )
}

/// `message` of an error.
fn message_of(error: &str) -> String {
    let message = serde_json::from_str::<&RawValue>(error)
        .ok()
        .and_then(|raw| members(raw)?.get("message"))
        .and_then(crate::wire::string);
    message.map(Cow::into_owned).unwrap_or_default()
}
