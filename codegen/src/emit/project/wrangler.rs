//! `wrangler.jsonc`: the keys that a declaration and the entry decide.

#[path = "wrangler_auth.rs"]
mod auth_keys;

pub use auth_keys::public_url;

use super::jsonc::{self, Document, Merged};
use super::{DECLARATION, Declared, MergeError, auth, render};
use crate::model::{Agent, Panic, Scope, State};
use jsonc_parser::cst::{CstInputValue, CstNode, CstObject};

/// Where it lies in a project.
pub(super) const PATH: &str = "wrangler.jsonc";

/// What builds the Worker. The entry relies on details of worker-build's output, so its version is ours to pin.
pub(super) const BUILD: &str =
    "cargo install -q --locked worker-build@0.8.7 && worker-build --release";

/// The key of the date that says how workerd behaves.
const DATE: &str = "compatibility_date";

/// The pin in [`BUILD`].
const PIN: &str = "worker-build@";

/// worker-build's flag for panics that unwind.
const UNWIND: &str = "--panic-unwind";

/// The object class of the entry, and the name under which the entry finds it.
const CLASS: &str = "Agent";
const BINDING: &str = "AGENT";

/// The file of a new project.
pub(super) fn fresh(agent: &Agent, declared: Declared<'_>) -> String {
    let text = render::wrangler(agent, declared);
    merge(&text, agent, declared)
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
        let mut known = vec!["src", DECLARATION];
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
fn merge(text: &str, agent: &Agent, declared: Declared<'_>) -> Result<Merged, MergeError> {
    merge_after(text, agent, declared, &[])
}

/// The same, where an earlier declaration needed the secrets `former`.
pub(super) fn merge_after(
    text: &str,
    agent: &Agent,
    declared: Declared<'_>,
    former: &[String],
) -> Result<Merged, MergeError> {
    let mut doc = Document::parse(text)?;
    let top = doc.top();
    doc.set(&top, "name", "name", &agent.server.name);
    doc.set(&top, "main", "main", &auth::main(agent));
    // A date that nobody declared is a default: whoever set another one here meant it.
    if declares_date(declared.text()) || jsonc::text(&top, DATE).is_none() {
        doc.set(&top, DATE, DATE, &agent.deploy.compatibility_date);
    }
    build(&mut doc, &top, agent.deploy.panic)?;
    if declared.is_in_rust() {
        watch_no_declaration(&mut doc, &top);
    }
    binding(&mut doc, &top)?;
    migration(&mut doc, &top)?;
    routes(&mut doc, &top, &agent.deploy.routes)?;
    vars(&mut doc, &top, &agent.deploy.vars)?;
    triggers(&mut doc, &top, agent)?;
    auth_keys::keep(&mut doc, &top, agent, former)?;
    Ok(doc.finish())
}

/// Custom domains of a `wrangler.jsonc` on which the Worker answers nothing but 403, as the declaration does not know them: what is
/// left of a route that is no longer declared. They are named and not removed, as they may be the user's own.
pub fn unknown_domains(text: &str, agent: &Agent) -> Vec<String> {
    let Ok(doc) = Document::parse(text) else {
        return Vec::new();
    };
    let routes = doc.top().array_value("routes");
    let routes = routes.map(|routes| routes.elements()).unwrap_or_default();
    let known =
        |host: &String| agent.deploy.routes.contains(host) || agent.transport.hosts.contains(host);
    routes
        .iter()
        .filter_map(|node| node.as_object())
        .filter(is_custom_domain)
        .filter_map(|route| jsonc::text(&route, "pattern"))
        .filter(|host| !known(host))
        .collect()
}

fn declares_date(declaration: &str) -> bool {
    toml_edit::Document::parse(declaration).is_ok_and(|document| {
        document
            .get("deploy")
            .is_some_and(|deploy| deploy.get(DATE).is_some())
    })
}

/// A missing command is written. Of one that is there, the version of worker-build is kept where it is pinned, and the flag for panics where it is
/// run; all else is the user's choice.
fn build(doc: &mut Document, top: &CstObject, panic: Panic) -> Result<(), MergeError> {
    let build = jsonc::object(top, "build", "build")?;
    let command = match jsonc::text(&build, "command") {
        None => BUILD.to_owned(),
        Some(command) => repin(&command),
    };
    let command = flagged(&command, panic);
    doc.set(&build, "command", "build.command", &command);
    Ok(())
}

/// A crate that declares in Rust has no declaration to watch.
fn watch_no_declaration(doc: &mut Document, top: &CstObject) {
    let watched = top
        .object_value("build")
        .and_then(|build| build.array_value("watch_dir"));
    let elements = watched.map(|it| it.elements()).unwrap_or_default();
    let text = |node: &CstNode| node.as_string_lit().and_then(|it| it.decoded_value().ok());
    for node in elements {
        if text(&node).is_some_and(|it| it.trim_start_matches("./") == DECLARATION) {
            node.remove();
            doc.changed("build.watch_dir");
        }
    }
}

/// A command with our version of worker-build in place of the one that it pins.
fn repin(command: &str) -> String {
    let is_version = |c: char| c.is_ascii_alphanumeric() || ".+-=".contains(c);
    let ours = BUILD.split_once(PIN).map_or("", |(_, after)| after);
    let ours = &ours[..ours.len() - ours.trim_start_matches(is_version).len()];
    let mut parts = command.split(PIN);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |done, part| {
        done + PIN + ours + part.trim_start_matches(is_version)
    })
}

