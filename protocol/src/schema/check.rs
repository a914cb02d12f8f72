//! A check of a text: which nodes each value must satisfy, what has been found, and the alternatives, which need a value twice.

use super::Violation;
use super::json::Json;
use super::node::{Branch, Condition, Node};
use super::walk::Walk;
use serde::de::{DeserializeSeed, Deserializer, Error};
use serde_json::value::RawValue;

/// More violations than anybody reads.
const MAX_VIOLATIONS: usize = 32;
/// How many values are looked at inside `anyOf`, `oneOf` and `not`, where a small text can mean much work.
const BUDGET: u32 = 1_000_000;
/// A text that an alternative reads counts as a value for each this many bytes of it, since all of it is read again.
const BYTES_A_VALUE: usize = 256;
/// How much of what alternatives found wrong is told, in bytes: each repeats what those inside of it found.
const MAX_FAILURES: usize = 1000;
/// How deep those nest, where a schema refers to itself without going further into the value.
const MAX_NESTING: u32 = 128;

/// Checks a text against node 0.
///
/// `narrow` refuses integers that handlers cannot hold, though JSON Schema knows no end of them. `Ok(true)` where an integer is written
/// with a fraction of zero.
pub(super) fn check(nodes: &[Node], text: &str, narrow: bool) -> Result<bool, Vec<Violation>> {
    let mut run = Run::new(nodes, 0, false);
    run.narrow = narrow;
    run.walk(text, 0, run.stack.len());
    if run.violations.is_empty() {
        Ok(run.odd_integers)
    } else {
        Err(run.violations)
    }
}

/// One check of one text.
pub(super) struct Run<'v> {
    pub(super) nodes: &'v [Node],
    /// The nodes of the values that we are in. Each value's are a range of it.
    pub(super) stack: Vec<u32>,
    pub(super) pointer: String,
    violations: Vec<Violation>,
    /// Whether the first violation is enough.
    quick: bool,
    /// Whether integers must fit in an `i64`.
    pub(super) narrow: bool,
    /// Values that may still be looked at; counted inside of alternatives only.
    budget: u32,
    nesting: u32,
    /// Whether a number with a fraction of zero was where only integers may be.
    pub(super) odd_integers: bool,
}

