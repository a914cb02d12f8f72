//! Two agents that ask who calls: one with light sessions, one with kept ones.

use mcp_agent::prelude::*;
use mcp_agent::serde_json::json;
use std::time::Duration;

#[mcp_agent(config = "tests/auth/light.toml")]
pub struct Light;

#[mcp_agent(config = "tests/auth/kept.toml")]
pub struct Kept;

fn who(cx: &Cx) -> Result<String> {
    let auth = cx.auth().ok_or_else(|| Error::tool("nobody"))?;
    let scopes: Vec<&str> = auth.scopes().collect();
    let group: Option<String> = auth.claim("group")?;
    let group = group.unwrap_or_default();
    let admin = auth.has_role("admin");
    let (issuer, subject, client) = (auth.issuer(), auth.subject(), auth.client());
    Ok(format!(
        "{issuer} {subject} {client:?} {scopes:?} {group} {admin}"
    ))
}

impl light::Handlers for Light {
    async fn whoami(cx: &Cx) -> Result<String> {
        who(cx)
    }

    async fn add(&mut self, _cx: &Cx, p: light::AddParams) -> Result<String> {
        self.total += p.n;
        Ok(self.total.to_string())
    }

    async fn reset(&mut self, _cx: &Cx) -> Result<String> {
        self.total = 0;
        Ok("0".to_owned())
    }

    async fn mine(&self, cx: &Cx, p: light::MineParams) -> Result<String> {
        let same = cx.auth().is_some_and(|auth| auth.subject() == p.owner);
        Ok(json!([p.owner, p.group, p.n, same]).to_string())
    }

    async fn b_id(_cx: &Cx, p: light::BIdParams) -> Result<String> {
        Ok(format!("{:?}", p.id))
    }
}

impl kept::Handlers for Kept {
    async fn whoami(cx: &Cx) -> Result<String> {
        who(cx)
    }

    async fn add(&mut self, _cx: &Cx, p: kept::AddParams) -> Result<String> {
        self.total += p.n;
        Ok(self.total.to_string())
    }

    async fn reset(&mut self, _cx: &Cx) -> Result<String> {
        self.total = 0;
        Ok("0".to_owned())
    }

    async fn mine(&self, cx: &Cx, p: kept::MineParams) -> Result<String> {
        let same = cx.auth().is_some_and(|auth| auth.subject() == p.owner);
        Ok(json!([p.owner, p.group, p.n, same]).to_string())
    }

    async fn b_id(_cx: &Cx, p: kept::BIdParams) -> Result<String> {
        Ok(format!("{:?}", p.id))
    }

    async fn fill(_cx: &Cx, cart: &mut kept::Cart) -> Result<String> {
        cart.items += 1;
        Ok(cart.items.to_string())
    }

    async fn ask(&mut self, cx: &Cx, call: &Call) -> Result<String> {
        let schema = json!({ "type": "object", "properties": { "name": { "type": "string" } } });
        let answer = call.ask_form("name", "Who?", schema).await?.accepted()?;
        Ok(format!("{} for {}", answer["name"], who(cx)?))
    }

    async fn job(cx: &Cx) -> Result<String> {
        cx.sleep(Duration::from_secs(10)).await;
        who(cx)
    }
}
