//! Walks two schemas side by side.

mod limits;
mod unions;

use super::fact::{Fact, Limit, Step, What};
use super::shape::{Doc, Kind, Shape, Variant, type_name};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Steps into a schema that are walked; below, schemas are equal or not.
const DEPTH: usize = 64;
/// Places and alternatives that are looked at; beyond, schemas are equal or not. Types that lead to each other make more than anybody reads.
const STEPS: usize = 40_000;
/// Of these, for what one schema takes.
const STEPS_OF_ONE: usize = 2_000;

/// What lies between `a` and `b`, from the outside to the inside and by the alphabet.
pub fn facts(a: Doc<'_>, b: Doc<'_>) -> Vec<Fact> {
    facts_beside(a, b, &BTreeSet::new())
}

/// The same, where it is known which types are the same in both, and all that they lead to ([`unchanged`]).
pub fn facts_beside(a: Doc<'_>, b: Doc<'_>, same: &BTreeSet<&str>) -> Vec<Fact> {
    let mut walk = Walk {
        a,
        b,
        same,
        path: Vec::new(),
        seen: HashSet::new(),
        steps: STEPS,
        facts: Vec::new(),
    };
    walk.schemas(a.root, b.root);
    walk.facts
}

/// The types that are the same in both, and lead to no others.
pub fn unchanged<'a>(
    a: &'a BTreeMap<String, Value>,
    b: &BTreeMap<String, Value>,
) -> BTreeSet<&'a str> {
    let same = a.iter().filter(|(name, it)| b.get(*name) == Some(*it));
    let mut names: BTreeSet<&str> = same.map(|(name, _)| name.as_str()).collect();
    loop {
        let leave: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| leads_away(&a[*name], &names))
            .collect();
        if leave.is_empty() {
            return names;
        }
        for name in leave {
            names.remove(name);
        }
    }
}

struct Walk<'a> {
    a: Doc<'a>,
    b: Doc<'a>,
    /// Types that nobody need look into.
    same: &'a BTreeSet<&'a str>,
    path: Vec<Step>,
    /// Pairs that were compared and came of references: types may contain themselves.
    seen: HashSet<(String, String)>,
    /// Steps that may still be taken.
    steps: usize,
    facts: Vec<Fact>,
}

