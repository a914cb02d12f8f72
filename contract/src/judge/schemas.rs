//! What lies between two schemas, judged by who writes what they describe.

use super::{Item, Judge};
use crate::contract::Contract;
use crate::rule::Rule;
use crate::schema::{Doc, Fact, Step, What, display, facts_beside};
use mcp_agent_codegen::diag::Address;
use serde_json::Value;
use std::collections::HashSet;

/// Where a schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Clients write it: less is a break.
    Input,
    /// Clients read it: more is a break.
    Output,
    /// Objects keep it: less is a break, and what is gone is lost.
    State,
}

/// A schema's place among the others.
pub(super) struct Place<'a> {
    pub(super) side: Side,
    pub(super) item: &'a Item,
    /// Key of the item that its members are under: `params`.
    pub(super) key: &'static str,
    /// What a member is called: `argument`.
    pub(super) member: &'static str,
    /// What all of it is called: ``the arguments of `add` ``.
    pub(super) whole: String,
    /// What it belongs to: `` of `add` ``, `` of the state ``.
    pub(super) of: String,
    /// Members that are not looked at.
    pub(super) except: Vec<String>,
}

/// Judges what lies between `a` and `b`.
pub(super) fn judge(judge: &mut Judge<'_>, place: &Place<'_>, a: &Value, b: &Value) {
    fn doc<'a>(contract: &'a Contract, root: &'a Value) -> Doc<'a> {
        Doc {
            root,
            types: &contract.types,
        }
    }
    let (before, after) = (doc(judge.base, a), doc(judge.head, b));
    let all = facts_beside(before, after, &judge.same_types);
    // A default says what an absent value means: nothing where none could be absent before, or can be now.
    let always = |fact: &&Fact| matches!(fact.what, What::NowRequired | What::NowOptional);
    let given: HashSet<&[Step]> = all.iter().filter(always).map(|it| &it.path[..]).collect();
    for fact in &all {
        if let ([], What::MemberAdded { name, .. }) = (fact.path.as_slice(), &fact.what)
            && place.except.contains(name)
        {
            continue;
        }
        if matches!(fact.what, What::DefaultChanged { .. }) && given.contains(&fact.path[..]) {
            continue;
        }
        one(judge, place, fact);
    }
}

fn one(judge: &mut Judge<'_>, place: &Place<'_>, fact: &Fact) {
    let message = words(place, fact);
    match rule(place.side, &fact.what) {
        Verdict::Break(rule) => {
            let texts = match &fact.what {
                What::DescriptionChanged { from, to } => {
                    let text = |it: &Option<String>| it.clone().unwrap_or_default();
                    Some((text(from), text(to)))
                }
                _ => None,
            };
            judge.find_at(rule, place.item, address(place, fact), message, texts);
        }
        Verdict::Addition => judge.add(message),
        Verdict::Nothing => {}
    }
}

enum Verdict {
    Break(Rule),
    Addition,
    Nothing,
}

