//! What is kept of one person or tenant, for those who may have it exported or deleted (`[state] admin`).

use super::front::Front;
use super::front_beside::{Beside, now};
use crate::agent::Agent;
use crate::once::Task;
use crate::request::{Request, Response};
use mcp_agent_protocol::{NeedKeys, Scope};
use serde::Deserialize;
use serde_json::{Value, json};

/// Where it is asked for.
pub const PATH: &str = "/.mcp-agent/state";

/// The body of such a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    action: Action,
    /// Of scope `user`: who it is about.
    subject: Option<String>,
    /// Of scope `tenant`: what the claim says.
    tenant: Option<Value>,
    /// Whose word that is; without it, that of the issuer of who asks.
    issuer: Option<String>,
    /// Of an export: where the page before ended.
    #[serde(default)]
    cursor: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Export,
    Delete,
}

impl<A: Agent> Front<A> {
    /// A request at [`PATH`]; `line` says who sends it.
    pub(super) fn keep(&self, line: &str, request: &Request) -> Beside {
        let Some(access) = A::ADMIN else {
            return refused(404, "not found");
        };
        if request.method() != "POST" {
            let response = problem(405, "this is for POST").header("allow", "POST");
            return now(response);
        }
        let Some(admin) = self.engine.principal(line) else {
            let response = problem(401, "who asks is not known");
            return now(response.header("www-authenticate", "Bearer"));
        };
        if let Some(reply) = self.engine.refusal(access, &admin) {
            let mut response = problem(reply.status, "the state of others is not for you");
            for (name, value) in reply.headers {
                response = response.header(name, value);
            }
            return now(response);
        }
        let ask: Ask = match serde_json::from_slice(request.body()) {
            Ok(ask) => ask,
            Err(error) => return refused(400, &error.to_string()),
        };
        let line = match line_of::<A>(&ask, admin.issuer()) {
            Ok(line) => line,
            Err(why) => return refused(400, why),
        };
        let keys = self.host.keys();
        let found = match self.engine.caller(&line, keys.as_deref()) {
            Ok(found) => found,
            Err(NeedKeys) => return Beside::NeedKeys,
        };
        let home = found.as_ref().and_then(|found| found.home());
        match home {
            Some(home) => Beside::Answer(self.kept(ask, home)),
            None => refused(400, "nobody can be who this is about"),
        }
    }

    fn kept(&self, ask: Ask, home: &str) -> Task<Response> {
        let (verb, payload) = match ask.action {
            Action::Export => ("export", ask.cursor.as_str()),
            Action::Delete => ("erase", ""),
        };
        let told = self.host.ask(home, verb, payload);
        Box::pin(async move {
            match (told.await, ask.action) {
                (None, Action::Export) if !ask.cursor.is_empty() => {
                    problem(400, "`cursor` is not one of an export")
                }
                (None, _) => Response::internal_error(),
                (Some(page), Action::Export) => exported(&page),
                (Some(_), Action::Delete) => answer(200, &json!({ "deleted": true }).to_string()),
            }
        })
    }
}

/// A principal, as a token of whom it is about would make it.
fn line_of<A: Agent>(ask: &Ask, own: &str) -> Result<String, &'static str> {
    let issuer = ask.issuer.as_deref().unwrap_or(own);
    let line = match (A::CATALOG.scope, &ask.subject, &ask.tenant) {
        (Some(Scope::User), Some(subject), None) => json!({ "iss": issuer, "sub": subject }),
        (Some(Scope::Tenant { claim }), None, Some(tenant)) => {
            let nest = |inner: Value, name: &&str| json!({ *name: inner });
            let claims = claim.iter().rev().fold(tenant.clone(), nest);
            json!({ "iss": issuer, "sub": "-", "claims": claims })
        }
        (Some(Scope::User), ..) => {
            return Err("`subject` says whose state it is, and nothing else does");
        }
        _ => return Err("`tenant` says whose state it is, and nothing else does"),
    };
    Ok(line.to_string())
}

/// A page: the next cursor, and items of JSON, each a line.
fn exported(page: &str) -> Response {
    let mut lines = page.split('\n');
    let cursor = match lines.next() {
        None | Some("") => Value::Null,
        Some(cursor) => cursor.into(),
    };
    let items = lines.collect::<Vec<_>>().join(",");
    answer(200, &format!("{{\"items\":[{items}],\"cursor\":{cursor}}}"))
}

fn problem(status: u16, words: &str) -> Response {
    answer(status, &json!({ "error": words }).to_string())
}

fn answer(status: u16, body: &str) -> Response {
    let response = Response::new(status).header("content-type", "application/json");
    // It is about one person, and for another.
    response.header("cache-control", "no-store").body(body)
}

fn refused(status: u16, words: &str) -> Beside {
    now(problem(status, words))
}
