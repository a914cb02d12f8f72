//! What a page may write of the state has to be looked at, like what comes of a handler.

use super::object_schema;
use super::output::is_violable;
use crate::model::{Agent, Field};

/// The schema of an object of the fields that a page writes: `None` where their Rust types alone see to it.
pub fn checked_fields(agent: &Agent) -> Option<String> {
    let fields: Vec<Field> = agent.state.as_ref()?.writable().cloned().collect();
    let mut types = fields.iter().map(|field| &field.ty);
    let violable = types.any(|ty| is_violable(agent, ty, &mut Vec::new()));
    violable.then(|| object_schema(agent, &fields, None).to_string())
}