/// A command that runs worker-build with our flag, or without it.
fn flagged(command: &str, panic: Panic) -> String {
    let is_end = |c: char| ";&|()\n".contains(c);
    let simple = command.split_inclusive(is_end);
    let flagged = simple.map(|simple| {
        let words = || simple.trim_end_matches(is_end).split_whitespace();
        let is_ours = words().any(runs) && words().all(|word| word != "install");
        match (panic, words().any(|word| word == UNWIND)) {
            (Panic::Unwind, false) if is_ours => with_flag(simple, is_end),
            (Panic::Abort, true) if is_ours => simple.replace(&[" ", UNWIND].concat(), ""),
            _ => simple.to_owned(),
        }
    });
    flagged.collect()
}

/// Whether this word of a command runs worker-build.
fn runs(word: &str) -> bool {
    word.rsplit('/').next() == Some("worker-build")
}

/// The flag stands behind what it is run as: no other flag takes it for its value there.
fn with_flag(simple: &str, is_end: impl Fn(char) -> bool) -> String {
    let is_space = |c: char| c.is_whitespace() || is_end(c);
    let mut words = simple.split_inclusive(is_space).peekable();
    let mut out = String::new();
    while let Some(mut word) = words.next() {
        if runs(word.trim_end_matches(is_space)) {
            let profile =
                |next: &&str| ["--release", "--dev"].contains(&next.trim_end_matches(is_space));
            if let Some(next) = words.next_if(profile) {
                out.push_str(word);
                word = next;
            }
            let said = word.trim_end_matches(is_space);
            out.push_str(&[said, " ", UNWIND, &word[said.len()..]].concat());
        } else {
            out.push_str(word);
        }
    }
    out
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
    let routes = jsonc::array(top, "routes", "routes")?;
    for host in hosts {
        match jsonc::element(&routes, "pattern", host) {
            Some(route) if is_custom_domain(&route) => continue,
            Some(route) => match route.get("custom_domain") {
                Some(member) => member.set_value(true.into()),
                None => drop(route.append("custom_domain", true.into())),
            },
            None => {
                jsonc::make_room(&routes);
                routes.append(CstInputValue::Object(vec![
                    ("pattern".to_owned(), host.as_str().into()),
                    ("custom_domain".to_owned(), true.into()),
                ]));
            }
        }
        doc.changed(format!("routes.{host}"));
    }
    Ok(())
}

fn is_custom_domain(route: &CstObject) -> bool {
    let member = route.get("custom_domain").and_then(|member| member.value());
    member
        .and_then(|value| value.as_boolean_lit())
        .is_some_and(|value| value.value())
}

/// What wakes the object of an agent with a `cron` after it was deployed; from then on its alarm does. Where there is one for everybody: others
/// are known by who uses them, and know then what is to be run.
const WAKE: &str = "*/15 * * * *";

/// Triggers that are not ours stay: they wake it too.
fn triggers(doc: &mut Document, top: &CstObject, agent: &Agent) -> Result<(), MergeError> {
    let is_shared = |state: &State| state.scope == Scope::Server;
    if !agent.state.as_ref().is_some_and(is_shared)
        || agent.schedules.iter().all(|it| it.cron.is_none())
    {
        return Ok(());
    }
    let triggers = jsonc::object(top, "triggers", "triggers")?;
    let crons = jsonc::array(&triggers, "crons", "triggers.crons")?;
    let is_ours = |node: &CstNode| {
        let text = node.as_string_lit();
        text.and_then(|it| it.decoded_value().ok())
            .is_some_and(|it| it == WAKE)
    };
    if !crons.elements().iter().any(is_ours) {
        crons.append(WAKE.into());
        doc.changed("triggers.crons");
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
