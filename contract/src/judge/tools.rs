//! Tools.

use super::auth::requirements;
use super::schemas::{self, Place, Side};
use super::{Item, Judge, text};
use crate::contract::{Contract, Tool};
use crate::rule::Rule;
use semver::Version;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

pub(super) fn judge(judge: &mut Judge<'_>) {
    let (base, head) = (judge.base, judge.head);
    let (before, after) = (answers(base), answers(head));
    let renamed = renamed(base, head, &after);
    for (name, was) in &base.tools {
        match (head.tools.get(name), after.get(name.as_str())) {
            (Some(now), _) => tool(judge, name, was, now),
            (None, Some(now)) => {
                judge.add(format!(
                    "tool `{name}` is called `{now}` now, and answers to both"
                ));
                tool(judge, now, was, &head.tools[*now]);
            }
            // That its handle is gone is said where handles are.
            (None, None) if handle_of(base, name, was).is_some_and(|it| !has(head, it)) => {}
            (None, None) => gone(judge, name, was, renamed.get(name.as_str()).copied()),
        }
        for alias in &was.aliases {
            if !after.contains_key(alias.as_str()) && after.contains_key(name.as_str()) {
                let item = Item::new("tools", name);
                let message = format!("`{name}` does not answer to `{alias}` any more");
                judge.find(Rule::ToolRemoved, &item, &["aliases"], message);
            }
        }
    }
    let new_names: HashSet<&String> = renamed.into_values().collect();
    for (name, now) in &head.tools {
        if handle_of(head, name, now).is_some_and(|it| !has(base, it)) {
            continue;
        }
        let mut names = std::iter::once(name).chain(&now.aliases);
        let was_there = names.any(|it| before.contains_key(it.as_str()));
        if !was_there && !new_names.contains(name) {
            judge.add(format!("tool `{name}` is new"));
        }
    }
}

/// The handle that a tool makes or closes, and comes with.
fn handle_of<'t>(contract: &Contract, name: &str, tool: &'t Tool) -> Option<&'t str> {
    let handle = tool.handle.as_deref()?;
    let own = ["create_", "close_"]
        .iter()
        .any(|verb| name.strip_prefix(verb) == Some(handle));
    (own && has(contract, handle)).then_some(handle)
}

fn has(contract: &Contract, handle: &str) -> bool {
    contract.handles.contains_key(handle)
}

/// The tool that answers to each name.
fn answers(contract: &Contract) -> HashMap<&str, &String> {
    let aliases = contract.tools.iter().flat_map(|(name, it)| {
        let of = move |alias| (String::as_str(alias), name);
        it.aliases.iter().map(of)
    });
    let names = contract.tools.keys().map(|it| (it.as_str(), it));
    // A name comes before an alias.
    aliases.chain(names).collect()
}

fn gone(judge: &mut Judge<'_>, name: &str, before: &Tool, renamed: Option<&String>) {
    if let Some(version) = sunset(before, &judge.head.server.version) {
        judge.add(format!(
            "tool `{name}` is gone, as it was announced for {version}"
        ));
        return;
    }
    let (rule, at, message) = match renamed {
        Some(now) => (
            Rule::ToolRenamed,
            now.as_str(),
            format!("`{name}` is called `{now}` now"),
        ),
        None => (Rule::ToolRemoved, name, format!("`{name}` is gone")),
    };
    judge.find(rule, &Item::new("tools", at), &[], message);
}

/// The version that the tool was to go in, if it has come.
fn sunset<'t>(tool: &'t Tool, version: &str) -> Option<&'t str> {
    let sunset = tool.deprecated.as_ref()?.sunset.as_deref()?;
    let reached = Version::parse(version).ok()? >= Version::parse(sunset).ok()?;
    reached.then_some(sunset)
}

