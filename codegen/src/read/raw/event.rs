//! `[schedules.*]`, `[websocket]` and `[request]`, as they are written.

use super::words::{AccessName, SocketAccessName};
use schemars::JsonSchema;

/// A handler that runs when it is due: by its `cron`, or because a handler scheduled it by its name. Given the run, `due`.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Schedule")]
pub struct RawSchedule {
    /// What it does, for people.
    pub description: Option<String>,
    /// When it runs by itself, in UTC: minute, hour, day of the month, month and day of the week, as in `"0 8 * * MON-FRI"`. Left out, it
    /// runs when a handler schedules it.
    pub cron: Option<String>,
    /// How often a run is tried before it is given up. Default `5`.
    #[schemars(range(min = 1, max = 20))]
    pub attempts: Option<i64>,
    /// How its handler uses the state: `write`, which is the default, `read` or `none`.
    #[schemars(with = "Option<AccessName>")]
    pub state: Option<String>,
}

/// WebSockets of the agent's own, at a path of its own. Its handlers are `on_connect`, `on_message`, `on_close` and `on_error`, of which the
/// second must be there.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "WebSocket")]
pub struct RawWebSocket {
    /// The path that clients connect to. Default `"/ws"`.
    #[schemars(regex(pattern = r"^/"))]
    pub path: Option<String>,
    /// How its handlers use the state: `write`, which is the default, or `read`.
    #[schemars(with = "Option<SocketAccessName>")]
    pub state: Option<String>,
}

/// Plain HTTP requests, at a path of their own. The handler is `on_request`.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Request")]
pub struct RawRequest {
    /// The path, or with `/*` at its end all paths below it: `"/hooks/*"`.
    #[schemars(required, regex(pattern = r"^/"))]
    pub path: Option<String>,
    /// How its handler uses the state: `none`, which is the default, `read` or `write`.
    #[schemars(with = "Option<AccessName>")]
    pub state: Option<String>,
}
