//! Keeps something in every place that there is.

use mcp_agent::prelude::*;
use mcp_agent::serde_json::Value;
use std::time::Duration;

#[mcp_agent(config = "tests/keep/office.toml")]
pub struct Files;

fn add(cx: &Cx, text: &str) -> Result<()> {
    cx.write(|tx| {
        tx.execute("INSERT INTO page (text, seal) VALUES (?, x'00ff')", [text])?;
        tx.execute("INSERT INTO page_words (text) VALUES (?)", [text])?;
        Ok(())
    })
}

impl files::Handlers for Files {
    fn migrate(_version: u32, state: Value) -> Result<Value> {
        Ok(state)
    }

    async fn rename(&mut self, _cx: &Cx, p: files::RenameParams) -> Result<String> {
        self.title = p.title;
        Ok(self.title.clone())
    }

    async fn slowly(&mut self, cx: &Cx, p: files::SlowlyParams) -> Result<String> {
        cx.sleep(Duration::from_secs(5)).await;
        add(cx, &p.title)?;
        self.title = p.title;
        Ok(self.title.clone())
    }

    async fn add(&mut self, cx: &Cx, p: files::AddParams) -> Result<String> {
        for at in 0..p.count {
            add(cx, &format!("{} {at}", p.text))?;
        }
        Ok(p.count.to_string())
    }

    async fn count(&self, cx: &Cx) -> Result<String> {
        let count: i64 = cx.sql().query_one("SELECT count(*) FROM page", ())?;
        Ok(count.to_string())
    }

    async fn later(&mut self, cx: &Cx, p: files::LaterParams) -> Result<String> {
        cx.schedule(Duration::from_secs(24 * 3600), "page", &p.text)
    }

    async fn page(&mut self, cx: &Cx, due: Due) -> Result<()> {
        add(cx, &due.payload::<String>()?)
    }

    async fn bind(_cx: &Cx, folder: &mut files::Folder, p: files::BindParams) -> Result<String> {
        folder.pages.push(p.text);
        Ok(folder.pages.join(","))
    }
}
