//! URIs and URI templates of resources.

use super::Cx;
use crate::diag::{Address, Code};
use crate::model::Uri;

/// The scheme of `uri`, RFC 3986 section 3.1, where something follows it.
pub(super) fn scheme(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once(':')?;
    let legal = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        && !rest.is_empty();
    legal.then_some(scheme)
}

/// Whether `uri` has only characters that a URI may have, RFC 3986 section 2; else the first that it may not.
pub(super) fn characters(uri: &str) -> Result<(), char> {
    let mut chars = uri.chars();
    while let Some(c) = chars.next() {
        let legal = match c {
            '%' => {
                let escape = chars.as_str().as_bytes();
                escape.len() >= 2 && escape[..2].iter().all(u8::is_ascii_hexdigit)
            }
            _ => c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=".contains(c),
        };
        if !legal {
            return Err(c);
        }
    }
    Ok(())
}

/// A resource is named by an absolute URI, written as clients will send it: what a URI cannot hold is percent-encoded.
pub(super) fn check_uri(cx: &mut Cx<'_>, at: &Address, uri: &str) -> (Uri, Vec<String>) {
    let (literal, variables) = if uri.contains(['{', '}']) {
        check_template(cx, at, uri)
    } else {
        (uri.to_owned(), Vec::new())
    };
    let words = uri.trim_start_matches('/').replace(' ', "-");
    if scheme(&literal).is_none() {
        cx.report(Code::BadUri, at, format!("`{uri}` is not an absolute URI"))
            .at_key()
            .help(format!(
                "begin with a scheme of your own: `[resources.\"app://{}\"]`",
                words
                    .split(':')
                    .next_back()
                    .filter(|rest| !rest.is_empty())
                    .unwrap_or("about")
            ));
    } else if let Err(c) = characters(&literal) {
        let mut utf8 = [0; 4];
        let encoded: String = c
            .encode_utf8(&mut utf8)
            .bytes()
            .map(|b| format!("%{b:02X}"))
            .collect();
        cx.report(
            Code::BadUri,
            at,
            format!("`{uri}` holds `{}`, which a URI cannot", c.escape_default()),
        )
        .at_key()
        .help(format!("percent-encode it: `{encoded}`"));
    }
    let uri = uri.to_owned();
    (
        if literal == uri {
            Uri::Plain(uri)
        } else {
            Uri::Template(uri)
        },
        variables,
    )
}

/// Templates are of level 1 of RFC 6570: `{name}`, each name once, something between two of them. So a URI matches in one way
/// only, and a variable never spans a `/`.
///
/// Gives the template with `x` for each variable, and the variables.
fn check_template(cx: &mut Cx<'_>, at: &Address, template: &str) -> (String, Vec<String>) {
    let mut literal = String::new();
    let mut variables: Vec<String> = Vec::new();
    let mut rest = template;
    let mut after_variable = false;
    while let Some(open) = rest.find(['{', '}']) {
        literal.push_str(&rest[..open]);
        let inside = rest[open..]
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'));
        let Some((name, tail)) = inside else {
            let brace = &rest[open..=open];
            problem(
                cx,
                at,
                template,
                (brace, &format!("`{brace}` has no partner")),
                "write variables as `{name}`",
            );
            return (
                literal + &rest[open + 1..].replace(['{', '}'], ""),
                variables,
            );
        };
        let written = format!("{{{name}}}");
        if let Some((what, help)) = misnamed(name) {
            problem(cx, at, template, (&written, &what), &help);
        } else if after_variable && open == 0 {
            problem(
                cx,
                at,
                template,
                (
                    &written,
                    &format!("nothing stands between `{written}` and the variable before"),
                ),
                "put a `/` between them",
            );
        } else if variables.iter().any(|known| known == name) {
            problem(
                cx,
                at,
                template,
                (&written, &format!("`{written}` occurs twice")),
                "give each variable a name of its own",
            );
        }
        // A misnamed one would be judged once more as a name in Rust.
        if misnamed(name).is_none() && !variables.iter().any(|known| known == name) {
            variables.push(name.to_owned());
        }
        literal.push('x');
        rest = tail;
        after_variable = true;
    }
    literal.push_str(rest);
    if template
        .find('{')
        .zip(template.find(':'))
        .is_some_and(|(variable, colon)| variable < colon)
    {
        problem(
            cx,
            at,
            template,
            ("", "the scheme is not fixed"),
            "begin with a scheme, as in `orders://{id}`",
        );
    }
    (literal, variables)
}

fn problem(cx: &mut Cx<'_>, at: &Address, template: &str, (piece, what): (&str, &str), help: &str) {
    cx.report(
        Code::BadUriTemplate,
        at,
        format!("`{template}` is not a URI template of level 1: {what}"),
    )
    .at_key()
    .piece(piece)
    .help(help);
}

/// What is wrong with the name of a variable, and what to do.
fn misnamed(name: &str) -> Option<(String, String)> {
    if let Some(operator) = name.chars().next().filter(|c| "+#./;?&=,!@|".contains(*c)) {
        return Some((
            format!("`{{{name}}}` uses the operator `{operator}`"),
            format!("write `{{{}}}`", &name[1..].trim_end_matches('*')),
        ));
    }
    if name.contains(',') {
        return Some((
            format!("`{{{name}}}` has several variables"),
            "write each in braces of its own".into(),
        ));
    }
    if name.contains(['*', ':']) {
        let plain = name.split(['*', ':']).next().unwrap_or_default();
        return Some((
            format!("`{{{name}}}` has a modifier"),
            format!("write `{{{plain}}}`"),
        ));
    }
    let legal = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (!legal).then(|| {
        (
            format!("`{{{name}}}` is not a variable"),
            "a variable has letters, digits and `_`".into(),
        )
    })
}
