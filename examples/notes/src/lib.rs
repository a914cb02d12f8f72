//! Notes, in tables beside the state: what the search needs, SQLite keeps.

use self::notes::{
    AddNoteParams, Draft, Note, PublishDraftParams, RemindParams, SearchNotesOutput,
};
use mcp_agent::prelude::*;
use std::time::Duration;

const MONTH_MS: u64 = 30 * 24 * 3_600_000;

// `mcp.toml` declares, this file implements: each method below answers one item of the declaration.
#[mcp_agent(config = "mcp.toml")]
pub struct Notes;

impl notes::Handlers for Notes {
    async fn add_note(&mut self, cx: &Cx, p: AddNoteParams) -> Result<Note> {
        self.insert(cx, &p.title, &p.text)
    }

    async fn search_notes(
        &self,
        cx: &Cx,
        p: notes::SearchNotesParams,
    ) -> Result<SearchNotesOutput> {
        // Each word in quotes: what people type is no query of the index.
        let words = p.words.split_whitespace();
        let quoted: Vec<_> = words
            .map(|it| format!("\"{}\"", it.replace('"', "\"\"")))
            .collect();
        let find =
            "SELECT note.id, note.title, note.text FROM found JOIN note ON note.id = found.rowid
                    WHERE found MATCH ? ORDER BY rank LIMIT ?";
        let notes = cx.sql().query(find, (quoted.join(" "), p.limit))?;
        Ok(SearchNotesOutput { notes })
    }

    async fn delete_note(&mut self, cx: &Cx, p: notes::DeleteNoteParams) -> Result<String> {
        let thrown = cx.write(|tx| {
            let keep = "INSERT INTO trash (id, title, text, thrown_ms) SELECT id, title, text, ? FROM note WHERE id = ?";
            tx.execute(keep, (cx.now_ms(), p.id))?;
            tx.query_opt::<i64>("DELETE FROM note WHERE id = ? RETURNING id", [p.id])
        })?;
        Ok(match thrown {
            Some(id) => format!("note {id} can be had back for 30 days"),
            None => "there is no such note".to_owned(),
        })
    }

    async fn restore_note(&mut self, cx: &Cx, p: notes::RestoreNoteParams) -> Result<Note> {
        let back = "INSERT INTO note (id, title, text) SELECT id, title, text FROM trash WHERE id = ? RETURNING id, title, text";
        let note = cx.write(|tx| {
            let note = tx.query_opt(back, [p.id])?;
            tx.execute("DELETE FROM trash WHERE id = ?", [p.id])?;
            Ok(note)
        });
        note.map_err(same_title)?
            .ok_or_else(|| Error::tool("this note was not thrown away, or more than 30 days ago"))
    }

    async fn write_line(_: &Cx, draft: &mut Draft, p: notes::WriteLineParams) -> Result<String> {
        draft.lines.push(p.text);
        Ok(format!("{} lines", draft.lines.len()))
    }

    async fn publish_draft(
        &mut self,
        cx: &Cx,
        draft: &mut Draft,
        p: PublishDraftParams,
    ) -> Result<Note> {
        let note = self.insert(cx, &p.title, &draft.lines.join("\n"))?;
        draft.lines.clear();
        Ok(note)
    }

    async fn remind(&mut self, cx: &Cx, p: RemindParams) -> Result<String> {
        let found: Option<i64> = cx
            .sql()
            .query_opt("SELECT id FROM note WHERE id = ?", [p.id])?;
        if found.is_none() {
            return Err(Error::tool("there is no such note"));
        }
        let seconds = u64::try_from(p.seconds)?;
        cx.schedule(Duration::from_secs(seconds), "touch", &p.id)
    }

    async fn touch(&mut self, cx: &Cx, due: Due) -> Result<()> {
        self.touches += 1;
        let touch = "UPDATE note SET touched = ? WHERE id = ?";
        cx.write(|tx| tx.execute(touch, (self.touches, due.payload::<i64>()?)))?;
        Ok(())
    }

    async fn tidy(&mut self, cx: &Cx, due: Due) -> Result<()> {
        let before = due.due_ms().saturating_sub(MONTH_MS);
        cx.write(|tx| tx.execute("DELETE FROM trash WHERE thrown_ms < ?", [before]))?;
        Ok(())
    }
}

impl Notes {
    fn insert(&mut self, cx: &Cx, title: &str, text: &str) -> Result<Note> {
        self.touches += 1;
        let insert =
            "INSERT INTO note (title, text, touched) VALUES (?, ?, ?) RETURNING id, title, text";
        cx.write(|tx| tx.query_one(insert, (title, text, self.touches)))
            .map_err(same_title)
    }
}

/// A title that is taken is the caller's mistake, and says so.
fn same_title(error: Error) -> Error {
    match error.sql() {
        Some(sql) if sql.is_constraint() => Error::tool("there is a note of this title"),
        _ => error,
    }
}
