//! What `entry.mjs` is to a Worker: does what the front's signals say.

use super::http::{Request, Response};
use super::shared::{Event, Shared};
use super::socket::Socket;
use crate::agent::Agent;
use crate::host::front::{Front, FrontHost, Told, header_names, not_utf8};
use crate::host::signal;
use crate::once::Task;
use mcp_agent_protocol::Keys;
use std::future::{poll_fn, ready};
use std::rc::Rc;
use std::task::Poll;
use tokio::sync::oneshot;

/// The owner of what runs in no object.
pub const FRONT: &str = "";

/// The front of a host.
pub struct Entry<A> {
    pub(super) front: Front<A>,
    pub(super) shared: Rc<Shared>,
}

/// What this host lends to its front.
struct Lender {
    shared: Rc<Shared>,
}

impl FrontHost for Lender {
    fn keys(&self) -> Option<Rc<Keys>> {
        match self.shared.keys() {
            Ok(keys) => Some(keys),
            Err(error) => {
                crate::host::log(&error.to_string());
                None
            }
        }
    }

    fn entropy(&self, out: &mut [u8]) {
        self.shared.entropy(out);
    }

    fn ask(&self, object: &str, verb: &'static str, payload: &str) -> Task<Option<String>> {
        let (reply, answer) = oneshot::channel();
        let payload = payload.to_owned();
        let event = Event::Act {
            verb,
            payload,
            reply,
        };
        self.shared.send(object, event);
        Box::pin(async move { answer.await.ok() })
    }
}

/// An object was lost while it was asked, or said what only another release understands.
struct Failed;

impl<A: Agent> Entry<A> {
    pub fn new(shared: Rc<Shared>, front: fn(Rc<dyn FrontHost>) -> Front<A>) -> Rc<Self> {
        Rc::new(Self {
            front: front(Rc::new(Lender {
                shared: shared.clone(),
            })),
            shared,
        })
    }

    /// The answer to a request, whatever happens.
    pub fn serve(self: &Rc<Self>, request: &Request) -> Task<Response> {
        if Front::<A>::BESIDE && self.is_beside(request) {
            return self.serve_beside(request);
        }
        let Ok(body) = String::from_utf8(request.body.clone()) else {
            let refused = Response::read_signal(&signal::reply(not_utf8()));
            let refused = refused.unwrap_or_else(|| Response::json(500, failure("")));
            return Box::pin(ready(refused));
        };
        let head = request.head::<A>(&header_names::<A>());
        let sharing = request.get("origin").map(|origin| {
            let host = request.get("host").unwrap_or_default();
            self.front.sharing(host, origin)
        });
        let this = self.clone();
        Box::pin(async move {
            let served = this.respond(head, body.clone()).await;
            let mut response = served.unwrap_or_else(|Failed| Response::json(500, failure(&body)));
            for line in sharing.iter().flat_map(|lines| lines.lines()) {
                if let Some((name, value)) = line.split_once(':') {
                    let header = (name.to_owned(), value.to_owned());
                    response.headers.push(header);
                }
            }
            response
        })
    }

    fn respond(self: &Rc<Self>, head: String, body: String) -> Task<Result<Response, Failed>> {
        let this = self.clone();
        Box::pin(async move {
            let mut signal = this.ask(&head, &body).await?;
            if signal.starts_with('N') {
                let (object, request) = split(&signal)?;
                let (head, body) = (request.to_owned(), body.clone());
                let asked = this
                    .shared
                    .ask(object, |reply| Event::Session { head, body, reply });
                signal = asked.await.ok_or(Failed)?;
            }
            match signal.as_bytes().first() {
                Some(b'O') => {
                    let (object, payload) = split(&signal)?;
                    let payload = payload.to_owned();
                    let asked = this
                        .shared
                        .ask(object, |reply| Event::Call { payload, reply });
                    let answered = asked.await.ok_or(Failed)?;
                    match answered.starts_with('T') {
                        true => this.join(&answered).await,
                        false => answer(&answered),
                    }
                }
                Some(b'X') => this.follow(&signal),
                Some(b'L') => {
                    // This host's objects end no subscription.
                    let (object, rest) = split(&signal)?;
                    let (_, head) = rest.split_once('\n').ok_or(Failed)?;
                    this.join(&["T", object, "\n", head].concat()).await
                }
                Some(b'P') => {
                    let (object, who) = split(&signal)?;
                    let who = who.to_owned();
                    let asked = this
                        .shared
                        .ask(object, |reply| Event::Post { who, body, reply });
                    answer(&asked.await.ok_or(Failed)?)
                }
                Some(b'T') => this.join(&signal).await,
                Some(b'S') => this.open(&signal).await,
                Some(b'B') => Ok(this.batch(&signal, &head).await),
                _ => answer(&signal),
            }
        })
    }

