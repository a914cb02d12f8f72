//! What generated code names. See the crate's docs: this is a contract with the macro of the same version, and nobody else.

pub use crate::agent::{Agent, Handler, Input, Migration, Pending, StateSpec, SyncSpec, Table};
pub use crate::arguments::{Arguments, arguments};
pub use crate::elicit::Elicit;
pub use crate::event::{
    Done, Events, Migrate, On, RequestEvent, Schedule, Updated, WebSocketEvents, done, events,
    no_schedule,
};
pub use crate::export;
pub use crate::host::workers::{
    ObjectCore, beside, follow, handle, handle_text, init, keep, keys, later, left, object,
    sharing, stir,
};
pub use crate::part::{
    Completed, Declared, Held, Keeps, Listens, Part, Stateful, asks, declared, denied,
    denied_resources, handle_index, has_role, has_scope, has_tool, join, join_completions, lists,
    needs_object, needs_state, needs_websocket, no_handler, total, total_completions,
};
pub use crate::results::{CompletionOutput, PromptOutput, ResourceOutput, ToolOutput};
#[cfg(not(target_arch = "wasm32"))]
pub use crate::schema::TypePlace;
pub use crate::schema::{Argument, Begin, Field, Late, Make, Structured, Whole, whole};
pub use js_sys::Function;
pub use mcp_agent_protocol::{
    Access, Alias, AuthPolicy, AuthRole, Bound, Catalog, Completion, CompletionSource, Cors,
    Handle, Item, ParamHeader, Place, Policy, ResourceItem, RoleTest, Scope, TargetKind,
    TaskSupport,
};
pub use serde;
pub use wasm_bindgen;

use crate::sql::{self, SqlValue};
use crate::{CompleteParams, Cx, Error, ResourceContents, Result, ToolResult, host};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use mcp_agent_protocol::{Answer, PromptResult};
use serde::{Serialize, de::DeserializeOwned};

/// The arguments, as the handler's type. They satisfy the schema already, so a failure says where type and schema differ.
pub fn params<T: DeserializeOwned>(input: Input<'_>) -> Result<T> {
    serde_json::from_str(input.arguments).map_err(Error::invalid_params)
}

/// A tool's text.
pub fn text(_: Input<'_>, text: String) -> Result<Answer> {
    Ok(Answer::Tool(ToolResult::text(text)))
}

/// A tool's content, as it is.
pub fn content(_: Input<'_>, result: ToolResult) -> Result<Answer> {
    Ok(Answer::Tool(result))
}

/// A tool's structured content.
pub fn structured<T: Serialize>(_: Input<'_>, value: T) -> Result<Answer> {
    Ok(Answer::Tool(ToolResult::structured(json(&value)?)))
}

/// Makes a handle and answers its id.
pub fn create_handle<T: Serialize + Default>(input: Input<'_>, kind: usize) -> Result<Answer> {
    let id = input.handles.create(kind, &json(&T::default())?)?;
    let name = input.handles.name(kind);
    let made = serde_json::json!({ name: id });
    Ok(Answer::Tool(ToolResult::structured(made.to_string())))
}

/// Closes a handle.
pub fn close_handle(input: Input<'_>, kind: usize) -> Result<Answer> {
    let said = input.handles.close(kind, input.arguments)?;
    Ok(Answer::Tool(ToolResult::text(said)))
}

/// What the handle of a call stands for.
pub fn open_handle<T: DeserializeOwned>(input: Input<'_>, kind: usize) -> Result<T> {
    let json = input.handles.open(kind, input.arguments)?;
    serde_json::from_str(&json).map_err(|error| {
        host::log(&format!(
            "a stored handle does not fit the declaration: {error}"
        ));
        Error::protocol(-32603, "internal error")
    })
}

/// What it stands for now, once the call is committed.
pub fn keep_handle<T: Serialize + DeserializeOwned>(input: Input<'_>, value: &T) -> Result<()> {
    let json = json(value)?;
    // Not all that Rust holds comes back from JSON: NaN is written as `null`. Stored, it would be a handle that nobody can use again.
    if let Err(error) = serde_json::from_str::<T>(&json) {
        host::log(&format!(
            "a handle could not be read again, so nothing was changed: {error}"
        ));
        return Err(Error::protocol(-32603, "internal error"));
    }
    input.handles.keep(json)
}

/// A resource's text.
pub fn resource(input: Input<'_>, text: impl Into<String>) -> Result<Answer> {
    let contents = ResourceContents::Text {
        uri: input.uri.into(),
        mime: input.mime.map(Into::into),
        text: text.into(),
    };
    Ok(Answer::Resource(vec![contents]))
}

/// The rows of a query, as JSON. `variables` are those of the URI that are bound to it, in their order.
pub fn query(
    cx: &Cx,
    input: Input<'_>,
    statement: &'static str,
    variables: &[&'static str],
) -> Result<Answer> {
    let arguments: serde_json::Value = params(input)?;
    let bound = variables.iter().map(|name| match &arguments[*name] {
        serde_json::Value::String(text) => SqlValue::Text(text.clone()),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(integer) => SqlValue::Integer(integer),
            None => SqlValue::Real(number.as_f64().unwrap_or_default()),
        },
        serde_json::Value::Bool(value) => SqlValue::Integer((*value).into()),
        _ => SqlValue::Null,
    });
    let table = cx.sql().table(statement, &bound.collect::<Vec<_>>())?;
    resource(input, sql::json_rows(&table))
}

