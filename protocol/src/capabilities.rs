//! `ServerCapabilities`: exactly what is served, in the words of a version.

use crate::catalog::Catalog;
use crate::version::Version;

/// What a client of this version is told.
///
/// Lists are fixed at build time, so what can change them is a new deployment. Only a kept session outlives one with a stream on which
/// to say so. Versions without sessions have neither subscriptions nor a level of logging that somebody could set beforehand.
pub(crate) fn capabilities(catalog: &Catalog, version: Version) -> String {
    let kept = catalog.keeps_sessions() && !version.is_stateless();
    let changes = if kept { "\"listChanged\":true" } else { "" };
    let subscribe = kept && catalog.resources.iter().any(|item| item.subscribe);
    let resources = if subscribe {
        "\"subscribe\":true,\"listChanged\":true"
    } else {
        changes
    };
    let mut out = String::from("{");
    for (name, there, value) in [
        ("tools", !catalog.tools.is_empty(), changes),
        ("resources", !catalog.resources.is_empty(), resources),
        ("prompts", !catalog.prompts.is_empty(), changes),
        (
            "completions",
            !catalog.completions.is_empty() && version.has_completions_capability(),
            "",
        ),
        ("logging", kept && catalog.is_interactive(), ""),
    ] {
        if there {
            if out.len() > 1 {
                out.push(',');
            }
            for part in ["\"", name, "\":{", value, "}"] {
                out.push_str(part);
            }
        }
    }
    out.push('}');
    out
}
