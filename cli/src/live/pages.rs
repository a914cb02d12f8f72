//! A list, page by page.

use super::http::Http;
use super::message::METHOD_NOT_FOUND;
use super::server::Server;
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// One of the lists that a server may have.
pub struct List {
    pub method: &'static str,
    /// What the result has the items in.
    pub member: &'static str,
    /// What every item must have, and is known by.
    pub key: &'static str,
}

pub const TOOLS: List = List {
    method: "tools/list",
    member: "tools",
    key: "name",
};
pub const RESOURCES: List = List {
    method: "resources/list",
    member: "resources",
    key: "uri",
};
pub const TEMPLATES: List = List {
    method: "resources/templates/list",
    member: "resourceTemplates",
    key: "uriTemplate",
};
pub const PROMPTS: List = List {
    method: "prompts/list",
    member: "prompts",
    key: "name",
};

impl List {
    /// All items, in the server's order. A list that the server does not know is empty.
    pub fn all(&self, http: &Http, server: &mut dyn Server) -> Result<Vec<Value>> {
        self.collect(http, server)
            .with_context(|| format!("`{}`", self.method))
    }

    fn collect(&self, http: &Http, server: &mut dyn Server) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        let mut params = Map::new();
        for _ in 0..http.limits.pages {
            let mut page = match server.ask(self.method, params)? {
                Ok(page) => page,
                Err(error) if error.code == METHOD_NOT_FOUND => return Ok(items),
                Err(error) => bail!("error {}, {}", error.code, http.shown(&error.message)),
            };
            let Some(Value::Array(more)) = page.get_mut(self.member).map(Value::take) else {
                let page = http.shown(&page.to_string());
                bail!("the answer has no array `{}`: {page}", self.member);
            };
            for item in more {
                let known = item[self.key].is_string();
                let shown = || http.shown(&item.to_string());
                ensure!(known, "an item has no `{}`: {}", self.key, shown());
                items.push(item);
            }
            // Any text is a cursor, the empty one too (2026-07-28, "Pagination").
            let cursor = match page.get_mut("nextCursor").map(Value::take) {
                None | Some(Value::Null) => return Ok(items),
                Some(Value::String(cursor)) => cursor,
                Some(other) => bail!(
                    "`nextCursor` is no text: {}",
                    http.shown(&other.to_string())
                ),
            };
            params = Map::from_iter([("cursor".to_owned(), cursor.as_str().into())]);
            ensure!(seen.insert(cursor), "the same page comes again and again");
        }
        bail!("it has more than {} pages", http.limits.pages)
    }
}
