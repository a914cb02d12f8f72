//! From the text of a schema to nodes.

use super::SchemaError;
use super::format::Format;
use super::json::Json;
use super::node::{
    ArrayRules, Branch, Choices, Condition, Limit, Node, NumberRules, ObjectRules, Pattern,
    StringRules, Types,
};
use super::number::Num;
use super::pointer::{push_step, unescape};
use crate::order::order;
use crate::wire::{Object, members, string};
use regex_lite::Regex;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Schemas nest at most this deep, where following a reference is a step too.
const MAX_DEPTH: usize = 128;
/// A schema has at most this many subschemas.
const MAX_NODES: usize = 10_000;
/// How much of `enum` a message shows.
const MAX_SHOWN: usize = 300;

type Result<T> = std::result::Result<T, SchemaError>;

/// Compiles a text.
pub(super) fn compile(text: &str) -> Result<Vec<Node>> {
    let root: &RawValue = serde_json::from_str(text).map_err(|_| SchemaError {
        pointer: String::new(),
        message: "is not valid JSON".to_owned(),
    })?;
    let mut compiler = Compiler {
        root,
        nodes: Vec::new(),
        known: BTreeMap::new(),
        pointer: String::from("#"),
    };
    compiler.node_at_pointer(root, 0)?;
    let mut nodes = compiler.nodes;
    flatten(&mut nodes);
    Ok(nodes)
}

/// Fills `flat`: what `also` leads to, each node once, so that a reference to itself ends.
fn flatten(nodes: &mut [Node]) {
    for at in 0..nodes.len() {
        let mut flat = vec![at as u32];
        let mut next = 0;
        while let Some(&id) = flat.get(next) {
            for &more in &nodes[id as usize].also {
                if !flat.contains(&more) {
                    flat.push(more);
                }
            }
            next += 1;
        }
        nodes[at].flat = flat.into();
    }
}

struct Compiler<'s> {
    root: &'s RawValue,
    nodes: Vec<Node>,
    /// Node by pointer, so that what is referred to twice, or by itself, is compiled once.
    known: BTreeMap<String, u32>,
    /// Where we are, `#` and a JSON pointer.
    pointer: String,
}

impl<'s> Compiler<'s> {
    fn error<T>(&self, message: impl Into<String>) -> Result<T> {
        Err(SchemaError {
            pointer: self.pointer[1..].to_owned(),
            message: message.into(),
        })
    }

    /// Runs `inner` one step further.
    fn within<T>(&mut self, step: &str, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let length = self.pointer.len();
        push_step(&mut self.pointer, step);
        let result = inner(self);
        self.pointer.truncate(length);
        result
    }

    /// The node of the schema at the current pointer.
    fn node_at_pointer(&mut self, raw: &'s RawValue, depth: usize) -> Result<u32> {
        if let Some(&id) = self.known.get(&self.pointer) {
            return Ok(id);
        }
        if depth > MAX_DEPTH || self.nodes.len() >= MAX_NODES {
            return self.error("the schema is too deep or too large");
        }
        // The number is taken first, so that a recursive reference finds it.
        let id = self.nodes.len() as u32;
        self.nodes.push(Node::default());
        self.known.insert(self.pointer.clone(), id);
        let node = match raw.get() {
            "true" => Node::default(),
            "false" => Node {
                never: true,
                ..Node::default()
            },
            _ => match members(raw) {
                Some(members) => self.object(&members, depth)?,
                None => return self.error("must be an object or a boolean"),
            },
        };
        self.nodes[id as usize] = node;
        Ok(id)
    }

    fn child(&mut self, step: &str, raw: &'s RawValue, depth: usize) -> Result<u32> {
        self.within(step, |this| this.node_at_pointer(raw, depth + 1))
    }

