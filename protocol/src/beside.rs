//! What comes by another way than MCP, and is checked as MCP checks it.

use crate::ClientCaps;
use crate::call::Framing;
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::http::Reply;
use crate::jsonrpc::{Params, is_shallow};
use crate::methods::{Context, failed};
use crate::policy::cors;
use crate::principal::Principal;
use crate::version::Version;
use serde_json::value::RawValue;
use std::rc::Rc;

/// The `id` of a call that is no request: whoever reads the answer knows which it is of.
const NO_ID: &str = "0";

impl Engine {
    /// What a browser is answered that asks before its page sends something; `asked` is `Access-Control-Request-Headers`.
    pub fn preflighted(&self, asked: Option<&str>) -> Reply {
        cors::preflight(&self.policy.cors, asked)
    }

    /// A call of a tool, as the newest `tools/call` of a client that can answer nothing: the same permissions, the same checks of the arguments. The
    /// reply, or what [`Engine::answer`] makes of the call, is a JSON-RPC response.
    pub fn tool_call<'r>(
        &self,
        name: &'r RawValue,
        arguments: Option<&'r RawValue>,
        who: Option<Rc<Principal>>,
    ) -> Output<'r> {
        let (version, framing) = (Version::LATEST, Framing::Json);
        let refused = |error: &RpcError| Output::Reply(failed(framing, version, NO_ID, error));
        if !arguments.is_none_or(|it| is_shallow(it.get())) {
            let message = "the arguments nest deeper than 64 levels";
            return refused(&RpcError::invalid_params(message));
        }
        let context = Context {
            version,
            framing,
            session: None,
            client: ClientCaps::default(),
            who,
            trace: None,
        };
        let params = Params {
            name: Some(name),
            arguments,
            ..Params::default()
        };
        let called = self.call_tool(context, NO_ID, &params);
        called.unwrap_or_else(|error| refused(&error))
    }
}
