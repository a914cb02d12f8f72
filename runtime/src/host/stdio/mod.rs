//! The agent as a program that speaks MCP over its standard streams: `cargo run` in a generated project.
//!
//! ```no_run
//! # use mcp_agent::prelude::*;
//! # #[mcp_agent(config = "tests/ui/counter.toml")]
//! # pub struct Counter;
//! # impl counter::Handlers for Counter {
//! #     async fn add(&mut self, _cx: &Cx, p: counter::AddParams) -> Result<String> {
//! #         Ok(p.a.to_string())
//! #     }
//! # }
//! fn main() -> std::process::ExitCode {
//!     mcp_agent::stdio::main::<Counter>()
//! }
//! ```
//!
//! It is a bridge and nothing else: a line that comes in is a request to the front of the host in memory ([`crate::memory`]), and what is
//! answered, or comes on a stream, goes out in lines. So every version is spoken as a Worker speaks it, by the same code.
//!
//! The state lasts as long as the process, or as long as the file of `--state FILE`, a SQLite database that one process at a time has:
//! what a client has seen is in it, however the process ends. A panic of a handler is answered with -32603 and loses the object that it
//! happened in, as in a Worker; natively, a crate must not be built with `panic = "abort"` for that. Whatever is printed goes to stderr:
//! on Unix, `println!` of a handler too.
//!
//! Over stdio nobody signs in. Where `[auth]` is declared, whoever runs the program may do whatever it does, unless `MCP_PRINCIPAL` in the
//! environment says who they are: `{"iss": "me", "sub": "ada", "scopes": ["orders:read"], "claims": {}}`.

mod args;
mod bridge;
mod events;
mod exchange;
mod lines;
mod message;
mod output;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;

use super::memory::{Host, Ram, RowsError, Storage};
use crate::agent::Agent;
use args::Asked;
use bridge::Bridge;
use mcp_agent_protocol::Principal;
use serde_json::Value;
use std::fmt;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;

/// The variable of the environment that says who the client is.
const PRINCIPAL: &str = "MCP_PRINCIPAL";

/// Serves the agent over stdin and stdout, as the arguments of the process say, until stdin ends.
pub fn main<A: Agent>() -> ExitCode {
    let state = match args::read(std::env::args_os()) {
        Ok(Asked::Help(program)) => {
            print!("{}", args::help(&program));
            return ExitCode::SUCCESS;
        }
        Ok(Asked::Serve(state)) => state,
        Err(wrong) => {
            eprintln!("error: {wrong}\nTry `--help`.");
            return ExitCode::from(2);
        }
    };
    let served = open(state.as_deref()).and_then(|storage| {
        if io::stdin().is_terminal() {
            eprintln!(
                "this speaks MCP: one JSON-RPC message a line. `--help` says more; the end of input ends it."
            );
        }
        serve::<A>(storage, io::stdin(), output::claim()?)
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("error: {failed}");
            ExitCode::FAILURE
        }
    }
}

/// Serves the agent over any pair of byte streams, framed as stdio is, until `input` ends or nobody reads `output` any more.
///
/// # Errors
/// When the storage fails: what was not stored was not answered either.
pub fn serve<A: Agent>(
    storage: Rc<dyn Storage>,
    input: impl Read + Send + 'static,
    output: impl Write,
) -> Result<(), Failed> {
    let host = Host::<A>::live(storage)?;
    let longest = usize::try_from(A::POLICY.max_body).unwrap_or(usize::MAX);
    let lines = lines::read(input, longest);
    Bridge::new(host, principal::<A>()?).run(&lines, output)
}

/// Who the client is, where callers are asked: the environment says it, as the specification has it for stdio. Without it, whoever runs
/// the program may do whatever it does, but there are no claims.
fn principal<A: Agent>() -> Result<Option<Value>, Failed> {
    let (Some(policy), Some(text)) = (&A::CATALOG.auth, std::env::var_os(PRINCIPAL)) else {
        return Ok(None);
    };
    let value: Option<Value> = text.to_str().and_then(|it| serde_json::from_str(it).ok());
    let good = |value: &Value| Principal::read(policy, &value.to_string()).is_some();
    value.filter(good).map(Some).ok_or_else(|| {
        Failed(format!(
            "`{PRINCIPAL}` is not a principal: {{\"iss\": \"…\", \"sub\": \"…\", \"scopes\": [], \"claims\": {{}}}}"
        ))
    })
}

fn open(state: Option<&Path>) -> Result<Rc<dyn Storage>, Failed> {
    match state {
        None => Ok(Rc::new(Ram::default())),
        #[cfg(feature = "sqlite")]
        Some(file) => Ok(Rc::new(Sqlite::open(file)?)),
        #[cfg(not(feature = "sqlite"))]
        Some(_) => Err(Failed(
            "`--state` needs the feature `sqlite` of the crate mcp-agent, without which this was built".to_owned(),
        )),
    }
}

/// Why a host had to stop.
#[derive(Debug)]
pub struct Failed(String);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failed {}

impl From<RowsError> for Failed {
    fn from(error: RowsError) -> Self {
        Self(format!("the state could not be stored: {error}"))
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}
