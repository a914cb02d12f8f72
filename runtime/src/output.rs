//! Structured output against the schema that its tool declares (2025-06-18 and later, Tools, "Output Schema": "Servers MUST provide structured
//! results that conform to this schema"). A handler's type sees to its shape; limits, patterns and numbers that JSON does not have
//! are left to be looked at.

use crate::{Error, Result, host};
use mcp_agent_protocol::schema::{self, Validator};
use mcp_agent_protocol::{Answer, Item};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

thread_local! {
    /// By the text of the schema, each made at its first use.
    static VALIDATORS: RefCell<BTreeMap<&'static str, Rc<Validator>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Refuses an answer that violates its tool's schema, before anything that the handler changed is kept.
pub fn check(tool: &Item, answer: Answer) -> Result<Answer> {
    let (Some(schema), Answer::Tool(result)) = (tool.output, &answer) else {
        return Ok(answer);
    };
    let Some(json) = result.structured.as_deref().filter(|_| !result.is_error) else {
        return Ok(answer);
    };
    let Some(validator) = validator(schema) else {
        host::log("a declared output schema is none");
        return Err(Error::protocol(-32603, "internal error"));
    };
    let Err(violations) = validator.check(json) else {
        return Ok(answer);
    };
    let mut text = format!(
        "The output of the tool `{}` does not fit its schema:",
        tool.name
    );
    for violation in &violations {
        text.push_str("\n- ");
        violation.write(&mut text);
    }
    host::log(&text);
    Err(Error::tool(text))
}

/// The validator of a schema, made at its first use. `None` where it is no schema.
pub fn validator(schema: &'static str) -> Option<Rc<Validator>> {
    let known = VALIDATORS.with_borrow(|validators| validators.get(schema).cloned());
    if known.is_some() {
        return known;
    }
    let made = Rc::new(schema::compile(schema).ok()?);
    VALIDATORS.with_borrow_mut(|validators| validators.insert(schema, made.clone()));
    Some(made)
}
