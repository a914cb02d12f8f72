//! The program that was built serves: it lists its tools over stdio, and the last one answers. What does not work is not measured.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::crates::Side;

const PATIENCE: Duration = Duration::from_secs(20);

/// Asks the program of a crate what it has. Its last tool is expected to say `said`.
pub fn works(side: Side, tools: usize, said: &str) -> Result<()> {
    let package = side.package(tools);
    served(side, tools, said).with_context(|| format!("{package} compiles and does not work"))
}

fn served(side: Side, tools: usize, said: &str) -> Result<()> {
    let mut client = Client::start(side, tools)?;
    client.ask(
        "initialize",
        json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "bench", "version": "1" } }),
    )?;
    client.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))?;
    let listed = client.ask("tools/list", json!({}))?;
    let listed = listed["tools"].as_array().context("no list of tools")?;
    ensure!(
        listed.len() == tools,
        "{} tools are listed instead of {tools}",
        listed.len()
    );
    for tool in listed {
        let schema = &tool["inputSchema"];
        ensure!(
            tool["description"].is_string()
                && schema["required"] == json!(["name", "copies"])
                && ["name", "copies", "urgent"]
                    .iter()
                    .all(|it| schema["properties"][it]["description"].is_string()),
            "a tool is listed as {tool}"
        );
    }
    let name = format!("letter_{}", tools - 1);
    let arguments = json!({ "name": "Ada", "copies": 2, "urgent": true });
    let answer = client.ask(
        "tools/call",
        json!({ "name": name, "arguments": arguments }),
    )?;
    let text = &answer["content"][0]["text"];
    ensure!(
        *text == format!("Dear Ada, {said}, 2 times!"),
        "`{name}` answers {text}"
    );
    Ok(())
}

/// A program that is asked one thing after the other. Dropping it ends it.
struct Client {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    id: u64,
}

impl Client {
    fn start(side: Side, tools: usize) -> Result<Self> {
        let program = side
            .target()
            .join("debug")
            .join(format!("{}-stdio", side.package(tools)));
        let mut child = Command::new(&program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let input = child.stdin.take().context("no input")?;
        let output = child.stdout.take().context("no output")?;
        Ok(Self {
            child,
            input,
            lines: lines(output),
            id: 0,
        })
    }

    fn say(&mut self, message: &Value) -> Result<()> {
        writeln!(self.input, "{message}")?;
        Ok(self.input.flush()?)
    }

    /// The result of a request.
    fn ask(&mut self, method: &str, params: Value) -> Result<Value> {
        self.id += 1;
        self.say(&json!({ "jsonrpc": "2.0", "id": self.id, "method": method, "params": params }))?;
        loop {
            let line = match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => line,
                Err(RecvTimeoutError::Timeout) => bail!("no answer to {method}"),
                Err(RecvTimeoutError::Disconnected) => {
                    bail!("it ended before its answer to {method}")
                }
            };
            let mut message: Value = serde_json::from_str(&line).with_context(|| line.clone())?;
            if message["id"] == self.id {
                ensure!(
                    message["error"].is_null(),
                    "{method} is answered with {message}"
                );
                return Ok(message["result"].take());
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Ended already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lines as they come, so that waiting for one can end.
fn lines(output: ChildStdout) -> Receiver<String> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    receive
}
