//! `[prompts.*]`.

use super::file::{MAX_TEMPLATE, check_text_file};
use super::handler::{check_content, check_interactive};
use super::icon::check_icons;
use super::member::check_arguments;
use super::meta::check_meta;
use super::permission::check_requires;
use super::state::{check_access, check_no_access};
use super::template::check_template;
use super::tool::check_item_name;
use super::{Cx, handler};
use crate::diag::{Address, Code};
use crate::model::{Access, Field, Piece, Prompt, PromptBody, Type};
use crate::read::raw::RawPrompt;

pub(super) fn check_prompts(cx: &mut Cx<'_>) -> Vec<Prompt> {
    let at = Address::root().key("prompts");
    let declared = cx.raw.prompts.iter().flatten();
    declared
        .map(|(name, raw)| check_prompt(cx, &at.key(name), name, raw))
        .collect()
}

fn check_prompt(cx: &mut Cx<'_>, at: &Address, name: &str, raw: &RawPrompt) -> Prompt {
    check_item_name(cx, at, "prompt", name);
    let params = check_arguments(cx, &at.key("params"), raw.params.as_ref());
    for param in &params {
        check_argument(cx, &at.key("params").key(&param.name), param);
    }
    let body = check_body(cx, at, raw, &params);
    let fixed = match &body {
        PromptBody::Handler => None,
        PromptBody::Template(_) if raw.template.is_some() => Some("template"),
        PromptBody::Template(_) => Some("file"),
    };
    let access = match (&body, fixed) {
        (PromptBody::Handler, _) | (_, None) => {
            check_access(cx, &at.key("state"), raw.state.as_deref())
        }
        (PromptBody::Template(pieces), Some(key)) => {
            check_no_access(cx, &at.key("state"), raw.state.as_deref(), key);
            if pieces.iter().any(|piece| matches!(piece, Piece::State(_))) {
                Access::Read
            } else {
                Access::None
            }
        }
    };
    Prompt {
        name: name.to_owned(),
        method: handler::check_method(cx, at, name),
        title: raw.title.clone(),
        description: raw.description.clone(),
        params,
        body,
        access,
        interactive: check_interactive(cx, &at.key("interactive"), raw.interactive, fixed),
        content: check_content(
            cx,
            &at.key("output"),
            raw.output.as_deref(),
            "prompt",
            fixed,
        ),
        permission: check_requires(cx, &at.key("requires"), raw.requires.as_ref()),
        icons: check_icons(cx, &at.key("icons"), raw.icons.as_ref()),
        meta: check_meta(cx, &at.key("meta"), raw.meta.as_ref()),
    }
}

/// The specification has strings only as arguments of a prompt.
fn check_argument(cx: &mut Cx<'_>, at: &Address, param: &Field) {
    if matches!(param.ty, Type::String(_) | Type::Enum(_)) {
        return;
    }
    // A type that is wrong already has become `any`.
    if param.ty == Type::Any && cx.sink.iter().any(|d| at.contains(&d.address)) {
        return;
    }
    cx.report(
        Code::BadArgument,
        &at.key("type"),
        format!("the argument `{}` of a prompt is not a string", param.name),
    )
    .help("type = \"string\", and read it in the handler; or an `enum` of strings");
}

/// A prompt is a template, here or in a file, or a handler.
fn check_body(cx: &mut Cx<'_>, at: &Address, raw: &RawPrompt, params: &[Field]) -> PromptBody {
    if raw.template.is_some() && raw.file.is_some() {
        cx.report(
            Code::SeveralBodies,
            &at.key("file"),
            "a prompt has either a `template` or a `file`",
        )
        .at_key()
        .related(at.key("template"), "declared here too")
        .help("keep one of them");
    }
    let (key, template) = match (&raw.template, &raw.file) {
        (Some(template), _) => ("template", Some(template.clone())),
        (None, Some(path)) => (
            "file",
            check_text_file(cx, &at.key("file"), path, MAX_TEMPLATE),
        ),
        (None, None) => return PromptBody::Handler,
    };
    let Some(template) = template else {
        return PromptBody::Template(Vec::new());
    };
    let before = cx.sink.count();
    let pieces = check_template(cx, &at.key(key), &template, params);
    // A hole that is wrong may well be meant for the param that seems unused.
    if cx.sink.count() == before {
        check_unused(cx, at, &pieces, params);
    }
    PromptBody::Template(pieces)
}

/// An argument that no hole shows is asked of people and thrown away.
fn check_unused(cx: &mut Cx<'_>, at: &Address, pieces: &[Piece], params: &[Field]) {
    for param in params {
        let name = &param.name;
        if !pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Param(used) if used == name))
        {
            cx.report(
                Code::UnusedArgument,
                &at.key("params").key(name),
                format!("the template does not use the argument `{name}`"),
            )
            .at_key()
            .help(format!(
                "write `{{{{ {name} }}}}` into the template, or leave the param out"
            ));
        }
    }
}