fn rule(side: Side, what: &What) -> Verdict {
    use Verdict::{Addition, Break, Nothing};
    match (side, what) {
        (Side::Input, what) => match what {
            What::MemberRemoved { .. } => Break(Rule::ParamRemoved),
            What::MemberRenamed { .. } => Break(Rule::ParamRenamed),
            What::MemberAdded { required: true, .. } => Break(Rule::ParamAddedRequired),
            What::NowRequired => Break(Rule::ParamNowRequired),
            What::TypeNarrowed { .. } | What::TypeChanged { .. } => Break(Rule::ParamTypeChanged),
            What::ValueRemoved(_) => Break(Rule::ParamEnumValueRemoved),
            What::NowEnum(_) => Break(Rule::ParamNowEnum),
            What::NotNullable => Break(Rule::ParamNotNullable),
            What::Tightened(_) | What::Altered(_) => Break(Rule::ParamConstraintTightened),
            What::VariantRemoved(_) => Break(Rule::ParamUnionNarrowed),
            What::HeaderChanged { .. } => Break(Rule::ParamHeaderChanged),
            What::DefaultChanged { .. } => Break(Rule::ParamDefaultChanged),
            What::DescriptionChanged { .. } => Break(Rule::ParamDescriptionChanged),
            What::MemberAdded { .. }
            | What::NowOptional
            | What::TypeWidened { .. }
            | What::ValueAdded(_)
            | What::NoLongerEnum(_)
            | What::NowNullable
            | What::Loosened(_)
            | What::VariantAdded(_) => Addition,
        },
        (Side::Output, what) => match what {
            What::MemberRemoved { .. } | What::MemberRenamed { .. } => {
                Break(Rule::OutputFieldRemoved)
            }
            What::NowOptional => Break(Rule::OutputNowOptional),
            What::NowNullable => Break(Rule::OutputNowNullable),
            What::TypeWidened { .. } | What::TypeChanged { .. } => Break(Rule::OutputTypeChanged),
            What::ValueAdded(_) | What::NoLongerEnum(_) => Break(Rule::OutputEnumValueAdded),
            What::Loosened(limit) if limit.keyword == "additionalProperties" => Addition,
            What::Loosened(_) | What::Altered(_) => Break(Rule::OutputConstraintLoosened),
            What::VariantAdded(_) => Break(Rule::OutputUnionWidened),
            What::DescriptionChanged { .. } => Break(Rule::OutputDescriptionChanged),
            What::MemberAdded { .. } => Addition,
            What::NowRequired
            | What::NotNullable
            | What::TypeNarrowed { .. }
            | What::ValueRemoved(_)
            | What::NowEnum(_)
            | What::Tightened(_)
            | What::VariantRemoved(_)
            | What::DefaultChanged { .. }
            | What::HeaderChanged { .. } => Nothing,
        },
        (Side::State, what) => match what {
            What::MemberRemoved { .. } | What::MemberRenamed { .. } => {
                Break(Rule::StateFieldRemoved)
            }
            What::MemberAdded { required: true, .. }
            | What::NowRequired
            | What::NotNullable
            | What::TypeNarrowed { .. }
            | What::TypeChanged { .. }
            | What::ValueRemoved(_)
            | What::NowEnum(_)
            | What::Tightened(_)
            | What::Altered(_)
            | What::VariantRemoved(_) => Break(Rule::StateFieldChanged),
            What::MemberAdded { .. } => Addition,
            What::NowOptional
            | What::NowNullable
            | What::TypeWidened { .. }
            | What::ValueAdded(_)
            | What::NoLongerEnum(_)
            | What::Loosened(_)
            | What::VariantAdded(_)
            | What::DefaultChanged { .. }
            | What::DescriptionChanged { .. }
            | What::HeaderChanged { .. } => Nothing,
        },
    }
}

/// The type with a name that a path ends in, and the path from there.
fn in_type(path: &[Step]) -> Option<(&str, &[Step])> {
    let at = path.iter().rposition(|it| matches!(it, Step::Type(_)))?;
    match &path[at] {
        Step::Type(name) => Some((name, &path[at + 1..])),
        _ => None,
    }
}

/// The address of a fact, of a member that came or went its own.
fn address(place: &Place<'_>, fact: &Fact) -> Address {
    let mut path = fact.path.clone();
    match &fact.what {
        What::MemberRemoved { name, .. } | What::MemberAdded { name, .. } => {
            path.push(Step::Member(name.clone()));
        }
        What::MemberRenamed { to, .. } => path.push(Step::Member(to.clone())),
        _ => {}
    }
    let (mut at, mut key, steps) = match in_type(&path) {
        Some((name, rest)) => (
            Address::root().key("types").key(name),
            "fields",
            rest.to_vec(),
        ),
        None => (place.item.address.clone(), place.key, path),
    };
    if steps.is_empty() && in_type(&fact.path).is_none() {
        return at.key(key);
    }
    for step in steps {
        match step {
            Step::Member(name) => {
                at = at.key(key).key(&name);
                key = "fields";
            }
            Step::Items => at = at.key("items"),
            Step::Members | Step::Item(_) | Step::Variant(_) | Step::Type(_) => {}
        }
    }
    at
}

