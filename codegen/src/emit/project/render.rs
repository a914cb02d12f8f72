//! Fills the holes of the templates.

use super::{Declared, Runtime, auth, lock, names, needs, package, wrangler};
use crate::model::{Agent, AuthMode, Panic};
use mcp_agent_templates as templates;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, context};

/// The manifest of the user's crate.
pub(super) fn cargo(agent: &Agent, runtime: &Runtime) -> String {
    let runtime = match runtime {
        Runtime::Path(path) => format!("{{ path = {} }}", quoted(path)),
        Runtime::Version(version) => quoted(&format!("={version}")),
    };
    fill(
        "Cargo.toml",
        templates::CARGO_TOML,
        context! { package => names::package_name(agent), runtime => code(runtime) },
    )
}

/// `src/main.rs`.
pub(super) fn main(agent: &Agent, owner: &str) -> String {
    let library = names::package_name(agent).replace('-', "_");
    fill(
        "src/main.rs",
        templates::MAIN,
        context! { crate => code(library), agent => code(owner.to_owned()) },
    )
}

/// `wrangler.jsonc` without routes and variables.
pub(super) fn wrangler(agent: &Agent, declared: Declared<'_>) -> String {
    let compatibility_date = &agent.deploy.compatibility_date;
    fill(
        "wrangler.jsonc",
        templates::WRANGLER,
        context! { name => agent.server.name.as_str(), compatibility_date, build => wrangler::BUILD, main => auth::main(agent), auth => agent.auth.is_some(), in_rust => declared.is_in_rust() },
    )
}

/// `package.json`.
pub(super) fn package(agent: &Agent) -> String {
    let pins = package::pins(agent);
    let package = names::package_name(agent);
    fill(
        "package.json",
        templates::PACKAGE,
        context! { package, node => package::NODE, pins },
    )
}

/// `README.md`.
pub(super) fn readme(agent: &Agent, declared: Declared<'_>) -> String {
    let name = &agent.server.name;
    let title = plain(agent.server.title.as_ref().unwrap_or(name));
    let public = match agent.deploy.routes.first() {
        Some(host) => format!("https://{host}"),
        None => format!("https://{name}.<your subdomain>.workers.dev"),
    };
    let package = names::package_name(agent);
    let migrations = !lock::fresh(agent).is_empty();
    let unwinds = agent.deploy.panic == Panic::Unwind;
    let needed = needs::needs(agent);
    let secrets: Vec<String> = needed
        .iter()
        .filter(|it| it.is_secret)
        .map(|it| it.name.clone())
        .collect();
    let url = needed.iter().any(|it| it.name == needs::PUBLIC_URL);
    let mode = agent.auth.as_ref().map(|auth| auth.mode.as_str());
    // A token is for the one name of the server that it was asked for.
    let local = if url {
        needs::LOCAL_URL
    } else {
        "http://127.0.0.1:8787"
    };
    let token = match agent.auth.as_ref().map(|auth| &auth.mode) {
        Some(AuthMode::Bearer(_)) => secrets.first(),
        _ => None,
    };
    let values = context! { name, package, title, public, migrations, unwinds, local, token, secrets, url, mode, http => agent.transport.http.as_str(), sse => agent.transport.sse.as_deref(), in_rust => declared.is_in_rust() };
    fill("README.md", templates::README, values)
}

/// Text as Markdown that shows it on one line, as it is.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        for c in word.chars() {
            if "\\`*[]<>&".contains(c) {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// Text that goes into a hole as it is.
pub(super) fn code(text: String) -> Value {
    Value::from_safe_string(text)
}

/// A string literal of JSON, which is also one of TOML and of JavaScript.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A template with its holes filled. In all but Markdown a value stands between quotes, and is escaped for them.
pub(super) fn fill(path: &str, template: &str, values: Value) -> String {
    let mut environment = Environment::new();
    let mut syntax = SyntaxConfig::builder();
    syntax
        .keep_trailing_newline(true)
        .trim_blocks(true)
        .lstrip_blocks(true);
    // Delimiters that are the usual ones cannot clash.
    if let Ok(syntax) = syntax.build() {
        environment.set_syntax(syntax);
    }
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|path| {
        if path.ends_with(".md") {
            AutoEscape::None
        } else {
            AutoEscape::Custom("quotes".into())
        }
    });
    environment.set_formatter(write);
    // The templates are constants and every one of them is filled by a test, so that this cannot fail at a user's.
    environment
        .render_named_str(path, template, values)
        .unwrap_or_else(|error| unreachable!("{path}: {error:#}"))
}

fn write(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    let text = value.to_string();
    if matches!(state.auto_escape(), AutoEscape::Custom(_)) && !value.is_safe() {
        let literal = quoted(&text);
        out.write_str(&literal[1..literal.len() - 1])?;
    } else {
        out.write_str(&text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_title_is_no_markup() {
        assert_eq!(plain("Acme  Orders\n# 2"), "Acme Orders # 2");
        assert_eq!(
            plain("<img src=x> [a](b) `c` *d* & \\"),
            r"\<img src=x\> \[a\](b) \`c\` \*d\* \& \\"
        );
    }
}
