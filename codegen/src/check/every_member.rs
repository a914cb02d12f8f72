//! All members of a declaration, wherever they stand: for keys that belong to some of them alone.

use crate::diag::Address;
use crate::read::raw::{Raw, RawField, RawMember, RawOutput};
use indexmap::IndexMap;

type Members = IndexMap<String, RawField>;

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A param of a tool.
    Param,
    /// A member of what a tool answers.
    Output,
    /// A variable of a resource.
    Variable,
    /// An argument of a prompt.
    Argument,
    /// A field of the state.
    State,
    /// A field of a handle.
    Handle,
    /// A member of a named type, or of any other member.
    Inside,
}

/// What is done with a member: its address, what it is, its name, and what is said of it. An item of an array has no name.
type Visit<'v, 'r> = dyn FnMut(&Address, Place, &str, &'r RawMember) + 'v;

/// Visits each member, those that lie in others too.
pub(super) fn every_member<'r>(raw: &'r Raw, visit: &mut Visit<'_, 'r>) {
    let root = Address::root();
    for (name, tool) in raw.tools.iter().flatten() {
        let at = root.keys(["tools", name]);
        members(&at.key("params"), Place::Param, tool.params.as_ref(), visit);
        if let Some(RawOutput::Fields(fields)) = &tool.output {
            members(&at.key("output"), Place::Output, Some(fields), visit);
        }
    }
    for (name, named) in raw.types.iter().flatten() {
        let at = root.keys(["types", name, "fields"]);
        members(&at, Place::Inside, named.fields.as_ref(), visit);
    }
    for (name, handle) in raw.handles.iter().flatten() {
        let at = root.keys(["handles", name, "fields"]);
        members(&at, Place::Handle, handle.fields.as_ref(), visit);
    }
    let state = raw.state.as_ref().and_then(|state| state.fields.as_ref());
    members(&root.keys(["state", "fields"]), Place::State, state, visit);
    for (uri, resource) in raw.resources.iter().flatten() {
        let at = root.keys(["resources", uri, "params"]);
        members(&at, Place::Variable, resource.params.as_ref(), visit);
    }
    for (name, prompt) in raw.prompts.iter().flatten() {
        let at = root.keys(["prompts", name, "params"]);
        members(&at, Place::Argument, prompt.params.as_ref(), visit);
    }
}

fn members<'r>(at: &Address, place: Place, fields: Option<&'r Members>, visit: &mut Visit<'_, 'r>) {
    for (name, RawField(raw)) in fields.into_iter().flatten() {
        let at = at.key(name);
        visit(&at, place, name, raw);
        inside(&at, raw, visit);
    }
}

/// What lies in a member.
fn inside<'r>(at: &Address, raw: &'r RawMember, visit: &mut Visit<'_, 'r>) {
    members(&at.key("fields"), Place::Inside, raw.fields.as_ref(), visit);
    if let Some(RawField(items)) = raw.items.as_deref() {
        let at = at.key("items");
        visit(&at, Place::Inside, "", items);
        inside(&at, items, visit);
    }
}
