//! `[state]`, and who may use it.

use super::quantity::{KIB, MIB, check_size};
use super::scope::{check_admin, check_scope};
use super::sync::check_sync;
use super::{Cx, member, migration};
use crate::diag::{Address, Code};
use crate::model::{Access, Field, Model, State};
use serde_json::{Map, Value};

const DEFAULT_MAX_BYTES: u64 = 64 * KIB;

pub(super) fn check_state(cx: &mut Cx<'_>) -> Option<State> {
    let at = Address::root().key("state");
    let raw = cx.raw.state.clone()?;
    let fields = member::check_members(cx, &at.key("fields"), raw.fields.as_ref());
    for field in &fields {
        check_initial_value(cx, &at.key("fields").key(&field.name), "state", field);
    }
    Some(State {
        scope: check_scope(cx, &at, &raw),
        sync: check_sync(cx, &at, &raw),
        admin: check_admin(cx, &at.key("admin"), &raw),
        version: check_version(cx, &at.key("version"), raw.version),
        max_bytes: check_size(
            cx,
            &at.key("max_bytes"),
            raw.max_bytes.as_deref(),
            DEFAULT_MAX_BYTES,
            KIB..=MIB,
        ),
        migrations: migration::check_migrations(cx, &at.key("migrations"), raw.migrations.as_ref()),
        on_update: raw.on_update.unwrap_or(false),
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

/// How a handler of an event uses the state, out of these words, of which the first is the default.
pub(super) fn check_event_access(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&str>,
    words: &[(&str, Access)],
) -> Access {
    let usual = words.first().map_or(Access::None, |(_, access)| *access);
    let Some(word) = raw else { return usual };
    if let Some((_, access)) = words.iter().find(|(known, _)| *known == word) {
        return *access;
    }
    let known: Vec<_> = words
        .iter()
        .map(|(known, _)| format!("`{known}`"))
        .collect();
    cx.report(Code::UnknownWord, at, format!("unknown access `{word}`"))
        .help(format!("one of {}", known.join(", ")));
    usual
}

/// What is kept in the object of a state needs one. `why` is a sentence.
pub(super) fn check_kept(cx: &mut Cx<'_>, at: &Address, why: &str) -> bool {
    if cx.raw.state.is_some() || cx.unread(&["state"]) {
        return true;
    }
    cx.report(
        Code::NoState,
        at,
        format!("{why}, but there is no `[state]`"),
    )
    .at_key()
    .help("[state]");
    false
}

/// What no session is about is kept in an object that is none of a session's. `why` is a sentence.
pub(super) fn check_shared(cx: &mut Cx<'_>, at: &Address, why: &str) {
    if !check_kept(cx, at, why) {
        return;
    }
    let scope = cx.raw.state.as_ref().and_then(|it| it.scope.as_deref());
    if scope == Some("session") {
        let place = Address::root().keys(["state", "scope"]);
        cx.report(
            Code::NotShared,
            at,
            format!("{why}, but each session has a state of its own"),
        )
        .at_key()
        .related(place, "declared here")
        .help("scope = \"server\"");
    }
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
