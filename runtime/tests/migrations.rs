//! What was stored by an earlier release: tables that are migrated, states of another version, and who hears of a change.

use mcp_agent::__rt1::{
    Agent, Catalog, Events, Handler, Item, Migration, Place, Policy, Scope, StateSpec, Table,
    params, ready, text,
};
use mcp_agent::memory::{Host, Ram, Request, Storage};
use mcp_agent::serde_json::{Value, from_str, json};
use mcp_agent::{Error, Result};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

const FIRST: Migration = Migration {
    name: "0001_note.sql",
    sql: "CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('first');",
    hash: "1",
};
const SECOND: Migration = Migration {
    name: "0002_done.sql",
    sql: "ALTER TABLE note ADD COLUMN done INTEGER NOT NULL DEFAULT 0; INSERT INTO note (text) VALUES ('second');",
    hash: "2",
};
const CHANGED: Migration = Migration {
    hash: "1b",
    ..FIRST
};
const BROKEN: Migration = Migration {
    name: "0002_broken.sql",
    sql: "INSERT INTO note (text) VALUES ('lost'); INSERT INTO nowhere VALUES (1);",
    hash: "2b",
};
const HOSTILE: Migration = Migration {
    name: "0002_hostile.sql",
    sql: "COMMIT; DROP TABLE note;",
    hash: "2c",
};