    /// Schemas in an array.
    fn children(&mut self, raw: &'s RawValue, depth: usize) -> Result<Vec<u32>> {
        let Ok(all) = serde_json::from_str::<Vec<&'s RawValue>>(raw.get()) else {
            return self.error("must be an array of schemas");
        };
        all.into_iter()
            .enumerate()
            .map(|(at, one)| self.child(&at.to_string(), one, depth))
            .collect()
    }

    /// Schemas in an object.
    fn named_children(&mut self, raw: &'s RawValue, depth: usize) -> Result<Vec<(Box<str>, u32)>> {
        let Some(Object(all)) = members(raw) else {
            return self.error("must be an object of schemas");
        };
        all.into_iter()
            .map(|(name, one)| Ok((Box::from(&*name), self.child(&name, one, depth)?)))
            .collect()
    }

    fn object(&mut self, schema: &Object<'s>, depth: usize) -> Result<Node> {
        let mut node = Node::default();
        let mut number = NumberRules::default();
        let mut text = StringRules::default();
        let mut array = ArrayRules::default();
        let mut object = ObjectRules::default();
        let mut condition = Condition::default();
        let (mut numbers, mut texts, mut arrays, mut objects) = (false, false, false, false);
        for (keyword, raw) in &schema.0 {
            let raw: &'s RawValue = raw;
            self.within(keyword, |this| {
                match &**keyword {
                    "type" => node.types = Some(this.types(raw)?),
                    "enum" => node.choices.push(this.choices(raw, true)?),
                    "const" => node.choices.push(this.choices(raw, false)?),
                    "$ref" => node.also.push(this.reference(raw, depth)?),
                    "allOf" => node.also.extend(this.children(raw, depth)?),
                    "anyOf" => node
                        .branches
                        .push(Branch::Any(this.children(raw, depth)?.into())),
                    "oneOf" => node
                        .branches
                        .push(Branch::One(this.children(raw, depth)?.into())),
                    "not" => node
                        .branches
                        .push(Branch::Not(this.node_at_pointer(raw, depth + 1)?)),
                    "if" => condition.test = Some(this.node_at_pointer(raw, depth + 1)?),
                    "then" => condition.then = Some(this.node_at_pointer(raw, depth + 1)?),
                    "else" => condition.otherwise = Some(this.node_at_pointer(raw, depth + 1)?),
                    "minimum" => number.minimum = Some(this.limit(raw, &mut numbers)?),
                    "maximum" => number.maximum = Some(this.limit(raw, &mut numbers)?),
                    "exclusiveMinimum" => {
                        number.exclusive_minimum = Some(this.limit(raw, &mut numbers)?)
                    }
                    "exclusiveMaximum" => {
                        number.exclusive_maximum = Some(this.limit(raw, &mut numbers)?)
                    }
                    "multipleOf" => {
                        let limit = this.limit(raw, &mut numbers)?;
                        if limit.value <= Num::Int(0) {
                            return this.error("must be above 0");
                        }
                        number.multiple_of = Some(limit);
                    }
                    "minLength" => text.min = this.count(raw, &mut texts)?,
                    "maxLength" => text.max = Some(this.count(raw, &mut texts)?),
                    "pattern" => {
                        texts = true;
                        text.pattern = Some(this.pattern(this.string(raw)?)?);
                    }
                    "format" => {
                        text.format = Format::named(&this.string(raw)?);
                        texts |= text.format.is_some();
                    }
                    "minItems" => array.min = this.count(raw, &mut arrays)?,
                    "maxItems" => array.max = Some(this.count(raw, &mut arrays)?),
                    "uniqueItems" => {
                        array.unique = this.boolean(raw)?;
                        arrays |= array.unique;
                    }
                    "prefixItems" => {
                        arrays = true;
                        array.prefix = this.children(raw, depth)?;
                    }
                    "items" => {
                        arrays = true;
                        array.items = Some(this.node_at_pointer(raw, depth + 1)?);
                    }
                    "minProperties" => object.min = this.count(raw, &mut objects)?,
                    "maxProperties" => object.max = Some(this.count(raw, &mut objects)?),
                    "properties" => {
                        objects = true;
                        let mut all = this.named_children(raw, depth)?;
                        for at in order(all.len(), &|a, b| all[a].0 < all[b].0) {
                            object.properties.push(std::mem::take(&mut all[at]));
                        }
                    }
                    "patternProperties" => {
                        objects = true;
                        for (name, id) in this.named_children(raw, depth)? {
                            object.patterns.push((this.pattern(name.into())?, id));
                        }
                    }
                    "additionalProperties" => {
                        objects = true;
                        object.additional = Some(this.node_at_pointer(raw, depth + 1)?);
                    }
                    "required" => {
                        objects = true;
                        object.required = this.names(raw)?;
                    }
                    _ => {}
                }
                Ok(())
            })?;
        }
        // Without `if`, the two others say nothing.
        if condition.test.is_some() {
            node.branches.push(Branch::If(condition));
        }
        node.number = numbers.then(|| Box::new(number));
        node.string = texts.then(|| Box::new(text));
        node.array = arrays.then(|| Box::new(array));
        node.object = objects.then(|| Box::new(object));
        Ok(node)
    }

    fn types(&self, raw: &RawValue) -> Result<Types> {
        let names = if raw.get().starts_with('[') {
            self.names(raw)?
        } else {
            vec![self.string(raw)?.into()]
        };
        let mut all: Option<Types> = None;
        for name in names {
            let Some(types) = Types::named(&name) else {
                return self.error(["unknown type `", &name, "`"].concat());
            };
            all = Some(all.map_or(types, |all| all.with(types)));
        }
        match all {
            Some(all) => Ok(all),
            None => self.error("must name a type"),
        }
    }

    fn choices(&self, raw: &RawValue, many: bool) -> Result<Choices> {
        let values: Vec<Json> = if many {
            match serde_json::from_str(raw.get()) {
                Ok(values) => values,
                Err(_) => return self.error("must be an array"),
            }
        } else {
            match serde_json::from_str(raw.get()) {
                Ok(value) => vec![value],
                Err(_) => return self.error("must be a value"),
            }
        };
        let text = raw.get();
        let text = if many {
            text[1..text.len() - 1].trim()
        } else {
            text
        };
        let mut shown = text.chars().take(MAX_SHOWN).collect::<String>();
        if shown.len() < text.len() {
            shown.push('…');
        }
        let composite = values.iter().any(Json::is_composite);
        Ok(Choices {
            values,
            shown,
            composite,
        })
    }

    /// `#`, or `#` and a JSON pointer. Anything else would have to be fetched, and nothing is.
    fn reference(&mut self, raw: &RawValue, depth: usize) -> Result<u32> {
        let text = self.string(raw)?;
        let Some(pointer) = text.strip_prefix('#') else {
            return self.error("a reference must begin with `#`: nothing is fetched");
        };
        let mut at = self.root;
        let mut canonical = String::from("#");
        for step in pointer.split('/').skip(1) {
            let Some(step) = unescape(step) else {
                return self.error("is a malformed pointer");
            };
            push_step(&mut canonical, &step);
            let next = match members(at) {
                Some(members) => members.get(&step),
                None => step.parse::<usize>().ok().and_then(|index| {
                    serde_json::from_str::<Vec<&'s RawValue>>(at.get())
                        .ok()?
                        .get(index)
                        .copied()
                }),
            };
            match next {
                Some(next) => at = next,
                None => return self.error(["`", &text, "` leads nowhere"].concat()),
            }
        }
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return self.error("anchors are not supported: use a JSON pointer like `#/$defs/name`");
        }
        let here = std::mem::replace(&mut self.pointer, canonical);
        let id = self.node_at_pointer(at, depth + 1);
        self.pointer = here;
        id
    }

    fn string(&self, raw: &RawValue) -> Result<String> {
        match string(raw) {
            Some(text) => Ok(text.into_owned()),
            None => self.error("must be a string"),
        }
    }

    fn boolean(&self, raw: &RawValue) -> Result<bool> {
        match raw.get() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => self.error("must be a boolean"),
        }
    }

    fn names(&self, raw: &RawValue) -> Result<Vec<Box<str>>> {
        match serde_json::from_str(raw.get()) {
            Ok(names) => Ok(names),
            Err(_) => self.error("must be an array of strings"),
        }
    }

    fn limit(&self, raw: &RawValue, used: &mut bool) -> Result<Limit> {
        *used = true;
        match serde_json::from_str(raw.get()) {
            Ok(Json::Number(value)) => Ok(Limit {
                value,
                shown: raw.get().into(),
            }),
            _ => self.error("must be a number"),
        }
    }

    fn count(&self, raw: &RawValue, used: &mut bool) -> Result<u64> {
        *used = true;
        match serde_json::from_str(raw.get()) {
            Ok(Json::Number(Num::Int(value))) if value >= 0 => {
                Ok(u64::try_from(value).unwrap_or(u64::MAX))
            }
            _ => self.error("must be a whole number, not below 0"),
        }
    }

    fn pattern(&self, text: String) -> Result<Pattern> {
        match Regex::new(&text) {
            Ok(regex) => Ok(Pattern {
                regex,
                shown: text.into(),
            }),
            Err(error) => self.error(
                [
                    "`",
                    &text,
                    "` is no pattern that can be matched in linear time: ",
                    &error.to_string(),
                ]
                .concat(),
            ),
        }
    }
}
