//! What lies between two contracts, as findings of rules.
//!
//! Each part of a contract has its module. They say what broke to a `Judge`, and what came beside it, which breaks nobody.

mod auth;
mod prompts;
mod resources;
mod schemas;
mod server;
mod state;
mod tools;

use crate::contract::{Contract, Text};
use crate::rule::{Bump, Rule};
use crate::schema::unchanged;
use mcp_agent_codegen::diag::Address;
use std::collections::BTreeSet;

/// One thing that a rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// Where in the declaration; what is gone has an address too, and is shown at what is left around it.
    pub address: Address,
    /// The address of the item that it was found in: a type may be one that only a schema in a file has.
    pub home: Address,
    /// What it is about, as people say it: ``tool `add` ``.
    pub item: String,
    /// What happened: lower case, names in backticks.
    pub message: String,
    /// Text before and after, where texts differ.
    pub texts: Option<(String, String)>,
    /// Items that it touches beside its own: those that have a type.
    pub users: Vec<String>,
}

impl Finding {
    /// The address to show it at, of those that a declaration has: what only a schema in a file says is where the file is named, and the
    /// tools that make and close a handle are where the handle is. Where nothing is left of it, what is around it is shown.
    pub fn shown(&self, is_written: &dyn Fn(&Address) -> bool) -> Address {
        let file = self.home.key("input_schema");
        if is_written(&file) && (self.in_types() || self.address.names().get(2) == Some(&"params"))
        {
            return file;
        }
        if let ["tools", name, ..] = self.address.names().as_slice()
            && !is_written(&Address::root().keys(["tools", name]))
            && let Some((_, handle)) = name.split_once('_')
        {
            let handle = Address::root().keys(["handles", handle]);
            if is_written(&handle) {
                return handle;
            }
        }
        self.address.clone()
    }

    fn in_types(&self) -> bool {
        self.address.names().first() == Some(&"types")
    }
}

/// What lies between two contracts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// What rules found, item by item.
    pub findings: Vec<Finding>,
    /// What came and breaks nobody, a line each.
    pub additions: Vec<String>,
    /// Whether anything differs at all, beside the version.
    pub differs: bool,
}

impl Comparison {
    /// How much of a version all of it asks for.
    pub fn bump(&self) -> Bump {
        let of_findings = self.findings.iter().map(|it| it.rule.bump());
        let most = of_findings.max().unwrap_or_default();
        let added = if self.additions.is_empty() {
            Bump::None
        } else {
            Bump::Minor
        };
        let patch = if self.differs {
            Bump::Patch
        } else {
            Bump::None
        };
        most.max(added).max(patch)
    }
}

/// Compares what was promised with what is promised now.
pub fn compare(base: &Contract, head: &Contract) -> Comparison {
    let mut judge = Judge {
        base,
        head,
        same_types: unchanged(&base.types, &head.types),
        out: Comparison::default(),
    };
    server::judge(&mut judge);
    auth::judge(&mut judge);
    state::judge(&mut judge);
    tools::judge(&mut judge);
    resources::judge(&mut judge);
    prompts::judge(&mut judge);
    let mut out = judge.out;
    // What comes to a type breaks nobody who sends it, and may break who reads it.
    let findings = &out.findings;
    out.additions
        .retain(|line| !findings.iter().any(|it| it.message == *line));
    out.differs = differs(base, head);
    out
}

fn differs(base: &Contract, head: &Contract) -> bool {
    // Whoever adds a part to a contract is told here.
    let Contract {
        server,
        transport,
        auth,
        types,
        state,
        handles,
        tools,
        resources,
        prompts,
    } = base;
    let mut server = server.clone();
    server.version.clone_from(&head.server.version);
    server != head.server
        || *transport != head.transport
        || *auth != head.auth
        || *types != head.types
        || *state != head.state
        || *handles != head.handles
        || *tools != head.tools
        || *resources != head.resources
        || *prompts != head.prompts
}

/// Takes down what is found.
struct Judge<'a> {
    base: &'a Contract,
    head: &'a Contract,
    /// The types that are the same in both.
    same_types: BTreeSet<&'a str>,
    out: Comparison,
}

/// What a finding is about.
#[derive(Clone, Debug)]
struct Item {
    address: Address,
    name: String,
}

impl Item {
    fn new(table: &str, name: &str) -> Self {
        let kind = table.strip_suffix('s').unwrap_or(table);
        Self {
            address: Address::root().key(table).key(name),
            name: format!("{kind} `{name}`"),
        }
    }

    fn section(name: &str) -> Self {
        Self {
            address: Address::root().key(name),
            name: format!("[{name}]"),
        }
    }

    /// A place inside it.
    fn at(&self, keys: &[&str]) -> Address {
        self.address.keys(keys.iter().copied())
    }
}

impl Judge<'_> {
    fn find(&mut self, rule: Rule, item: &Item, keys: &[&str], message: impl Into<String>) {
        self.find_at(rule, item, item.at(keys), message.into(), None);
    }

    /// A change of words.
    fn words(
        &mut self,
        rule: Rule,
        item: &Item,
        keys: &[&str],
        message: impl Into<String>,
        (from, to): (Option<&str>, Option<&str>),
    ) {
        if from != to {
            let texts = (
                from.unwrap_or_default().to_owned(),
                to.unwrap_or_default().to_owned(),
            );
            self.find_at(rule, item, item.at(keys), message.into(), Some(texts));
        }
    }

    fn find_at(
        &mut self,
        rule: Rule,
        item: &Item,
        address: Address,
        message: String,
        texts: Option<(String, String)>,
    ) {
        let twin = |it: &&mut Finding| {
            it.rule == rule && it.address == address && it.message == message && it.texts == texts
        };
        // A change of a type is one change, whoever has the type.
        if let Some(twin) = self.out.findings.iter_mut().find(twin) {
            if !twin.users.contains(&item.name) {
                twin.users.push(item.name.clone());
            }
            return;
        }
        self.out.findings.push(Finding {
            rule,
            address,
            home: item.address.clone(),
            item: item.name.clone(),
            message,
            texts,
            users: vec![item.name.clone()],
        });
    }

    fn add(&mut self, line: impl Into<String>) {
        let line = line.into();
        if !self.out.additions.contains(&line) {
            self.out.additions.push(line);
        }
    }
}

/// What a text says, if there is one.
fn text(text: &Option<Text>) -> Option<&str> {
    text.as_ref().map(|it| it.0.as_str())
}

/// A list of names in backticks.
fn listed<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|it| format!("`{it}`")).collect();
    quoted.join(", ")
}
