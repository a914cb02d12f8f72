//! What an engine can do beside calls and lists, each a function that is only in a program which has an engine with it.

use crate::ClientCaps;
use crate::auth::AuthPolicy;
use crate::call::Call;
use crate::catalog::Scope;
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::home::NeedKeys;
use crate::jsonrpc::{Params, Request};
use crate::methods::Context;
use crate::principal::Principal;
use crate::stateless::{Asker, Resumed, Sealing};
use crate::tasks::TaskAct;
use crate::token::Keys;
use crate::version::Version;

/// `Engine::round`.
type Round = for<'r> fn(
    &Engine,
    &Asker<'_>,
    Resumed<'_>,
    Call<'r>,
    Sealing<'_>,
) -> Result<Output<'r>, RpcError>;

/// `Engine::open_listener`.
type Listen = fn(
    &Engine,
    Version,
    &Asker<'_>,
    ClientCaps,
    &Request<'_>,
    &Sealing<'_>,
) -> Result<Output<'static>, RpcError>;

/// `Engine::about_task`.
type Task =
    for<'r> fn(&Engine, Context, &str, TaskAct, &Params<'r>) -> Result<Output<'r>, RpcError>;

/// `home::settle`.
type Home = fn(&AuthPolicy, Scope, Principal, Option<&Keys>) -> Result<Principal, NeedKeys>;

/// The parts of an engine.
#[derive(Clone, Copy, Default)]
pub(crate) struct Parts {
    pub round: Option<Round>,
    pub listen: Option<Listen>,
    pub task: Option<Task>,
    pub home: Option<Home>,
}
