//! Serving Workers in raw workerd, on a port of its choice, with storage that outlives the process.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use crate::process::{self, Running};
use crate::setup::Tools;
use crate::worker::Worker;

/// A workerd that serves one Worker; dropping it kills it at once, as an outage would (workerd ignores SIGTERM while a stream is open).
pub struct Server {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    log: PathBuf,
    running: Running,
}

/// How long workerd may take to listen; it needs 40 ms.
const START: Duration = Duration::from_secs(30);

impl Server {
    /// Starts workerd with the objects' storage in `storage` and waits until it listens.
    pub fn start(tools: &Tools, worker: &Worker, storage: &Path) -> Result<Server> {
        fs::create_dir_all(storage)?;
        let config = worker.folder.join("workerd.capnp");
        fs::write(&config, config_text(worker, storage))
            .with_context(|| format!("cannot write {}", config.display()))?;
        let (log, path) = process::log_file(&format!("workerd {}", worker.name))?;
        let (answers, control) = std::io::pipe()?;
        let running = {
            let mut command = Command::new(&tools.npm.workerd);
            // workerd reads nothing, so its standard input is free to be the pipe on which it tells the port.
            command
                .arg("serve")
                .arg(&config)
                .arg("--control-fd=0")
                .stdin(control)
                .stdout(Stdio::from(log.try_clone()?))
                .stderr(Stdio::from(log));
            Running::start(&mut command)?
        };
        let port = listen_port(answers).map_err(|error| {
            anyhow!(
                "workerd did not start: {error}\n{}",
                process::tail(&path, 40).unwrap_or_default()
            )
        })?;
        Ok(Server {
            port,
            log: path,
            running,
        })
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Where its output goes.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Fails with its last words when it is gone.
    pub fn still_runs(&mut self) -> Result<()> {
        match self.running.ended()? {
            None => Ok(()),
            Some(status) => bail!(
                "workerd ended: {status}\n{}",
                process::tail(&self.log, 40).unwrap_or_default()
            ),
        }
    }
}

/// Reads workerd's control messages, a line of JSON each, until it says where it listens.
fn listen_port(answers: std::io::PipeReader) -> Result<u16> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(answers).lines().map_while(|line| line.ok()) {
            let message: Value = serde_json::from_str(&line).unwrap_or_default();
            if message["event"] == "listen" {
                // Nobody waits any longer when the time was up.
                let _ = sender.send(
                    message["port"]
                        .as_u64()
                        .and_then(|port| u16::try_from(port).ok()),
                );
            }
        }
    });
    receiver
        .recv_timeout(START)
        .context("it told no port")?
        .context("it told no valid port")
}

/// Serves static assets in front of a Worker, here as in the tests.
const ASSETS: &str = include_str!("../../tests/lib/assets.mjs");

/// workerd's configuration of one Worker.
fn config_text(worker: &Worker, storage: &Path) -> String {
    let mut text = String::from(
        "using Workerd = import \"/workerd/workerd.capnp\";\n\nconst config :Workerd.Config = (\n  services = [\n",
    );
    let main = match &worker.assets {
        Some(folder) => {
            text.push_str("    (name = \"assets\", worker = .assets),\n");
            let folder = quoted(&folder.to_string_lossy());
            let _ = writeln!(text, "    (name = \"files\", disk = (path = {folder})),");
            "assets"
        }
        None => "main",
    };
    let _ = writeln!(text, "    (name = \"main\", worker = .worker),");
    let _ = writeln!(
        text,
        "    (name = \"storage\", disk = (path = {}, writable = true)),",
        quoted(&storage.to_string_lossy())
    );
    let _ = writeln!(
        text,
        "  ],\n  sockets = [(name = \"http\", address = \"127.0.0.1:0\", http = (), service = {})],\n);\n",
        quoted(main)
    );
    if worker.assets.is_some() {
        let _ = writeln!(
            text,
            "const assets :Workerd.Worker = (\n  modules = [(name = \"assets.mjs\", esModule = {})],",
            quoted(ASSETS)
        );
        let _ = writeln!(text, "  compatibilityDate = {},", quoted(&worker.date));
        text.push_str("  bindings = [(name = \"FILES\", service = \"files\"), (name = \"WORKER\", service = \"main\")],\n);\n\n");
    }
    text.push_str("const worker :Workerd.Worker = (\n  modules = [\n");
    for module in &worker.modules {
        let kind = if module.file.ends_with(".wasm") {
            "wasm"
        } else {
            "esModule"
        };
        let _ = writeln!(
            text,
            "    (name = {}, {kind} = embed {}),",
            quoted(&module.name),
            quoted(&module.file)
        );
    }
    let _ = writeln!(
        text,
        "  ],\n  compatibilityDate = {},",
        quoted(&worker.date)
    );
    let flags: Vec<String> = worker.flags.iter().map(|flag| quoted(flag)).collect();
    let _ = writeln!(text, "  compatibilityFlags = [{}],", flags.join(", "));
    text.push_str("  bindings = [\n");
    for (binding, class) in &worker.objects {
        let _ = writeln!(
            text,
            "    (name = {}, durableObjectNamespace = {}),",
            quoted(binding),
            quoted(class)
        );
    }
    for (name, value) in &worker.vars {
        let _ = writeln!(
            text,
            "    (name = {}, text = {}),",
            quoted(name),
            quoted(value)
        );
    }
    text.push_str("  ],\n  durableObjectNamespaces = [\n");
    for (_, class) in &worker.objects {
        let key = format!("{}-{class}", worker.name);
        let _ = writeln!(
            text,
            "    (className = {}, uniqueKey = {}, enableSql = true),",
            quoted(class),
            quoted(&key)
        );
    }
    text.push_str("  ],\n  durableObjectStorage = (localDisk = \"storage\"),\n);\n");
    text
}

/// A capnp string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn strings_of_the_configuration_are_escaped() {
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
    }
}
