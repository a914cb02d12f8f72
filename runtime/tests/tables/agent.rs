//! An agent whose tools do what they are told: a script of steps, on a state and on tables.

use mcp_agent::__rt1::{
    Agent, Catalog, Events, Handle, Handler, Input, Item, Migration, On, Pending, Place, Policy,
    ResourceItem, Schedule, Scope, StateSpec, Table, params, query, ready, structured,
};
use mcp_agent::serde_json::{Value, json};
use mcp_agent::{Cx, Due, Error, Result};
use serde::{Deserialize, Serialize};
use std::future::ready as ready_now;
use std::time::Duration;

/// Counts what its tables have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tables {
    #[serde(default)]
    pub count: i64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

#[derive(Debug, Deserialize)]
pub struct Script {
    pub steps: Vec<Step>,
}

/// The same with what comes before a question.
#[derive(Debug, Deserialize)]
pub struct Asked {
    pub first: Script,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Inserts an entry, and counts it.
    Insert(String),
    /// Inserts one and another, and fails; the handler goes on.
    Lost(String),
    /// Tells the count, and what the table has.
    Look,
    /// Waits, in milliseconds.
    Sleep(u64),
    /// Makes the text this long.
    Text(usize),
    /// Inserts by chance.
    Random,
    /// Has an entry inserted and counted later, in milliseconds.
    Later(u64, String),
    /// Fails.
    Fail,
    /// Panics.
    Panic,
}

/// What a look saw: the count of the state, and of the table.
pub type Seen = (i64, i64);

fn look(state: &Tables, cx: &Cx) -> Result<Seen> {
    let rows = cx.sql().query_one("SELECT count(*) FROM entry", ())?;
    Ok((state.count, rows))
}

fn insert(state: &mut Tables, cx: &Cx, name: &str) -> Result<()> {
    let insert = "INSERT INTO entry (name) VALUES (?) RETURNING id";
    let id: i64 = cx.write(|tx| tx.query_one(insert, [name]))?;
    assert!(id > 0);
    state.count += 1;
    Ok(())
}

/// What runs later fails the first time, after it has written, if its name begins so.
fn later(state: &mut Tables, cx: &Cx, due: &Due) -> Result<()> {
    let name: String = due.payload()?;
    insert(state, cx, &name)?;
    match name.starts_with("flaky") && due.attempt() == 1 {
        true => Err(Error::tool("told to fail")),
        false => Ok(()),
    }
}

async fn write(state: &mut Tables, cx: &Cx, script: Script) -> Result<Vec<Seen>> {
    let mut seen = Vec::new();
    for step in script.steps {
        match step {
            Step::Insert(name) => {
                insert(state, cx, &name)?;
            }
            Step::Lost(name) => {
                let lost = cx.write(|tx| {
                    tx.execute("INSERT INTO entry (name) VALUES (?)", [&name])?;
                    tx.execute("INSERT INTO entry (name) VALUES (?)", [&name])
                });
                let error = lost.expect_err("a name is there once");
                assert!(
                    error.sql().is_some_and(|it| it.is_constraint()),
                    "{error:?}"
                );
            }
            Step::Look => seen.push(look(state, cx)?),
            Step::Sleep(ms) => cx.sleep(Duration::from_millis(ms)).await,
            Step::Text(len) => state.text = "x".repeat(len),
            Step::Random => {
                let insert = "INSERT INTO entry (name) VALUES (hex(randomblob(16))) RETURNING name";
                cx.write(|tx| tx.query_one::<String>(insert, ()))?;
                state.count += 1;
            }
            Step::Later(ms, name) => {
                cx.schedule(Duration::from_millis(ms), "later", &name)?;
            }
            Step::Fail => return Err(Error::tool("told to fail")),
            Step::Panic => panic!("told to panic"),
        }
    }
    Ok(seen)
}

