//! A board of cards that a team shares. Whose board it is, who may come in and what a page may set is in `mcp.toml`.

use mcp_agent::prelude::*;

#[mcp_agent(config = "mcp.toml")]
pub struct Board;

impl board::Handlers for Board {
    async fn whoami(cx: &Cx) -> Result<board::WhoamiOutput> {
        let auth = cx.auth().ok_or_else(|| Error::tool("nobody signed in"))?;
        Ok(board::WhoamiOutput {
            name: name(cx)?,
            org: auth.claim("org")?,
        })
    }

    async fn show_board(&self, _cx: &Cx) -> Result<board::ShowBoardOutput> {
        Ok(board::ShowBoardOutput {
            title: self.title.clone(),
            to_do: self.to_do.clone(),
            doing: self.doing.clone(),
            done: self.done.clone(),
        })
    }

    async fn add_card(&mut self, cx: &Cx, p: board::AddCardParams) -> Result<board::AddCardOutput> {
        let id = self.next;
        self.next += 1;
        let card = board::Card {
            id,
            text: p.text.trim().to_owned(),
            by: name(cx)?,
        };
        put(&mut self.to_do, card, None)?;
        Ok(board::AddCardOutput { id })
    }

    async fn move_card(&mut self, cx: &Cx, p: board::MoveCardParams) -> Result<String> {
        let mut card = self.take(p.id)?;
        card.by = name(cx)?;
        let column = match p.to {
            board::MoveCardParamsTo::ToDo => &mut self.to_do,
            board::MoveCardParamsTo::Doing => &mut self.doing,
            board::MoveCardParamsTo::Done => &mut self.done,
        };
        put(column, card, p.before)?;
        Ok(format!("card {} is in {}", p.id, p.to))
    }

    async fn remove_card(&mut self, _cx: &Cx, p: board::RemoveCardParams) -> Result<String> {
        let card = self.take(p.id)?;
        Ok(format!("card {} is gone: {}", card.id, card.text))
    }

    async fn clear_done(&mut self, _cx: &Cx) -> Result<String> {
        let gone = std::mem::take(&mut self.done);
        Ok(format!("{} gone", gone.len()))
    }
}

impl Board {
    /// Takes a card out of its column.
    fn take(&mut self, id: i64) -> Result<board::Card> {
        for column in [&mut self.to_do, &mut self.doing, &mut self.done] {
            if let Some(at) = column.iter().position(|card| card.id == id) {
                return Ok(column.remove(at));
            }
        }
        // Somebody else may have been faster.
        Err(Error::tool(format!("there is no card {id} any more")))
    }
}

/// What a column holds at most, as `mcp.toml` says it.
const FULL: usize = 100;

/// Puts a card before another one, or at the end where that one is not there.
fn put(column: &mut Vec<board::Card>, card: board::Card, before: Option<i64>) -> Result<()> {
    if column.len() == FULL {
        return Err(Error::tool(format!("the column is full: {FULL} cards")));
    }
    let found = before.and_then(|id| column.iter().position(|card| card.id == id));
    column.insert(found.unwrap_or(column.len()), card);
    Ok(())
}

/// What the caller is called: by the provider, or else by their number there.
fn name(cx: &Cx) -> Result<String> {
    let auth = cx.auth().ok_or_else(|| Error::tool("nobody signed in"))?;
    let name: Option<String> = auth.claim("name")?;
    Ok(name.unwrap_or_else(|| auth.subject().to_owned()))
}
