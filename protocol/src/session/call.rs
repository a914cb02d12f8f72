//! Calls that may wait for their client: begun, played, suspended, answered, finished.

use super::rows::{number, read_number};
use super::stream::Kind;
use super::{Answered, Journal, Level, RowsError, Session, SessionHead, SessionHost};
use crate::batch::Id;
use crate::call::{Call, CallHead, Framing, Target};
use crate::jsonrpc;
use crate::token::{Entropy, hex};
use crate::wire::{Text, quote};
use std::borrow::Cow;
use std::collections::BTreeMap;

const CALL: &str = "call/";
const PLAYS: &str = "plays/";
const ASK: &str = "ask/";
/// The most calls that may wait in one session.
pub(super) const MOST_CALLS: usize = 64;

/// An interactive call that is about to be played for the first time. Nothing of it is stored yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begin<'r> {
    /// The call. Its route says where it is played.
    pub call: Call<'r>,
    /// The journal, empty.
    pub journal: Journal,
    /// Whether the client can follow a stream. If not, the call is played to its end, and the client is neither asked nor told.
    pub streams: bool,
    pub(super) head: SessionHead,
}

/// What a handler says while it runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Emission {
    /// `notifications/progress`.
    Progress {
        /// How far, in the handler's units.
        progress: f64,
        /// Out of how many.
        total: Option<f64>,
        /// In words.
        message: Option<String>,
    },
    /// `notifications/message`.
    Log {
        /// How severe.
        level: Level,
        /// Who speaks.
        logger: Option<String>,
        /// Raw JSON.
        data: String,
    },
    /// Lets the client go, which comes back for the rest (SEP-1699).
    CloseStream,
}

/// What a handler wants to know of its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    /// The handler's name for it, of this call alone.
    pub key: String,
    /// `elicitation/create`, `sampling/createMessage` or `roots/list`.
    pub method: String,
    /// `params`, a raw JSON object; empty for none.
    pub params: String,
}

/// A call as its rows have it.
#[derive(Clone, Debug)]
pub(super) struct SessionCall {
    pub stream: u32,
    pub nonce: String,
    pub progress: Option<String>,
    pub head: CallHead,
    pub object: Option<String>,
    pub uri: Option<String>,
    pub arguments: String,
    pub emitted: u32,
    /// How often a play of it was begun since the client last said something.
    pub plays: u32,
    pub asks: Vec<Answered>,
}

impl SessionCall {
    fn row(&self) -> String {
        let mut out = format!(
            "{}\n{}\n{}\n{}\n{}\n",
            self.stream,
            self.nonce,
            self.progress.as_deref().unwrap_or(""),
            self.head.encode(),
            self.object.as_deref().unwrap_or(""),
        );
        if let Some(uri) = &self.uri {
            quote(&mut out, uri);
        }
        out.push('\n');
        out.push_str(&self.arguments);
        out
    }

    fn read(row: &str) -> Option<SessionCall> {
        let mut parts = row.splitn(7, '\n');
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Some(SessionCall {
            stream: parts.next()?.parse().ok()?,
            nonce: parts.next()?.to_owned(),
            progress: some(parts.next()?),
            head: CallHead::decode(parts.next()?)?,
            object: some(parts.next()?),
            uri: match parts.next()? {
                "" => None,
                uri => Some(serde_json::from_str::<Text<'_>>(uri).ok()?.0.into_owned()),
            },
            arguments: parts.next()?.to_owned(),
            emitted: 0,
            plays: 0,
            asks: Vec::new(),
        })
    }

    fn is_waiting(&self) -> bool {
        self.asks.iter().any(|ask| ask.answer.is_none())
    }

    /// The `id` of the request that asks for something: of this call alone, and of no other call that ever was.
    fn ask_id(&self, at: usize) -> String {
        format!("{}-{at}", &self.nonce[..16])
    }
}

/// The calls that the rows have.
pub(super) fn load(host: &dyn SessionHost) -> Result<BTreeMap<u32, SessionCall>, RowsError> {
    let mut calls = BTreeMap::new();
    for (key, row) in host.list(CALL, "")? {
        let id = key.strip_prefix(CALL).and_then(read_number);
        let (Some(id), Some(mut call)) = (id, SessionCall::read(&row)) else {
            continue;
        };
        if let Some(plays) = host.get(&[PLAYS, &number(id)].concat())? {
            let mut parts = plays.split(' ').map(|part| part.parse().unwrap_or(0));
            call.emitted = parts.next().unwrap_or(0);
            call.plays = parts.next().unwrap_or(0);
        }
        let asks = host.list(&asks(id), "")?;
        call.asks = asks
            .iter()
            .filter_map(|(_, row)| Answered::read(row))
            .collect();
        calls.insert(id, call);
    }
    Ok(calls)
}

fn asks(call: u32) -> String {
    [ASK, &number(call), "/"].concat()
}

impl Session {
    /// The journal of a call that begins.
    pub(super) fn first_journal(
        &self,
        call: &Call<'_>,
        progress: Option<String>,
        entropy: &mut dyn Entropy,
    ) -> Journal {
        let mut nonce = [0; 16];
        entropy.fill(&mut nonce);
        Journal {
            nonce: hex(&nonce),
            client: call.head.client,
            level: self.level,
            progress,
            emitted: 0,
            asked: Vec::new(),
        }
    }