const fn item(name: &'static str, json: &'static str, place: Place) -> Item {
    Item {
        name,
        json,
        schema: Some(r#"{"type":"object"}"#),
        place,
        ..Item::EMPTY
    }
}

fn read<'a>(state: &'a Tables, cx: &'a Cx, input: Input<'a>) -> Pending<'a> {
    ready((|| {
        let wrong = cx.write(|tx| tx.execute("DELETE FROM entry", ()));
        assert!(wrong.is_err(), "a reader wrote");
        structured(input, json!({ "seen": [look(state, cx)?] }))
    })())
}

impl Agent for Tables {
    const CATALOG: Catalog = Catalog {
        server: r#"{"name":"tables","version":"1"}"#,
        scope: Some(Scope::Server),
        tools: &[
            item(
                "write",
                r#"{"name":"write","inputSchema":{"type":"object"}}"#,
                Place::Write,
            ),
            Item {
                interactive: true,
                ..item(
                    "asked",
                    r#"{"name":"asked","inputSchema":{"type":"object"}}"#,
                    Place::Write,
                )
            },
            item(
                "read",
                r#"{"name":"read","inputSchema":{"type":"object"}}"#,
                Place::Read,
            ),
            item(
                "sql",
                r#"{"name":"sql","inputSchema":{"type":"object"}}"#,
                Place::Write,
            ),
        ],
        resources: &[
            ResourceItem {
                uri: "entry://all",
                json: r#"{"uri":"entry://all","name":"all"}"#,
                mime: Some("application/json"),
                place: Place::Read,
                subscribe: true,
                query: Some("SELECT name FROM entry ORDER BY id"),
                ..ResourceItem::EMPTY
            },
            ResourceItem {
                uri: "state://count",
                json: r#"{"uri":"state://count","name":"count"}"#,
                place: Place::Read,
                subscribe: true,
                field: Some("count"),
                ..ResourceItem::EMPTY
            },
        ],
        handles: &[] as &[Handle],
        ..Catalog::EMPTY
    };
    const POLICY: Policy = Policy::DEFAULT;
    const STATE: StateSpec = StateSpec {
        version: 1,
        max_bytes: 200,
        migrations: &[
            Migration {
                name: "0001_entry.sql",
                sql: "CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
                      CREATE TABLE other (id INTEGER PRIMARY KEY);",
                hash: "1",
            },
            Migration {
                name: "0002_recent.sql",
                sql: "CREATE VIEW recent AS SELECT * FROM entry ORDER BY id DESC LIMIT 3;",
                hash: "2",
            },
        ],
    };
    const TABLE: Table<Self> = Table {
        tools: &[
            Handler::Write(|state, cx, input| {
                Box::pin(async move {
                    let script = params(input)?;
                    let seen = write(state, cx, script).await?;
                    structured(input, json!({ "seen": seen }))
                })
            }),
            Handler::Write(|state, cx, input| {
                Box::pin(async move {
                    // Before the question and after it: what is before is done again, and counts once.
                    let script: Script = params(input)?;
                    let mut seen = write(state, cx, params::<Asked>(input)?.first).await?;
                    input.call.roots().await?;
                    seen.extend(write(state, cx, script).await?);
                    structured(input, json!({ "seen": seen }))
                })
            }),
            Handler::Read(read),
            Handler::Write(|_, cx, input| {
                ready((|| {
                    let asked: Value = params(input)?;
                    let statement = asked["statement"].as_str().unwrap_or_default();
                    let rows: Vec<Value> = match asked["write"].as_bool() {
                        Some(true) => cx.write(|tx| tx.query(statement, ()))?,
                        _ => cx.sql().query(statement, ())?,
                    };
                    structured(input, json!({ "rows": rows }))
                })())
            }),
        ],
        resources: &[
            Handler::Read(|_, cx, input| {
                ready(query(cx, input, "SELECT name FROM entry ORDER BY id", &[]))
            }),
            Handler::Read(|state, _, input| {
                ready(mcp_agent::__rt1::resource(input, state.count.to_string()))
            }),
        ],
        prompts: &[],
        completions: &[],
    };
    const EVENTS: Events<Self> = Events {
        schedules: &[Schedule {
            name: "later",
            cron: None,
            attempts: 100,
            on: On::Write(|state, cx, due| Box::pin(ready_now(later(state, cx, &due)))),
        }],
        ..Events::NONE
    };
}
