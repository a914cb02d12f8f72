//! `ServerCapabilities`: exactly what is served, in the words of a version.

use crate::catalog::Catalog;
use crate::listen::List;
use crate::version::Version;

/// What a client of this version is told.
///
/// Lists are fixed at build time, so what changes them is a new deployment, or a handler that says so. Where sessions are light, there is
/// nobody who could be told.
pub(crate) fn capabilities(catalog: &Catalog, version: Version) -> String {
    let told = |list, kind: &'static str| match tells_changes(catalog, list) {
        true => kind,
        false => "",
    };
    let changes = "\"listChanged\":true";
    let subscribe = catalog.resources.iter().any(|item| item.subscribe);
    let resources = if subscribe {
        "\"subscribe\":true,\"listChanged\":true"
    } else {
        changes
    };
    let mut out = String::from("{");
    for (name, there, value) in [
        (
            "tools",
            !catalog.tools.is_empty(),
            told(List::Tools, changes),
        ),
        (
            "resources",
            !catalog.resources.is_empty(),
            told(List::Resources, resources),
        ),
        (
            "prompts",
            !catalog.prompts.is_empty(),
            told(List::Prompts, changes),
        ),
        (
            "completions",
            !catalog.completions.is_empty() && version.has_completions_capability(),
            "",
        ),
        ("logging", catalog.is_interactive(), ""),
        (
            "extensions",
            catalog.has_tasks() && version.is_stateless(),
            "\"io.modelcontextprotocol/tasks\":{}",
        ),
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

/// Whether clients hear of changes of a list.
pub(crate) fn tells_changes(catalog: &Catalog, list: List) -> bool {
    let empty = match list {
        List::Tools => catalog.tools.is_empty(),
        List::Resources => catalog.resources.is_empty(),
        List::Prompts => catalog.prompts.is_empty(),
    };
    catalog.keeps_sessions() && !empty
}
