//! Requests to one server, and its replies, both within limits. The token goes to its origin and nowhere else, and into no error.

use super::bounded::Bounded;
use super::limits::Limits;
use super::reply::{Reply, STREAM};
use crate::address::Address;
use crate::remote::TOKEN;
use anyhow::{Context, Result, bail};
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use ureq::Agent;
use ureq::http::Request;

/// What an MCP client takes as an answer to a POST.
pub const ANSWERS: &str = "application/json, text/event-stream";
/// How many redirects are followed.
const REDIRECTS: usize = 5;
/// How much of an answer an error shows, in characters.
const SHOWN: usize = 200;

/// Headers of a request.
pub type Headers = Vec<(&'static str, String)>;
/// Who asks.
pub struct Http {
    agent: Agent,
    token: Option<String>,
    pub limits: Limits,
    total: Rc<Cell<u64>>,
    until: Instant,
}

impl Http {
    /// Requests to servers at and below this address, from now on.
    pub fn new(at: &Address, token: Option<&str>, limits: Limits) -> Self {
        let wait = Some(limits.request);
        let mut config = Agent::config_builder()
            .timeout_resolve(wait)
            .timeout_connect(wait)
            .timeout_send_request(wait)
            .timeout_send_body(wait)
            .timeout_recv_response(wait)
            .timeout_per_read(wait)
            // Which redirects are followed is decided here: a token must not go along to everywhere.
            .max_redirects(0)
            .http_status_as_error(false);
        if at.is_loopback() {
            // A proxy is another machine.
            config = config.proxy(None);
        }
        Self {
            agent: Agent::new_with_config(config.build()),
            token: token.filter(|it| !it.is_empty()).map(str::to_owned),
            total: Rc::new(Cell::new(limits.total)),
            until: Instant::now() + limits.listing,
            limits,
        }
    }

    /// Posts JSON.
    pub fn post(&self, at: &Address, headers: &Headers, body: &str) -> Result<Reply> {
        let mut at = at.clone();
        for _ in 0..=REDIRECTS {
            let request = Request::post(at.as_str())
                .header("content-type", "application/json")
                .header("accept", ANSWERS);
            let reply = self.send(&at, request, headers, body)?;
            // Those that keep the method and the body: any other would be a GET that asks nothing.
            match (reply.status, reply.header("location")) {
                (307 | 308, Some(location)) => at = at.join(location)?,
                (300..=399, Some(location)) => bail!(
                    "{at} answers {} and leads to {}: give that URL if it is the server's",
                    reply.status,
                    self.shown(location)
                ),
                _ => return Ok(reply),
            }
        }
        bail!("{at} leads on and on: more than {REDIRECTS} redirects")
    }

    /// Asks for a stream.
    pub fn get(&self, at: &Address, headers: &Headers) -> Result<Reply> {
        let request = Request::get(at.as_str()).header("accept", STREAM);
        self.send(at, request, headers, ())
    }

    /// Says that something is needed no more. What comes of it makes no difference.
    pub fn delete(&self, at: &Address, headers: &Headers) {
        let _ = self.send(at, Request::delete(at.as_str()), headers, ());
    }

    fn send(
        &self,
        at: &Address,
        request: ureq::http::request::Builder,
        headers: &Headers,
        body: impl ureq::AsSendBody,
    ) -> Result<Reply> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            bail!(
                "{at} takes longer than {:?} to say what it has",
                self.limits.listing
            );
        }
        let mut request = request;
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request
            .body(body)
            .map_err(|_| anyhow::anyhow!("a header for {at} has what no header may have"))?;
        let response = self.agent.run(request);
        let (head, body) = response
            .with_context(|| format!("no answer from {at}"))?
            .into_parts();
        let until = Instant::now() + self.limits.request.min(left);
        let reply = Reply {
            status: head.status.as_u16(),
            at: at.clone(),
            headers: head.headers,
            body: Bounded::new(
                body.into_reader(),
                self.limits.answer,
                self.total.clone(),
                until,
            ),
        };
        match reply.status {
            401 => Err(self.unauthorized(&reply)),
            _ => Ok(reply),
        }
    }

    fn unauthorized(&self, reply: &Reply) -> anyhow::Error {
        let at = &reply.at;
        let said = match self.token {
            None => format!("{at} asks who is there (401): set {TOKEN} to an access token for it"),
            Some(_) => format!(
                "{at} does not know who asks (401): {TOKEN} is no access token there, or is over"
            ),
        };
        match reply.metadata() {
            Some(url) => anyhow::anyhow!("{said}; {} says who gives them", self.shown(url)),
            None => anyhow::anyhow!(said),
        }
    }

    /// How long the next answer may take.
    pub fn patience(&self) -> Duration {
        let left = self.until.saturating_duration_since(Instant::now());
        self.limits.request.min(left)
    }

    /// The beginning of what a server says, as it may stand in a terminal: no control characters, and no token that it was told.
    pub fn shown(&self, text: &str) -> String {
        let told = self.token.as_deref().unwrap_or("\0");
        let text = text.replace(told, "…");
        shown(&text, SHOWN)
    }
}

/// The first characters of a text, in which nothing does anything to a terminal.
pub fn shown(text: &str, characters: usize) -> String {
    let plain = |it: char| if it.is_control() { ' ' } else { it };
    let mut shown: String = text.trim().chars().map(plain).take(characters).collect();
    if text.trim().chars().nth(characters).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_server_do_nothing_to_a_terminal_and_give_no_token_away() {
        let at = Address::parse("https://a.example", None).expect("a URL");
        let http = Http::new(&at, Some("secret"), Limits::DEFAULT);
        assert_eq!(http.shown(" a\u{1b}[2J secret\n"), "a [2J …");
        let long = format!("{}secret", "x".repeat(SHOWN - 3));
        assert!(!http.shown(&long).contains("sec"));
        assert_eq!(shown("ä".repeat(4).as_str(), 3), "äää…");
    }
}