/// An agent of some release: `$old` is the version of its state.
macro_rules! release {
    ($name:ident, $version:literal, [$($migration:ident),*], $migrate:expr) => {
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        struct $name {
            words: Vec<String>,
        }

        impl Agent for $name {
            const CATALOG: Catalog = Catalog {
                server: r#"{"name":"notes","version":"1"}"#,
                scope: Some(Scope::Server),
                tools: &[
                    Item { name: "notes", json: r#"{"name":"notes","inputSchema":{"type":"object"}}"#, schema: Some(r#"{"type":"object"}"#), place: Place::Read, ..Item::EMPTY },
                    Item { name: "say", json: r#"{"name":"say","inputSchema":{"type":"object"}}"#, schema: Some(r#"{"type":"object"}"#), place: Place::Write, ..Item::EMPTY },
                ],
                ..Catalog::EMPTY
            };
            const POLICY: Policy = Policy::DEFAULT;
            const STATE: StateSpec = StateSpec { version: $version, max_bytes: 1000, migrations: &[$($migration),*] };
            const TABLE: Table<Self> = Table {
                tools: &[
                    Handler::Read(|state, cx, input| ready((|| {
                        let mut all = state.words.clone();
                        if Self::SQL {
                            all.extend(cx.sql().query::<String>("SELECT text FROM note ORDER BY rowid", ())?);
                        }
                        text(input, all.join(" "))
                    })())),
                    Handler::Write(|state, _, input| ready((|| {
                        let said: Value = params(input)?;
                        state.words.push(said["word"].as_str().unwrap_or_default().to_owned());
                        text(input, String::new())
                    })())),
                ],
                resources: &[],
                prompts: &[],
                completions: &[],
            };
            const EVENTS: Events<Self> = Events { migrate: $migrate, ..Events::NONE };
        }
    };
}

fn words_of_text(from: u32, old: Value) -> Result<Value> {
    match (from, &old["text"], &old["words"]) {
        (1, Value::String(text), _) => Ok(json!({ "words": text.split(' ').collect::<Vec<_>>() })),
        (2, _, words) => Ok(json!({ "words": words })),
        _ => Err(Error::tool(format!("no state of version {from}"))),
    }
}

release!(None1, 1, [], None);
release!(First, 1, [FIRST], None);
release!(Both, 1, [FIRST, SECOND], None);
release!(Changed, 1, [CHANGED, SECOND], None);
release!(Missing, 1, [FIRST], None);
release!(Broken, 1, [FIRST, BROKEN], None);
release!(Hostile, 1, [FIRST, HOSTILE], None);
release!(Third, 3, [], Some(words_of_text));
release!(Stuck, 3, [], None);

fn call<A: Agent>(storage: &Rc<Ram>, name: &str, arguments: Value) -> Result<String, String> {
    let host = Host::<A>::over(1, storage.clone());
    let params = json!({ "name": name, "arguments": arguments });
    let response = host.request(&Request::rpc("/mcp", "tools/call", params));
    let answer: Value = from_str(&response.read()).expect("JSON");
    match answer["result"]["content"][0]["text"].as_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(answer["error"]["message"]
            .as_str()
            .expect("an error")
            .to_owned()),
    }
}

fn notes<A: Agent>(storage: &Rc<Ram>) -> Result<String, String> {
    call::<A>(storage, "notes", json!({}))
}

const INTERNAL: &str = "internal error";

#[test]
fn each_migration_is_applied_once_and_in_order() {
    let storage = Rc::new(Ram::default());
    assert_eq!(notes::<First>(&storage), Ok("first".into()));
    assert_eq!(notes::<First>(&storage), Ok("first".into()));
    assert_eq!(notes::<Both>(&storage), Ok("first second".into()));
    assert_eq!(notes::<Both>(&storage), Ok("first second".into()));
    let fresh = Rc::new(Ram::default());
    assert_eq!(notes::<Both>(&fresh), Ok("first second".into()));
}

#[test]
fn what_was_applied_has_to_be_there_and_to_be_the_same() {
    let storage = Rc::new(Ram::default());
    assert_eq!(notes::<Both>(&storage), Ok("first second".into()));
    assert_eq!(notes::<Changed>(&storage), Err(INTERNAL.into()));
    assert_eq!(notes::<Missing>(&storage), Err(INTERNAL.into()));
    assert_eq!(
        notes::<Both>(&storage),
        Ok("first second".into()),
        "nothing was lost by it"
    );
}

#[test]
fn a_migration_is_applied_whole_or_not_at_all() {
    let storage = Rc::new(Ram::default());
    assert_eq!(notes::<First>(&storage), Ok("first".into()));
    assert_eq!(notes::<Broken>(&storage), Err(INTERNAL.into()));
    assert_eq!(notes::<Hostile>(&storage), Err(INTERNAL.into()));
    assert_eq!(notes::<First>(&storage), Ok("first".into()));
    assert_eq!(notes::<Both>(&storage), Ok("first second".into()));
}

/// States as releases stored them, replayed against the newest.
#[test]
fn stored_states_of_old_versions_are_migrated() {
    for (stored, read) in [
        ("1\n{\"text\":\"one two\"}", Ok("one two")),
        ("2\n{\"words\":[\"two\"]}", Ok("two")),
        ("3\n{\"words\":[\"three\"]}", Ok("three")),
        ("1\n{}", Err(INTERNAL)),
        ("2\n{\"words\":7}", Err(INTERNAL)),
        ("4\n{\"words\":[\"newer\"]}", Err(INTERNAL)),
    ] {
        let storage = Rc::new(Ram::default());
        storage
            .put("states", "state:server", stored)
            .expect("a row");
        let read = read.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(notes::<Third>(&storage), read, "{stored}");
        let row = storage.get("states", "state:server").expect("a row");
        match &read {
            // It is stored anew, so that a next release need not know the old one.
            Ok(words) => {
                let words: Vec<_> = words.split(' ').collect();
                assert_eq!(row, Some(format!("3\n{}", json!({ "words": words }))));
                assert_eq!(notes::<Third>(&storage), read);
            }
            Err(_) => {
                assert_eq!(
                    row.as_deref(),
                    Some(stored),
                    "what is not understood is kept"
                );
                let said = call::<Third>(&storage, "say", json!({ "word": "x" }));
                assert_eq!(said, Err(INTERNAL.into()));
                let row = storage.get("states", "state:server").expect("a row");
                assert_eq!(row.as_deref(), Some(stored));
            }
        }
    }
    let storage = Rc::new(Ram::default());
    call::<None1>(&storage, "say", json!({ "word": "x" })).expect("said");
    assert_eq!(
        notes::<Stuck>(&storage),
        Err(INTERNAL.into()),
        "nobody migrates it"
    );
}
