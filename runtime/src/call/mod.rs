//! What an interactive handler is given: it may ask its client, report progress and log, and do a thing once.
//!
//! A call lives in plays. What a handler asks is looked up in the call's journal; when the answer is not there, the request goes out and
//! the handler's future is dropped. The client's answer plays the handler again from the top, with a longer journal. So what a handler
//! does between two questions may happen again, unless it is a [`Call::step`].

mod ask;
mod cancel;
mod confirm;
mod defer;
mod live;
mod sample;
mod say;
mod step;

pub use ask::{Elicited, Root};
pub(crate) use defer::DEFER;
pub(crate) use live::{Live, Steps};
pub use sample::{Sampled, Sampling};

use crate::{Error, Result};
use mcp_agent_protocol::{ClientCaps, RpcError, Want};
use std::rc::Rc;

/// One interactive call.
#[derive(Default)]
pub struct Call(Option<Rc<Live>>);

impl Call {
    pub(crate) fn new(live: Rc<Live>) -> Self {
        Self(Some(live))
    }

    /// Whether its handler may ask, and so be played again.
    pub(crate) fn is_interactive(&self) -> bool {
        self.0.is_some()
    }

    /// What the client can be asked.
    pub fn client(&self) -> ClientCaps {
        self.0
            .as_ref()
            .map_or(ClientCaps::default(), |live| live.journal.client)
    }

    /// The answer to a question, from the journal. Without one, the call waits here until it is dropped, and is played again when the
    /// client has answered. `params` is a JSON object, empty for none.
    async fn question(
        &self,
        key: &str,
        method: &'static str,
        params: String,
        needs: ClientCaps,
    ) -> Result<String> {
        let Some(live) = &self.0 else {
            return Err(Error::tool(
                "this needs to ask the client something, which this protocol version cannot do here",
            ));
        };
        if !live.journal.client.has(needs) {
            return Err(Error::rpc(RpcError::missing_capability(&needs.required())));
        }
        let asked = live.journal.asked.iter().find(|asked| asked.key == key);
        match asked {
            Some(asked) if !asked.is_unasked() && asked.method != method => {
                let message = format!("`{key}` names two different questions of one call");
                crate::host::log(&message);
                Err(Error::protocol(-32603, "internal error"))
            }
            Some(asked) => match &asked.answer {
                Some(Ok(result)) => Ok(result.clone()),
                Some(Err(error)) => Err(refusal(error)),
                None => live.wait(want(key, method, params)).await,
            },
            None => live.wait(want(key, method, params)).await,
        }
    }
}

fn want(key: &str, method: &str, params: String) -> Want {
    Want {
        key: key.to_owned(),
        method: method.to_owned(),
        params,
    }
}

/// The client answered with an error: that is what a model may read of it.
fn refusal(error: &str) -> Error {
    let value: serde_json::Value = serde_json::from_str(error).unwrap_or_default();
    let message = value["message"].as_str().unwrap_or("no reason was given");
    Error::tool(format!("the client refused: {message}"))
}
