//! What comes to the front and is no MCP.

use super::front::{Front, tell};
use super::{front_keep, plain};
use crate::Cx;
use crate::agent::Agent;
use crate::auth::Auth;
use crate::event::{self, On, RequestEvent};
use crate::object::{HUB, hub};
use crate::once::Task;
use crate::request::{Request, Response};
use crate::sync;
use mcp_agent_protocol::NeedKeys;
use std::future::ready;

/// What a request comes to.
pub enum Beside {
    /// An answer.
    Answer(Task<Response>),
    /// An object answers.
    Request(At),
    /// An object is asked whether the client may connect.
    Connect(At),
    /// The client joins those that follow the state of an object, which is to know this of it: a [`sync::Joining`].
    Follow(At),
    /// Fetch the keys, and ask again.
    NeedKeys,
}

/// An object, and who asks it.
pub struct At {
    /// Its name.
    pub object: String,
    /// What takes the place of the head's first line, where callers are asked who they are.
    pub who: String,
}

impl<A: Agent> Front<A> {
    /// Whether there may be any.
    pub const BESIDE: bool = A::EVENTS.websocket.is_some()
        || A::EVENTS.request.is_some()
        || A::ADMIN.is_some()
        || A::SYNC.is_some();

    /// A request whose path is one of [`paths`].
    pub fn beside(&self, head: &str, body: &[u8], now_ms: u64) -> Beside {
        let mut request = plain::read::<A>(head, body);
        let line = plain::who::<A>(head);
        if A::SYNC.is_some()
            && let Some(told) = self.sync(&request, line, now_ms)
        {
            return told;
        }
        if A::ADMIN.is_some() && request.path() == front_keep::PATH {
            return match self.admits(&request, request.header("origin")) {
                true => self.keep(line, &request),
                false => now(refused()),
            };
        }
        let at = match self.at(line, &mut request) {
            Ok(at) => at,
            Err(NeedKeys) => return Beside::NeedKeys,
        };
        let connects = A::EVENTS.websocket.filter(|it| it.path == request.path());
        if connects.is_some() && is_upgrade(&request) {
            // A browser lets any page open a WebSocket to anywhere and sends its cookies along: the origin is all that tells.
            return match (self.admits(&request, request.header("origin")), at) {
                (false, _) => now(refused()),
                (true, Some(at)) => Beside::Connect(at),
                (true, None) => now(unknown()),
            };
        }
        let plain = A::EVENTS.request.filter(|it| it.is_at(request.path()));
        let limit = A::POLICY.max_body;
        if u64::try_from(body.len()).unwrap_or(u64::MAX) > limit {
            let text = format!("the body is larger than {limit} bytes");
            return now(Response::text(text).status(413));
        }
        match plain {
            // Whose page may ask is the handler's business, as it is with any plain server. By which name is ours: a name that an attacker
            // can point anywhere makes their page this server's own.
            Some(_) if !self.admits(&request, None) => now(refused()),
            Some(event) => match event.on {
                on @ On::Front(_) => Beside::Answer(self.answer(on, request)),
                On::Read(_) | On::Write(_) => at.map_or_else(|| now(unknown()), Beside::Request),
            },
            None if connects.is_some() => now(Response::text("this is for WebSockets")
                .status(426)
                .header("upgrade", "websocket")),
            None => now(Response::text("not found").status(404)),
        }
    }

    /// Where the state is that a request is about, and who sends it as the object is to hear it; `None` where states belong to principals
    /// and this is none of them.
    fn at(&self, line: &str, request: &mut Request) -> Result<Option<At>, NeedKeys> {
        if !A::SOMEONES {
            let (object, who) = (HUB.to_owned(), line.to_owned());
            return Ok(Some(At { object, who }));
        }
        let keys = self.host.keys();
        let caller = self.engine.caller(line, keys.as_deref())?;
        let home = caller.as_ref().and_then(|caller| caller.home());
        let (Some(caller), Some(home)) = (&caller, home) else {
            return Ok(None);
        };
        request.auth = Auth::read::<A>(caller.line());
        let (object, who) = (home.to_owned(), caller.line().to_string());
        Ok(Some(At { object, who }))
    }

    pub(super) fn admits(&self, request: &Request, origin: Option<&str>) -> bool {
        self.engine.admits(request.header("host"), origin)
    }

    fn answer(&self, on: On<A, Request, Response>, request: Request) -> Task<Response> {
        let host = self.host.clone();
        let who = request.auth.as_ref().map(Auth::line);
        let hub = hub::<A>(&self.engine, who.as_deref());
        Box::pin(async move {
            let cx = Cx::of_event().with_auth(request.auth.clone());
            let answered = event::run::<A, _, _>(None, on, &cx, request).await;
            if answered.is_ok() {
                tell::<A>(&*host, &hub, cx.take_changed()).await;
            }
            Response::of(answered)
        })
    }
}

impl<A> RequestEvent<A> {
    /// Whether this is its path.
    pub fn is_at(&self, path: &str) -> bool {
        match self.path.strip_suffix('*') {
            Some(begin) => path.starts_with(begin),
            None => path == self.path,
        }
    }
}

/// What the entry has to look for: paths as they are, with spaces between them; and that of plain requests, with spaces between it and the paths of MCP that it
/// would hide. Each is empty where there is none.
pub fn paths<A: Agent>() -> (String, String) {
    let socket = A::EVENTS.websocket.map(|it| it.path);
    let keep = A::ADMIN.map(|_| front_keep::PATH);
    let mut socket = socket.into_iter().chain(keep).collect::<Vec<_>>().join(" ");
    if let Some(spec) = &A::SYNC {
        let [connection, ticket] = sync::paths::<A>(spec);
        for part in [" ", &connection, " ", &ticket] {
            socket.push_str(part);
        }
    }
    let Some(plain) = A::EVENTS.request else {
        return (socket, String::new());
    };
    let mut all = plain.path.to_owned();
    let http = [A::POLICY.http.to_owned()].into_iter();
    let sse = A::POLICY.sse.into_iter();
    let sse = sse.flat_map(|path| [path.to_owned(), format!("{path}/message")]);
    for path in http.chain(sse).filter(|path| plain.is_at(path)) {
        all.push(' ');
        all.push_str(&path);
    }
    (socket, all)
}

pub(super) fn is_upgrade(request: &Request) -> bool {
    let upgrade = request.header("upgrade");
    upgrade.is_some_and(|it| it.eq_ignore_ascii_case("websocket"))
}

/// RFC 6750, section 3: nobody has said who they are.
fn unknown() -> Response {
    Response::text("who asks is not known, and what is here belongs to somebody")
        .status(401)
        .header("www-authenticate", "Bearer")
}

pub(super) fn refused() -> Response {
    Response::text("this Host or Origin is not served here").status(403)
}

pub(super) fn now(response: Response) -> Beside {
    Beside::Answer(Box::pin(ready(response)))
}
