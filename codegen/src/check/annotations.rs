//! Hints of a tool.

use super::Cx;
use crate::diag::{Address, Code};
use crate::model::{Access, Annotations};
use crate::read::raw::RawAnnotations;

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