impl<'v> Run<'v> {
    fn new(nodes: &'v [Node], node: u32, quick: bool) -> Run<'v> {
        Run {
            nodes,
            stack: nodes[node as usize].flat.to_vec(),
            pointer: String::new(),
            violations: Vec::new(),
            quick,
            narrow: false,
            budget: BUDGET,
            nesting: 0,
            odd_integers: false,
        }
    }

    pub(super) fn report(&mut self, message: impl Into<String>) {
        if !self.is_full() {
            self.violations.push(Violation {
                pointer: self.pointer.clone(),
                message: message.into(),
            });
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.violations.len() >= if self.quick { 1 } else { MAX_VIOLATIONS }
    }

    /// The node at a place of the stack.
    pub(super) fn node(&self, at: usize) -> &'v Node {
        &self.nodes[self.stack[at] as usize]
    }

    pub(super) fn push(&mut self, node: u32, start: usize) {
        for &id in &*self.nodes[node as usize].flat {
            if !self.stack[start..].contains(&id) {
                self.stack.push(id);
            }
        }
    }

    /// Checks a whole text against the nodes in a range.
    pub(super) fn walk(&mut self, text: &str, start: usize, end: usize) {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let seed = Seed {
            run: self,
            start,
            end,
        };
        let result = seed
            .deserialize(&mut deserializer)
            .and_then(|()| deserializer.end());
        // What is not full has stopped for another reason: the text has passed for JSON, so what remains is what JSON can say and
        // we cannot hold.
        if result.is_err() && !self.is_full() {
            self.report(
                "cannot be read: a number out of range, half of a surrogate pair, or too deep",
            );
        }
    }

    /// Whether a text satisfies a node, else the first violation.
    fn satisfies(&mut self, text: &str, node: u32) -> Result<(), Violation> {
        let mut run = Run::new(self.nodes, node, true);
        run.narrow = self.narrow;
        run.nesting = self.nesting + 1;
        let cost = u32::try_from(text.len() / BYTES_A_VALUE).unwrap_or(BUDGET);
        run.budget = self.budget.saturating_sub(cost + 1);
        if run.nesting <= MAX_NESTING && run.budget > 0 {
            run.walk(text, 0, run.stack.len());
        } else {
            run.budget = 0;
        }
        self.budget = run.budget;
        self.odd_integers |= run.odd_integers;
        match run.violations.into_iter().next() {
            Some(violation) => Err(violation),
            None => Ok(()),
        }
    }

    /// The alternatives and comparisons that need a value's text.
    fn buffered(&mut self, text: &str, start: usize, end: usize) {
        for at in start..end {
            let node = self.node(at);
            for choices in node.choices.iter().filter(|choices| choices.composite) {
                let found = serde_json::from_str::<Json>(text)
                    .is_ok_and(|value| choices.values.contains(&value));
                if !found {
                    self.report(["must be one of ", &choices.shown].concat());
                }
            }
            for branch in &node.branches {
                self.branch(text, branch);
            }
        }
        if self.budget == 0 {
            self.report("is too complex to be checked");
        } else {
            let mut deserializer = serde_json::Deserializer::from_str(text);
            let walk = Walk(Seed {
                run: self,
                start,
                end,
            });
            if deserializer.deserialize_any(walk).is_err() && !self.is_full() {
                self.report(
                    "cannot be read: a number out of range, half of a surrogate pair, or too deep",
                );
            }
        }
    }

    fn branch(&mut self, text: &str, branch: &Branch) {
        let (alternatives, exactly_one) = match branch {
            Branch::Any(alternatives) => (alternatives, false),
            Branch::One(alternatives) => (alternatives, true),
            Branch::Not(node) => {
                if self.satisfies(text, *node).is_ok() {
                    self.report("must not be what `not` describes");
                }
                return;
            }
            Branch::If(condition) => return self.condition(text, condition),
        };
        let mut satisfied = 0;
        let mut failures = String::new();
        for alternative in alternatives {
            match self.satisfies(text, *alternative) {
                Ok(()) if !exactly_one => return,
                Ok(()) => satisfied += 1,
                Err(violation) if failures.len() < MAX_FAILURES => {
                    failures.push_str(if failures.is_empty() { "" } else { " | " });
                    violation.write(&mut failures);
                }
                Err(_) => {}
            }
        }
        match satisfied {
            1 => {}
            0 => {
                if failures.len() > MAX_FAILURES {
                    failures.truncate(failures.floor_char_boundary(MAX_FAILURES));
                    failures.push('…');
                }
                self.report(["must satisfy one alternative: ", &failures].concat());
            }
            _ => self.report("must satisfy exactly one alternative, but satisfies several"),
        }
    }
}

impl Run<'_> {
    /// What `then` or `else` finds wrong is told as if it stood beside them.
    fn condition(&mut self, text: &str, condition: &Condition) {
        let Some(test) = condition.test else { return };
        let chosen = match self.satisfies(text, test) {
            Ok(()) => condition.then,
            Err(_) => condition.otherwise,
        };
        let Some(Err(violation)) = chosen.map(|node| self.satisfies(text, node)) else {
            return;
        };
        let length = self.pointer.len();
        self.pointer.push_str(&violation.pointer);
        self.report(violation.message);
        self.pointer.truncate(length);
    }
}

/// A value and the nodes that it must satisfy.
pub(super) struct Seed<'x, 'v> {
    pub(super) run: &'x mut Run<'v>,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'de> DeserializeSeed<'de> for Seed<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.run.nesting > 0 {
            self.run.budget = self.run.budget.saturating_sub(1);
            if self.run.budget == 0 {
                return Err(D::Error::custom("budget"));
            }
        }
        if (self.start..self.end).any(|at| self.run.node(at).buffers()) {
            let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
            self.run.buffered(raw.get(), self.start, self.end);
            return Ok(());
        }
        deserializer.deserialize_any(Walk(self))
    }
}
