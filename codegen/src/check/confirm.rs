//! `confirm`: what the user is asked before a tool runs.

use super::Cx;
use crate::diag::{Address, Code};
use crate::model::{Field, Input, Type};
use crate::read::nearest;
use crate::read::raw::RawTool;

/// A question names what it is about: `{id}` is the argument of that name, shown as it is. `{{` and `}}` are braces.
pub(super) fn check_confirm(
    cx: &mut Cx<'_>,
    tool_at: &Address,
    raw: &RawTool,
    input: &Input,
) -> Option<String> {
    let question = raw.confirm.as_deref()?;
    let at = tool_at.key("confirm");
    if question.trim().is_empty() {
        cx.report(Code::BadConfirm, &at, "a question without words")
            .help("confirm = \"Do it? This cannot be undone.\"");
    }
    let mut rest = question;
    while let Some(brace) = rest.find(['{', '}']) {
        rest = &rest[brace..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            rest = &rest[2..];
            continue;
        }
        let end = rest.find('}').filter(|_| rest.starts_with('{'));
        let Some(end) = end else {
            let brace = &rest[..1];
            cx.report(
                Code::BadHole,
                &at,
                format!("a `{brace}` of the question belongs to no hole"),
            )
            .piece(brace)
            .help(format!(
                "a hole is `{{id}}`; a brace is written `{brace}{brace}`"
            ));
            break;
        };
        check_hole(cx, tool_at, &at, &rest[1..end], input);
        rest = &rest[end + 1..];
    }
    Some(question.to_owned())
}

/// A hole shows one of the tool's own params, which is always there and is one word or number.
fn check_hole(cx: &mut Cx<'_>, tool_at: &Address, at: &Address, name: &str, input: &Input) {
    let written = format!("{{{name}}}");
    let Input::Fields(params) = input else {
        cx.report(
            Code::HoleWithoutSource,
            at,
            format!("an `input_schema` has no param `{name}` that could be shown"),
        )
        .piece(written)
        .help("ask without a hole, or declare `params` instead of the schema");
        return;
    };
    let Some(param) = params.iter().find(|param| param.name == name) else {
        if cx.sink.in_hole(&tool_at.key("params")) {
            return;
        }
        let known: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
        let help = match nearest(name.trim(), &known) {
            Some(nearest) => format!("did you mean `{{{nearest}}}`?"),
            None => "a hole is a param of the tool; a brace is written `{{`".to_owned(),
        };
        cx.report(
            Code::HoleWithoutSource,
            at,
            format!("there is no param `{name}`"),
        )
        .piece(written)
        .help(help);
        return;
    };
    if let Some(why) = not_shown(param) {
        cx.report(
            Code::BadConfirm,
            at,
            format!("`{name}` cannot be shown in a question: it {why}"),
        )
        .piece(written)
        .help("show a param that is always there: a string, an integer, a number or a boolean");
    }
}

fn not_shown(param: &Field) -> Option<&'static str> {
    match param.ty {
        _ if param.optional => Some("may be left out"),
        Type::Array { .. } => Some("is a list"),
        Type::Object(_) | Type::Named(_) => Some("is an object"),
        // One whose type is wrong has been reported.
        Type::Any if param.default.is_some() => None,
        Type::Any => Some("may be anything"),
        Type::String(_)
        | Type::Enum(_)
        | Type::Integer { .. }
        | Type::Number { .. }
        | Type::Boolean => None,
    }
}
