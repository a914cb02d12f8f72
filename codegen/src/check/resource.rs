//! `[resources."uri"]`.

use super::file::{MAX_RESOURCE, check_file};
use super::handler::{check_content, check_interactive};
use super::icon::check_icons;
use super::member::check_arguments;
use super::meta::check_meta;
use super::mime::check_mime;
use super::permission::check_requires;
use super::state::{check_access, check_no_access};
use super::uri::check_uri;
use super::{Cx, annotations, handler, query};
use crate::diag::{Address, Code};
use crate::model::{Access, Field, Model, Resource, ResourceBody, StringType, Type, Uri};
use crate::name;
use crate::read::raw::RawResource;

pub(super) fn check_resources(cx: &mut Cx<'_>) -> Vec<Resource> {
    let at = Address::root().key("resources");
    let declared = cx.raw.resources.iter().flatten();
    declared
        .map(|(uri, raw)| check_resource(cx, &at.key(uri), uri, raw))
        .collect()
}

fn check_resource(cx: &mut Cx<'_>, at: &Address, declared: &str, raw: &RawResource) -> Resource {
    let before = cx.sink.count();
    let (uri, variables) = check_uri(cx, at, declared);
    let sound = cx.sink.count() == before;
    let params = check_variables(cx, at, raw, &variables);
    let body = check_body(cx, at, raw, &uri, &variables);
    let fixed = bodies(raw).first().copied();
    let access = match (&body, fixed) {
        (ResourceBody::Handler, _) | (_, None) => {
            check_access(cx, &at.key("state"), raw.state.as_deref())
        }
        (_, Some(key)) => {
            check_no_access(cx, &at.key("state"), raw.state.as_deref(), key);
            if raw.field.is_some() || raw.query.is_some() {
                Access::Read
            } else {
                Access::None
            }
        }
    };
    let name = raw.name.clone().unwrap_or_else(|| name::snake(declared));
    // What completes a variable is called after what it completes.
    let has_method = body == ResourceBody::Handler || params.iter().any(|param| param.complete);
    let method = match &raw.name {
        // What a broken URI would give is no name that anybody meant.
        None if has_method && !sound => String::new(),
        None if has_method => handler::check_method(cx, at, &name),
        Some(_) if has_method => handler::check_method(cx, &at.key("name"), &name),
        _ => name::identifier(&name).unwrap_or_default(),
    };
    let size = check_size(cx, &at.key("size"), raw.size, &uri, &body);
    Resource {
        method,
        title: raw.title.clone(),
        description: raw.description.clone(),
        mime: check_mime(cx, &at.key("mime"), raw, &body),
        params,
        body,
        access,
        interactive: check_interactive(cx, &at.key("interactive"), raw.interactive, fixed),
        content: check_content(
            cx,
            &at.key("output"),
            raw.output.as_deref(),
            "resource",
            fixed,
        ),
        subscribe: raw.subscribe.unwrap_or(false),
        permission: check_requires(cx, &at.key("requires"), raw.requires.as_ref()),
        size,
        annotations: annotations::check_of_resource(
            cx,
            &at.key("annotations"),
            raw.annotations.as_ref(),
        ),
        icons: check_icons(cx, &at.key("icons"), raw.icons.as_ref()),
        meta: check_meta(cx, &at.key("meta"), raw.meta.as_ref()),
        name: if name.is_empty() {
            declared.to_owned()
        } else {
            name
        },
        uri,
    }
}

/// A size is of one resource. What is known when the Worker is built is as large as it is.
fn check_size(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<i64>,
    uri: &Uri,
    body: &ResourceBody,
) -> Option<u64> {
    let declared = raw?;
    if matches!(uri, Uri::Template(_)) {
        cx.report(
            Code::BadResourceSize,
            at,
            "a template has no `size`: its resources have",
        )
        .at_key()
        .help("leave it out");
        return None;
    }
    let actual = match body {
        ResourceBody::Text(text) => Some(text.len()),
        ResourceBody::Blob(bytes) => Some(bytes.len()),
        ResourceBody::Field(_) | ResourceBody::Query(_) | ResourceBody::Handler => None,
    };
    let size = u64::try_from(declared);
    let differs = actual.filter(|actual| size.as_ref().ok() != Some(&(*actual as u64)));
    if let Some(actual) = differs {
        cx.report(
            Code::BadResourceSize,
            at,
            format!("the contents have {actual} bytes, not {declared}"),
        )
        .help(format!("size = {actual}"));
    } else if size.is_err() {
        cx.report(
            Code::BadResourceSize,
            at,
            format!("`{declared}` is not a number of bytes"),
        )
        .help("0 or more; leave it out where nobody knows");
    }
    size.ok()
}

/// The keys that say what it holds.
fn bodies(raw: &RawResource) -> Vec<&'static str> {
    [
        ("text", raw.text.is_some()),
        ("file", raw.file.is_some()),
        ("field", raw.field.is_some()),
        ("query", raw.query.is_some()),
    ]
    .into_iter()
    .filter_map(|(key, present)| present.then_some(key))
    .collect()
}

