//! `requestState`: a call between two rounds, sealed, in its client's hands.
//!
//! The client can neither read it nor change it, and can hand it in with no other call: who asks, the method, the name and the
//! arguments are part of the seal (associated data), so a state of something else does not open.

use crate::call::{Call, TargetKind};
use crate::engine::Engine;
use crate::session::Journal;
use crate::token::{Entropy, Keys, open_text, seal_text};
use crate::wire::quote;

/// The longest state that is looked at, in characters.
const LONGEST: usize = 256 << 10;

/// What a state says.
pub(super) struct Known {
    pub until_ms: u64,
    /// The round that ended with it.
    pub number: u32,
    pub journal: Journal,
}

/// What a state belongs to.
pub(super) fn binding(engine: &Engine, principal: Option<&str>, call: &Call<'_>) -> String {
    let mut out = String::from("mcp-agent state 1\n");
    match principal {
        Some(principal) => quote(&mut out, principal),
        None => out.push('-'),
    }
    out.push_str(match call.target.kind {
        TargetKind::Tool => "\ntools/call\n",
        TargetKind::Resource => "\nresources/read\n",
        TargetKind::Prompt => "\nprompts/get\n",
        TargetKind::Completion => "\ncompletion/complete\n",
    });
    quote(&mut out, engine.item(call.target));
    out.push('\n');
    quote(&mut out, call.uri.as_deref().unwrap_or(""));
    out.push('\n');
    // The same arguments in another order, or with other white space, are the same arguments.
    match serde_json::from_str::<serde_json::Value>(&call.arguments) {
        Ok(serde_json::Value::Object(members)) => sorted(&mut out, &members),
        _ => out.push_str(&call.arguments),
    }
    out
}

/// An object with its members in order, all the way down.
fn sorted(out: &mut String, members: &serde_json::Map<String, serde_json::Value>) {
    let mut all: Vec<_> = members.iter().collect();
    all.sort_by_key(|(name, _)| *name);
    out.push('{');
    for (name, value) in all {
        quote(out, name);
        out.push(':');
        value_sorted(out, value);
        out.push(',');
    }
    out.push('}');
}

fn value_sorted(out: &mut String, value: &serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => sorted(out, members),
        serde_json::Value::Array(items) => {
            out.push('[');
            for item in items {
                value_sorted(out, item);
                out.push(',');
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// `None` where it would be longer than what is looked at.
pub(super) fn seal(
    keys: &Keys,
    binding: &str,
    known: &Known,
    entropy: &mut dyn Entropy,
) -> Option<String> {
    let text = format!(
        "{}\n{}\n{}",
        known.until_ms,
        known.number,
        known.journal.encode()
    );
    seal_text(keys, binding.as_bytes(), &text, entropy).filter(|sealed| sealed.len() <= LONGEST)
}

/// `None` if it is of something else, or over.
pub(super) fn open(keys: &Keys, binding: &str, sealed: &str, now_ms: u64) -> Option<Known> {
    if sealed.len() > LONGEST {
        return None;
    }
    let text = open_text(keys, binding.as_bytes(), sealed)?;
    let mut parts = text.splitn(3, '\n');
    let until_ms: u64 = parts.next()?.parse().ok()?;
    let number = parts.next()?.parse().ok()?;
    let journal = Journal::decode(parts.next()?)?;
    (now_ms < until_ms).then_some(Known {
        until_ms,
        number,
        journal,
    })
}