/// A resource's bytes.
pub fn blob(input: Input<'_>, bytes: &[u8]) -> Result<Answer> {
    let blob = BASE64_STANDARD.encode(bytes);
    let contents = ResourceContents::Blob {
        uri: input.uri.into(),
        mime: input.mime.map(Into::into),
        blob,
    };
    Ok(Answer::Resource(vec![contents]))
}

/// A prompt of one user message.
pub fn prompt(_: Input<'_>, text: String) -> Result<Answer> {
    Ok(Answer::Prompt(PromptResult::user(text)))
}

/// A resource's contents, as they are.
pub fn resource_contents(_: Input<'_>, contents: Vec<ResourceContents>) -> Result<Answer> {
    Ok(Answer::Resource(contents))
}

/// A prompt's messages, as they are.
pub fn prompt_content(_: Input<'_>, prompt: PromptResult) -> Result<Answer> {
    Ok(Answer::Prompt(prompt))
}

/// What a completion is asked for.
pub fn completion(input: Input<'_>) -> Result<CompleteParams> {
    params(input)
}

/// The values of a completion.
pub fn completed(_: Input<'_>, values: Vec<String>) -> Result<Answer> {
    Ok(Answer::Completion(values))
}

/// What a method that completes returned.
pub fn values(returned: impl CompletionOutput) -> Result<Answer> {
    returned.into_values().map(Answer::Completion)
}

/// An answer that needs no waiting.
pub fn ready<'a>(answer: Result<Answer>) -> Pending<'a> {
    Box::pin(std::future::ready(answer))
}

/// A value as people and models read it: a string as it is, everything else as JSON.
pub fn shown<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(value) => value.to_string(),
        Err(error) => {
            host::log(&format!("a value does not serialise: {error}"));
            String::new()
        }
    }
}

/// What an agent is that Rust declares, as a JSON object: `declaration`, in TOML; `problems` with the types of its handlers, each with its
/// place; its `tools` as they are listed; and of its `state` the schemas of fields that are of types of the crate.
#[cfg(not(target_arch = "wasm32"))]
pub fn describe<A: Agent>() -> String {
    let tools = A::catalog().tools.iter();
    let tools =
        tools.map(|it| serde_json::from_str::<serde_json::Value>(it.json).unwrap_or_default());
    serde_json::json!({
        "declaration": A::DECLARATION.concat(),
        "problems": crate::schema::problems::<A>(),
        "tools": tools.collect::<Vec<_>>(),
        "state": crate::schema::kept::<A>(),
    })
    .to_string()
}

/// What a tool of Rust's own declaration returned.
pub fn tool(_: Input<'_>, returned: impl ToolOutput) -> Result<Answer> {
    returned.into_tool().map(Answer::Tool)
}

/// What such a tool answers.
pub fn answer(result: Result<ToolResult>) -> Result<Answer> {
    result.map(Answer::Tool)
}

/// What such a resource returned.
pub fn read(input: Input<'_>, returned: impl ResourceOutput) -> Result<Answer> {
    returned.into_resource(input)
}

/// What such a prompt returned.
pub fn got(_: Input<'_>, returned: impl PromptOutput) -> Result<Answer> {
    returned.into_prompt().map(Answer::Prompt)
}

pub(crate) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        host::log(&format!("an output does not serialise: {error}"));
        Error::protocol(-32603, "internal error")
    })
}

/// The functions through which the JavaScript entry reaches an agent.
#[doc(hidden)]
#[macro_export]
macro_rules! export {
    ($agent:ident) => {
        // A native program has no such entry: there the Workers host would be compiled for nothing.
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::__rt1::wasm_bindgen::{self, JsValue, prelude::wasm_bindgen};

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_ready() {}

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_abort() {
                ::std::process::abort()
            }

            #[cfg(panic = "unwind")]
            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_stir() {
                $crate::__rt1::stir()
            }

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_init(env: JsValue) -> String {
                $crate::__rt1::init::<$agent>(env)
            }

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_keys(encoded: &str, homes: &str) -> bool {
                $crate::__rt1::keys(encoded, homes)
            }

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_handle(head: &str, body: &[u8], now_ms: f64) -> JsValue {
                $crate::__rt1::handle::<$agent>(head, body, now_ms)
            }

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_keep(at: u32, head: &str) {
                $crate::__rt1::keep::<$agent>(at, head)
            }

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_handle_text(head: u32, body: &str, size: f64, now_ms: f64) -> String {
                $crate::__rt1::handle_text::<$agent>(head, body, size, now_ms)
            }

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_later() -> JsValue {
                $crate::__rt1::later()
            }

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_follow(stream: u32, push: $crate::__rt1::Function) -> JsValue {
                $crate::__rt1::follow::<$agent>(stream, push)
            }

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_left(stream: u32) {
                $crate::__rt1::left::<$agent>(stream)
            }

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_beside(head: &str, body: &[u8]) -> JsValue {
                $crate::__rt1::beside::<$agent>(head, body)
            }

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_sharing(host: &str, origin: &str) -> String {
                $crate::__rt1::sharing::<$agent>(host, origin)
            }

            #[wasm_bindgen(wasm_bindgen = $crate::__rt1::wasm_bindgen)]
            pub fn mcp_object(
                ctx: JsValue,
                watch: $crate::__rt1::Function,
                lost_by: &str,
            ) -> $crate::__rt1::ObjectCore {
                $crate::__rt1::object::<$agent>(ctx, watch, lost_by)
            }
        };
    };
}
