//! `[websocket]`, `[request]` and `sync` of `[state]`: paths beside those of MCP.

use super::Cx;
use super::state::{check_event_access, check_shared};
use super::transport::check_path;
use crate::diag::{Address, Code};
use crate::model::{Access, Request, Transport, WebSocket};

const DEFAULT_WEBSOCKET: &str = "/ws";

/// A path that is taken: what for, and where that is declared.
struct Taken {
    path: String,
    /// Whether all paths are that begin with it.
    below: bool,
    by: &'static str,
    at: Option<Address>,
}

impl Taken {
    /// Whether a path is this one, or if it ends with `*`, one of its paths is.
    fn meets(&self, path: &str) -> bool {
        match path.strip_suffix('*') {
            Some(prefix) => {
                self.path.starts_with(prefix) || self.below && prefix.starts_with(&self.path)
            }
            None => self.path == path || self.below && path.starts_with(&self.path),
        }
    }
}

/// All clients of a path meet in an object that lasts, so that there is one.
pub(super) fn check_websocket(cx: &mut Cx<'_>, transport: &Transport) -> Option<WebSocket> {
    let at = Address::root().key("websocket");
    let raw = cx.raw.websocket.clone()?;
    let path = raw.path.unwrap_or_else(|| DEFAULT_WEBSOCKET.into());
    let place = at.key("path");
    if check_path(cx, &place, &path) {
        let mut taken = of_transport(cx, transport);
        taken.extend(of_sync(cx));
        check_free(cx, &place, &path, &taken);
    }
    check_shared(cx, &at, "the clients of WebSockets meet where the state is");
    let words = [("write", Access::Write), ("read", Access::Read)];
    Some(WebSocket {
        path,
        access: check_event_access(cx, &at.key("state"), raw.state.as_deref(), &words),
    })
}

/// Requests are no calls of a session, so that a state that their handler uses is none of a session.
pub(super) fn check_request(
    cx: &mut Cx<'_>,
    transport: &Transport,
    websocket: Option<&WebSocket>,
) -> Option<Request> {
    let at = Address::root().key("request");
    let raw = cx.raw.request.clone()?;
    let words = [
        ("none", Access::None),
        ("read", Access::Read),
        ("write", Access::Write),
    ];
    let access = check_event_access(cx, &at.key("state"), raw.state.as_deref(), &words);
    if access != Access::None {
        check_shared(
            cx,
            &at.key("state"),
            "a request is in no session, and its handler uses the state",
        );
    }
    let place = at.key("path");
    let Some(path) = raw.path else {
        cx.report(Code::MissingKey, &place, "`[request]` has no `path`")
            .help("path = \"/hooks/*\"");
        return None;
    };
    let base = path.strip_suffix("/*").unwrap_or(&path);
    let base = if base.is_empty() { "/" } else { base };
    if check_path(cx, &place, base) {
        let mut taken = vec![Taken {
            path: "/.well-known/".into(),
            below: true,
            by: "what others look up about this host",
            at: None,
        }];
        taken.extend(of_transport(cx, transport));
        taken.extend(of_sync(cx));
        taken.extend(websocket.map(|it| Taken {
            path: it.path.clone(),
            below: false,
            by: "WebSockets",
            at: Some(Address::root().keys(["websocket", "path"])),
        }));
        check_free(cx, &place, &path, &taken);
    }
    Some(Request { path, access })
}

fn of_transport(cx: &Cx<'_>, transport: &Transport) -> Vec<Taken> {
    let raw = cx.raw.transport.as_ref();
    let at = |key, declared: bool| declared.then(|| Address::root().keys(["transport", key]));
    let sse = || at("sse", raw.is_some_and(|it| it.sse.is_some()));
    let mut taken = vec![Taken {
        path: transport.http.clone(),
        below: false,
        by: "Streamable HTTP",
        at: at("http", raw.is_some_and(|it| it.http.is_some())),
    }];
    if let Some(path) = &transport.sse {
        taken.push(Taken {
            path: path.clone(),
            below: false,
            by: "HTTP+SSE",
            at: sse(),
        });
        taken.push(Taken {
            path: format!("{path}/message"),
            below: false,
            by: "the messages of HTTP+SSE",
            at: sse(),
        });
    }
    taken
}

/// What pages are in sync by, where they are: the paths that `AgentClient` makes of the server's name.
fn of_sync(cx: &Cx<'_>) -> Option<Taken> {
    let sync = cx.raw.state.as_ref()?.sync.as_deref()?;
    let name = cx.raw.server.as_ref()?.name.as_deref()?;
    ["readonly", "readwrite"].contains(&sync).then(|| Taken {
        path: format!("/agents/{name}/"),
        below: true,
        by: "pages in sync with the state",
        at: Some(Address::root().keys(["state", "sync"])),
    })
}

/// MCP is not where pages are in sync.
pub(super) fn check_sync_paths(cx: &mut Cx<'_>, transport: &Transport) {
    let Some(sync) = of_sync(cx) else { return };
    let mut said = None;
    for taken in of_transport(cx, transport) {
        // One that is not declared is a default, which is elsewhere. HTTP+SSE has two of one declaration.
        if taken.at.is_some() && taken.at != said && sync.meets(&taken.path) {
            let at = taken.at.clone().unwrap_or_default();
            report(cx, &at, &taken.path, &sync, "\"/mcp\", \"/sse\"");
            said = taken.at;
        }
    }
}

/// A request's path alone says what it is for.
fn check_free(cx: &mut Cx<'_>, at: &Address, path: &str, taken: &[Taken]) {
    if let Some(other) = taken.iter().find(|it| it.meets(path)) {
        let help = "`path = \"/hooks/*\"`, `path = \"/live\"`";
        report(cx, at, path, other, help);
    }
}

fn report(cx: &mut Cx<'_>, at: &Address, path: &str, other: &Taken, examples: &str) {
    let prefix = path.strip_suffix('*');
    let message = match prefix.filter(|it| other.path.starts_with(it)) {
        Some(_) => format!(
            "`{path}` covers `{}`, which is for {}",
            other.path, other.by
        ),
        None => format!("the path `{path}` is for {} already", other.by),
    };
    let diagnostic = cx.report(Code::PathCollision, at, message);
    if let Some(place) = other.at.clone() {
        diagnostic.related(place, "declared here");
    }
    diagnostic.help(format!("choose a path of its own: {examples}"));
}
