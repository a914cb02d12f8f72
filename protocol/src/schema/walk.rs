//! The walk over a text: each value is seen once, by all the nodes that it must satisfy.

use super::check::{Run, Seed};
use super::integers;
use super::json::Json;
use super::node::{Limit, Types};
use super::number::Num;
use super::pointer::push_step;
use crate::order::order;
use crate::wire::Text;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

/// What is said of an integer that the `i64` of a handler does not hold, or not surely.
const TOO_LARGE: &str =
    "must be an integer of 64 bits, without a fraction or exponent where it is beyond 2^53";

/// The longest name that a pointer or a message repeats, in characters.
const MAX_NAME: usize = 100;

/// A value that is not needed as a whole, and the nodes that it must satisfy.
pub(super) struct Walk<'x, 'v>(pub(super) Seed<'x, 'v>);

impl Walk<'_, '_> {
    fn nodes(&self) -> impl Iterator<Item = usize> + use<> {
        self.0.start..self.0.end
    }

    /// `type` and `false`, which every value is asked for.
    fn check_type(&mut self, found: Types) {
        let run = &mut *self.0.run;
        for at in self.0.start..self.0.end {
            let node = run.node(at);
            if node.never {
                run.report("is not allowed");
            }
            if let Some(types) = node.types.filter(|types| !types.has(found)) {
                run.report(
                    [
                        "must be ",
                        &types.describe(),
                        ", but is ",
                        &found.describe(),
                    ]
                    .concat(),
                );
            }
        }
    }

    /// `enum` and `const` of a value that is no array and no object.
    fn check_choices(&mut self, value: &Json) {
        for at in self.nodes() {
            for choices in &self.0.run.node(at).choices {
                if !choices.values.contains(value) {
                    self.0
                        .run
                        .report(["must be one of ", &choices.shown].concat());
                }
            }
        }
    }

    /// An array or an object where only other values are allowed.
    fn check_simple_choices(&mut self) {
        for at in self.nodes() {
            for choices in self
                .0
                .run
                .node(at)
                .choices
                .iter()
                .filter(|choices| !choices.composite)
            {
                self.0
                    .run
                    .report(["must be one of ", &choices.shown].concat());
            }
        }
    }

    fn has_choices(&self) -> bool {
        self.nodes()
            .any(|at| !self.0.run.node(at).choices.is_empty())
    }

    fn number(mut self, value: Num) {
        self.check_type(if value.is_integer() {
            Types::INTEGER
        } else {
            Types::FRACTION
        });
        if self.has_choices() {
            self.check_choices(&Json::Number(value));
        }
        let run = &mut *self.0.run;
        let mut types = (self.0.start..self.0.end).filter_map(|at| run.node(at).types);
        if run.narrow && value.is_integer() && !value.fits_i64() && types.any(Types::is_integer) {
            run.report(TOO_LARGE);
            return;
        }
        for at in self.0.start..self.0.end {
            let Some(rules) = &run.node(at).number else {
                continue;
            };
            let mut check = |limit: &Option<Limit>, good: fn(Num, Num) -> bool, words: &str| {
                if let Some(limit) = limit.as_ref().filter(|limit| !good(value, limit.value)) {
                    run.report([words, &limit.shown].concat());
                }
            };
            check(
                &rules.minimum,
                |value, limit| value >= limit,
                "must be at least ",
            );
            check(
                &rules.maximum,
                |value, limit| value <= limit,
                "must be at most ",
            );
            check(
                &rules.exclusive_minimum,
                |value, limit| value > limit,
                "must be above ",
            );
            check(
                &rules.exclusive_maximum,
                |value, limit| value < limit,
                "must be below ",
            );
            check(
                &rules.multiple_of,
                Num::is_multiple_of,
                "must be a multiple of ",
            );
        }
    }

    fn string(mut self, value: &str) {
        self.check_type(Types::STRING);
        if self.has_choices() {
            self.check_choices(&Json::String(value.into()));
        }
        let run = &mut *self.0.run;
        for at in self.0.start..self.0.end {
            let Some(rules) = &run.node(at).string else {
                continue;
            };
            if !check_length(run, value, rules.min, rules.max) {
                // A text that is too long is not worth the work of a pattern.
                continue;
            }
            if let Some(pattern) = rules
                .pattern
                .as_ref()
                .filter(|pattern| !pattern.regex.is_match(value))
            {
                run.report(["must match the pattern `", &pattern.shown, "`"].concat());
            }
            if let Some(format) = rules.format.filter(|format| !format.accepts(value)) {
                run.report(["must be ", format.describe()].concat());
            }
        }
    }
}

/// `minLength` and `maxLength`, in code points. Whether it may be looked at further.
fn check_length(run: &mut Run<'_>, value: &str, min: u64, max: Option<u64>) -> bool {
    let bytes = value.len() as u64;
    // A code point has one to four bytes, so most texts need no counting.
    let long_enough = bytes / 4 >= min || value.chars().count() as u64 >= min;
    if !long_enough {
        run.report(["must have at least ", &plural(min, "character")].concat());
    }
    match max {
        Some(max) if bytes > max && value.chars().count() as u64 > max => {
            run.report(["must have at most ", &plural(max, "character")].concat());
            false
        }
        _ => true,
    }
}

