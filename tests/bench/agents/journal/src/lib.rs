//! The agent that the row `sql` of the bench measures. Its floor, `floors/sql.mjs`, runs the same statements on the same tables.

use mcp_agent::prelude::*;

/// The agent that `mcp.toml` declares.
#[mcp_agent(config = "mcp.toml")]
pub struct Journal;

impl journal::Handlers for Journal {
    async fn enter(&mut self, cx: &Cx, p: journal::EnterParams) -> Result<journal::EnterOutput> {
        let insert = "INSERT INTO entry (account, amount, note) VALUES (?, ?, ?) RETURNING id";
        let id = cx.write(|tx| tx.query_one(insert, (&p.account, p.amount, &p.note)))?;
        let newest = "SELECT id, account, amount, note FROM entry WHERE account = ? ORDER BY id DESC LIMIT 10";
        let newest = cx.sql().query::<journal::Entry>(newest, [&p.account])?;
        Ok(journal::EnterOutput { id, newest })
    }
}
