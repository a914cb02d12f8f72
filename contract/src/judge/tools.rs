//! Tools.

use super::auth::requirements;
use super::schemas::{self, Place, Side};
use super::{Item, Judge};
use crate::contract::{Contract, Text, Tool};
use crate::rule::Rule;
use semver::Version;
use serde_json::Value;

pub(super) fn judge(judge: &mut Judge<'_>) {
    let (base, head) = (judge.base, judge.head);
    for (name, before) in &base.tools {
        match head.tools.get(name) {
            Some(after) => tool(judge, name, before, after),
            // That its handle is gone is said where handles are.
            None if handle_of(base, name, before).is_some_and(|it| !has(head, it)) => {}
            None => gone(judge, name, before),
        }
        for alias in &before.aliases {
            if answers(head, alias).is_none() && answers(head, name).is_some() {
                let item = Item::new("tools", name);
                let message = format!("`{name}` does not answer to `{alias}` any more");
                judge.find(Rule::ToolRemoved, &item, &["aliases"], message);
            }
        }
    }
    for (name, tool) in &head.tools {
        if handle_of(head, name, tool).is_some_and(|it| !has(base, it)) {
            continue;
        }
        let was_there = answers(base, name).is_some() || renamed_from(base, head, name).is_some();
        if !was_there {
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

/// The tool that answers to a name.
fn answers<'c>(contract: &'c Contract, name: &str) -> Option<(&'c String, &'c Tool)> {
    let has = |it: &&String| *it == name;
    contract.tools.get_key_value(name).or_else(|| {
        let mut all = contract.tools.iter();
        all.find(|(_, it)| it.aliases.iter().any(|it| has(&it)))
    })
}

fn gone(judge: &mut Judge<'_>, name: &str, before: &Tool) {
    let head = judge.head;
    if let Some((now, after)) = answers(head, name) {
        judge.add(format!(
            "tool `{name}` is called `{now}` now, and answers to both"
        ));
        return tool(judge, now, before, after);
    }
    if let Some(version) = sunset(before, &head.server.version) {
        judge.add(format!(
            "tool `{name}` is gone, as it was announced for {version}"
        ));
        return;
    }
    let mut renamed = head.tools.keys();
    match renamed.find(|it| renamed_from(judge.base, head, it) == Some(name)) {
        Some(now) => {
            let item = Item::new("tools", now);
            let message = format!("`{name}` is called `{now}` now");
            judge.find(Rule::ToolRenamed, &item, &[], message);
        }
        None => {
            let item = Item::new("tools", name);
            judge.find(Rule::ToolRemoved, &item, &[], format!("`{name}` is gone"));
        }
    }
}

/// The version that the tool was to go in, if it has come.
fn sunset<'t>(tool: &'t Tool, version: &str) -> Option<&'t str> {
    let sunset = tool.deprecated.as_ref()?.sunset.as_deref()?;
    let reached = Version::parse(version).ok()? >= Version::parse(sunset).ok()?;
    reached.then_some(sunset)
}

/// The former name of a tool that came: the one that went and is its like in all but the name, where there is one alone.
fn renamed_from<'b>(base: &'b Contract, head: &Contract, name: &str) -> Option<&'b str> {
    let after = head
        .tools
        .get(name)
        .filter(|_| !base.tools.contains_key(name))?;
    let alike = |a: &Tool, b: &Tool| {
        let says = |it: &Value| it.get("properties").is_some();
        a.input == b.input
            && a.output == b.output
            && a.annotations == b.annotations
            && (says(&a.input) || a.description == b.description)
    };
    let went = |it: &&String| answers(head, it).is_none();
    let mut from = base
        .tools
        .iter()
        .filter(|(old, before)| went(old) && alike(before, after));
    let (old, before) = from.next().filter(|_| from.next().is_none())?;
    let mut to = head
        .tools
        .iter()
        .filter(|(new, it)| !base.tools.contains_key(*new) && alike(before, it));
    to.next()
        .filter(|_| to.next().is_none())
        .map(|_| old.as_str())
}

fn text(text: &Option<Text>) -> Option<&str> {
    text.as_ref().map(|it| it.0.as_str())
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
            schemas::judge(judge, &output, a, b);
        }
        (None, None) => {}
    }
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
