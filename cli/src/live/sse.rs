//! HTTP+SSE of 2024-11-05: a stream that says where to post, and on which all answers come.

use super::http::{Headers, Http};
use super::initialize;
use super::message::{self, Message, Said};
use super::reply::Stream;
use super::server::{Greeting, Server};
use crate::address::Address;
use anyhow::{Context, Result, bail};
use mcp_agent_protocol::Version;
use serde_json::{Map, Value};

/// A server whose stream is open.
pub struct Sse<'a> {
    wire: Wire<'a>,
    greeting: Greeting,
}

struct Wire<'a> {
    http: &'a Http,
    stream: Stream,
    /// Where the stream is.
    at: Address,
    /// Where messages are posted to.
    messages: Address,
    headers: Headers,
    ids: u64,
}

/// Opens the stream and initializes.
pub fn open<'a>(http: &'a Http, at: &Address, version: Version) -> Result<Sse<'a>> {
    let mut wire = Wire::open(http, at)?;
    let said = wire.ask(initialize::METHOD, initialize::params(version))?;
    let result = said.map_err(|error| {
        let message = http.shown(&error.message);
        anyhow::anyhow!("`initialize` of {at}: error {}, {message}", error.code)
    })?;
    let greeting = initialize::greeting(http, &result, "HTTP+SSE")?;
    wire.headers = vec![("mcp-protocol-version", greeting.protocol.clone())];
    wire.post(&initialize::done())?;
    Ok(Sse { wire, greeting })
}

impl Server for Sse<'_> {
    fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    fn ask(&mut self, method: &str, params: Map<String, Value>) -> Result<Said> {
        self.wire.ask(method, params)
    }
}

impl<'a> Wire<'a> {
    /// The first event names the endpoint. It is of the stream's own origin, or whoever speaks for a server could have the token sent
    /// to wherever they like.
    fn open(http: &'a Http, at: &Address) -> Result<Self> {
        let mut reply = http.get(at, &Vec::new())?;
        if !reply.is_stream() {
            let (status, media) = (reply.status, http.shown(&reply.media()));
            bail!(
                "GET of {at}: {status}, `{media}`: {}",
                http.shown(&reply.text()?)
            );
        }
        let mut stream = reply.stream();
        let first = stream.next();
        let first = first.with_context(|| format!("the stream of {at} cannot be read"))?;
        let endpoint = first.filter(|it| it.kind == "endpoint");
        let endpoint = endpoint.with_context(|| {
            format!("the stream of {at} does not begin with the event `endpoint`")
        })?;
        Ok(Self {
            http,
            stream,
            at: at.clone(),
            messages: at.join(&endpoint.data)?,
            headers: Vec::new(),
            ids: 0,
        })
    }

    fn post(&self, message: &Value) -> Result<()> {
        let body = message.to_string();
        let reply = self.http.post(&self.messages, &self.headers, &body)?;
        reply.accepted(self.http)
    }

    fn ask(&mut self, method: &str, params: Map<String, Value>) -> Result<Said> {
        self.ids += 1;
        let (most, time) = (self.http.limits.answer, self.http.patience());
        self.stream.get_mut().get_mut().renew(most, time);
        self.post(&message::request(self.ids, method, params))?;
        loop {
            let event = self.stream.next();
            let event =
                event.with_context(|| format!("the stream of {} is read no further", self.at))?;
            let Some(event) = event else {
                bail!("the stream of {} ends without the answer", self.at);
            };
            if event.kind != "message" || event.data.is_empty() {
                continue;
            }
            let Some(all) = message::read(&event.data) else {
                let shown = self.http.shown(&event.data);
                bail!("{} sends what is no JSON-RPC message: {shown}", self.at);
            };
            let mut answer = None;
            for it in all {
                match it {
                    Message::Request { id, method } => self.post(&message::answer(&id, &method))?,
                    Message::Answer { id, said }
                        if id == self.ids || (id.is_null() && said.is_err()) =>
                    {
                        answer = Some(said);
                    }
                    _ => {}
                }
            }
            if let Some(said) = answer {
                return Ok(said);
            }
        }
    }
}