    /// A call did not end at its first breath: from now on it is stored, and has a stream. Gives its number and its stream's; over
    /// HTTP+SSE that is the one stream of all. `None` where the client's stream is gone for good.
    pub(super) fn begin(
        &mut self,
        host: &dyn SessionHost,
        begin: Begin<'_>,
    ) -> Result<Option<(u32, u32)>, RowsError> {
        if self.ended {
            // While the handler took its first breath.
            return Ok(None);
        }
        self.keep(host, &begin.head)?;
        let id = self.next_call;
        self.next_call += 1;
        let stream = match begin.call.head.framing {
            Framing::Message => {
                let newest = self.streams.iter().rev();
                let mut newest = newest.filter(|(_, stream)| stream.kind == Kind::Sse);
                let Some((stream, _)) = newest.next() else {
                    return Ok(None);
                };
                let stream = *stream;
                self.save(host)?;
                stream
            }
            Framing::Json | Framing::Sse => self.open(host, Kind::Call)?,
        };
        let call = SessionCall {
            stream,
            nonce: begin.journal.nonce,
            progress: begin.journal.progress,
            head: begin.call.head,
            object: match begin.call.route {
                crate::Route::Here => None,
                crate::Route::Object(name) => Some(name),
            },
            uri: begin.call.uri.map(Cow::into_owned),
            arguments: begin.call.arguments.into_owned(),
            emitted: 0,
            plays: 1,
            asks: Vec::new(),
        };
        host.put(&[CALL, &number(id)].concat(), &call.row())?;
        self.calls.insert(id, call);
        self.save_plays(host, id)?;
        Ok(Some((id, stream)))
    }

    /// Whether a call is still there: neither finished nor cancelled.
    pub fn has_call(&self, id: u32) -> bool {
        self.calls.contains_key(&id)
    }

    /// The calls that nobody plays after the session was loaded, though they wait for nothing.
    pub fn unfinished(&self) -> Vec<u32> {
        let waits = self.calls.iter().filter(|(_, call)| !call.is_waiting());
        waits.map(|(id, _)| *id).collect()
    }

    /// A call to be played again, with its journal. `None` when it was lost too often, as a call is that ends the instance which
    /// plays it: then it is to be failed.
    pub fn replay_call(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
    ) -> Result<Option<(Call<'static>, Journal)>, RowsError> {
        /// Once, and once more after the first was lost.
        const MOST_PLAYS: u32 = 2;
        let level = self.level;
        let Some(call) = self.calls.get_mut(&id) else {
            return Ok(None);
        };
        if call.plays >= MOST_PLAYS {
            return Ok(None);
        }
        call.plays += 1;
        let journal = Journal {
            nonce: call.nonce.clone(),
            client: call.head.version.limits(call.head.client),
            level,
            progress: call.progress.clone(),
            emitted: call.emitted,
            asked: call.asks.clone(),
        };
        let target: Target = call.head.target;
        let played = Call {
            head: call.head.clone(),
            route: match &call.object {
                None => crate::Route::Here,
                Some(name) => crate::Route::Object(name.clone()),
            },
            target,
            arguments: Cow::Owned(call.arguments.clone()),
            uri: call.uri.clone().map(Cow::Owned),
            interactive: true,
        };
        self.save_plays(host, id)?;
        Ok(Some((played, journal)))
    }

    /// How the response to a call is written.
    pub fn call_head(&self, id: u32) -> Option<&CallHead> {
        self.calls.get(&id).map(|call| &call.head)
    }