/// The tools that went, and the new names that they have: of one that came and is alike in all but the name, where there is one alone of each.
fn renamed<'c>(
    base: &'c Contract,
    head: &'c Contract,
    after: &HashMap<&str, &String>,
) -> HashMap<&'c str, &'c String> {
    type Alike<'c> = (Vec<&'c String>, Vec<&'c String>);
    let mut alike: HashMap<String, Alike<'c>> = HashMap::new();
    for (name, it) in &base.tools {
        if !after.contains_key(name.as_str()) {
            alike.entry(looks(it)).or_default().0.push(name);
        }
    }
    for (name, it) in &head.tools {
        if !base.tools.contains_key(name) {
            alike.entry(looks(it)).or_default().1.push(name);
        }
    }
    let pairs = alike.into_values().filter_map(|it| match it {
        (went, came) if went.len() == 1 && came.len() == 1 => Some((went[0].as_str(), came[0])),
        _ => None,
    });
    pairs.collect()
}

/// What a tool is but for its name. Of arguments that say nothing of themselves there are many, and words tell them apart.
fn looks(tool: &Tool) -> String {
    let says = describes(&tool.input);
    let words = tool.description.as_ref().filter(|_| !says);
    let words = words.map(|it| &it.0);
    format!(
        "{} {:?} {:?} {words:?}",
        tool.input,
        tool.output.as_ref().map(Value::to_string),
        tool.annotations
    )
}

fn describes(schema: &Value) -> bool {
    let members = schema.get("properties").and_then(Value::as_object);
    let mut members = members.into_iter().flatten();
    members.any(|(_, it)| it.get("description").is_some())
}

fn tool(judge: &mut Judge<'_>, name: &str, a: &Tool, b: &Tool) {
    // Types are said elsewhere, and may have changed where the tool did not.
    let item = Item::new("tools", name);
    words(judge, &item, name, a, b);
    hints(judge, &item, name, a, b);
    requirements(judge, &item, &format!("`{name}`"), &a.requires, &b.requires);
    bound(judge, &item, name, a, b);
    if b.task.as_deref() == Some("required") && a.task != b.task {
        let message = format!("`{name}` runs as a task only");
        judge.find(Rule::TaskNowRequired, &item, &["task"], message);
    }
    let input = Place {
        side: Side::Input,
        item: &item,
        key: "params",
        member: "argument",
        whole: format!("the arguments of `{name}`"),
        of: format!(" of `{name}`"),
        except: a.bound.keys().cloned().collect(),
    };
    schemas::judge(judge, &input, &a.input, &b.input);
    match (&a.output, &b.output) {
        (Some(_), None) => {
            let message = format!("`{name}` answers with no structured content any more");
            judge.find(Rule::OutputSchemaRemoved, &item, &["output"], message);
        }
        (None, Some(_)) => judge.add(format!("`{name}` answers with structured content")),
        (Some(a), Some(b)) => {
            let output = Place {
                side: Side::Output,
                key: "output",
                member: "field",
                whole: format!("what `{name}` answers"),
                of: format!(" of what `{name}` answers"),
                except: Vec::new(),
                item: &item,
            };
            match of_type(judge, a, b) {
                Some(reference) => schemas::judge(judge, &output, &reference, &reference),
                None => schemas::judge(judge, &output, a, b),
            }
        }
        (None, None) => {}
    }
}

/// A reference to the type that both are, which are written out where they stand alone: a change of the type is one change.
fn of_type(judge: &Judge<'_>, a: &Value, b: &Value) -> Option<Value> {
    // Without the types that they lead to.
    let body = |it: &Value| {
        let mut it = it.as_object()?.clone();
        it.remove("$defs");
        Some(Value::Object(it))
    };
    let (a, b) = (body(a)?, body(b)?);
    let is_both =
        |(name, it): &(&String, &Value)| **it == a && judge.head.types.get(*name) == Some(&b);
    let (name, _) = judge.base.types.iter().find(is_both)?;
    let mut reference = Map::new();
    reference.insert("$ref".into(), format!("#/types/{name}").into());
    Some(reference.into())
}

