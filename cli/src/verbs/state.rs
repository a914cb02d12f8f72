//! `mcp-gen state`: what a deployment keeps of one person or tenant.

use super::count;
use crate::outcome::{Outcome, Status};
use crate::remote::{Answer, Remote, TOKEN};
use anyhow::{Context, Result, bail, ensure};
use clap::Subcommand;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where a Worker is asked for it.
const PATH: &str = "/.mcp-agent/state";

/// Exports or deletes what a deployment keeps of one person or tenant.
///
/// For states of scope `user` or `tenant`. The deployment lets those do it whom `[state] admin` names; the access token of one of
/// them is in MCP_TOKEN.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Writes it as lines of JSON: the state, handles, schedules and rows of tables.
    Export(Export),
    /// Deletes it. Without --yes, says what there is and deletes nothing.
    Delete(Delete),
}

#[derive(clap::Args)]
struct Export {
    #[command(flatten)]
    whose: Whose,
    /// The file to write, which must not be there yet; without it, stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(clap::Args)]
struct Delete {
    #[command(flatten)]
    whose: Whose,
    /// Do it. What is deleted cannot be had back.
    #[arg(long)]
    yes: bool,
}

#[derive(clap::Args)]
struct Whose {
    /// The URL of the Worker.
    #[arg(long, value_name = "URL")]
    url: String,
    /// Of scope `user`: the subject, as the issuer names the person (`sub`).
    #[arg(long, required_unless_present = "tenant", conflicts_with = "tenant")]
    subject: Option<String>,
    /// Of scope `tenant`: what the claim says.
    #[arg(long)]
    tenant: Option<String>,
    /// Whose word that is; without it, that of the issuer of your own token.
    #[arg(long)]
    issuer: Option<String>,
}

pub fn run(args: &Args) -> Result<Outcome> {
    match &args.act {
        Act::Export(export) => run_export(export),
        Act::Delete(delete) => run_delete(delete),
    }
}

fn run_export(args: &Export) -> Result<Outcome> {
    if let Some(out) = &args.out {
        ensure!(!out.exists(), "{} is there already", out.display());
    }
    let remote = Remote::at(&args.whose.url)?;
    let items = export(&remote, &args.whose)?;
    let lines: String = items.iter().map(|item| format!("{item}\n")).collect();
    let found = summary(&items);
    let Some(out) = &args.out else {
        return Ok(Outcome::new(Status::Ok, lines, json!({ "items": items })));
    };
    write_whole(out, &lines)?;
    let text = format!("{}: {found}\n", out.display());
    Ok(Outcome::new(
        Status::Ok,
        text,
        json!({ "written": out, "items": items.len() }),
    ))
}

fn run_delete(args: &Delete) -> Result<Outcome> {
    let remote = Remote::at(&args.whose.url)?;
    if !args.yes {
        let items = export(&remote, &args.whose)?;
        let text = format!("{} keeps {}\n", remote.url(), summary(&items));
        let outcome = Outcome::new(
            Status::Findings,
            text,
            json!({ "items": items.len(), "deleted": false }),
        );
        return Ok(outcome.with_findings("nothing is deleted yet: say --yes\n"));
    }
    ask(&remote, &args.whose, "delete", None)?;
    let text = format!("{} keeps nothing of it any more\n", remote.url());
    Ok(Outcome::new(Status::Ok, text, json!({ "deleted": true })))
}

/// All items, page by page.
fn export(remote: &Remote, whose: &Whose) -> Result<Vec<Value>> {
    let (mut items, mut cursor) = (Vec::new(), None);
    loop {
        let mut page = ask(remote, whose, "export", cursor.as_deref())?;
        match page["items"].take() {
            Value::Array(more) => items.extend(more),
            _ => bail!("{} answers something else than an export", remote.url()),
        }
        match page["cursor"].as_str() {
            Some(next) if cursor.as_deref() != Some(next) => cursor = Some(next.to_owned()),
            Some(_) => bail!("{} gives the same page again and again", remote.url()),
            None => return Ok(items),
        }
    }
}

fn ask(remote: &Remote, whose: &Whose, action: &str, cursor: Option<&str>) -> Result<Value> {
    let mut body = Map::new();
    body.insert("action".to_owned(), action.into());
    let members = [
        ("subject", &whose.subject),
        ("tenant", &whose.tenant),
        ("issuer", &whose.issuer),
    ];
    for (name, value) in members {
        if let Some(value) = value {
            body.insert(name.to_owned(), value.as_str().into());
        }
    }
    if let Some(cursor) = cursor {
        body.insert("cursor".to_owned(), cursor.into());
    }
    let answer = remote.post(PATH, &Value::Object(body).to_string())?;
    match answer.status {
        200 => serde_json::from_str(&answer.body)
            .with_context(|| format!("{} answers something else than JSON", remote.url())),
        404 => bail!(
            "{} has nothing of the kind: there is no mcp-agent, or its declaration has no `[state] admin`",
            remote.url()
        ),
        401 => bail!(
            "{} does not know who asks: {TOKEN} is no access token there, or is over",
            remote.url()
        ),
        status => bail!("{} answers {status}: {}", remote.url(), words(&answer)),
    }
}

/// What an answer says, as it may stand in a terminal.
fn words(answer: &Answer) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let said = body["error"].as_str().unwrap_or(&answer.body);
    said.chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .take(300)
        .collect()
}

/// How much there is of each kind.
fn summary(items: &[Value]) -> String {
    // By kind, and of rows by table.
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for item in items {
        let kind = match item["table"].as_str() {
            Some(table) => Some(("row", table)),
            None => item
                .as_object()
                .and_then(|it| it.keys().next())
                .map(|kind| (kind.as_str(), "")),
        };
        if let Some(kind) = kind {
            *counts.entry(kind).or_default() += 1;
        }
    }
    let said = counts
        .iter()
        .map(|((kind, table), number)| match table.is_empty() {
            true => count(*number, kind),
            false => format!("{} of `{table}`", count(*number, kind)),
        });
    match said.collect::<Vec<_>>() {
        none if none.is_empty() => "nothing".to_owned(),
        parts => parts.join(", "),
    }
}

/// Half an export must not look like a whole one.
fn write_whole(out: &Path, text: &str) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = fs::File::create_new(out)?;
        let written = file
            .write_all(text.as_bytes())
            .and_then(|()| file.sync_all());
        if written.is_err() {
            fs::remove_file(out)?;
        }
        written
    };
    write().with_context(|| format!("cannot write {}", out.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_counts_kinds() {
        let items = [
            json!({ "state": { "version": 1, "value": {} } }),
            json!({ "table": "page", "row": {} }),
            json!({ "table": "page", "row": {} }),
            json!({ "handle": {} }),
        ];
        assert_eq!(summary(&items), "1 handle, 2 rows of `page`, 1 state");
        assert_eq!(summary(&[]), "nothing");
    }

    #[test]
    fn words_of_a_server_do_nothing_to_a_terminal() {
        let answer = Answer {
            status: 400,
            body: json!({ "error": "a\u{1b}[2Jb\n" }).to_string(),
        };
        assert_eq!(words(&answer), "a [2Jb ");
    }
}
