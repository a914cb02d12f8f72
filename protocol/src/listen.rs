//! `subscriptions/listen` (2026-07-28): a stream of what changes, for as long as a client listens.
//!
//! Specification: 2026-07-28, `basic/patterns/subscriptions`.

use crate::call::Framing;
use crate::capabilities::tells_changes;
use crate::client::ClientCaps;
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::http::Reply;
use crate::jsonrpc::{self, Request};
use crate::route::frame;
use crate::stateless::{Asker, Sealing};
use crate::tasks::HeardTask;
use crate::version::Version;
use crate::wire::{Object, Text, event_lines, members, quote, string};
use serde_json::value::RawValue;

/// The longest list of resources that one stream can be about, in bytes.
const MOST_URIS: usize = 32 << 10;
const SUBSCRIPTION_ID: &str = "io.modelcontextprotocol/subscriptionId";

/// A list that a server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// `tools/list`.
    Tools,
    /// `resources/list` and `resources/templates/list`.
    Resources,
    /// `prompts/list`.
    Prompts,
}

impl List {
    pub(crate) const ALL: [List; 3] = [List::Tools, List::Resources, List::Prompts];

    /// `notifications/…/list_changed`; `params` is a raw JSON object, empty for none.
    pub(crate) fn changed(self, params: &str) -> String {
        let method = ["notifications/", self.name(), "/list_changed"].concat();
        jsonrpc::notification(&method, params)
    }

    const fn name(self) -> &'static str {
        match self {
            List::Tools => "tools",
            List::Resources => "resources",
            List::Prompts => "prompts",
        }
    }
}

/// Something is another now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The resource of this URI.
    Resource(String),
    /// A list.
    List(List),
}

impl Change {
    /// One line that [`Change::decode`] reads.
    pub fn encode(&self) -> String {
        match self {
            Change::Resource(uri) => {
                let mut out = String::from("r");
                quote(&mut out, uri);
                out
            }
            Change::List(list) => ["l", list.name()].concat(),
        }
    }

    /// Reads what [`Change::encode`] wrote.
    pub fn decode(line: &str) -> Option<Change> {
        match line.split_at_checked(1)? {
            ("r", uri) => {
                let uri = serde_json::from_str::<Text<'_>>(uri).ok()?;
                Some(Change::Resource(uri.0.into_owned()))
            }
            ("l", name) => {
                let list = List::ALL.into_iter().find(|list| list.name() == name)?;
                Some(Change::List(list))
            }
            _ => None,
        }
    }
}

/// A client that listens, and what it wants to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The request's `id`, raw JSON: the subscription's too.
    id: String,
    version: Version,
    lists: Vec<List>,
    uris: Vec<String>,
    tasks: Vec<HeardTask>,
}

impl Listener {
    /// One line that [`Listener::decode`] reads.
    pub fn encode(&self) -> String {
        let mut out = String::from(self.version.as_str());
        out.push_str(" {");
        for list in &self.lists {
            out.push_str(list.name());
            out.push(' ');
        }
        out.push_str("} ");
        out.push_str(&quoted(self.uris.iter().map(String::as_str)));
        out.push(' ');
        let tasks: Vec<String> = self.tasks.iter().map(HeardTask::encode).collect();
        out.push_str(&quoted(tasks.iter().map(String::as_str)));
        out.push(' ');
        out.push_str(&self.id);
        out
    }

    /// Reads what [`Listener::encode`] wrote.
    pub fn decode(line: &str) -> Option<Listener> {
        let (version, rest) = line.split_once(" {")?;
        let (lists, rest) = rest.split_once("} ")?;
        let mut uris = serde_json::Deserializer::from_str(rest).into_iter::<Vec<String>>();
        let known = uris.next()?.ok()?;
        let tasks = uris.next()?.ok()?;
        let id = rest.get(uris.byte_offset()..)?.trim_start().to_owned();
        let named = |name: &str| List::ALL.into_iter().find(|list| list.name() == name);
        Some(Listener {
            id,
            version: Version::parse(version)?,
            lists: lists.split_whitespace().map(named).collect::<Option<_>>()?,
            uris: known,
            tasks: tasks
                .iter()
                .map(|word| HeardTask::decode(word))
                .collect::<Option<_>>()?,
        })
    }

