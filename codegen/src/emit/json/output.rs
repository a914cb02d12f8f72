//! Which outputs have to be looked at before they are sent.

use super::output_schema;
use crate::model::{Agent, Output, StringType, Tool, Type};

/// The schema that a tool's structured output is checked against: `None` where its Rust type alone sees to it.
pub fn checked_output(agent: &Agent, tool: &Tool) -> Option<String> {
    let fields = match &tool.output {
        Output::Text | Output::Content => return None,
        Output::Fields(fields) => fields,
        Output::Named(name) => agent
            .types
            .iter()
            .find(|it| it.name == *name)?
            .fields
            .as_slice(),
    };
    let violable = fields
        .iter()
        .any(|field| is_violable(agent, &field.ty, &mut Vec::new()));
    let schema = output_schema(agent, &tool.output).filter(|_| violable)?;
    Some(schema.to_string())
}

/// Whether a value of the Rust type may violate the schema: a limit, or a number that JSON does not have.
pub(super) fn is_violable<'a>(agent: &'a Agent, ty: &'a Type, seen: &mut Vec<&'a str>) -> bool {
    match ty {
        Type::Number { .. } => true,
        Type::Enum(_) | Type::Boolean | Type::Any => false,
        Type::String(string) => *string != StringType::default(),
        Type::Integer { minimum, maximum } => minimum.is_some() || maximum.is_some(),
        Type::Array {
            items,
            min_items,
            max_items,
        } => min_items.is_some() || max_items.is_some() || is_violable(agent, items, seen),
        Type::Object(fields) => fields.iter().any(|it| is_violable(agent, &it.ty, seen)),
        Type::Named(name) if seen.contains(&name.as_str()) => false,
        Type::Named(name) => {
            seen.push(name);
            let named = agent.types.iter().find(|it| it.name == *name);
            let mut fields = named.into_iter().flat_map(|it| &it.fields);
            fields.any(|it| is_violable(agent, &it.ty, seen))
        }
    }
}
