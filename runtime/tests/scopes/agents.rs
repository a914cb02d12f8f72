//! Two agents that keep what belongs to somebody: to a person, and to a team. Their handlers are the same.

use mcp_agent::prelude::*;
use mcp_agent::serde_json::json;
use std::time::Duration;

#[mcp_agent(config = "tests/scopes/user.toml")]
pub struct Diary;

#[mcp_agent(config = "tests/scopes/tenant.toml")]
pub struct Notebook;

macro_rules! handlers {
    ($agent:ident, $module:ident) => {
        impl $module::Handlers for $agent {
            async fn write(&mut self, _cx: &Cx, p: $module::WriteParams) -> Result<String> {
                self.pages.push(p.text);
                Ok(self.pages.len().to_string())
            }

            async fn read(&self, _cx: &Cx) -> Result<String> {
                Ok(self.pages.join(","))
            }

            async fn home(&self, _cx: &Cx, p: $module::HomeParams) -> Result<String> {
                Ok(format!("{}: {}", p.home.len() + p.sub.len(), self.pages.join(",")))
            }

            async fn ask(&mut self, _cx: &Cx, call: &Call) -> Result<String> {
                let schema = json!({ "type": "object", "properties": { "text": { "type": "string" } } });
                let answer = call.ask_form("text", "What?", schema).await?.accepted()?;
                self.pages.push(answer["text"].as_str().unwrap_or_default().to_owned());
                Ok(self.pages.join(","))
            }

            async fn job(&mut self, cx: &Cx, p: $module::JobParams) -> Result<String> {
                cx.sleep(Duration::from_secs(10)).await;
                self.pages.push(p.text);
                Ok(self.pages.join(","))
            }

            async fn bind(
                _cx: &Cx,
                folder: &mut $module::Folder,
                p: $module::BindParams,
            ) -> Result<String> {
                folder.pages.push(p.text);
                Ok(folder.pages.join(","))
            }

            async fn on_request(&self, _cx: &Cx, _request: Request) -> Result<Response> {
                Ok(Response::text(self.pages.join(",")))
            }

            async fn on_message(
                &self,
                _cx: &Cx,
                socket: &Socket,
                _message: Message,
            ) -> Result<()> {
                socket.send(self.pages.join(","))
            }
        }
    };
}

handlers!(Diary, diary);
handlers!(Notebook, notebook);