    /// What a handler says while it runs: its `at`-th word, counted from 0 over all plays, so that one that is said again is not sent
    /// again.
    pub fn emit(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
        at: u32,
        emission: &Emission,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        let level = self.level;
        let Some(call) = self.calls.get_mut(&id) else {
            return Ok(());
        };
        if at < call.emitted {
            return Ok(());
        }
        call.emitted = at + 1;
        let stream = call.stream;
        let primed = call.head.version.has_priming_events();
        let message = emission.message(call, level);
        self.save_plays(host, id)?;
        match (message, emission) {
            (Some(message), _) => self.append(host, stream, &message, now_ms),
            (None, Emission::CloseStream) => {
                // Without a priming event, a client may not know where to come back to.
                if primed && self.is_of_call(stream) {
                    if host.is_joined(stream) {
                        host.close(stream);
                    } else {
                        self.note_let_go(host, stream, true)?;
                    }
                }
                Ok(())
            }
            (None, _) => Ok(()),
        }
    }

    /// A handler cannot go on without these. Those that were asked already are not asked again.
    pub fn ask(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
        wants: &[Want],
        now_ms: u64,
    ) -> Result<(), RowsError> {
        for want in wants {
            let Some(call) = self.calls.get_mut(&id) else {
                return Ok(());
            };
            if call.asks.iter().any(|ask| ask.key == want.key) {
                continue;
            }
            let at = call.asks.len();
            let ask = Answered {
                key: want.key.clone(),
                method: want.method.clone(),
                answer: None,
            };
            let request = jsonrpc::request(&call.ask_id(at), &want.method, &want.params);
            let stream = call.stream;
            host.put(&[&asks(id), &*number(at as u32)].concat(), &ask.row())?;
            call.asks.push(ask);
            self.append(host, stream, &request, now_ms)?;
        }
        Ok(())
    }

    /// Whether the client has answered any of these already: then the call need not wait.
    pub fn has_answer(&self, id: u32, wants: &[Want]) -> bool {
        let Some(call) = self.calls.get(&id) else {
            return false;
        };
        let wanted = |ask: &Answered| wants.iter().any(|want| want.key == ask.key);
        call.asks
            .iter()
            .any(|ask| ask.answer.is_some() && wanted(ask))
    }

    /// The client's answer to a request of ours: the call that can go on now.
    pub(super) fn answered(
        &mut self,
        host: &dyn SessionHost,
        response: &jsonrpc::Response<'_>,
    ) -> Result<Option<u32>, RowsError> {
        let Some(wanted) = serde_json::from_str::<Text<'_>>(response.id).ok() else {
            return Ok(None);
        };
        for (id, call) in &mut self.calls {
            let waits = |at: &usize| call.asks[*at].answer.is_none();
            let mut waiting = (0..call.asks.len()).filter(waits);
            let Some(at) = waiting.find(|at| call.ask_id(*at) == wanted.0) else {
                continue;
            };
            call.asks[at].answer = Some(match response.outcome {
                Ok(result) => Ok(result.to_owned()),
                Err(error) => Err(error.to_owned()),
            });
            let id = *id;
            host.put(
                &[&asks(id), &*number(at as u32)].concat(),
                &call.asks[at].row(),
            )?;
            call.plays = 0;
            self.save_plays(host, id)?;
            return Ok(Some(id));
        }
        Ok(None)
    }

    /// The response to a call: the last event of its stream.
    pub fn finish(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
        response: &str,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        let Some(call) = self.forget_call(host, id)? else {
            return Ok(());
        };
        self.append(host, call.stream, response, now_ms)?;
        self.close_call(host, &call, now_ms)
    }

    /// The calls of this request, cancelled: no response follows.
    pub(super) fn cancel(
        &mut self,
        host: &dyn SessionHost,
        request: &str,
        now_ms: u64,
    ) -> Result<Vec<u32>, RowsError> {
        let meant = self
            .calls
            .iter()
            .filter(|(_, call)| Id::read(&call.head.id) == Id::read(request));
        let meant: Vec<u32> = meant.map(|(id, _)| *id).collect();
        for id in &meant {
            if let Some(call) = self.forget_call(host, *id)? {
                self.close_call(host, &call, now_ms)?;
            }
        }
        Ok(meant)
    }

    /// A stream of its own ends with the call.
    fn close_call(
        &mut self,
        host: &dyn SessionHost,
        call: &SessionCall,
        now_ms: u64,
    ) -> Result<(), RowsError> {
        if self.is_of_call(call.stream) {
            self.end_stream(host, call.stream, now_ms)?;
        }
        Ok(())
    }

    pub(super) fn forget_call(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
    ) -> Result<Option<SessionCall>, RowsError> {
        let call = self.calls.remove(&id);
        if let Some(call) = &call {
            host.delete(&[CALL, &number(id)].concat())?;
            host.delete(&[PLAYS, &number(id)].concat())?;
            if !call.asks.is_empty() {
                host.clear(&asks(id))?;
            }
        }
        Ok(call)
    }

