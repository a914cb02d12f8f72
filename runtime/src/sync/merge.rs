//! What becomes of the state that a client wants.

use super::recent::{changed, forbidden};
use super::same::field;
use super::{Fields, Recent};
use crate::agent::{Agent, SyncSpec};
use crate::output;
use serde_json::Value;

/// Why nothing becomes of it, in words for the client.
#[derive(Debug, PartialEq, Eq)]
pub struct Unwritten(pub String);

/// The state with what the client has changed of it. `None` where that is nothing. Fields that it left as it saw them are as they are.
pub fn merge<A: Agent>(
    spec: &SyncSpec,
    recent: &Recent,
    present: &Fields,
    sent: &Fields,
    since_ms: u64,
) -> Result<Option<A>, Unwritten> {
    let Some(base) = recent.base(present, sent, spec.writable, since_ms) else {
        return Err(not_writable(forbidden(present, sent, spec.writable)));
    };
    let written: Fields = changed(base, sent, spec.writable)
        .map(|name| (name.to_owned(), field(sent, name).clone()))
        .collect();
    if written.is_empty() {
        return Ok(None);
    }
    check(spec, &written)?;
    let next = with(present, written.clone());
    match serde_json::from_value(Value::Object(next)) {
        Ok(state) => Ok(Some(state)),
        Err(error) => Err(wrong_type::<A>(present, written, &error)),
    }
}

fn not_writable<'a>(names: impl Iterator<Item = &'a str>) -> Unwritten {
    let pointers: Vec<String> = names.map(pointer).collect();
    Unwritten(format!("a client may not write {}", pointers.join(" and ")))
}

/// Fields have constraints that their types do not know. One without a value has none.
fn check(spec: &SyncSpec, written: &Fields) -> Result<(), Unwritten> {
    let Some(schema) = spec.schema else {
        return Ok(());
    };
    let Some(validator) = output::validator(schema) else {
        crate::host::log("the schema of the state is none");
        return Err(Unwritten("internal error".to_owned()));
    };
    let given = written.iter().filter(|(_, value)| !value.is_null());
    let given: Fields = given
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let Err(violations) = validator.check(&Value::Object(given).to_string()) else {
        return Ok(());
    };
    let mut words = String::new();
    for violation in &violations {
        if !words.is_empty() {
            words.push_str("; ");
        }
        violation.write(&mut words);
    }
    Err(Unwritten(words))
}

/// Which of the fields does not fit its type.
fn wrong_type<A: Agent>(present: &Fields, written: Fields, error: &serde_json::Error) -> Unwritten {
    for (name, value) in written {
        let place = pointer(&name);
        let alone = with(present, [(name, value)]);
        if let Err(error) = serde_json::from_value::<A>(Value::Object(alone)) {
            return Unwritten(format!("{place}: {error}"));
        }
    }
    Unwritten(error.to_string())
}

fn with(state: &Fields, written: impl IntoIterator<Item = (String, Value)>) -> Fields {
    let mut next = state.clone();
    next.extend(written);
    next
}

/// A field's place, as a JSON pointer (RFC 6901).
fn pointer(name: &str) -> String {
    ["/", &name.replace('~', "~0").replace('/', "~1")].concat()
}