/// Contents come from one place: a text, a file, a field of the state or a query; from a handler where none is named.
fn check_body(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: &RawResource,
    uri: &Uri,
    variables: &[String],
) -> ResourceBody {
    let declared = bodies(raw);
    if let [first, second, ..] = declared.as_slice() {
        cx.report(
            Code::SeveralBodies,
            &at.key(second),
            format!("a resource has either a `{first}` or a `{second}`"),
        )
        .at_key()
        .related(at.key(first), "declared here too")
        .help("keep one of them");
    }
    if let (Uri::Template(_), Some(key)) = (uri, declared.first())
        && *key != "query"
    {
        cx.report(
            Code::FixedTemplate,
            &at.key(key),
            format!("a template with one `{key}` for all its URIs"),
        )
        .at_key()
        .help(format!(
            "leave `{key}` out and write a handler or a `query`, or the variables out of the URI"
        ));
    }
    if let Some(text) = &raw.text {
        ResourceBody::Text(text.clone())
    } else if let Some(path) = &raw.file {
        match check_file(cx, &at.key("file"), path, MAX_RESOURCE).map(String::from_utf8) {
            Some(Ok(text)) => ResourceBody::Text(text),
            Some(Err(error)) => ResourceBody::Blob(error.into_bytes()),
            None => ResourceBody::Text(String::new()),
        }
    } else if let Some(field) = &raw.field {
        check_field(cx, &at.key("field"), field);
        ResourceBody::Field(field.clone())
    } else if raw.query.is_some() {
        ResourceBody::Query(query::check_query(cx, at, raw, uri, variables))
    } else {
        ResourceBody::Handler
    }
}

/// A resource shows a field that the state has.
fn check_field(cx: &mut Cx<'_>, at: &Address, field: &str) {
    if cx.unread(&["state", "fields"]) {
        return;
    }
    let Some(state) = &cx.raw.state else {
        cx.report(
            Code::NoState,
            at,
            "the state is shown, but there is no `[state]`",
        )
        .help(format!(
            "[state]\nfields.{field} = {{ type = \"integer\", default = 0 }}"
        ));
        return;
    };
    let known: Vec<&str> = state
        .fields
        .iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    if !known.contains(&field) {
        let help = match crate::read::nearest(field, &known) {
            Some(nearest) => format!("field = \"{nearest}\""),
            None if known.is_empty() => format!(
                "declare it: `[state]`, `fields.{field} = {{ type = \"integer\", default = 0 }}`"
            ),
            None => format!("its fields are {}", super::member::list(&known)),
        };
        cx.report(
            Code::UnknownField,
            at,
            format!("the state has no field `{field}`"),
        )
        .help(help);
    }
}

/// Each param is a variable of the template. A variable is what a client wrote into a URI, and is always there: a string or one of
/// some strings. One that is not declared is a string.
fn check_variables(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: &RawResource,
    variables: &[String],
) -> Vec<Field> {
    let declared = check_arguments(cx, &at.key("params"), raw.params.as_ref());
    for param in &declared {
        let at = at.key("params").key(&param.name);
        let name = &param.name;
        if !variables.contains(name) {
            let known: Vec<&str> = variables.iter().map(String::as_str).collect();
            let help = match crate::read::nearest(name, &known) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("write `{{{name}}}` into the URI, or leave the param out"),
            };
            cx.report(
                Code::ParamWithoutVariable,
                &at,
                format!("the URI has no variable `{name}`"),
            )
            .at_key()
            .help(help);
            continue;
        }
        let broken = param.ty == Type::Any && cx.sink.iter().any(|d| at.contains(&d.address));
        if !broken && !matches!(param.ty, Type::String(_) | Type::Enum(_)) {
            cx.report(
                Code::BadVariable,
                &at.key("type"),
                format!("the variable `{name}` of a URI is not a string"),
            )
            .help(
                "type = \"string\", with a `pattern` such as `\"^[0-9]+$\"` where it is a number",
            );
        }
        for (key, present) in [
            ("optional", param.optional),
            ("default", param.default.is_some()),
        ] {
            if present {
                cx.report(
                    Code::BadVariable,
                    &at.key(key),
                    format!("the variable `{name}` of a URI is always there"),
                )
                .at_key()
                .help(format!("leave `{key}` out"));
            }
        }
    }
    let field = |name: &String| {
        let plain = Field {
            name: name.clone(),
            ty: Type::String(StringType::default()),
            description: None,
            optional: false,
            default: None,
            complete: false,
            header: None,
            bound: None,
            writable: false,
        };
        declared
            .iter()
            .find(|param| param.name == *name)
            .cloned()
            .unwrap_or(plain)
    };
    variables.iter().map(field).collect()
}

/// Two templates that differ in the names of their variables only match the same URIs: the second would never be asked.
pub(super) fn check_same_templates(model: &Model, cx: &mut Cx<'_>) {
    let shape = |uri: &Uri| match uri {
        Uri::Plain(_) => None,
        Uri::Template(template) => {
            let pieces = template
                .split('{')
                .map(|piece| piece.split_once('}').map_or(piece, |(_, rest)| rest));
            Some(pieces.collect::<Vec<_>>().join("{}"))
        }
    };
    let at = Address::root().key("resources");
    let broken = |uri: &Uri| {
        let at = at.key(uri.as_str());
        cx.sink
            .iter()
            .any(|d| d.address == at && [Code::BadUri, Code::BadUriTemplate].contains(&d.code))
    };
    let sound: Vec<&Uri> = model
        .resources
        .iter()
        .map(|r| &r.uri)
        .filter(|uri| !broken(uri))
        .collect();
    for (index, uri) in sound.iter().enumerate() {
        let Some(mine) = shape(uri) else { continue };
        let earlier = sound[..index]
            .iter()
            .find(|earlier| shape(earlier).as_ref() == Some(&mine));
        if let Some(first) = earlier {
            let message = format!("`{}` matches what another template matches", uri.as_str());
            cx.report(Code::SameTemplate, &at.key(uri.as_str()), message)
                .at_key()
                .related(at.key(first.as_str()), "this one is asked first")
                .help("make the fixed parts differ");
        }
    }
}