/// What happened, in words.
fn words(place: &Place<'_>, fact: &Fact) -> String {
    let (path, of) = match in_type(&fact.path) {
        Some((name, rest)) => (rest, format!(" of the type `{name}`")),
        None => (fact.path.as_slice(), place.of.clone()),
    };
    let is_type = in_type(&fact.path).is_some();
    let member = if is_type { "field" } else { place.member };
    // A member of a member is called by all of its path.
    let named = |name: &str| {
        let mut path = path.to_vec();
        path.push(Step::Member(name.to_owned()));
        format!("{member} `{}`{of}", display(&path))
    };
    let shown = display(path);
    let subject = match (shown.is_empty(), in_type(&fact.path)) {
        (false, _) => format!("{member} `{shown}`{of}"),
        (true, Some((name, _))) => format!("the type `{name}`"),
        (true, None) => place.whole.clone(),
    };
    happened(&subject, &named, &fact.what)
}

fn happened(subject: &str, named: &dyn Fn(&str) -> String, what: &What) -> String {
    match what {
        What::MemberRemoved { name, .. } => format!("{} is gone", named(name)),
        What::MemberAdded { name, required } => {
            let required = if *required { " and required" } else { "" };
            format!("{} is new{required}", named(name))
        }
        What::MemberRenamed { from, to } => format!("{} is called `{to}` now", named(from)),
        What::NowRequired => format!("{subject} is required now"),
        What::NowOptional => format!("{subject} may be absent now"),
        What::NotNullable => format!("{subject} is not `null` any more"),
        What::NowNullable => format!("{subject} may be `null` now"),
        What::TypeNarrowed { from, to }
        | What::TypeWidened { from, to }
        | What::TypeChanged { from, to } => format!("{subject} is `{to}` now, it was `{from}`"),
        What::NowEnum(values) => {
            format!("{subject} is one of {} now, it was anything", these(values))
        }
        What::NoLongerEnum(values) => {
            format!(
                "{subject} may be anything now, it was one of {}",
                these(values)
            )
        }
        What::ValueRemoved(value) => format!("{subject} is not `{}` any more", plain(value)),
        What::ValueAdded(value) => format!("{subject} may be `{}` now", plain(value)),
        What::Tightened(limit) | What::Loosened(limit) | What::Altered(limit) => {
            let to = said(limit.to.as_ref(), &limit.keyword);
            let mut from = said(limit.from.as_ref(), "none");
            if let Some(was) = &limit.was {
                from = format!("`{was}` {from}");
            }
            match limit.keyword.as_str() {
                "additionalProperties" if limit.to == Some(Value::Bool(false)) => {
                    format!("{subject} has no members of other names any more")
                }
                "additionalProperties" => format!("{subject} may have members of other names now"),
                keyword if limit.to.is_none() => {
                    format!("{subject} has no `{keyword}` now, it was {from}")
                }
                keyword => format!("{subject} has `{keyword}` {to} now, it was {from}"),
            }
        }
        What::VariantRemoved(label) => format!("{subject} is no {label} any more"),
        What::VariantAdded(label) => format!("{subject} may be {label} now"),
        What::DefaultChanged { from, to: None } => format!(
            "{subject} has no default now, it was {}",
            said(from.as_ref(), "none")
        ),
        What::DefaultChanged { from, to } => format!(
            "{subject} has the default {} now, it was {}",
            said(to.as_ref(), "none"),
            said(from.as_ref(), "none")
        ),
        What::DescriptionChanged { .. } => format!("the description of {subject} changed"),
        What::HeaderChanged { from, to } => {
            let header = |name: &Option<String>| match name {
                Some(name) => format!("`Mcp-Param-{name}`"),
                None => "no header".to_owned(),
            };
            format!(
                "{subject} is repeated in {} now, it was {}",
                header(to),
                header(from)
            )
        }
    }
}

fn said(value: Option<&Value>, absent: &str) -> String {
    /// Of what stands in a message.
    const CHARACTERS: usize = 60;
    match value {
        None => absent.to_owned(),
        Some(value) => {
            let text = value.to_string();
            let short: String = text.chars().take(CHARACTERS).collect();
            let more = if short.len() < text.len() { "…" } else { "" };
            format!("`{short}{more}`")
        }
    }
}

/// A string as it is, everything else as JSON.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn these(values: &[Value]) -> String {
    const MOST: usize = 6;
    let mut out: Vec<String> = values
        .iter()
        .take(MOST)
        .map(|it| format!("`{}`", plain(it)))
        .collect();
    if values.len() > MOST {
        out.push(format!("{} more", values.len() - MOST));
    }
    out.join(", ")
}
