//! Who may do what.

use guarded::{AddNoteParams, MineParams};
use mcp_agent::prelude::*;
use mcp_agent::serde_json::Value;
use mcp_agent::worker::{self, Fetch, Headers, Request as Ask, RequestInit};

#[mcp_agent(config = "mcp.toml")]
pub struct Guarded;

/// Issuer, subject, client, scopes and groups, and a claim that no declaration of the tests names.
fn shown(auth: Option<&Auth>) -> Result<String> {
    let Some(auth) = auth else {
        return Ok("nobody".to_owned());
    };
    let groups: Vec<String> = auth.claim("groups")?.unwrap_or_default();
    let email: Option<String> = auth.claim("email")?;
    let undeclared: Option<String> = auth.claim("undeclared")?;
    let scopes: Vec<&str> = auth.scopes().collect();
    Ok(format!(
        "iss={} sub={} client={} scopes={} groups={} email={} undeclared={}",
        auth.issuer(),
        auth.subject(),
        auth.client().unwrap_or("none"),
        scopes.join("+"),
        groups.join("+"),
        email.as_deref().unwrap_or("none"),
        undeclared.as_deref().unwrap_or("none"),
    ))
}

fn unasked(error: worker::Error) -> Error {
    Error::tool(error.to_string())
}

impl guarded::Handlers for Guarded {
    async fn whoami(cx: &Cx) -> Result<String> {
        shown(cx.auth())
    }

    async fn list_notes(&self, _cx: &Cx) -> Result<String> {
        Ok(self.notes.join("\n"))
    }

    async fn add_note(&mut self, _cx: &Cx, p: AddNoteParams) -> Result<String> {
        self.notes.push(p.text);
        Ok(self.notes.len().to_string())
    }

    async fn purge(&mut self, _cx: &Cx) -> Result<String> {
        self.notes.clear();
        Ok("gone".to_owned())
    }

    async fn elsewhere(cx: &Cx) -> Result<String> {
        let token = cx.upstream().await?;
        let hub = cx.env().var("HUB").map_err(unasked)?;
        let headers = Headers::new();
        for (name, value) in [
            ("authorization", token.authorization().as_str()),
            ("user-agent", "guarded"),
        ] {
            headers.set(name, value).map_err(unasked)?;
        }
        let mut init = RequestInit::new();
        init.with_headers(headers);
        let ask = Ask::new_with_init(&format!("{hub}/api/v3/user"), &init).map_err(unasked)?;
        let mut answer = Fetch::Request(ask).send().await.map_err(unasked)?;
        let user: Value = answer.json().await.map_err(unasked)?;
        Ok(user["login"].as_str().unwrap_or("nobody").to_owned())
    }

    async fn mine(_cx: &Cx, p: MineParams) -> Result<String> {
        Ok(p.owner)
    }

    async fn on_request(_cx: &Cx, request: Request) -> Result<Response> {
        Ok(Response::text(shown(request.auth())?))
    }
}
