//! Pages of a team.

use mcp_agent::prelude::*;
use mcp_agent::serde_json::json;
use std::time::Duration;

#[mcp_agent(config = "mcp.toml")]
pub struct Notebook;

impl Notebook {
    fn add(&mut self, cx: &Cx, text: String) -> Result<String> {
        cx.write(|tx| tx.execute("INSERT INTO page (text) VALUES (?)", [&text]))?;
        self.pages.push(text);
        Ok(self.pages.join(","))
    }
}

impl notebook::Handlers for Notebook {
    async fn write(&mut self, cx: &Cx, p: notebook::WriteParams) -> Result<String> {
        self.add(cx, p.text)
    }

    async fn read(&self, _cx: &Cx) -> Result<String> {
        Ok(self.pages.join(","))
    }

    async fn ask(&mut self, cx: &Cx, call: &Call) -> Result<String> {
        let schema = json!({ "type": "object", "properties": { "text": { "type": "string" } } });
        let answer = call.ask_form("text", "What?", schema).await?.accepted()?;
        self.add(cx, answer["text"].as_str().unwrap_or_default().to_owned())
    }

    async fn job(&mut self, cx: &Cx, p: notebook::JobParams) -> Result<String> {
        cx.sleep(Duration::from_secs(1)).await;
        self.add(cx, p.text)
    }

    async fn bind(_cx: &Cx, folder: &mut notebook::Folder, p: notebook::BindParams) -> Result<String> {
        folder.pages.push(p.text);
        Ok(folder.pages.join(","))
    }

    async fn on_request(&self, _cx: &Cx, _request: Request) -> Result<Response> {
        Ok(Response::text(self.pages.join(",")))
    }
}
