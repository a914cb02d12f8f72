//! Multi round-trip requests (2026-07-28): a handler that needs to know something of its client ends the request with what it wants
//! to know, and the client sends the request again with the answers. Between the rounds, all that is known of the call is in the
//! client's hands, sealed.
//!
//! Specification: 2026-07-28, `basic/patterns/mrtr`.

mod extras;
mod round;
mod state;
mod wants;

pub use round::{Round, event, notebook};
pub(crate) use wants::input_requests;

use crate::call::Call;
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::session::{Answered, Journal, Want};
use crate::stateless::{Asker, Resumed, Sealing, not_of_this_call};
use crate::token::{Entropy, Keys, hex};
use crate::wire::{members, string};
use extras::Extras;
use serde_json::value::RawValue;

/// How long a call may take with all its rounds, in milliseconds: as long as a person may think about a form. It counts from the first
/// round on, so that nothing that is kept under the call's nonce is needed any longer.
const TTL_MS: u64 = 3_600_000;

impl Engine {
    /// A call whose handler may ask its client, with what earlier rounds have brought.
    pub(crate) fn round<'r>(
        &self,
        asker: &Asker<'_>,
        resumed: Resumed<'_>,
        call: Call<'r>,
        sealing: Sealing<'_>,
    ) -> Result<Output<'r>, RpcError> {
        let Sealing {
            keys: Some(keys),
            now_ms,
            entropy,
        } = sealing
        else {
            return Ok(Output::NeedKeys);
        };
        let extras = Extras::read(asker.meta)?;
        let principal = asker.principal.map(str::to_owned);
        let mut round = match resumed.state {
            None => {
                let mut nonce = [0; 16];
                entropy.fill(&mut nonce);
                let given = given(resumed.answers)?;
                Round {
                    number: 1,
                    until_ms: now_ms.saturating_add(TTL_MS),
                    streams: asker.streams,
                    principal,
                    journal: Journal {
                        nonce: hex(&nonce),
                        client: Default::default(),
                        level: None,
                        progress: None,
                        emitted: 0,
                        // What must happen once begins with a question that we know to have asked.
                        asked: if call.once { Vec::new() } else { given },
                    },
                    call,
                }
            }
            Some(raw) => {
                let text = string(raw).ok_or_else(not_of_this_call)?;
                let binding = state::binding(self, principal.as_deref(), &call);
                let known =
                    state::open(keys, &binding, &text, now_ms).ok_or_else(not_of_this_call)?;
                let mut journal = known.journal;
                answers(&mut journal, resumed.answers)?;
                Round {
                    number: known.number.saturating_add(1),
                    until_ms: known.until_ms,
                    streams: asker.streams,
                    principal,
                    journal,
                    call,
                }
            }
        };
        // Who is asked now, and what of it is to be heard, is said by this request and by none before.
        round.journal.client = round.call.head.version.limits(round.call.head.client);
        round.journal.level = extras.level;
        round.journal.progress = extras.progress;
        round.call.route = round.place();
        Ok(Output::Round(Box::new(round)))
    }

    /// The end of a round: the client is asked for these. `emitted` is how many words the handler has said in all rounds.
    pub fn input_required(
        &self,
        round: &Round<'_>,
        wants: &[Want],
        emitted: u32,
        keys: &Keys,
        entropy: &mut dyn Entropy,
    ) -> crate::Reply {
        let mut journal = Journal {
            emitted,
            ..round.journal.clone()
        };
        for want in wants {
            if !journal.asked.iter().any(|asked| asked.key == want.key) {
                journal.asked.push(Answered {
                    key: want.key.clone(),
                    method: want.method.clone(),
                    answer: None,
                });
            }
        }
        let binding = state::binding(self, round.principal.as_deref(), &round.call);
        let known = state::Known {
            until_ms: round.until_ms,
            number: round.number,
            journal,
        };
        let sealed = state::seal(keys, &binding, &known, entropy);
        self.ask(&round.call.head, wants, sealed.as_deref())
    }
}

/// The client's answers, in the journal. What was not asked is left out, and what is not answered is asked again.
fn answers(journal: &mut Journal, responses: Option<&RawValue>) -> Result<(), RpcError> {
    for answer in given(responses)? {
        let mut asked = journal.asked.iter_mut();
        let same = asked.find(|asked| asked.key == answer.key && asked.answer.is_none());
        if let Some(asked) = same {
            asked.answer = answer.answer;
        }
    }
    Ok(())
}

/// What a client answers, whatever it was asked: `inputResponses`.
pub(crate) fn given(responses: Option<&RawValue>) -> Result<Vec<Answered>, RpcError> {
    let Some(raw) = responses else {
        return Ok(Vec::new());
    };
    let given = members(raw).ok_or_else(no_responses)?;
    let read = |(key, answer): (_, &RawValue)| {
        members(answer).ok_or_else(no_responses)?;
        Ok(Answered::unasked(key, answer.get()))
    };
    given.0.into_iter().map(read).collect()
}

/// `-32602`: what should be `inputResponses` is not.
pub(crate) fn no_responses() -> RpcError {
    RpcError::invalid_params("`inputResponses` must be an object of objects")
}
