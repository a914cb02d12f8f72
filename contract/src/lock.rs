//! `mcp.lock`: a contract as it lies in a repository.
//!
//! JSON with one fact a line, so that a change of a fact is a change of a line, and with a hash for each item. The same contract gives the
//! same bytes everywhere. The format has a number, and one that is newer than this program is refused.

use crate::contract::Contract;
use crate::make;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;

/// Where it lies, beside the declaration.
pub const LOCK: &str = "mcp.lock";

/// The format that is written, and the newest that is read.
pub const FORMAT: u64 = 1;

/// The tables of items, each of which has a hash.
const ITEMS: [&str; 5] = ["types", "handles", "tools", "resources", "prompts"];
/// What there is one of at most, with a hash too.
const PARTS: [&str; 4] = ["server", "transport", "auth", "state"];

/// The lock of a contract.
pub fn write(contract: &Contract) -> String {
    // What has names for keys and strings, numbers and lists for values is JSON.
    let Ok(Value::Object(parts)) = serde_json::to_value(contract) else {
        return String::new();
    };
    let mut out = Map::new();
    out.insert(
        "about".into(),
        "What this agent promises. Written by `mcp-gen lock`; `mcp-gen diff` says what a change of it breaks.".into(),
    );
    out.insert("format".into(), FORMAT.into());
    for (name, part) in parts {
        let part = match part {
            Value::Object(items) if ITEMS.contains(&name.as_str()) => items
                .into_iter()
                .map(|(key, it)| (key, hashed(it)))
                .collect(),
            part => hashed(part),
        };
        out.insert(name, part);
    }
    let mut text = serde_json::to_string_pretty(&Value::Object(out)).unwrap_or_default();
    text.push('\n');
    text
}

/// An item with its hash before all else.
fn hashed(item: Value) -> Value {
    let hash = hash(&item);
    let Value::Object(facts) = item else {
        return item;
    };
    let mut out = Map::new();
    out.insert("hash".into(), hash.into());
    // A schema of a type may have anything for a keyword.
    out.extend(facts.into_iter().filter(|(key, _)| key != "hash"));
    Value::Object(out)
}

/// The beginning of the SHA-256 of an item: enough to see that it changed, and not for anybody who wants to deceive.
fn hash(item: &Value) -> String {
    let mut item = item.clone();
    item.sort_all_objects();
    let mut hash = make::hash(item.to_string().as_bytes());
    hash.truncate(16);
    hash
}

/// Why a lock could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no JSON.
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// It was written by a newer program.
    Newer(u64),
    /// It is JSON, and no lock.
    Shape {
        /// Where: `tools.add`.
        at: String,
        /// What is wrong.
        message: String,
    },
    /// An item is not what its hash says.
    Edited(String),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { line, message } => write!(
                f,
                "line {line}: {message}: a merge may have left it so, and `mcp-gen lock` writes it anew"
            ),
            Self::Newer(format) => write!(
                f,
                "it has format {format}, and this mcp-gen knows {FORMAT}: take a newer mcp-gen"
            ),
            Self::Shape { at, message } if at.is_empty() => write!(f, "it is no lock: {message}"),
            Self::Shape { at, message } => {
                write!(f, "`{at}` is not as mcp-gen writes it: {message}")
            }
            Self::Edited(at) => write!(
                f,
                "`{at}` is not what its hash says: it was edited by hand or merged line by line, and `mcp-gen lock` writes it anew"
            ),
        }
    }
}

impl std::error::Error for Unreadable {}

/// Reads a lock.
///
/// # Errors
/// Why it is none, and where.
pub fn read(text: &str) -> Result<Contract, Unreadable> {
    let value: Value = serde_json::from_str(text).map_err(|error| Unreadable::Syntax {
        line: error.line(),
        message: error.to_string(),
    })?;
    let shape = |at: &str, message: &str| Unreadable::Shape {
        at: at.to_owned(),
        message: message.to_owned(),
    };
    let Value::Object(mut parts) = value else {
        return Err(shape("", "it is no object"));
    };
    match parts.remove("format").as_ref().map(Value::as_u64) {
        Some(Some(format)) if format > FORMAT => return Err(Unreadable::Newer(format)),
        Some(Some(_)) => {}
        _ => return Err(shape("", "it has no `format`")),
    }
    parts.remove("about");
    for (name, part) in &mut parts {
        if PARTS.contains(&name.as_str()) {
            verify(part, name)?;
        } else if ITEMS.contains(&name.as_str()) {
            for (key, item) in part.as_object_mut().into_iter().flatten() {
                verify(item, &format!("{name}.{key}"))?;
            }
        }
    }
    // Item by item, so that an error has a place.
    let mut contract = Contract::default();
    for (name, part) in parts {
        match name.as_str() {
            "server" => contract.server = typed(&name, part)?,
            "transport" => contract.transport = Some(typed(&name, part)?),
            "auth" => contract.auth = Some(typed(&name, part)?),
            "types" => contract.types = typed(&name, part)?,
            "state" => contract.state = Some(typed(&name, part)?),
            "handles" => contract.handles = items(&name, part)?,
            "tools" => contract.tools = items(&name, part)?,
            "resources" => contract.resources = items(&name, part)?,
            "prompts" => contract.prompts = items(&name, part)?,
            _ => return Err(shape(&name, "there is no such part")),
        }
    }
    Ok(contract)
}

/// Takes the hash out of an item, which must be that of the rest.
fn verify(item: &mut Value, at: &str) -> Result<(), Unreadable> {
    let edited = || Unreadable::Edited(at.to_owned());
    let said = item
        .as_object_mut()
        .ok_or_else(edited)?
        .shift_remove("hash");
    if said == Some(Value::from(hash(item))) {
        Ok(())
    } else {
        Err(edited())
    }
}

fn typed<T: DeserializeOwned>(at: &str, value: Value) -> Result<T, Unreadable> {
    serde_json::from_value(value).map_err(|error| Unreadable::Shape {
        at: at.to_owned(),
        message: error.to_string(),
    })
}

fn items<T: DeserializeOwned>(
    name: &str,
    part: Value,
) -> Result<std::collections::BTreeMap<String, T>, Unreadable> {
    let all: Map<String, Value> = typed(name, part)?;
    all.into_iter()
        .map(|(key, item)| {
            let item = typed(&format!("{name}.{key}"), item)?;
            Ok((key, item))
        })
        .collect()
}
