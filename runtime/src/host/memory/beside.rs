//! What the class and the front of `entry.mjs` do with what is no MCP.

use super::entry::Entry;
use super::http::{Request, Response};
use super::objects::Objects;
use super::shared::{Event, Shared};
use super::websocket::{Handling, Heard, WebSocket, Wire};
use super::{Host, Lost};
use crate::agent::Agent;
use crate::host::front_beside::{self, At, Beside};
use crate::host::plain;
use crate::once::{self, Once, Task};
use crate::sync::Joining;
use crate::{request, websocket};
use std::future::ready;
use std::rc::Rc;
use tokio::sync::oneshot;

/// A client wants to connect: its connection, or a refusal.
pub type Connecting = oneshot::Sender<Result<Rc<Wire>, request::Response>>;

impl<A: Agent> Entry<A> {
    /// Whether a request is for what is no MCP.
    pub fn is_beside(&self, request: &Request) -> bool {
        let (exact, plain) = front_beside::paths::<A>();
        let path = request.path();
        let mut plain = plain.split(' ');
        let begin = plain.next().unwrap_or_default();
        let is_plain = match begin.strip_suffix('*') {
            Some(begin) => path.starts_with(begin),
            None => path == begin,
        };
        exact.split(' ').any(|it| it == path) || (is_plain && plain.all(|hidden| hidden != path))
    }

    /// The answer to such a request.
    pub fn serve_beside(&self, request: &Request) -> Task<Response> {
        let (head, body) = (request.whole_head::<A>(), request.body.clone());
        let is_head = request.method() == "HEAD";
        let shared = self.shared.clone();
        let beside = self.front.beside(&head, &body, shared.clock.now_ms());
        Box::pin(async move {
            let answered = match beside {
                Beside::Answer(task) => Some(task.await),
                Beside::NeedKeys => None,
                Beside::Request(at) => {
                    let head = at.head::<A>(&head);
                    let asked = |reply| Event::Plain { head, body, reply };
                    shared.ask(&at.object, asked).await
                }
                Beside::Connect(at) => {
                    let head = at.head::<A>(&head);
                    given_up(&shared, &at.object, head).await
                }
                Beside::Follow(at) => given_up(&shared, &at.object, at.who).await,
            };
            let mut response = answered.unwrap_or_else(request::Response::internal_error);
            if is_head {
                response.body.clear();
            }
            Response::plain(response)
        })
    }

    /// A client that wants a WebSocket gets one, or a refusal.
    fn connect(&self, request: &Request) -> Task<Result<WebSocket, Response>> {
        let head = request.whole_head::<A>();
        let shared = self.shared.clone();
        let beside = self.front.beside(&head, &[], shared.clock.now_ms());
        Box::pin(async move {
            let (object, head) = match beside {
                Beside::Connect(at) => {
                    let head = at.head::<A>(&head);
                    (at.object, head)
                }
                Beside::Follow(at) => (at.object, at.who),
                Beside::NeedKeys => {
                    return Err(Response::plain(request::Response::internal_error()));
                }
                Beside::Answer(task) => return Err(Response::plain(task.await)),
                Beside::Request(_) => {
                    let refusal = request::Response::text("not found").status(404);
                    return Err(Response::plain(refusal));
                }
            };
            let asked = |reply| Event::Connect { head, reply };
            match shared.ask(&object, asked).await {
                Some(Ok(wire)) => Ok(WebSocket { wire, shared }),
                Some(Err(refusal)) => Err(Response::plain(refusal)),
                None => Err(Response::plain(request::Response::internal_error())),
            }
        })
    }
}

/// A connection that nobody waits for who could use it.
async fn given_up(shared: &Rc<Shared>, object: &str, head: String) -> Option<request::Response> {
    let asked = |reply| Event::Connect { head, reply };
    Some(match shared.ask(object, asked).await? {
        Ok(wire) => {
            wire.leave(shared, 1006, "");
            request::Response::new(101)
        }
        Err(refusal) => refusal,
    })
}