    /// The first message: what is listened to.
    pub fn acknowledgement(&self) -> String {
        let mut notifications = String::from("{");
        let mut member = |name: &str, value: &str| {
            if notifications.len() > 1 {
                notifications.push(',');
            }
            for part in ["\"", name, "\":", value] {
                notifications.push_str(part);
            }
        };
        for list in &self.lists {
            member(filter_name(*list), "true");
        }
        if !self.uris.is_empty() {
            let uris = quoted(self.uris.iter().map(String::as_str));
            member("resourceSubscriptions", &uris);
        }
        if !self.tasks.is_empty() {
            let ids = quoted(self.tasks.iter().map(|task| task.id.as_str()));
            member("taskIds", &ids);
        }
        notifications.push('}');
        let more = [",\"notifications\":", &notifications].concat();
        let method = "notifications/subscriptions/acknowledged";
        jsonrpc::notification(method, &self.params(&more))
    }

    /// What it is told of a change, if it wants to hear of it.
    pub fn hears(&self, change: &Change) -> Option<String> {
        match change {
            Change::List(list) if self.lists.contains(list) => Some(list.changed(&self.params(""))),
            Change::Resource(uri) if self.uris.contains(uri) => {
                let mut more = String::from(",\"uri\":");
                quote(&mut more, uri);
                let method = "notifications/resources/updated";
                Some(jsonrpc::notification(method, &self.params(&more)))
            }
            Change::List(_) | Change::Resource(_) => None,
        }
    }

    /// The objects of the tasks that it listens to.
    pub fn tasks(&self) -> impl Iterator<Item = &str> {
        self.tasks.iter().map(|task| task.object.as_str())
    }

    /// What it is told of a task, by its object and [what it says](crate::TaskRecord::news), if it listens to it.
    pub fn hears_task(&self, object: &str, news: &str) -> Option<String> {
        let task = self.tasks.iter().find(|task| task.object == object)?;
        let params = self.params(&task.params(news));
        Some(jsonrpc::notification("notifications/tasks", &params))
    }

    /// The last message: the server ends the subscription. It has no line end.
    pub fn end(&self) -> String {
        let result = [
            "{\"resultType\":\"complete\",\"_meta\":{\"",
            SUBSCRIPTION_ID,
            "\":",
            &self.id,
            "}}",
        ];
        jsonrpc::result(&self.id, &result)
    }

    /// `params` of a notification of this subscription. `more` is its members behind `_meta`.
    fn params(&self, more: &str) -> String {
        let parts = ["{\"_meta\":{\"", SUBSCRIPTION_ID, "\":", &self.id, "}"];
        [&parts.concat(), more, "}"].concat()
    }
}

/// An array of strings.
fn quoted<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::from("[");
    for text in texts {
        if out.len() > 1 {
            out.push(',');
        }
        quote(&mut out, text);
    }
    out.push(']');
    out
}

const fn filter_name(list: List) -> &'static str {
    match list {
        List::Tools => "toolsListChanged",
        List::Resources => "resourcesListChanged",
        List::Prompts => "promptsListChanged",
    }
}

/// Nothing of what is declared ever changes, so nobody has to wait for it: the subscription begins, and ends.
pub(crate) fn nothing_to_hear(id: &str) -> Reply {
    let meta = ["\"_meta\":{\"", SUBSCRIPTION_ID, "\":", id, "}"].concat();
    let params = ["{", &meta, ",\"notifications\":{}}"].concat();
    let method = "notifications/subscriptions/acknowledged";
    let mut reply = frame(Framing::Sse, 200, jsonrpc::notification(method, &params));
    let result = ["{\"resultType\":\"complete\",", &meta, "}"];
    event_lines(&mut reply.body, &jsonrpc::result(id, &result));
    reply
}

