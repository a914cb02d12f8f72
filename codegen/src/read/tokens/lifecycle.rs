//! What an impl block says of the names of tools that it may not see: a tool that is to be called instead of another may be in another block,
//! and so may one that has the name which another once had.

use super::args::{Arg, Args, Value};
use super::block::{Handler, Kind};
use crate::check::is_tool_name;
use crate::diag::quoted;
use crate::name;
use crate::read::nearest;
use proc_macro2::Span;

/// A tool that is to be called instead of one of the block's, and is not in the block.
pub struct Elsewhere {
    /// Its name.
    pub name: String,
    /// Where it is named.
    pub span: Span,
    /// The tool of the block that may have been meant.
    pub nearest: Option<String>,
}

/// `aliases`, as far as they are strings. What is wrong with them, is for the reader of declarations to say.
pub fn aliases(args: &Args) -> Vec<(String, Span)> {
    let arg = args.0.iter().find(|it| it.key == "aliases");
    let Some(Value::Array(items, _)) = arg.map(|it| &it.value) else {
        return Vec::new();
    };
    items.iter().filter_map(string).collect()
}

/// `use` of `deprecated`.
pub fn replacement(args: &Args) -> Option<(String, Span)> {
    let is = |key: &'static str| move |it: &&Arg| it.key == key;
    let Value::Table(deprecated, _) = &args.0.iter().find(is("deprecated"))?.value else {
        return None;
    };
    string(&deprecated.0.iter().find(is("use"))?.value)
}

fn string(value: &Value) -> Option<(String, Span)> {
    match value {
        Value::String(text, span) => Some((text.clone(), *span)),
        _ => None,
    }
}

/// The tools that are to be called instead, and that the block does not have. What can be no tool's name is none anywhere.
pub fn elsewhere(handlers: &[Handler], handles: &[String]) -> Vec<Elsewhere> {
    let tools = || handlers.iter().filter(|it| it.kind == Kind::Tool);
    let names: Vec<&str> = tools().map(|it| it.name.as_str()).collect();
    let is_here = |name: &str| {
        let of_handle = handles.iter().any(|handle| {
            name.strip_prefix("create_") == Some(handle)
                || name.strip_prefix("close_") == Some(handle)
        });
        let is_alias = tools().any(|it| it.aliases.iter().any(|(alias, _)| alias == name));
        names.contains(&name) || of_handle || is_alias
    };
    let could_be = |name: &str| is_tool_name(name) && name::identifier(name).is_some();
    let named = tools().filter_map(|it| Some((it, it.replacement.as_ref()?)));
    named
        .filter(|(_, (name, _))| could_be(name) && !is_here(name))
        .map(|(tool, (name, span))| Elsewhere {
            name: name.clone(),
            span: *span,
            nearest: nearest(name, &names)
                .filter(|nearest| *nearest != tool.name)
                .map(str::to_owned),
        })
        .collect()
}

/// Tools of those names, so that a block can be judged on its own. They stand behind its own tools.
pub fn made_up(elsewhere: &[Elsewhere]) -> String {
    let mut out = String::new();
    for (at, it) in elsewhere.iter().enumerate() {
        if elsewhere[..at].iter().all(|other| other.name != it.name) {
            let name = quoted(&it.name);
            out.push_str(&format!("[tools.{name}]\ndescription = \"elsewhere\"\n"));
        }
    }
    out
}

/// The aliases of a block that are nothing else in it, which has been said where it is so.
pub fn free(handlers: &[Handler]) -> impl Iterator<Item = &(String, Span)> {
    let tools = move || handlers.iter().filter(|it| it.kind == Kind::Tool);
    let all = move || tools().flat_map(|it| &it.aliases);
    all().enumerate().filter_map(move |(at, alias)| {
        let is_name = tools().any(|it| it.name == alias.0);
        let is_again = all().take(at).any(|it| it.0 == alias.0);
        (!is_name && !is_again).then_some(alias)
    })
}