fn words(judge: &mut Judge<'_>, item: &Item, name: &str, a: &Tool, b: &Tool) {
    // The words of a tool that comes with a handle are made of what the handle says, and how long it lasts.
    let words = |of: &Contract, it| {
        Some(
            of.handles
                .get(handle_of(of, name, it)?)?
                .description
                .clone(),
        )
    };
    let before = words(judge.base, a);
    if before.is_none() || before != words(judge.head, b) {
        judge.words(
            Rule::ToolDescriptionChanged,
            item,
            &["description"],
            format!("the description of `{name}` changed"),
            (text(&a.description), text(&b.description)),
        );
    }
    judge.words(
        Rule::TitleChanged,
        item,
        &["title"],
        format!("the title of `{name}` changed"),
        (a.title.as_deref(), b.title.as_deref()),
    );
    match (&a.confirm, &b.confirm) {
        (Some(_), None) => {
            let message = format!("nobody is asked before `{name}` runs");
            judge.find(Rule::ConfirmRemoved, item, &["confirm"], message);
        }
        (None, Some(_)) => judge.add(format!("people are asked before `{name}` runs")),
        (from, to) => judge.words(
            Rule::ConfirmChanged,
            item,
            &["confirm"],
            format!("people are asked something else before `{name}` runs"),
            (text(from), text(to)),
        ),
    }
    if a.deprecated.is_none() && b.deprecated.is_some() {
        judge.add(format!("`{name}` is deprecated"));
    }
}

/// The hints, with what the specification says of those that are absent.
struct Hints {
    read_only: bool,
    destructive: bool,
    idempotent: bool,
    open_world: bool,
}

fn effective(tool: &Tool) -> Hints {
    let hint = |name: &str, absent| tool.annotations.get(name).copied().unwrap_or(absent);
    let read_only = hint("readOnlyHint", false);
    Hints {
        read_only,
        destructive: !read_only && hint("destructiveHint", true),
        idempotent: read_only || hint("idempotentHint", false),
        open_world: hint("openWorldHint", true),
    }
}

fn hints(judge: &mut Judge<'_>, item: &Item, name: &str, a: &Tool, b: &Tool) {
    let (before, after) = (effective(a), effective(b));
    let mut find = |rule, key: &str, message: String| {
        judge.find(rule, item, &["annotations", key], message);
    };
    if before.read_only && !after.read_only {
        // What that says of the other hints is said with it.
        let destroys = if after.destructive {
            ", and may destroy"
        } else {
            ""
        };
        let message = format!("`{name}` is not read-only any more{destroys}");
        return find(Rule::ReadOnlyUnset, "read_only", message);
    }
    if !before.destructive && after.destructive {
        find(
            Rule::DestructiveSet,
            "destructive",
            format!("`{name}` may destroy now"),
        );
    }
    if before.idempotent != after.idempotent && before.read_only == after.read_only {
        let not = if after.idempotent { "" } else { "not " };
        let message = format!("calling `{name}` twice is {not}the same as once now");
        find(Rule::IdempotentChanged, "idempotent", message);
    }
    if !before.open_world && after.open_world {
        let message = format!("`{name}` reaches out into the world now");
        find(Rule::OpenWorldSet, "open_world", message);
    }
}

fn bound(judge: &mut Judge<'_>, item: &Item, name: &str, a: &Tool, b: &Tool) {
    for (param, claim) in &a.bound {
        match b.bound.get(param) {
            Some(now) if now == claim => {}
            Some(now) => {
                let message =
                    format!("argument `{param}` of `{name}` is `{now}` now, it was `{claim}`");
                judge.find(
                    Rule::BoundClaimChanged,
                    item,
                    &["params", param, "from"],
                    message,
                );
            }
            None if b.input["properties"].get(param).is_some() => {
                let message = format!(
                    "argument `{param}` of `{name}` is what the caller sends, it was `{claim}`"
                );
                judge.find(Rule::BoundParamUnbound, item, &["params", param], message);
            }
            None => {}
        }
    }
}