/// `minItems` and the like.
fn check_count(run: &mut Run<'_>, count: u64, min: u64, max: Option<u64>, unit: &str) {
    if count < min {
        run.report(["must have at least ", &plural(min, unit)].concat());
    }
    if let Some(max) = max.filter(|max| count > *max) {
        run.report(["must have at most ", &plural(max, unit)].concat());
    }
}

fn plural(count: u64, unit: &str) -> String {
    match (count, unit) {
        (1, "property") => "1 property".to_owned(),
        (_, "property") => [&count.to_string(), " properties"].concat(),
        (1, _) => ["1 ", unit].concat(),
        _ => [&count.to_string(), " ", unit, "s"].concat(),
    }
}

/// A name, cut to a length that can be shown.
fn cut(name: &str) -> &str {
    name.char_indices()
        .nth(MAX_NAME)
        .map_or(name, |(end, _)| &name[..end])
}

impl<'de> Visitor<'de> for Walk<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.check_type(Types::NULL);
        self.check_choices(&Json::Null);
        Ok(())
    }

    fn visit_bool<E>(mut self, value: bool) -> Result<(), E> {
        self.check_type(Types::BOOLEAN);
        self.check_choices(&Json::Bool(value));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.number(Num::Int(value.into()));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.number(Num::Int(value.into()));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        let exact = value.abs() <= integers::EXACT;
        let value = Num::from_f64(value);
        let run = &mut *self.0.run;
        let mut types = (self.0.start..self.0.end).filter_map(|at| run.node(at).types);
        if value.is_integer() && types.any(Types::is_integer) {
            // Beyond, a float that looks like an integer may have been another one.
            if run.narrow && !exact {
                run.report(TOO_LARGE);
                return Ok(());
            }
            run.odd_integers = true;
        }
        self.number(value);
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.string(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        self.check_type(Types::ARRAY);
        self.check_simple_choices();
        let Seed { run, start, end } = self.0;
        let unique = (start..end).any(|at| {
            run.node(at)
                .array
                .as_ref()
                .is_some_and(|rules| rules.unique)
        });
        let mut values = Vec::new();
        let length = run.pointer.len();
        let base = run.stack.len();
        let mut count = 0;
        loop {
            for at in start..end {
                let Some(rules) = &run.node(at).array else {
                    continue;
                };
                if let Some(&item) = rules.prefix.get(count).or(rules.items.as_ref()) {
                    run.push(item, base);
                }
            }
            run.pointer.push('/');
            run.pointer.push_str(&count.to_string());
            let end = run.stack.len();
            let more = if unique {
                let item = seq.next_element::<&RawValue>()?;
                if let Some(item) = item {
                    run.walk(item.get(), base, end);
                    values.extend(serde_json::from_str::<Json>(item.get()));
                }
                item.is_some()
            } else {
                seq.next_element_seed(Seed {
                    run,
                    start: base,
                    end,
                })?
                .is_some()
            };
            run.stack.truncate(base);
            run.pointer.truncate(length);
            if !more {
                break;
            }
            if run.is_full() {
                return Err(A::Error::custom("full"));
            }
            count += 1;
        }
        for at in start..end {
            if let Some(rules) = &run.node(at).array {
                check_count(run, count as u64, rules.min, rules.max, "item");
            }
        }
        if unique {
            let sorted = order(values.len(), &|a, b| values[a] < values[b]);
            if sorted
                .windows(2)
                .any(|two| values[two[0]] == values[two[1]])
            {
                run.report("must not have two equal items");
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.check_type(Types::OBJECT);
        self.check_simple_choices();
        let Seed { run, start, end } = self.0;
        let length = run.pointer.len();
        let base = run.stack.len();
        let mut seen: BTreeSet<Cow<'de, str>> = BTreeSet::new();
        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
            push_step(&mut run.pointer, cut(&key));
            for at in start..end {
                if let Some(rules) = &run.node(at).object {
                    let mut known = false;
                    for id in rules.property(&key).into_iter().chain(rules.matching(&key)) {
                        known = true;
                        run.push(id, base);
                    }
                    match rules.additional {
                        Some(id) if !known && run.nodes[id as usize].never => {
                            run.report(rules.describe_unknown());
                        }
                        Some(id) if !known => run.push(id, base),
                        _ => {}
                    }
                }
            }
            let end = run.stack.len();
            map.next_value_seed(Seed {
                run,
                start: base,
                end,
            })?;
            if !seen.insert(key) {
                run.report("is there twice");
            }
            run.stack.truncate(base);
            run.pointer.truncate(length);
            if run.is_full() {
                return Err(A::Error::custom("full"));
            }
        }
        for at in start..end {
            let Some(rules) = &run.node(at).object else {
                continue;
            };
            for name in rules
                .required
                .iter()
                .filter(|name| !seen.contains(&***name))
            {
                push_step(&mut run.pointer, cut(name));
                run.report("is required");
                run.pointer.truncate(length);
            }
            check_count(run, seen.len() as u64, rules.min, rules.max, "property");
        }
        Ok(())
    }
}