    fn save_plays(&self, host: &dyn SessionHost, id: u32) -> Result<(), RowsError> {
        match self.calls.get(&id) {
            Some(call) => host.put(
                &[PLAYS, &number(id)].concat(),
                &format!("{} {}", call.emitted, call.plays),
            ),
            None => Ok(()),
        }
    }
}

impl Emission {
    /// One line that [`Emission::decode`] reads.
    pub fn encode(&self) -> String {
        let text = |text: &Option<String>| {
            let mut out = String::new();
            match text {
                Some(text) => quote(&mut out, text),
                None => out.push_str("null"),
            }
            out
        };
        match self {
            Emission::Progress {
                progress,
                total,
                message,
            } => {
                let total = total.map_or("-".to_owned(), |total| total.to_string());
                format!("p {progress} {total} {}", text(message))
            }
            Emission::Log {
                level,
                logger,
                data,
            } => {
                // Line ends of JSON are white space.
                let data = data.replace('\n', " ");
                format!("l {} [{},{data}]", level.as_str(), text(logger))
            }
            Emission::CloseStream => "c".to_owned(),
        }
    }

    /// Reads what [`Emission::encode`] wrote.
    pub fn decode(line: &str) -> Option<Emission> {
        let mut parts = line.splitn(2, ' ');
        let kind = parts.next()?;
        if kind == "c" {
            return Some(Emission::CloseStream);
        }
        let rest = parts.next()?;
        match kind {
            "p" => {
                let mut parts = rest.splitn(3, ' ');
                Some(Emission::Progress {
                    progress: parts.next()?.parse().ok()?,
                    total: match parts.next()? {
                        "-" => None,
                        total => Some(total.parse().ok()?),
                    },
                    message: serde_json::from_str(parts.next()?).ok()?,
                })
            }
            "l" => {
                let (level, rest) = rest.split_once(' ')?;
                let (logger, data): (Option<String>, &serde_json::value::RawValue) =
                    serde_json::from_str(rest).ok()?;
                Some(Emission::Log {
                    level: Level::parse(level)?,
                    logger,
                    data: data.get().to_owned(),
                })
            }
            _ => None,
        }
    }

    /// The notification, if the client wants it.
    fn message(&self, call: &SessionCall, least: Level) -> Option<String> {
        match self {
            Emission::Progress {
                progress,
                total,
                message,
            } => {
                let token = call.progress.as_deref()?;
                let mut params = ["{\"progressToken\":", token, ",\"progress\":"].concat();
                params.push_str(&number_text(*progress)?);
                if let Some(total) = total.and_then(number_text) {
                    params.push_str(",\"total\":");
                    params.push_str(&total);
                }
                if let Some(message) = message
                    .as_ref()
                    .filter(|_| call.head.version.has_progress_messages())
                {
                    params.push_str(",\"message\":");
                    quote(&mut params, message);
                }
                params.push('}');
                Some(jsonrpc::notification("notifications/progress", &params))
            }
            Emission::Log {
                level,
                logger,
                data,
            } if *level >= least => {
                let mut params = ["{\"level\":\"", level.as_str(), "\""].concat();
                if let Some(logger) = logger {
                    params.push_str(",\"logger\":");
                    quote(&mut params, logger);
                }
                params.push_str(",\"data\":");
                params.push_str(data);
                params.push('}');
                Some(jsonrpc::notification("notifications/message", &params))
            }
            Emission::Log { .. } | Emission::CloseStream => None,
        }
    }
}

/// A number as JSON, whole ones without a fraction; `None` for what JSON has not.
fn number_text(value: f64) -> Option<String> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        return Some((value as i64).to_string());
    }
    serde_json::Number::from_f64(value).map(|number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Emission, Level};

    #[test]
    fn what_is_said_survives_the_way() {
        let progress = |total, message: Option<&str>| Emission::Progress {
            progress: 0.1,
            total,
            message: message.map(str::to_owned),
        };
        let log = |logger: Option<&str>| Emission::Log {
            level: Level::Alert,
            logger: logger.map(str::to_owned),
            data: "{\"a\": [1, \"b c\"]}".to_owned(),
        };
        for said in [
            progress(None, None),
            progress(Some(1e300), Some("a \"b\"\nc")),
            log(None),
            log(Some("x\ny")),
            Emission::CloseStream,
        ] {
            let line = said.encode();
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(Emission::decode(&line), Some(said));
        }
        for broken in ["", "x", "p 1", "l info", "l none [null,1]"] {
            assert_eq!(Emission::decode(broken), None, "{broken}");
        }
    }
}