impl Engine {
    /// `subscriptions/listen`.
    pub(crate) fn open_listener(
        &self,
        version: Version,
        asker: &Asker<'_>,
        client: ClientCaps,
        request: &Request<'_>,
        sealing: &Sealing<'_>,
    ) -> Result<Output<'static>, RpcError> {
        if !asker.streams {
            let error = RpcError::invalid_request("Accept must name text/event-stream");
            let body = jsonrpc::error(Some(request.id), version, &error);
            return Ok(Output::Reply(Reply::json(406, body)));
        }
        let filter = request.params.notifications.and_then(members);
        let filter =
            filter.ok_or_else(|| RpcError::invalid_params("`notifications` must be an object"))?;
        let Some(tasks) = self.heard_tasks(&filter, client, asker.principal, sealing)? else {
            return Ok(Output::NeedKeys);
        };
        let listener = Listener {
            id: request.id.to_owned(),
            version,
            tasks,
            lists: self.heard_lists(&filter)?,
            uris: self.heard_uris(&filter, asker)?,
        };
        if self.kept || !listener.tasks.is_empty() {
            return Ok(Output::Listen(listener));
        }
        Ok(Output::Reply(nothing_to_hear(request.id)))
    }

    fn heard_lists(&self, filter: &Object<'_>) -> Result<Vec<List>, RpcError> {
        let mut heard = Vec::new();
        for list in List::ALL {
            let name = filter_name(list);
            match filter.get(name).map(RawValue::get) {
                Some("true") if tells_changes(&self.catalog, list) => heard.push(list),
                None | Some("true" | "false") => {}
                Some(_) => {
                    return Err(RpcError::invalid_params(
                        ["`notifications.", name, "` must be true or false"].concat(),
                    ));
                }
            }
        }
        Ok(heard)
    }

    /// Those that can be subscribed to, by this caller.
    fn heard_uris(&self, filter: &Object<'_>, asker: &Asker<'_>) -> Result<Vec<String>, RpcError> {
        let Some(raw) = filter.get("resourceSubscriptions") else {
            return Ok(Vec::new());
        };
        let wrong = || {
            RpcError::invalid_params(
                "`notifications.resourceSubscriptions` must be an array of URIs, of at most 32 KiB",
            )
        };
        if raw.get().len() > MOST_URIS {
            return Err(wrong());
        }
        let all: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(|_| wrong())?;
        let mut heard: Vec<String> = Vec::new();
        for raw in all {
            let uri = string(raw).ok_or_else(wrong)?;
            let known = self.find_resource(&uri);
            let told = known.is_some_and(|(at, _)| {
                let item = &self.catalog.resources[at];
                item.subscribe && self.admit(item.access, asker.who).is_ok()
            });
            if told && !heard.iter().any(|known| *known == uri) {
                heard.push(uri.into_owned());
            }
        }
        Ok(heard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_survives_the_way() {
        for id in ["1", "\"a } [ b\"", "-7"] {
            for uris in [
                vec![],
                vec!["a://b\n\"c\" ]".to_owned(), "d://e".to_owned()],
            ] {
                let task = HeardTask {
                    object: "task:00".to_owned(),
                    id: "a-b_c".to_owned(),
                };
                for lists in [vec![], vec![List::Tools, List::Prompts]] {
                    let listener = Listener {
                        id: id.to_owned(),
                        version: Version::LATEST,
                        lists,
                        uris: uris.clone(),
                        tasks: vec![task.clone(); uris.len()],
                    };
                    let line = listener.encode();
                    assert!(!line.contains('\n'), "{line}");
                    assert_eq!(Listener::decode(&line), Some(listener));
                }
            }
        }
    }

    #[test]
    fn a_change_survives_the_way() {
        for change in [
            Change::List(List::Tools),
            Change::List(List::Resources),
            Change::Resource("a://b\nc".to_owned()),
        ] {
            assert_eq!(Change::decode(&change.encode()), Some(change));
        }
        for broken in ["", "x", "lnone", "r\"", "é"] {
            assert_eq!(Change::decode(broken), None, "{broken}");
        }
    }
}