impl Walk<'_> {
    fn push(&mut self, what: What) {
        self.facts.push(Fact {
            path: self.path.clone(),
            what,
        });
    }

    fn inside(&mut self, step: Step, walk: impl FnOnce(&mut Self)) {
        self.path.push(step);
        walk(self);
        self.path.pop();
    }

    fn schemas(&mut self, a: &Value, b: &Value) {
        // References may be equal and lead to what is not.
        if a == b && !leads_away(a, self.same) {
            return;
        }
        if self.path.len() > DEPTH || self.steps == 0 {
            if a != b {
                self.altered("$ref", Some(a), Some(b));
            }
            return;
        }
        self.notes(a, b);
        // As many for each, so that it does not matter which comes first.
        let most = (self.steps / 2).clamp(1, STEPS_OF_ONE);
        let (mut left, mut right) = (most, most);
        let one = Shape::of(a, self.a, &mut left);
        let other = Shape::of(b, self.b, &mut right);
        let taken = 1 + (most - left) + (most - right);
        self.steps = self.steps.saturating_sub(taken);
        match (one.is_any(), other.is_any()) {
            (false, true) => {
                let (from, to) = (label_of(&one), Kind::Any.as_str().to_owned());
                return self.push(What::TypeWidened { from, to });
            }
            (true, false) => {
                let (from, to) = (Kind::Any.as_str().to_owned(), label_of(&other));
                return self.push(What::TypeNarrowed { from, to });
            }
            _ => {}
        }
        match (one.null, other.null) {
            (true, false) => self.push(What::NotNullable),
            (false, true) => self.push(What::NowNullable),
            _ => {}
        }
        match (one.variants.as_slice(), other.variants.as_slice()) {
            ([a], [b]) => self.variants(a, b),
            (a, b) => self.unions(a, b),
        }
    }

    /// What is said of a place and limits nothing.
    fn notes(&mut self, a: &Value, b: &Value) {
        let text = |it: &Value, key: &str| it.get(key).and_then(Value::as_str).map(str::to_owned);
        let (from, to) = (text(a, "description"), text(b, "description"));
        if from != to {
            self.push(What::DescriptionChanged { from, to });
        }
        let (from, to) = (a.get("default").cloned(), b.get("default").cloned());
        if from != to {
            self.push(What::DefaultChanged { from, to });
        }
        let (from, to) = (text(a, "x-mcp-header"), text(b, "x-mcp-header"));
        // Headers are told apart without regard to case.
        if from.as_ref().map(|it| it.to_ascii_lowercase())
            != to.as_ref().map(|it| it.to_ascii_lowercase())
        {
            self.push(What::HeaderChanged { from, to });
        }
    }

    fn variants(&mut self, a: &Variant, b: &Variant) {
        if let (Some(x), Some(y)) = (&a.origin, &b.origin)
            && !self.seen.insert((a.identity(x), b.identity(y)))
        {
            return;
        }
        let name = |it: &Variant| it.origin.as_deref().and_then(type_name).map(str::to_owned);
        match (name(a), name(b)) {
            (Some(x), Some(y)) if x == y && a.whole && b.whole => {
                self.inside(Step::Type(x), |walk| {
                    walk.words_of_types(a, b);
                    walk.bodies(a, b);
                })
            }
            _ => self.bodies(a, b),
        }
    }

    /// The words of a type with a name, which are said once for all places that have it.
    fn words_of_types(&mut self, a: &Variant, b: &Variant) {
        let words = |it: &Variant, doc: Doc<'_>| {
            let name = it.origin.as_deref().and_then(type_name)?;
            let words = doc.types.get(name)?.get("description")?;
            words.as_str().map(str::to_owned)
        };
        let (from, to) = (words(a, self.a), words(b, self.b));
        if from != to {
            self.push(What::DescriptionChanged { from, to });
        }
    }

    fn bodies(&mut self, a: &Variant, b: &Variant) {
        if a.kind != b.kind {
            let (from, to) = (a.kind.as_str().to_owned(), b.kind.as_str().to_owned());
            match (a.kind, b.kind) {
                (Kind::Integer, Kind::Number) => self.push(What::TypeWidened { from, to }),
                (Kind::Number, Kind::Integer) => self.push(What::TypeNarrowed { from, to }),
                _ => return self.push(What::TypeChanged { from, to }),
            }
        }
        self.values(a.values.as_deref(), b.values.as_deref());
        if a.kind == Kind::Object {
            self.members(&a.map, &b.map);
        }
        if a.kind == Kind::Array {
            self.items(&a.map, &b.map);
        }
        self.limits(a, b);
    }

    fn values(&mut self, a: Option<&[Value]>, b: Option<&[Value]>) {
        match (a, b) {
            (None, None) => {}
            (None, Some(values)) => self.push(What::NowEnum(values.to_vec())),
            (Some(values), None) => self.push(What::NoLongerEnum(values.to_vec())),
            (Some(a), Some(b)) => {
                for value in a.iter().filter(|it| !b.contains(it)) {
                    self.push(What::ValueRemoved(value.clone()));
                }
                for value in b.iter().filter(|it| !a.contains(it)) {
                    self.push(What::ValueAdded(value.clone()));
                }
            }
        }
    }

    fn members(&mut self, a: &Map<String, Value>, b: &Map<String, Value>) {
        let nothing = Map::new();
        let properties = |it: &'_ Map<String, Value>| match it.get("properties") {
            Some(Value::Object(members)) => members.clone(),
            _ => nothing.clone(),
        };
        let (ours, theirs) = (properties(a), properties(b));
        let (must, must_now) = (required(a), required(b));
        let is_in = |names: &BTreeSet<String>, name: &str| names.contains(name);
        let mut gone: Vec<&String> = ours.keys().filter(|it| !theirs.contains_key(*it)).collect();
        let mut new: Vec<&String> = theirs.keys().filter(|it| !ours.contains_key(*it)).collect();
        gone.sort();
        new.sort();
        let twin = |from: &str, to: &str| {
            ours.get(from) == theirs.get(to) && is_in(&must, from) == is_in(&must_now, to)
        };
        // A name that changed: one came that is equal to one that went, and no other is.
        let renamed: Vec<(String, String)> = gone
            .iter()
            .filter_map(|from| {
                let mut to = new.iter().filter(|to| twin(from, to));
                let to = to.next().filter(|_| to.next().is_none())?;
                let twins = gone.iter().filter(|from| twin(from, to)).count();
                (twins == 1).then(|| ((*from).clone(), (*to).clone()))
            })
            .collect();
        for (from, to) in &renamed {
            let (from, to) = (from.clone(), to.clone());
            self.push(What::MemberRenamed { from, to });
        }
        for name in gone {
            if !renamed.iter().any(|(from, _)| from == name) {
                let required = is_in(&must, name);
                let name = name.clone();
                self.push(What::MemberRemoved { name, required });
            }
        }
        for name in new {
            if !renamed.iter().any(|(_, to)| to == name) {
                let required = is_in(&must_now, name);
                let name = name.clone();
                self.push(What::MemberAdded { name, required });
            }
        }
        let mut kept: Vec<&String> = ours.keys().filter(|it| theirs.contains_key(*it)).collect();
        kept.sort();
        for name in kept {
            self.inside(Step::Member(name.clone()), |walk| {
                match (is_in(&must, name), is_in(&must_now, name)) {
                    (false, true) => walk.push(What::NowRequired),
                    (true, false) => walk.push(What::NowOptional),
                    _ => {}
                }
                walk.schemas(&ours[name], &theirs[name]);
            });
        }
        self.others("additionalProperties", Step::Members, a, b);
    }

    fn items(&mut self, a: &Map<String, Value>, b: &Map<String, Value>) {
        let first = |it: &Map<String, Value>| match it.get("prefixItems") {
            Some(Value::Array(items)) => items.clone(),
            _ => Vec::new(),
        };
        let (ours, theirs) = (first(a), first(b));
        if ours.len() == theirs.len() {
            for (index, (a, b)) in ours.iter().zip(&theirs).enumerate() {
                self.inside(Step::Item(index), |walk| walk.schemas(a, b));
            }
        } else {
            self.altered("prefixItems", a.get("prefixItems"), b.get("prefixItems"));
        }
        self.others("items", Step::Items, a, b);
    }

    /// The schema of what has none of its own: absent, it is that of everything; `false`, there is no more.
    fn others(
        &mut self,
        keyword: &str,
        step: Step,
        a: &Map<String, Value>,
        b: &Map<String, Value>,
    ) {
        let anything = Value::Bool(true);
        let (from, to) = (a.get(keyword), b.get(keyword));
        let limit = || Limit {
            keyword: keyword.to_owned(),
            was: None,
            from: from.cloned(),
            to: to.cloned(),
        };
        let none = |it: Option<&Value>| it == Some(&Value::Bool(false));
        match (none(from), none(to)) {
            (true, true) => {}
            (false, true) => self.push(What::Tightened(limit())),
            (true, false) => self.push(What::Loosened(limit())),
            (false, false) => self.inside(step, |walk| {
                walk.schemas(from.unwrap_or(&anything), to.unwrap_or(&anything));
            }),
        }
    }

    fn altered(&mut self, keyword: &str, from: Option<&Value>, to: Option<&Value>) {
        self.push(What::Altered(Limit {
            keyword: keyword.to_owned(),
            was: None,
            from: from.cloned(),
            to: to.cloned(),
        }));
    }
}

fn required(map: &Map<String, Value>) -> BTreeSet<String> {
    let names = map.get("required").and_then(Value::as_array);
    let names = names.into_iter().flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

/// Whether a reference leads to what is none of these types.
fn leads_away(schema: &Value, same: &BTreeSet<&str>) -> bool {
    match schema {
        Value::Object(map) => {
            let leads = |it: &Value| {
                let name = it.as_str().and_then(type_name);
                !name.is_some_and(|it| same.contains(it))
            };
            map.get("$ref").is_some_and(leads) || map.values().any(|it| leads_away(it, same))
        }
        Value::Array(items) => items.iter().any(|it| leads_away(it, same)),
        _ => false,
    }
}

/// All of a shape in a few words.
fn label_of(shape: &Shape) -> String {
    let mut labels: Vec<String> = shape
        .variants
        .iter()
        .map(|it| it.kind.as_str().to_owned())
        .collect();
    labels.dedup();
    if shape.null {
        labels.push("null".to_owned());
    }
    labels.join(" or ")
}
