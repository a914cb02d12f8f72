//! WebSockets of an agent's own, and plain HTTP.

use mcp_agent::prelude::*;
use std::time::Duration;

/// An agent whose log is what its handlers have committed.
#[mcp_agent(config = "mcp.toml")]
pub struct Live;

/// Who is connected, and how often it was heard.
type Who = (String, u32);

fn value<'a>(request: &'a Request, key: &str) -> Option<&'a str> {
    let mut parts = request.query().unwrap_or_default().split('&');
    parts.find_map(|part| part.strip_prefix(key)?.strip_prefix('='))
}

impl Live {
    fn note(&mut self, line: &str) {
        self.log.push_str(line);
        self.log.push('\n');
    }
}

impl live::Handlers for Live {
    async fn tell(&self, cx: &Cx, p: live::TellParams) -> Result<String> {
        let sockets = cx.sockets(None)?;
        for socket in &sockets {
            socket.send(&*p.text)?;
        }
        Ok(sockets.len().to_string())
    }

    async fn on_connect(&mut self, cx: &Cx, socket: &Socket, request: &Request) -> Result<()> {
        let name = value(request, "name").unwrap_or("nobody");
        self.note(&format!("connect {name}"));
        socket.send(format!("welcome {name}"))?;
        socket.attach(&(name, 0))?;
        if let Some(room) = value(request, "room") {
            socket.tag(&format!("room:{room}"))?;
        }
        for other in cx.sockets(None)? {
            other.send(format!("{name} is here"))?;
        }
        match value(request, "do") {
            Some("refuse") => Err(Error::tool("not you")),
            Some("break") => Err(Error::protocol(-32000, "the inside")),
            Some("panic") => panic!("in on_connect"),
            Some("bye") => socket.close(4001, "bye"),
            Some("late") => {
                cx.sleep(Duration::from_millis(300)).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn on_message(&mut self, cx: &Cx, socket: &Socket, message: Message) -> Result<()> {
        let (name, heard): Who = socket.attachment()?.unwrap_or_default();
        let heard = heard + 1;
        socket.attach(&(&name, heard))?;
        let Some(text) = message.text() else {
            let mut bytes = message.bytes().to_vec();
            bytes.reverse();
            return socket.send(bytes);
        };
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        self.note(&format!("{name}: {verb}"));
        match verb {
            "count" => socket.send(heard.to_string())?,
            "room" => {
                for socket in cx.sockets(Some(&format!("room:{rest}")))? {
                    socket.send(format!("to {rest}"))?;
                }
            }
            "tags" => socket.send(socket.tags()?.join(","))?,
            "fail" => {
                socket.send("never")?;
                return Err(Error::tool("it failed"));
            }
            "slow" => {
                socket.send("slow 1")?;
                cx.sleep(Duration::from_millis(300)).await;
                socket.send("slow 2")?;
            }
            "panic" => panic!("in on_message"),
            "panic_late" => {
                cx.sleep(Duration::from_millis(100)).await;
                panic!("in on_message, after an await");
            }
            "close" => socket.close(rest.parse()?, "as you say")?,
            "attach" => {
                let attached = socket.attach(&("日".repeat(rest.parse()?), heard));
                socket.send(format!("attached {}", attached.is_ok()))?;
            }
            _ => socket.send(format!("{name}: {text}"))?,
        }
        Ok(())
    }

    async fn on_close(&mut self, cx: &Cx, socket: &Socket, code: u16, reason: &str) -> Result<()> {
        let (name, _): Who = socket.attachment()?.unwrap_or_default();
        let tags = socket.tags()?.join(",");
        self.note(&format!("close {name} {code} {reason} {tags}"));
        for other in cx.sockets(None)? {
            other.send(format!("{name} is gone"))?;
        }
        Ok(())
    }

    async fn on_error(&mut self, _cx: &Cx, _socket: &Socket, error: &str) -> Result<()> {
        self.note(&format!("error {error}"));
        Ok(())
    }

    async fn on_request(&mut self, cx: &Cx, request: Request) -> Result<Response> {
        Ok(match request.path() {
            "/hooks/log" => Response::text(&self.log),
            "/hooks/echo" => {
                self.note(request.method());
                Response::new(201)
                    .header(
                        "content-type",
                        request.header("Content-Type").unwrap_or("none"),
                    )
                    .header("set-cookie", "a=1; Path=/")
                    .header("set-cookie", "b=2")
                    .header("x-query", request.query().unwrap_or("none"))
                    .header("x-host", request.header("host").unwrap_or("none"))
                    .body(request.body())
            }
            "/hooks/none" => Response::text("dropped").status(204),
            "/hooks/unchanged" => Response::text("dropped")
                .status(304)
                .header("etag", "\"1\""),
            "/hooks/header" => Response::text("x").header("x-a", "1\r\nset-cookie: evil=1"),
            "/hooks/fail" => {
                self.note("never");
                return Err(Error::tool("the inside"));
            }
            "/hooks/panic" => {
                self.note("never");
                cx.sleep(Duration::from_millis(10)).await;
                panic!("in on_request");
            }
            _ => Response::text("no such hook").status(404),
        })
    }
}
