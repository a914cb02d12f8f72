//! `wrangler.jsonc`: the keys that a declaration and the entry decide.

use super::jsonc::{self, Document, Merged};
use super::{MergeError, render};
use crate::model::Agent;
use jsonc_parser::cst::{CstArray, CstInputValue, CstObject};

/// Where it lies in a project.
pub const PATH: &str = "wrangler.jsonc";

/// What builds the Worker. The entry relies on details of worker-build's output, so its version is ours to pin.
pub(super) const BUILD: &str =
    "cargo install -q --locked worker-build@0.8.7 && worker-build --release";

/// The pin in [`BUILD`].
const PIN: &str = "worker-build@";

/// The object class of the entry, and the name under which the entry finds it.
const CLASS: &str = "Agent";
const BINDING: &str = "AGENT";

/// The file of a new project.
pub(super) fn fresh(agent: &Agent) -> String {
    let text = render::wrangler(agent);
    merge(&text, agent)
        .map(|merged| merged.text)
        .unwrap_or(text)
}

/// A new project's file, in which `wrangler dev` also watches what the declaration names: a file, or the folder that it is in.
pub(super) fn watching(text: &str, named: &[String]) -> String {
    let Ok(doc) = Document::parse(text) else {
        return text.to_owned();
    };
    let watched = doc
        .top()
        .object_value("build")
        .and_then(|build| build.array_value("watch_dir"));
    if let Some(watched) = watched {
        let mut known = vec!["src", "mcp.toml"];
        for path in named {
            let first = path
                .split('/')
                .find(|part| !matches!(*part, "" | "."))
                .unwrap_or(path);
            if !known.contains(&first) {
                known.push(first);
                watched.append(first.into());
            }
        }
    }
    doc.finish().text
}

/// Brings a user's file up to date. What it does not keep, it does not touch: other keys, comments, order, format.
///
/// # Errors
/// The file is not JSON with comments, or one of the kept keys holds something of another kind.
pub fn merge(text: &str, agent: &Agent) -> Result<Merged, MergeError> {
    let mut doc = Document::parse(text)?;
    let top = doc.top();
    doc.set(&top, "name", "name", &agent.server.name);
    doc.set(&top, "main", "main", "entry.mjs");
    doc.set(
        &top,
        "compatibility_date",
        "compatibility_date",
        &agent.deploy.compatibility_date,
    );
    build(&mut doc, &top)?;
    binding(&mut doc, &top)?;
    migration(&mut doc, &top)?;
    routes(&mut doc, &top, &agent.deploy.routes)?;
    vars(&mut doc, &top, &agent.deploy.vars)?;
    Ok(doc.finish())
}

/// A missing command is written; of a command that pins worker-build only the pin is kept; any other is the user's choice.
fn build(doc: &mut Document, top: &CstObject) -> Result<(), MergeError> {
    let build = jsonc::object(top, "build", "build")?;
    let command = match jsonc::text(&build, "command") {
        None => BUILD.to_owned(),
        Some(command) => repin(&command),
    };
    doc.set(&build, "command", "build.command", &command);
    Ok(())
}

/// A command with our version of worker-build in place of the one that it pins.
fn repin(command: &str) -> String {
    let version = |text: &str| {
        text.find(|c: char| c.is_whitespace() || c == '&' || c == ';')
            .unwrap_or(text.len())
    };
    let Some((_, ours)) = BUILD.split_once(PIN) else {
        return command.to_owned();
    };
    match command.split_once(PIN) {
        Some((before, after)) => format!(
            "{before}{PIN}{}{}",
            &ours[..version(ours)],
            &after[version(after)..]
        ),
        None => command.to_owned(),
    }
}

fn binding(doc: &mut Document, top: &CstObject) -> Result<(), MergeError> {
    let objects = jsonc::object(top, "durable_objects", "durable_objects")?;
    let bindings = jsonc::array(&objects, "bindings", "durable_objects.bindings")?;
    match jsonc::element(&bindings, "name", BINDING) {
        Some(ours) => doc.set(&ours, "class_name", "durable_objects.bindings", CLASS),
        None => {
            jsonc::make_room(&bindings);
            bindings.append(jsonc::strings(&[("name", BINDING), ("class_name", CLASS)]));
            doc.changed("durable_objects.bindings");
        }
    }
    Ok(())
}

/// The class must be made by some migration. A migration that has run is never changed: ours is appended, under a tag of its own.
fn migration(doc: &mut Document, top: &CstObject) -> Result<(), MergeError> {
    let migrations = jsonc::array(top, "migrations", "migrations")?;
    if migrations
        .elements()
        .iter()
        .filter_map(|node| node.as_object())
        .any(|migration| makes_class(&migration))
    {
        return Ok(());
    }
    let tag = (1..)
        .map(|n| format!("v{n}"))
        .find(|tag| jsonc::element(&migrations, "tag", tag).is_none());
    jsonc::make_room(&migrations);
    migrations.append(CstInputValue::Object(vec![
        ("tag".to_owned(), tag.unwrap_or_default().into()),
        (
            "new_sqlite_classes".to_owned(),
            CstInputValue::Array(vec![CLASS.into()]),
        ),
    ]));
    doc.changed("migrations");
    Ok(())
}

fn makes_class(migration: &CstObject) -> bool {
    let arrays = |name: &str| {
        migration
            .array_value(name)
            .map(|array| array.elements())
            .unwrap_or_default()
    };
    let made = arrays("new_sqlite_classes")
        .iter()
        .filter_map(|node| node.as_string_lit()?.decoded_value().ok())
        .any(|name| name == CLASS);
    made || ["renamed_classes", "transferred_classes"]
        .iter()
        .flat_map(|name| arrays(name))
        .filter_map(|node| node.as_object())
        .any(|moved| jsonc::is(&moved, "to", CLASS))
}

/// Every declared host is a custom domain. Routes that are not declared stay: they may be the user's own.
fn routes(doc: &mut Document, top: &CstObject, hosts: &[String]) -> Result<(), MergeError> {
    if hosts.is_empty() {
        return Ok(());
    }
    let routes: CstArray = jsonc::array(top, "routes", "routes")?;
    for host in hosts {
        let path = format!("routes.{host}");
        match jsonc::element(&routes, "pattern", host) {
            Some(route) => {
                let member = route.get("custom_domain");
                let custom = member
                    .as_ref()
                    .and_then(|member| member.value()?.as_boolean_lit());
                if custom.is_none_or(|custom| !custom.value()) {
                    match member {
                        Some(member) => member.set_value(true.into()),
                        None => drop(route.append("custom_domain", true.into())),
                    }
                    doc.changed(path);
                }
            }
            None => {
                jsonc::make_room(&routes);
                routes.append(CstInputValue::Object(vec![
                    ("pattern".to_owned(), host.as_str().into()),
                    ("custom_domain".to_owned(), true.into()),
                ]));
                doc.changed(path);
            }
        }
    }
    Ok(())
}

fn vars(
    doc: &mut Document,
    top: &CstObject,
    declared: &[(String, String)],
) -> Result<(), MergeError> {
    if declared.is_empty() {
        return Ok(());
    }
    let vars = jsonc::object(top, "vars", "vars")?;
    for (name, value) in declared {
        doc.set(&vars, name, &format!("vars.{name}"), value);
    }
    Ok(())
}
