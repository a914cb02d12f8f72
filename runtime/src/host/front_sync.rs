//! The front's part in following the state: who may, and the tickets of pages.

use super::front::Front;
use super::front_beside::{Beside, is_upgrade, now, refused};
use crate::agent::Agent;
use crate::object::HUB;
use crate::request::{Request, Response};
use crate::sync::{self, At, Joining, LIFE_MS};
use mcp_agent_protocol::{Principal, Reply, Ticket, Who};

impl<A: Agent> Front<A> {
    /// A request at one of the paths for clients that follow the state; `who` is the line of its head that says who asks. `None` for any other path.
    pub(super) fn sync(&self, request: &Request, who: &str, now_ms: u64) -> Option<Beside> {
        let (at, path) = sync::at::<A>(request.path())?;
        let origin = request.header("origin");
        // A browser lets any page open a WebSocket to anywhere and sends its cookies along: the origin is all that tells.
        if !self.admits(request, origin) {
            return Some(now(refused()));
        }
        Some(match at {
            At::Connection if is_upgrade(request) => self.joins(request, &path, who, now_ms),
            At::Connection => now(Response::text("this is for WebSockets")
                .status(426)
                .header("upgrade", "websocket")),
            At::Ticket if A::AUTH => match self.ticket(request, &path, who, now_ms) {
                Some(response) => now(self.shared(request, response)),
                None => Beside::NeedKeys,
            },
            At::Ticket => now(Response::text("not found").status(404)),
        })
    }

    /// A client that wants to follow, if it may.
    fn joins(&self, request: &Request, path: &str, who: &str, now_ms: u64) -> Beside {
        if !A::AUTH {
            let nobody = Joining {
                until_ms: u64::MAX,
                ticket: None,
                who: String::new(),
            };
            return follow(HUB, &nobody);
        }
        // Who says who they are need not have a ticket, and nobody's ticket makes a bad token good.
        let sealed = ticket_of(request).filter(|_| who.is_empty());
        let Some(sealed) = sealed else {
            return self.joins_as(who, None, now_ms);
        };
        let Some(keys) = self.host.keys() else {
            return Beside::NeedKeys;
        };
        match Ticket::open(&keys, path, sealed, now_ms) {
            Some(ticket) => self.joins_as(&ticket.who, Some(&ticket), now_ms),
            None => {
                let words = "the ticket is not good for this, or it is over: fetch another";
                now(Response::text(words).status(401))
            }
        }
    }

    /// The same of this principal, or of nobody.
    fn joins_as(&self, who: &str, ticket: Option<&Ticket>, now_ms: u64) -> Beside {
        let keys = self.host.keys();
        let Ok(caller) = self.engine.caller(who, keys.as_deref()) else {
            return Beside::NeedKeys;
        };
        let known = caller.as_ref().map_or_else(|| asks(who), Who::Known);
        match (self.engine.turns_away(known), caller) {
            (Some(reply), _) => now(Response::of_reply(reply)),
            (None, Some(caller)) => follow(
                caller.home().unwrap_or(HUB),
                &Joining {
                    until_ms: until(&caller, ticket.map_or(now_ms, Ticket::began_ms)),
                    ticket: ticket.map(|it| (it.nonce.clone(), it.expires_ms)),
                    who: caller.line().to_string(),
                },
            ),
            // Nobody is let in.
            (None, None) => now(Response::internal_error()),
        }
    }

    /// A page asks for a ticket. `None` while the keys are unknown.
    fn ticket(&self, request: &Request, path: &str, who: &str, now_ms: u64) -> Option<Response> {
        match request.method() {
            "POST" => {}
            "OPTIONS" if request.header("origin").is_some() => {
                let asked = request.header("access-control-request-headers");
                return Some(Response::of_reply(self.engine.preflighted(asked)));
            }
            _ => {
                let refusal = Response::text("method not allowed").status(405);
                return Some(refusal.header("allow", "POST"));
            }
        }
        let keys = self.host.keys();
        let caller = self.engine.caller(who, keys.as_deref()).ok()?;
        let known = caller.as_ref().map_or_else(|| asks(who), Who::Known);
        if let Some(reply) = self.engine.turns_away(known) {
            return Some(Response::of_reply(reply));
        }
        let keys = keys?;
        let mut entropy = |out: &mut [u8]| self.host.entropy(out);
        let ticket = Ticket::new(who, now_ms, &mut entropy);
        let Some(sealed) = ticket.seal(&keys, path, &mut entropy) else {
            let words = "what the token claims is too large for a ticket";
            return Some(Response::text(words).status(413));
        };
        let seconds = Ticket::SECONDS;
        let body = format!(r#"{{"ticket":"{sealed}","expiresIn":{seconds}}}"#);
        let response = Response::new(200).header("content-type", "application/json");
        Some(response.header("cache-control", "no-store").body(body))
    }

    /// The page of an origin that is let in may read what it is answered.
    fn shared(&self, request: &Request, response: Response) -> Response {
        let Some(origin) = request.header("origin") else {
            return response;
        };
        let headers = self.engine.sharing(request.header("host"), origin);
        let headers = headers.into_iter().flatten();
        headers.fold(response, |it, (name, value)| it.header(name, value))
    }
}

fn follow(object: &str, joining: &Joining) -> Beside {
    Beside::Follow(super::front_beside::At {
        object: object.to_owned(),
        who: joining.encode(),
    })
}

/// Nobody, and why.
fn asks(who: &str) -> Who<'_> {
    Who::Nobody(who.strip_prefix('!').unwrap_or_default())
}

/// The ticket in a URL. What else clients put there is theirs.
fn ticket_of(request: &Request) -> Option<&str> {
    let mut parts = request.query()?.split('&');
    parts.find_map(|part| part.strip_prefix("ticket="))
}

/// Until when somebody may follow: for an hour, or until the token is over, where a claim says when that is.
fn until(principal: &Principal, from_ms: u64) -> u64 {
    let latest = from_ms.saturating_add(LIFE_MS);
    let claim = principal.claim(&["exp"]);
    let seconds = claim.and_then(|claim| claim.get().parse::<f64>().ok());
    // What is no time becomes 0 here, which lets nobody in.
    seconds.map_or(latest, |seconds| latest.min((seconds * 1000.0) as u64))
}

impl Response {
    /// An answer of the engine's.
    fn of_reply(reply: Reply) -> Self {
        let mime = reply
            .content
            .mime()
            .map(|mime| ("content-type", mime.to_owned()));
        let headers = mime.into_iter().chain(reply.headers);
        let response = Self::new(reply.status).body(reply.body);
        headers.fold(response, |it, (name, value)| it.header(name, value))
    }
}
