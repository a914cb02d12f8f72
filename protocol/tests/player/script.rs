//! The lines of a dialogue: what is sent, what is expected.

use super::answers;
use super::{Player, Request};
use crate::common::{
    COUNTER, EMPTY, POLICY, SESSION_SCOPED, initialize_as, mirrored, renamed, rich, schemas, talk,
};
use mcp_agent_protocol::{Engine, Framing};
use serde_json::Value;
use std::collections::BTreeMap;

impl Player {
    pub fn play(&mut self, text: &str) {
        for (at, line) in text.lines().chain([""]).enumerate() {
            if line != "<" && !line.starts_with("< ") {
                self.compare();
            }
            if !line.starts_with("> ") && line != ">" {
                self.send();
            }
            self.line = at + 1;
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            if !["", "#", "!", "*", "?"].contains(&word) {
                self.settle();
            }
            match word {
                "" | "#" => {}
                "catalog" | "release" => {
                    let catalog = match rest {
                        "counter" => COUNTER,
                        "session" => SESSION_SCOPED,
                        "empty" => EMPTY,
                        "rich" => rich::RICH,
                        "rich-sessions" => rich::RICH_SESSIONS,
                        "kept" => rich::KEPT,
                        "mirrored" => mirrored::MIRRORED,
                        "renamed" => renamed::RENAMED,
                        "talk" => talk::TALK,
                        "talk-more" => talk::TALK_MORE,
                        other => panic!("{}: no catalog {other}", self.place()),
                    };
                    self.engine = Engine::new(catalog, POLICY);
                    match word {
                        "release" => self.release(),
                        _ => self.kept.token = None,
                    }
                }
                "session" => {
                    let (version, client) = rest.split_once(' ').unwrap_or((rest, "{}"));
                    let token = initialize_as(
                        &self.engine,
                        version,
                        client,
                        self.now_ms,
                        &mut self.entropy,
                    );
                    self.values.insert("session".to_owned(), token);
                    self.version = version.to_owned();
                }
                "wait" => self.wait(rest.parse().unwrap()),
                ">" => {
                    self.kept.shows = false;
                    self.request.push(self.fill(rest));
                }
                ">>" => self.message(&self.fill(rest)),
                "!" => self.expect_call(rest),
                "?" => self.answer(rest),
                "<" => self.response.push(rest.to_owned()),
                "*" => self.handler(&self.fill(rest)),
                _ if self.object_line(word, rest) => {}
                _ => panic!("{}: what is `{line}`?", self.place()),
            }
        }
        assert!(
            self.got.is_none(),
            "{}: a response was not looked at: {:?}",
            self.place(),
            self.got
        );
        self.nothing_unread();
    }

    fn send(&mut self) {
        if self.request.is_empty() {
            return;
        }
        let lines = std::mem::take(&mut self.request);
        let mut parts = lines[0].split(' ');
        let (method, target) = (parts.next().unwrap(), parts.next().unwrap());
        let mut headers = BTreeMap::from([("host", "localhost:8787")]);
        headers.insert(
            "accept",
            if method == "POST" {
                "application/json, text/event-stream"
            } else {
                "text/event-stream"
            },
        );
        if method == "POST" {
            headers.insert("content-type", "application/json");
        }
        let mut rest = lines[1..].iter();
        for line in rest.by_ref().take_while(|line| !line.is_empty()) {
            match line.strip_prefix('-') {
                Some(name) => _ = headers.remove(name),
                None => {
                    let (name, value) = line.split_once(": ").unwrap();
                    headers.insert(name, value);
                }
            }
        }
        let body = rest.map(String::as_str).collect::<Vec<_>>().join("\n");
        let names = self.engine.catalog().header_names();
        let values: Vec<&str> = names
            .iter()
            .map(|name| headers.remove(name).unwrap_or_default())
            .collect();
        assert!(
            headers.is_empty(),
            "{}: unread headers {headers:?}",
            self.place()
        );
        self.ask(&Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: values.join("\n"),
            body,
        });
    }

    fn expect_call(&mut self, expected: &str) {
        if let Some(told) = self.told() {
            assert_eq!(told, self.fill(expected), "{}", self.place());
            return;
        }
        assert!(
            self.called.is_some(),
            "{}: no handler was called, but {:?}",
            self.place(),
            self.got
        );
        assert_eq!(self.values["call"], expected, "{}", self.place());
    }

    fn answer(&mut self, text: &str) {
        let head = self.called.take().expect("a call");
        let (kind, text) = text.split_once(' ').unwrap_or((text, ""));
        let result = answers::answer(kind, text)
            .unwrap_or_else(|| panic!("{}: what is `{kind}`?", self.place()));
        let reply = self.engine.answer(&head, result);
        let in_stream = head.framing == Framing::Message && self.kept.token.is_some();
        if let Some(reply) = self.response(reply, in_stream) {
            self.reply(reply);
        }
    }

    /// One answer to one message must be what the specification's schema says.
    fn check_schema(&mut self) {
        let Some(body) = self.got.as_ref().map(|reply| reply.body.as_str()) else {
            return;
        };
        let body = body
            .strip_prefix("event: message\ndata: ")
            .unwrap_or(body)
            .trim_end();
        let Ok(message @ Value::Object(_)) = serde_json::from_str::<Value>(body) else {
            return;
        };
        let result = &message["result"];
        if let Some(version) = result["protocolVersion"].as_str() {
            self.version = version.to_owned();
        }
        let stateless = result.get("resultType").is_some();
        let version = if stateless {
            "2026-07-28"
        } else {
            &self.version
        };
        schemas::check(version, &self.method, &message);
    }

    fn compare(&mut self) {
        if self.response.is_empty() {
            return;
        }
        let place = self.place();
        let lines = std::mem::take(&mut self.response);
        self.check_schema();
        let got = self
            .got
            .take()
            .unwrap_or_else(|| panic!("{place}: no response, a call is open: {:?}", self.called));
        assert_eq!(got.status.to_string(), lines[0], "{place}: {got:?}");
        let mut rest = lines[1..].iter();
        for line in rest.by_ref().take_while(|line| !line.is_empty()) {
            if let Some(absent) = line.strip_prefix('-') {
                let mut headers = got.headers.iter().chain(&self.sharing);
                assert!(headers.all(|(name, _)| *name != absent), "{place}: {line}");
                continue;
            }
            let (name, expected) = line
                .split_once(": ")
                .unwrap_or_else(|| panic!("{place}: `{line}`"));
            let value = match name {
                "content-type" => got.content.mime(),
                _ => got
                    .headers
                    .iter()
                    .chain(&self.sharing)
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| value.as_str()),
            };
            match expected.strip_prefix('$') {
                Some(variable) => {
                    let value = value.unwrap_or_else(|| panic!("{place}: no {name}"));
                    self.values.insert(variable.to_owned(), value.to_owned());
                }
                None => assert_eq!(value, Some(expected), "{place}: {name}"),
            }
        }
        let expected: Vec<String> = rest.map(|line| self.fill(line)).collect();
        let expected = expected.join("\n");
        match (
            serde_json::from_str::<Value>(&expected),
            serde_json::from_str::<Value>(&got.body),
        ) {
            (Ok(expected), Ok(found)) => {
                assert_eq!(found, expected, "{place}\n got {found}\nwant {expected}")
            }
            // White space at the end of a line is nothing that a dialogue can show.
            _ => assert_eq!(shown(&got.body), shown(&expected), "{place}"),
        }
    }
}

fn shown(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n")
}
