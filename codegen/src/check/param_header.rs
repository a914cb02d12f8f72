//! `header` of a param: `x-mcp-header` of its schema (2026-07-28, Streamable HTTP, "Custom Headers from Tool Parameters").

use super::Cx;
use crate::diag::{Address, Code};
use crate::read::raw::{RawField, RawMember, RawOutput};
use indexmap::IndexMap;

/// What is found so far among the params of one tool: names in lower case, and where they are.
type Seen = Vec<(String, Address)>;

type Members = IndexMap<String, RawField>;

/// Clients refuse a tool with a header that is not a name, stands twice, or stands where it is not a plain value that a path of members
/// leads to. So does this.
pub(super) fn check_headers(cx: &mut Cx<'_>) {
    let root = Address::root();
    let raw = cx.raw;
    for (name, tool) in raw.tools.iter().flatten() {
        let at = root.keys(["tools", name]);
        members(
            cx,
            &at.key("params"),
            tool.params.as_ref(),
            Some(&mut Seen::new()),
        );
        if let Some(RawOutput::Fields(fields)) = &tool.output {
            members(cx, &at.key("output"), Some(fields), None);
        }
    }
    for (name, named) in raw.types.iter().flatten() {
        members(
            cx,
            &root.keys(["types", name, "fields"]),
            named.fields.as_ref(),
            None,
        );
    }
    for (name, handle) in raw.handles.iter().flatten() {
        members(
            cx,
            &root.keys(["handles", name, "fields"]),
            handle.fields.as_ref(),
            None,
        );
    }
    let state = raw.state.as_ref().and_then(|state| state.fields.as_ref());
    members(cx, &root.keys(["state", "fields"]), state, None);
    for (uri, resource) in raw.resources.iter().flatten() {
        members(
            cx,
            &root.keys(["resources", uri, "params"]),
            resource.params.as_ref(),
            None,
        );
    }
    for (name, prompt) in raw.prompts.iter().flatten() {
        members(
            cx,
            &root.keys(["prompts", name, "params"]),
            prompt.params.as_ref(),
            None,
        );
    }
}

/// `seen` is there where a header may be.
fn members(cx: &mut Cx<'_>, at: &Address, fields: Option<&Members>, mut seen: Option<&mut Seen>) {
    for (name, RawField(raw)) in fields.into_iter().flatten() {
        member(cx, &at.key(name), raw, seen.as_deref_mut());
    }
}

fn member(cx: &mut Cx<'_>, at: &Address, raw: &RawMember, mut seen: Option<&mut Seen>) {
    if let Some(header) = &raw.header {
        let header_at = at.key("header");
        match seen.as_deref_mut() {
            Some(seen) => {
                check_type(cx, &header_at, raw.ty.as_deref());
                check_name(cx, &header_at, header, seen);
            }
            None => {
                cx.report(
                    Code::BadParamHeader,
                    &header_at,
                    "this is no argument that a client could repeat in a header",
                )
                .at_key()
                .help("leave `header` out: it is for params of tools, and not for items of a list or members of a named type");
            }
        }
    }
    members(cx, &at.key("fields"), raw.fields.as_ref(), seen);
    if let Some(RawField(items)) = raw.items.as_deref() {
        member(cx, &at.key("items"), items, None);
    }
}

fn check_type(cx: &mut Cx<'_>, at: &Address, ty: Option<&str>) {
    let Some(ty) = ty.filter(|ty| !["string", "integer", "boolean"].contains(ty)) else {
        return;
    };
    let help = match ty {
        "number" => {
            "leave `header` out, or make it an `integer`: numbers have no one way to be written"
        }
        _ => "leave `header` out: it is for strings, integers and booleans",
    };
    cx.report(
        Code::BadParamHeader,
        at,
        format!("`{ty}` is no type that a header can repeat"),
    )
    .at_key()
    .help(help);
}

fn check_name(cx: &mut Cx<'_>, at: &Address, header: &str, seen: &mut Seen) {
    if !is_token(header) {
        let words: Vec<&str> = header
            .split(|c| !is_token_char(c))
            .filter(|word| !word.is_empty())
            .collect();
        let help = match words.join("-") {
            fixed if fixed.is_empty() => "header = \"Region\"".to_owned(),
            fixed => format!("header = \"{fixed}\""),
        };
        cx.report(
            Code::BadParamHeader,
            at,
            format!("`Mcp-Param-{header}` is not the name of a header"),
        )
        .help(help);
        return;
    }
    let lower = header.to_ascii_lowercase();
    if let Some((_, first)) = seen.iter().find(|(known, _)| *known == lower) {
        cx.report(
            Code::BadParamHeader,
            at,
            format!("two params have the header `{header}`; case does not count"),
        )
        .related(first.clone(), "the other one")
        .help("rename one of them");
        return;
    }
    seen.push((lower, at.clone()));
}

/// `1*tchar`, RFC 9110 section 5.6.2.
pub(super) fn is_token(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_token_char)
}

pub(super) fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}
