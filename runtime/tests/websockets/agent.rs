//! An agent with WebSockets and plain HTTP, of the signatures that handlers may have.

use mcp_agent::__rt1::{
    Agent, Catalog, Done, Events, Handler, Input, Item, On, Pending, Place, Policy, RequestEvent,
    Scope, StateSpec, Table, WebSocketEvents, text,
};
use mcp_agent::prelude::*;
use mcp_agent::serde_json::{Value, from_str};
use mcp_agent::{Closed, Connected, Failed, Received};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What was done, in its order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chat {
    log: Vec<String>,
}

/// What is known of who is connected.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Who {
    name: String,
    heard: u32,
}

fn value<'a>(query: Option<&'a str>, key: &str) -> Option<&'a str> {
    let mut parts = query.unwrap_or_default().split('&');
    parts.find_map(|part| part.strip_prefix(key)?.strip_prefix('='))
}

/// `?name=` is who it is, `?room=` a tag; `?do=` does something else.
fn connect<'a>(chat: &'a mut Chat, cx: &'a Cx, e: Connected) -> Done<'a> {
    Box::pin(async move {
        let name = value(e.request.query(), "name").unwrap_or("nobody");
        chat.log.push(format!("connect {name}"));
        assert!(e.socket.attachment::<Who>()?.is_none());
        e.socket.send(format!("welcome {name}"))?;
        e.socket.attach(&Who {
            name: name.to_owned(),
            heard: 0,
        })?;
        for room in value(e.request.query(), "room").into_iter() {
            e.socket.tag(&format!("room:{room}"))?;
            e.socket.tag(&format!("room:{room}"))?;
            assert_eq!(e.socket.tags()?, [format!("room:{room}")]);
        }
        for other in cx.sockets(None)? {
            other.send(format!("{name} is here"))?;
        }
        match value(e.request.query(), "do") {
            Some("refuse") => Err(Error::tool("not you")),
            Some("break") => Err(Error::protocol(-32000, "the inside")),
            Some("bye") => e.socket.close(4001, "bye"),
            Some("tags") => (0..9).try_for_each(|at| e.socket.tag(&format!("{at}"))),
            Some("long") => e.socket.tag(&"ü".repeat(128)),
            Some("empty") => e.socket.tag(""),
            Some("late") => {
                cx.sleep(Duration::from_secs(5)).await;
                Ok(())
            }
            _ => Ok(()),
        }
    })
}

fn message<'a>(chat: &'a mut Chat, cx: &'a Cx, e: Received) -> Done<'a> {
    Box::pin(async move {
        let mut who: Who = e.socket.attachment()?.unwrap_or_default();
        who.heard += 1;
        e.socket.attach(&who)?;
        let again: Who = e.socket.attachment()?.unwrap_or_default();
        assert_eq!(again.heard, who.heard, "what was attached is read");
        let Some(text) = e.message.text() else {
            let mut bytes = e.message.bytes().to_vec();
            bytes.reverse();
            return e.socket.send(bytes);
        };
        chat.log.push(format!("{}: {text}", who.name));
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        match verb {
            "count" => e.socket.send(who.heard.to_string())?,
            "all" => {
                for socket in cx.sockets(None)? {
                    socket.send(rest)?;
                }
            }
            "room" => {
                for socket in cx.sockets(Some(&format!("room:{rest}")))? {
                    socket.send(format!("to {rest}"))?;
                }
            }
            "tags" => e.socket.send(e.socket.tags()?.join(","))?,
            "fail" => {
                e.socket.send("never")?;
                e.socket.close(1000, "never")?;
                return Err(Error::tool("it failed"));
            }
            "slow" => {
                e.socket.send("slow 1")?;
                cx.sleep(Duration::from_secs(2)).await;
                e.socket.send("slow 2")?;
            }
            "panic" => panic!("a handler panics"),
            "tag" => {
                let refused = e.socket.tag("late").is_err();
                e.socket.send(format!("refused {refused}"))?;
            }
            "close" => {
                let code = rest.parse().unwrap_or_default();
                match e.socket.close(code, "as you say") {
                    Ok(()) => e.socket.send("never")?,
                    Err(_) => e.socket.send("no such code")?,
                }
            }
            "reason" => {
                let long = e.socket.close(1000, &"x".repeat(124)).is_err();
                e.socket.send(format!("refused {long}"))?;
            }
            "attach" => {
                let size = rest.parse().unwrap_or_default();
                let refused = e.socket.attach(&"x".repeat(size)).is_err();
                e.socket.send(format!("refused {refused}"))?;
            }
            _ => e.socket.send(format!("{}: {text}", who.name))?,
        }
        Ok(())
    })
}

fn close<'a>(chat: &'a mut Chat, cx: &'a Cx, e: Closed) -> Done<'a> {
    Box::pin(async move {
        let who: Who = e.socket.attachment()?.unwrap_or_default();
        let (code, reason, tags) = (e.code, &e.reason, e.socket.tags()?.join(","));
        chat.log
            .push(format!("close {} {code} {reason} {tags}", who.name));
        e.socket.send("nobody gets this")?;
        for socket in cx.sockets(None)? {
            socket.send(format!("{} is gone", who.name))?;
        }
        Ok(())
    })
}

