//! The front, whatever its host: every request begins here, and most end here.

use crate::agent::Agent;
use crate::drive::{self, Job};
use crate::host::signal;
use crate::once::Task;
use mcp_agent_protocol::{
    Call, ContentKind, Engine, Entropy, Headers, HttpRequest, Keys, Output, Reply, Route,
};
use std::marker::PhantomData;
use std::rc::Rc;

/// What a request comes to: a signal ([`signal`]).
pub enum Told {
    /// At once.
    Now(String),
    /// When a handler has run.
    Later(Task<String>),
}

/// The front of an agent.
pub struct Front<A> {
    engine: Rc<Engine>,
    agent: PhantomData<A>,
}

impl<A: Agent> Front<A> {
    pub fn new() -> Self {
        Self {
            engine: Rc::new(match const { A::CATALOG.mirrors() } {
                true => Engine::new(A::CATALOG, A::POLICY),
                false => Engine::lean(A::CATALOG, A::POLICY),
            }),
            agent: PhantomData,
        }
    }

    /// One request. `head` is the method, the path with its query, and the header values in the order of [`header_names`], one a line.
    /// `announce` tells the object that knows who subscribes to what that these URIs, one a line, are others now.
    pub fn handle(
        &self,
        head: &str,
        body: &[u8],
        keys: Option<&Keys>,
        now_ms: u64,
        entropy: &mut dyn Entropy,
        announce: impl FnOnce(&str) -> Task<Option<String>> + 'static,
    ) -> Told {
        let Ok(body) = std::str::from_utf8(body) else {
            return Told::Now(signal::reply(not_utf8()));
        };
        let request = request(&self.engine, head, body);
        Told::Now(match self.engine.handle(&request, keys, now_ms, entropy) {
            Output::Reply(reply) => signal::reply(reply),
            Output::Batch(batch) => signal::batch(&batch),
            Output::NeedKeys => signal::NEED_KEYS.to_owned(),
            Output::OpenSse(open) => signal::open_sse(&open),
            Output::Post { object, .. } => signal::post(&object),
            Output::Session(head) => signal::session(&head),
            Output::Join(head) => signal::join(&head),
            Output::Call(call) => match &call.route {
                Route::Object(name) => signal::call(name, &call),
                Route::Here => return Told::Later(self.call(call, announce)),
            },
        })
    }

    fn call(
        &self,
        call: Call<'_>,
        announce: impl FnOnce(&str) -> Task<Option<String>> + 'static,
    ) -> Task<String> {
        let job = Rc::new(Job::from(call));
        let engine = self.engine.clone();
        Box::pin(async move {
            let mut ran = drive::run::<A>(None, job.clone(), Default::default()).await;
            tell::<A>(std::mem::take(&mut ran.updated), announce).await;
            signal::reply(ran.reply(&engine, &job.head))
        })
    }

    /// The header lines that let a page of this origin read its answers; none for a page that is refused.
    pub fn sharing(&self, host: &str, origin: &str) -> String {
        let headers = self.engine.sharing(Some(host), origin);
        signal::header_lines(headers.iter().flatten())
    }
}

/// A handler that ran in no object of the state changed these.
pub async fn tell<A: Agent>(
    updated: Vec<String>,
    announce: impl FnOnce(&str) -> Task<Option<String>>,
) {
    if A::KEPT && !updated.is_empty() && A::CATALOG.resources.iter().any(|item| item.subscribe) {
        announce(&updated.join("\n")).await;
    }
}

fn request<'a>(engine: &Engine, head: &'a str, body: &'a str) -> HttpRequest<'a> {
    let (method, rest) = head.split_once('\n').unwrap_or((head, ""));
    let (target, headers) = rest.split_once('\n').unwrap_or((rest, ""));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    HttpRequest {
        method,
        path,
        query,
        headers: engine.headers(headers),
        body,
        principal: None,
    }
}

/// The request headers that an agent reads.
pub fn header_names<A: Agent>() -> Vec<&'static str> {
    match const { A::CATALOG.mirrors() } {
        true => A::CATALOG.header_names(),
        false => Headers::NAMES.to_vec(),
    }
}

pub fn not_utf8() -> Reply {
    Reply {
        status: 400,
        headers: Vec::new(),
        content: ContentKind::Json,
        body: r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"the body is not UTF-8"}}"#.into(),
    }
}