impl At {
    /// The head as the object is to hear it.
    fn head<A: Agent>(&self, head: &str) -> String {
        match head.split_once('\n') {
            Some((_, rest)) if A::AUTH => [&self.who, "\n", rest].concat(),
            _ => head.to_owned(),
        }
    }
}

impl<A: Agent> Host<A> {
    /// Opens a WebSocket at the declared path, as a client does who sends this request (`GET`) with `Upgrade: websocket`. Waits for the
    /// answer, as long as it takes in virtual time.
    ///
    /// ```no_run
    /// use mcp_agent::memory::{Host, Request};
    /// # fn test<Chat: mcp_agent::__rt1::Agent>() {
    /// let host = Host::<Chat>::new(1);
    /// let ada = host.connect(&Request::new("GET", "/ws?name=ada")).unwrap();
    /// ada.send("hello");
    /// host.run();
    /// assert_eq!(ada.received(), ["ada: hello".into()]);
    /// # }
    /// ```
    ///
    /// # Errors
    /// The response, where the connection is refused.
    ///
    /// # Panics
    /// When the answer never comes: a handler waits for what is not of this host.
    pub fn connect(&self, request: &Request) -> Result<WebSocket, Response> {
        let request = request.clone().header("upgrade", "websocket");
        let (reply, mut answer) = oneshot::channel();
        let connecting = self.entry.connect(&request);
        let connecting = Box::pin(async move { drop(reply.send(connecting.await)) });
        self.shared.tasks.spawn("", false, connecting);
        loop {
            self.run();
            match answer.try_recv() {
                Ok(answer) => return answer,
                Err(oneshot::error::TryRecvError::Empty) => {
                    assert!(self.skip(), "nothing moves, and there is no response");
                }
                Err(oneshot::error::TryRecvError::Closed) => {
                    panic!("{:?}: the front was lost with a request", Lost)
                }
            }
        }
    }
}

impl<A: Agent> Objects<A> {
    /// A plain request.
    pub fn deliver_plain(
        &self,
        name: &str,
        head: &str,
        body: &[u8],
        reply: oneshot::Sender<request::Response>,
    ) {
        let answer = self.get(name).requested(plain::read::<A>(head, body));
        let answered = Box::pin(async move { drop(reply.send(answer.await)) });
        self.begin(name, answered);
    }

    /// A client wants to connect.
    pub fn deliver_connect(&self, name: &str, head: &str, reply: Connecting) {
        let object = self.get(name);
        let follows = Joining::is(head);
        let id = match follows {
            true => websocket::follower_id(&object.socket_id()),
            false => object.socket_id(),
        };
        let wire = self.shared.wires.wait(name, &id);
        let connecting = match follows {
            true => Box::pin(ready(object.join_follower(&id, head))),
            false => object.connect(id, plain::read::<A>(head, &[])),
        };
        let shared = self.shared.clone();
        let connected = Box::pin(async move {
            match connecting.await {
                Ok(()) => {
                    if let Err(Ok(wire)) = reply.send(Ok(wire)) {
                        wire.leave(&shared, 1006, "");
                    }
                }
                Err(refusal) => {
                    shared.wires.forget(&wire.id);
                    drop(reply.send(Err(refusal)));
                }
            }
        });
        self.begin(name, connected);
    }

    /// Something happened to a connection.
    pub fn deliver_socket(&self, name: &str, wire: Rc<Wire>, heard: Heard) {
        let object = self.get(name);
        let id = wire.id.clone();
        let (over, task) = match heard {
            Heard::Message(message) => (false, object.received(&id, message)),
            Heard::Closed(code, reason) => (true, object.closed(&id, code, reason)),
            Heard::Failed(error) => (false, object.failed(&id, error)),
        };
        let shared = self.shared.clone();
        let handling = Handling::of(wire, shared.clone());
        let handled = Box::pin(async move {
            task.await;
            handling.done();
            if over {
                shared.wires.forget(&id);
            }
        });
        self.begin(name, handled);
    }

    /// What comes first goes first: it begins now.
    fn begin(&self, name: &str, task: Task<()>) {
        if let Once::Later(rest) = once::poll(task) {
            self.shared.tasks.spawn(name, false, rest);
        }
    }
}
