//! Templates of prompts.

use super::Cx;
use crate::diag::{Address, Code};
use crate::model::{Field, Piece};

/// A template is text with holes. `{{ name }}` is a param, `{{ state.name }}` a field of the state; a single brace is text.
pub(super) fn check_template(
    cx: &mut Cx<'_>,
    at: &Address,
    template: &str,
    params: &[Field],
) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find("{{") {
        text(&mut pieces, &rest[..open]);
        let inside = &rest[open + 2..];
        let Some(close) = inside.find("}}") else {
            let line = template[..template.len() - inside.len()]
                .matches('\n')
                .count()
                + 1;
            cx.report(
                Code::BadHole,
                at,
                format!("a `{{{{` has no `}}}}`{}", on_line(template, line)),
            )
            .help("close the hole: `{{ name }}`");
            return pieces;
        };
        pieces.extend(check_hole(cx, at, template, &inside[..close], params));
        rest = &inside[close + 2..];
    }
    text(&mut pieces, rest);
    pieces
}

fn text(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

/// A hole has a source: a declared param, or a declared field of the state. Nothing is computed in it.
fn check_hole(
    cx: &mut Cx<'_>,
    at: &Address,
    template: &str,
    hole: &str,
    params: &[Field],
) -> Option<Piece> {
    let name = hole.trim();
    let legal = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
    };
    let line = template
        .find(&format!("{{{{{hole}}}}}"))
        .map_or(1, |start| template[..start].matches('\n').count() + 1);
    let place = on_line(template, line);
    if let Some(field) = name.strip_prefix("state.").filter(|field| legal(field)) {
        let declared = cx.raw.state.as_ref().map(|state| {
            state
                .fields
                .iter()
                .flatten()
                .map(|(name, _)| name.as_str())
                .collect::<Vec<_>>()
        });
        let help = match &declared {
            None => "there is no `[state]`".to_owned(),
            Some(fields) if fields.contains(&field) => return Some(Piece::State(field.to_owned())),
            Some(fields) => match crate::read::nearest(field, fields) {
                Some(nearest) => format!("did you mean `{{{{ state.{nearest} }}}}`?"),
                None => format!(
                    "declare it: `[state]`, `fields.{field} = {{ type = \"string\", default = \"\" }}`"
                ),
            },
        };
        cx.report(
            Code::HoleWithoutSource,
            at,
            format!("the state has no field `{field}` for `{{{{ {name} }}}}`{place}"),
        )
        .help(help);
        return None;
    }
    if !legal(name) {
        cx.report(
            Code::BadHole,
            at,
            format!("`{{{{{hole}}}}}` is not a hole{place}"),
        )
        .help(
            "`{{ name }}` for a param, `{{ state.name }}` for a field of the state, nothing else",
        );
        return None;
    }
    if params.iter().any(|param| param.name == name) {
        return Some(Piece::Param(name.to_owned()));
    }
    let mut known: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
    known.dedup();
    let in_state = cx
        .raw
        .state
        .iter()
        .flat_map(|s| s.fields.iter().flatten())
        .any(|(field, _)| field == name);
    let help = match crate::read::nearest(name, &known) {
        _ if in_state => format!("write `{{{{ state.{name} }}}}` for the field of the state"),
        Some(nearest) => format!("did you mean `{{{{ {nearest} }}}}`?"),
        None => format!("declare it: `params.{name} = \"string\"`"),
    };
    cx.report(
        Code::HoleWithoutSource,
        at,
        format!("there is no param `{name}` for `{{{{ {name} }}}}`{place}"),
    )
    .help(help);
    None
}

/// Where in a template of several lines something is.
fn on_line(template: &str, line: usize) -> String {
    if template.contains('\n') {
        format!(" (line {line} of the template)")
    } else {
        String::new()
    }
}
