//! Templates of prompts.

use super::Cx;
use crate::diag::{Address, Code};
use crate::model::{Field, Piece};
use crate::read::nearest;

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
            .piece("{{")
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
    let written = format!("{{{{{hole}}}}}");
    let line = template
        .find(&written)
        .map_or(1, |start| template[..start].matches('\n').count() + 1);
    let place = on_line(template, line);
    let legal = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
    };
    let source = match name.strip_prefix("state.").filter(|field| legal(field)) {
        Some(field) => state_source(cx, field),
        None if legal(name) => param_source(cx, at, name, params),
        None => {
            cx.report(Code::BadHole, at, format!("`{written}` is not a hole{place}"))
                .piece(written)
                .help("`{{ name }}` for a param, `{{ state.name }}` for a field of the state, nothing else");
            return None;
        }
    };
    match source {
        Ok(piece) => Some(piece),
        Err((what, help)) => {
            cx.report(Code::HoleWithoutSource, at, format!("{what}{place}"))
                .piece(written)
                .help(help);
            None
        }
    }
}

/// The field of the state; else what is wrong, and what to do.
fn state_source(cx: &Cx<'_>, field: &str) -> Result<Piece, (String, String)> {
    if cx.unread(&["state", "fields"]) {
        return Ok(Piece::State(field.to_owned()));
    }
    let declare = format!("fields.{field} = {{ type = \"string\", default = \"\" }}");
    let Some(state) = &cx.raw.state else {
        return Err((
            format!("there is no state to take `{field}` from"),
            format!("[state]\n{declare}"),
        ));
    };
    let fields: Vec<&str> = state
        .fields
        .iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    if fields.contains(&field) {
        return Ok(Piece::State(field.to_owned()));
    }
    let help = match nearest(field, &fields) {
        Some(nearest) => format!("did you mean `{{{{ state.{nearest} }}}}`?"),
        None => format!("declare it in `[state]`: `{declare}`"),
    };
    Err((format!("the state has no field `{field}`"), help))
}

/// The param; else what is wrong, and what to do.
fn param_source(
    cx: &Cx<'_>,
    at: &Address,
    name: &str,
    params: &[Field],
) -> Result<Piece, (String, String)> {
    let known: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
    let unread = at
        .parent()
        .is_some_and(|prompt| cx.sink.in_hole(&prompt.key("params")));
    if known.contains(&name) || unread {
        return Ok(Piece::Param(name.to_owned()));
    }
    let in_state = cx
        .raw
        .state
        .iter()
        .flat_map(|state| state.fields.iter().flatten())
        .any(|(field, _)| field == name);
    let help = match nearest(name, &known) {
        _ if in_state => format!("write `{{{{ state.{name} }}}}` for the field of the state"),
        Some(nearest) => format!("did you mean `{{{{ {nearest} }}}}`?"),
        None => format!("declare it: `params.{name} = \"string\"`"),
    };
    Err((format!("there is no param `{name}`"), help))
}

/// Where in a template of several lines something is.
fn on_line(template: &str, line: usize) -> String {
    if template.contains('\n') {
        format!(" (line {line} of the template)")
    } else {
        String::new()
    }
}
