//! `[state]`, and who may use it.

use super::quantity::{KIB, MIB, check_size};
use super::{Cx, member};
use crate::diag::{Address, Code};
use crate::model::{Access, Field, Model, Scope, State};
use serde_json::{Map, Value};

const DEFAULT_MAX_BYTES: u64 = 64 * KIB;

/// The scopes of later releases.
const LATER_SCOPES: [&str; 2] = ["user", "tenant"];

pub(super) fn check_state(cx: &mut Cx<'_>) -> Option<State> {
    let at = Address::root().key("state");
    let raw = cx.raw.state.clone()?;
    let fields = member::check_members(cx, &at.key("fields"), raw.fields.as_ref());
    for field in &fields {
        check_initial_value(cx, &at.key("fields").key(&field.name), "state", field);
    }
    Some(State {
        scope: check_scope(cx, &at.key("scope"), raw.scope.as_deref()),
        version: check_version(cx, &at.key("version"), raw.version),
        max_bytes: check_size(
            cx,
            &at.key("max_bytes"),
            raw.max_bytes.as_deref(),
            DEFAULT_MAX_BYTES,
            KIB..=MIB,
        ),
        fields,
    })
}

/// State exists before anybody has written it, and so does what a handle stands for, so that each field says what it is then: a default, or
/// nothing.
pub(super) fn check_initial_value(cx: &mut Cx<'_>, at: &Address, owner: &str, field: &Field) {
    if field.optional || field.default.is_some() {
        return;
    }
    let name = &field.name;
    cx.report(
        Code::NoInitialValue,
        &at.key("default"),
        format!("the {owner}'s field `{name}` has no initial value"),
    )
    .help("give it a `default`, or say `optional = true`");
}

/// One object a key of the scope: one for everybody, or one a session.
fn check_scope(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> Scope {
    match raw {
        None | Some("server") => Scope::Server,
        Some("session") => Scope::Session,
        Some(later) if LATER_SCOPES.contains(&later) => {
            cx.report(
                Code::LaterKey,
                at,
                format!("the scope `{later}` is not in this release"),
            )
            .help("scope = \"session\"");
            Scope::Server
        }
        Some(other) => {
            cx.report(Code::UnknownWord, at, format!("unknown scope `{other}`"))
                .help("`server`, one for everybody, or `session`, one a session");
            Scope::Server
        }
    }
}

/// Versions count from 1; a new one says that stored state of the old shape needs care.
fn check_version(cx: &mut Cx<'_>, at: &Address, raw: Option<i64>) -> u32 {
    let version = raw.unwrap_or(1);
    match u32::try_from(version) {
        Ok(version) if version > 0 => version,
        _ => {
            cx.report(
                Code::OutOfBounds,
                at,
                format!("`{version}` is not a version of the state"),
            )
            .help("version = 1");
            1
        }
    }
}

/// `state = "read"` on an item that a handler serves. Without `[state]` there is nothing to read.
pub(super) fn check_access(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> Access {
    let access = match raw {
        None | Some("none") => return Access::None,
        Some("read") => Access::Read,
        Some("write") => Access::Write,
        Some(other) => {
            cx.report(Code::UnknownWord, at, format!("unknown access `{other}`"))
                .help("`none`, `read` or `write`");
            return Access::None;
        }
    };
    if cx.raw.state.is_none() && !cx.unread(&["state"]) {
        cx.report(
            Code::NoState,
            at,
            "the state is used, but there is no `[state]`",
        )
        .help("[state]\nfields.counter = { type = \"integer\", default = 0 }");
    }
    access
}

/// What has a fixed body has no handler, so that nothing of its own touches the state.
pub(super) fn check_no_access(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>, body: &str) {
    if raw.is_some() {
        cx.report(
            Code::AccessWithoutHandler,
            at,
            format!("`state` is for a handler, and `{body}` leaves none to write"),
        )
        .at_key()
        .help(format!("leave out `state` or `{body}`"));
    }
}

/// The first write must not fail: what all defaults make fits `max_bytes`.
pub(super) fn check_initial_size(model: &Model, cx: &mut Cx<'_>) {
    let Some(state) = &model.state else { return };
    let initial: Map<String, Value> = state
        .fields
        .iter()
        .filter_map(|f| Some((f.name.clone(), f.default.clone()?)))
        .collect();
    let bytes = Value::Object(initial).to_string().len() as u64;
    if bytes > state.max_bytes {
        let at = Address::root().keys(["state", "max_bytes"]);
        cx.report(
            Code::StateTooLarge,
            &at,
            format!(
                "the initial state has {bytes} bytes, of {} that it may have",
                state.max_bytes
            ),
        )
        .help(format!("max_bytes = \"{}KiB\"", bytes.div_ceil(KIB) * 2));
    }
}