fn error<'a>(chat: &'a mut Chat, _: &'a Cx, e: Failed) -> Done<'a> {
    Box::pin(async move {
        chat.log.push(format!("error {}", e.error));
        Ok(())
    })
}

fn request<'a>(chat: &'a mut Chat, cx: &'a Cx, request: Request) -> Done<'a, Response> {
    Box::pin(async move {
        chat.log
            .push(format!("{} {}", request.method(), request.path()));
        Ok(match request.path() {
            "/hooks/log" => Response::json(&chat.log)?,
            "/hooks/echo" => {
                let kind = request.header("Content-Type").unwrap_or_default();
                Response::new(201)
                    .header("content-type", kind)
                    .header("set-cookie", "a=1; Path=/")
                    .header("set-cookie", "b=2")
                    .header("x-query", request.query().unwrap_or("none"))
                    .body(request.body())
            }
            "/hooks/none" => Response::text("dropped").status(204),
            "/hooks/status" => Response::new(101),
            "/hooks/header" => Response::text("x").header("x-a", "1\r\nset-cookie: evil=1"),
            "/hooks/name" => Response::text("x").header("x a", "1"),
            "/hooks/fail" => return Err(Error::tool("the inside")),
            "/hooks/tell" => {
                for socket in cx.sockets(None)? {
                    socket.send("a hook was called")?;
                }
                Response::new(202)
            }
            _ => Response::text("no such hook").status(404),
        })
    })
}

fn tell<'a>(_: &'a Chat, cx: &'a Cx, input: Input<'a>) -> Pending<'a> {
    Box::pin(async move {
        let arguments: Value = from_str(input.arguments)?;
        let said = arguments["text"].as_str().unwrap_or_default();
        let sockets = cx.sockets(None)?;
        for socket in &sockets {
            socket.send(said)?;
        }
        text(input, sockets.len().to_string())
    })
}

pub const POLICY: Policy = Policy {
    max_body: 1_000,
    origins: &["https://app.example"],
    ..Policy::DEFAULT
};

impl Agent for Chat {
    const CATALOG: Catalog = Catalog {
        server: r#"{"name":"chat","version":"1.0.0"}"#,
        scope: Some(Scope::Server),
        tools: &[Item {
            name: "tell",
            json: r#"{"name":"tell","inputSchema":{"type":"object"}}"#,
            place: Place::Read,
            ..Item::EMPTY
        }],
        ..Catalog::EMPTY
    };
    const POLICY: Policy = POLICY;
    const STATE: StateSpec = StateSpec {
        max_bytes: 10_000,
        ..StateSpec::NONE
    };
    const TABLE: Table<Self> = Table {
        tools: &[Handler::Read(tell)],
        resources: &[],
        prompts: &[],
        completions: &[],
    };
    const EVENTS: Events<Self> = Events {
        websocket: Some(WebSocketEvents {
            path: "/ws",
            connect: Some(On::Write(connect)),
            message: Some(On::Write(message)),
            close: Some(On::Write(close)),
            error: Some(On::Write(error)),
        }),
        request: Some(RequestEvent {
            path: "/hooks/*",
            on: On::Write(request),
        }),
        ..Events::NONE
    };
}

/// One without a state, whose handlers have no `self`, or `&self`. It answers at every path that is not one of MCP's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Light {}

/// Longer messages take longer.
fn light_message<'a>(_: &'a Light, cx: &'a Cx, e: Received) -> Done<'a> {
    Box::pin(async move {
        let text = e.message.text().unwrap_or_default().to_owned();
        cx.sleep(Duration::from_secs(text.len() as u64)).await;
        e.socket.send(text)?;
        Err(Error::tool("what was sent is sent"))
    })
}

fn light_close<'a>(cx: &'a Cx, e: Closed) -> Done<'a> {
    Box::pin(async move {
        for socket in cx.sockets(None)? {
            socket.send(format!("closed {}", e.code))?;
        }
        Ok(())
    })
}

fn light_request<'a>(cx: &'a Cx, request: Request) -> Done<'a, Response> {
    Box::pin(async move {
        assert!(cx.sockets(None).is_err(), "it runs in no object");
        let names: Vec<&str> = request.headers().map(|(name, _)| name).collect();
        Ok(Response::text(format!(
            "{} {} {}",
            request.method(),
            request.path(),
            names.join(",")
        )))
    })
}

impl Agent for Light {
    const CATALOG: Catalog = Catalog {
        server: r#"{"name":"light","version":"1.0.0"}"#,
        ..Catalog::EMPTY
    };
    const POLICY: Policy = Policy::DEFAULT;
    const STATE: StateSpec = StateSpec::NONE;
    const TABLE: Table<Self> = Table {
        tools: &[],
        resources: &[],
        prompts: &[],
        completions: &[],
    };
    const EVENTS: Events<Self> = Events {
        websocket: Some(WebSocketEvents {
            path: "/ws",
            connect: None,
            message: Some(On::Read(light_message)),
            close: Some(On::Front(light_close)),
            error: None,
        }),
        request: Some(RequestEvent {
            path: "/*",
            on: On::Front(light_request),
        }),
        ..Events::NONE
    };
}
