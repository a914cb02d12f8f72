//! WebSockets of the agent's own, in the object of the state. Every handler of theirs runs here, for here they are.

use super::Object;
use crate::agent::Agent;
use crate::error::Kind;
use crate::event::{self, On};
use crate::host::log;
use crate::once::Task;
use crate::request::{Request, Response};
use crate::websocket::{self, Closed, Connected, Failed, Message, Received, Socket};
use crate::{Cx, Error};
use std::future::ready;
use std::rc::Rc;

impl<A: Agent> Object<A> {
    /// An id for a connection: 32 hex digits.
    pub fn socket_id(&self) -> String {
        let mut random = [0; 16];
        self.host.entropy(&mut random);
        random.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A client wants to connect. When this is `Ok`, the connection that waits under this id is accepted.
    pub fn connect(
        self: &Rc<Self>,
        id: String,
        request: Request,
    ) -> Task<std::result::Result<(), Response>> {
        let Some(events) = A::EVENTS.websocket else {
            return Box::pin(ready(Err(Response::text("not found").status(404))));
        };
        let this = self.clone();
        Box::pin(async move {
            let Some(on) = events.connect else {
                this.host.accept(&id, &[]);
                return Ok(());
            };
            let cx = this.cx_of_event(on.writes());
            let cx = cx.with_auth(request.auth.clone());
            let work = cx.work("a connection").map_err(refusal)?;
            let socket = Socket::opening(work, &id);
            let opening = socket.clone();
            let event = Connected { socket, request };
            let connected = event::run(Some(&*this.state), on, &cx, event).await;
            connected.map_err(refusal)?;
            // Nothing comes in between: whoever is told something from the commit on is told it as one of those who are connected.
            opening.opened().accept(&*this.host, &id);
            this.tell_changes(&cx);
            Ok(())
        })
    }

    /// A client sent something.
    pub fn received(self: &Rc<Self>, id: &str, message: Message) -> Task<()> {
        let size = u64::try_from(message.bytes().len()).unwrap_or(u64::MAX);
        let limit = A::POLICY.max_body;
        if size > limit {
            let reason = format!("a message may be {limit} bytes");
            self.host.hang_up(id, 1009, &reason);
            return Box::pin(ready(()));
        }
        if A::SYNC.is_some() && websocket::is_follower(id) {
            return self.follower_said(id, message);
        }
        let on = A::EVENTS.websocket.and_then(|events| events.message);
        self.happened(id, on, |socket| Received { socket, message })
    }

    /// A connection has ended.
    pub fn closed(self: &Rc<Self>, id: &str, code: u16, reason: String) -> Task<()> {
        if A::SYNC.is_some() && websocket::is_follower(id) {
            self.follower_left(id);
            return Box::pin(ready(()));
        }
        let on = A::EVENTS.websocket.and_then(|events| events.close);
        self.happened(id, on, move |socket| {
            if let Err(error) = socket.remember() {
                log(&error.said());
            }
            Closed {
                socket,
                code,
                reason,
            }
        })
    }

    /// A connection has failed.
    pub fn failed(self: &Rc<Self>, id: &str, error: String) -> Task<()> {
        if A::SYNC.is_some() && websocket::is_follower(id) {
            // That it is gone is said apart.
            return Box::pin(ready(()));
        }
        let on = A::EVENTS.websocket.and_then(|events| events.error);
        self.happened(id, on, |socket| Failed { socket, error })
    }

    /// Runs a handler in its turn. The turn is that of the first poll, so whoever has the task polls it at once.
    fn happened<E: 'static>(
        self: &Rc<Self>,
        id: &str,
        on: Option<On<A, E>>,
        event: impl FnOnce(Socket) -> E,
    ) -> Task<()> {
        let Some(on) = on else {
            return Box::pin(ready(()));
        };
        let cx = self.cx_of_event(on.writes());
        let event = match cx.work("a connection") {
            Ok(work) => event(Socket::of(work, id)),
            Err(error) => {
                log(&error.said());
                return Box::pin(ready(()));
            }
        };
        let (this, id) = (self.clone(), id.to_owned());
        Box::pin(async move {
            let line = this.lines.at(&id);
            let turn = websocket::turn(&line, on.writes()).await;
            match event::run(Some(&*this.state), on, &cx, event).await {
                Ok(()) => this.tell_changes(&cx),
                Err(error) => log(&format!("a WebSocket's handler failed: {}", error.said())),
            }
            drop(turn);
            this.lines.leave(&id, line);
        })
    }

    /// The context of a handler that nobody called.
    pub(super) fn cx_of_event(&self, writes: bool) -> Cx {
        Cx::of_event().in_object(Some(self.host.clone()), writes, A::SQL)
    }

    /// Whoever wants to hear of what is another now hears of it.
    pub(super) fn tell_changes(self: &Rc<Self>, cx: &Cx) {
        if A::KEPT {
            self.fan_out(&cx.take_changed());
        }
    }
}

/// What a client gets that may not connect: the words that were meant for it, and no others.
fn refusal(error: Error) -> Response {
    match error.into_kind() {
        Kind::Tool(message) => Response::text(message).status(403),
        Kind::Protocol(error) => {
            log(&format!("a WebSocket was refused: {}", error.message));
            Response::internal_error()
        }
        Kind::Sql(error) => {
            log(&format!("a WebSocket was refused: {error}"));
            Response::internal_error()
        }
    }
}
