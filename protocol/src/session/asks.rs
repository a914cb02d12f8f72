//! What a call asks its client, and what the client answers.

use super::call::SessionCall;
use super::rows::number;
use super::{Answered, RowsError, Session, SessionHost};
use crate::jsonrpc;
use crate::wire::Text;

const ASK: &str = "ask/";

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

/// The keys of a call's questions.
pub(super) fn asks(call: u32) -> String {
    [ASK, &number(call), "/"].concat()
}

impl SessionCall {
    /// Whether its client has something to answer.
    pub fn is_waiting(&self) -> bool {
        self.asks.iter().any(|ask| ask.answer.is_none())
    }

    /// The `id` of the request that asks for something: of this call alone, and of no other call that ever was.
    fn ask_id(&self, at: usize) -> String {
        format!("{}-{at}", &self.nonce[..16])
    }
}

impl Session {
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
}