    async fn ask(&self, head: &str, body: &str) -> Result<String, Failed> {
        let now_ms = self.shared.clock.now_ms();
        let signal = match self.front.handle(head, body, now_ms) {
            Told::Now(signal) => signal,
            Told::Later(task) => task.await,
        };
        // The keys are always there, if the storage gives them.
        match &*signal {
            signal::NEED_KEYS => Err(Failed),
            _ => Ok(signal),
        }
    }

    /// The stream of a round that the front plays.
    fn follow(self: &Rc<Self>, signal: &str) -> Result<Response, Failed> {
        let stream: u32 = signal[1..].parse().map_err(|_| Failed)?;
        let socket = self.shared.join(FRONT, Some(stream), "");
        let pushed = socket.clone();
        let rest = self.front.follow(
            stream,
            Rc::new(move |events| match events {
                Some(events) => pushed.send(events),
                None => pushed.close(),
            }),
        );
        let play = Play {
            entry: self.clone(),
            stream,
            socket: socket.clone(),
        };
        let rest = Box::pin(async move {
            let _play = play;
            rest.await;
        });
        self.shared.tasks.spawn(FRONT, false, rest);
        Ok(Response::stream(socket, self.shared.clone()))
    }

    /// The client of such a stream is gone.
    pub fn left(&self, stream: u32) {
        self.front.left(stream);
    }

    async fn join(&self, signal: &str) -> Result<Response, Failed> {
        let (object, head) = split(signal)?;
        let head = head.to_owned();
        let joined = self.shared.ask(object, |reply| Event::Join { head, reply });
        match joined.await.ok_or(Failed)? {
            Ok(socket) => Ok(Response::stream(socket, self.shared.clone())),
            Err(refusal) => answer(&refusal),
        }
    }

    async fn open(&self, signal: &str) -> Result<Response, Failed> {
        let (object, rest) = split(signal)?;
        let (session, first) = rest.split_once('\n').ok_or(Failed)?;
        let session = session.to_owned();
        let opened = self
            .shared
            .ask(object, |reply| Event::Open { session, reply });
        let socket = opened.await.ok_or(Failed)?;
        // Nothing was sent before: nobody knows where to post yet.
        socket.send(first);
        Ok(Response::stream(socket, self.shared.clone()))
    }

    async fn batch(self: &Rc<Self>, signal: &str, head: &str) -> Response {
        let parts = parts(signal).map(|(message, text)| -> Task<Response> {
            let text = text.to_owned();
            if !message {
                return Box::pin(async move { Response::json(200, text) });
            }
            let alone = self.respond(head.to_owned(), text.clone());
            Box::pin(async move {
                let answer = alone.await;
                answer.unwrap_or_else(|Failed| Response::json(200, failure(&text)))
            })
        });
        let answers = all(parts.collect()).await;
        Response::batch(answers, signal.starts_with("Bs"))
    }
}

/// A play that the front streams. When it is dropped, its stream ends, whatever ended it.
struct Play<A: Agent> {
    entry: Rc<Entry<A>>,
    stream: u32,
    socket: Rc<Socket>,
}

impl<A: Agent> Drop for Play<A> {
    fn drop(&mut self) {
        self.entry.left(self.stream);
        self.socket.close();
    }
}

/// The parts of a batch: whether it is a message, and its text.
pub fn parts(signal: &str) -> impl Iterator<Item = (bool, &str)> {
    let parts = signal.get(3..).unwrap_or_default().split('\u{1e}');
    parts.filter_map(|part| Some((part.starts_with('m'), part.get(1..)?)))
}

/// What is between the first character and the first line end, and what is behind.
fn split(signal: &str) -> Result<(&str, &str), Failed> {
    signal[1..].split_once('\n').ok_or(Failed)
}

fn answer(signal: &str) -> Result<Response, Failed> {
    Response::read_signal(signal).ok_or(Failed)
}

/// What a caller gets whose call was lost: nothing of the inside, and its own id.
pub fn failure(body: &str) -> String {
    let message: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let id = match &message["id"] {
        id @ (serde_json::Value::String(_) | serde_json::Value::Number(_)) => id.clone(),
        _ => serde_json::Value::Null,
    };
    let error = serde_json::json!({ "code": -32603, "message": "internal error" });
    serde_json::json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string()
}

/// Waits for all, side by side.
async fn all<T>(mut tasks: Vec<Task<T>>) -> Vec<T> {
    let mut values: Vec<Option<T>> = tasks.iter().map(|_| None).collect();
    poll_fn(|cx| {
        for (task, value) in tasks.iter_mut().zip(&mut values) {
            if value.is_none()
                && let Poll::Ready(ready) = task.as_mut().poll(cx)
            {
                *value = Some(ready);
            }
        }
        match values.iter().all(Option::is_some) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
    values.into_iter().flatten().collect()
}
