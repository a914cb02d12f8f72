//! Hints of tools and resources.

use super::{Cx, format};
use crate::diag::{Address, Code};
use crate::model::{Access, Annotations, ResourceAnnotations};
use crate::read::raw::{RawAnnotations, RawResourceAnnotations};

/// Clients ask people before they call, or do not, by these hints. A hint that another one or the declaration itself denies would
/// deceive one of them.
pub(super) fn check_annotations(
    cx: &mut Cx<'_>,
    tool_at: &Address,
    raw: Option<&RawAnnotations>,
    access: Access,
) -> Annotations {
    let at = tool_at.key("annotations");
    let raw = raw.cloned().unwrap_or_default();
    if raw.read_only == Some(true) {
        if raw.destructive == Some(true) {
            cx.report(
                Code::ContradictingHints,
                &at.key("destructive"),
                "a tool that is `read_only` is not `destructive`",
            )
            .related(at.key("read_only"), "it changes nothing")
            .help("leave one of the two out");
        }
        if access == Access::Write {
            cx.report(
                Code::ReadOnlyWrites,
                &at.key("read_only"),
                "a tool that writes the state is not `read_only`",
            )
            .related(tool_at.key("state"), "it writes the state")
            .help("state = \"read\", or `read_only = false`");
        }
    }
    Annotations {
        read_only: raw.read_only,
        destructive: raw.destructive,
        idempotent: raw.idempotent,
        open_world: raw.open_world,
    }
}

/// Clients show, sort and leave out by these, so that each is what the specification knows: whom it is for, how much it matters, when
/// it last changed.
pub(super) fn check_of_resource(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&RawResourceAnnotations>,
) -> ResourceAnnotations {
    let raw = raw.cloned().unwrap_or_default();
    for (index, name) in raw.audience.iter().flatten().enumerate() {
        if !["user", "assistant"].contains(&name.as_str()) {
            cx.report(
                Code::UnknownWord,
                &at.key("audience").index(index),
                format!("unknown audience `{name}`"),
            )
            .help("`user`, `assistant` or both");
        }
    }
    let priority = raw.priority.as_ref().and_then(serde_json::Number::as_f64);
    if let Some(priority) = priority.filter(|priority| !(0.0..=1.0).contains(priority)) {
        cx.report(
            Code::OutOfBounds,
            &at.key("priority"),
            format!("`{priority}` is out of bounds"),
        )
        .help("from 0, which matters least, to 1");
    }
    if let Some(time) = raw
        .last_modified
        .as_deref()
        .filter(|time| !format::holds("date-time", time))
    {
        let help = if format::is_date(time) {
            format!("last_modified = \"{time}T00:00:00Z\"")
        } else {
            "date, time and zone: `last_modified = \"2025-01-12T15:00:58Z\"`".to_owned()
        };
        cx.report(
            Code::BadTime,
            &at.key("last_modified"),
            format!("`{time}` is not a time"),
        )
        .help(help);
    }
    ResourceAnnotations {
        audience: raw.audience,
        priority,
        last_modified: raw.last_modified,
    }
}
